"""Paths of one object put together by their looks as a whole, however long it was out of sight.

Successors know only the gap before them. Who was missed by a camera, came back after an hour or
took an unknown way is found here: a whole path's mean look is much surer than one tracklet's.
"""

import heapq
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Protocol

import numpy as np

from camweave.core.arrays import F32, F64, I64, Bool
from camweave.core.sightings import Sightings
from camweave.linking.appearance import embedded
from camweave.linking.paths.contrast import Contrast, expected_contrast, learn_contrast
from camweave.linking.paths.curves import Likeness
from camweave.linking.paths.meetings import Meetings
from camweave.linking.paths.pairing import LOW, Likely, likely_pairs
from camweave.linking.paths.stepping import Steps
from camweave.ops.rows import products, sums

LEAST: Final = 0.0  # nats, all rivals counted in, from which on two paths are one
AT_ONCE: Final = 1 << 20  # pairs of tracklets that are asked about at a time
JOINS: Final = 16  # of a step
NOTES: Final = 1 << 12  # pairs that are noted in a step
MARKED: Final = 16  # times as many marks as numbers are quicker than sorting them
FLAT: Final = 0.01  # of a cosine: if one object is hardly more alike than two, looks say nothing


class Laws(Protocol):
    """What no path may hold."""

    def can_be_one(self, one: I64, other: I64) -> Bool:
        """(Q,) whether rows `one` (Q,) and `other` (Q,) can be one object."""
        ...

    def can_be_next(self, one: I64, other: I64) -> Bool:
        """(Q,) whether they can be with nobody of that object between them."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Reunions:
    """K pairs of tracklets whose paths were put together, in the order in which they were."""

    one: I64  # (K,) row, the earlier
    other: I64  # (K,) row
    nats: F64  # (K,) of the whole paths, with the odds of any two being one
    similarity: F64  # (K,) mean cosine of the whole paths


@dataclass(frozen=True, slots=True, eq=False)
class Wholes:
    """M paths, each with the sum of its looks."""

    of_row: I64  # (N,)
    total: F32  # (M, D) sum of the looks
    count: F64  # (M,) tracklets with a look
    group: I64  # (M,) class; paths of two groups are never one


def reuniting(
    sightings: Sightings,
    label: I64,
    vector: F32,
    *,
    met: Meetings,
    laws: Laws,
    likeness: Likeness | None = None,
) -> Steps[Reunions]:
    """Put paths together, in steps of some milliseconds each.

    Args:
        sightings: N tracklets.
        label: (N,) the path of each.
        vector: (N, D) unit length, freed of their cameras' bias; zeros where not embedded.
        met: tracklets that are two objects, as they were in view at one time.
        laws: which rows can be one object.
        likeness: that of single tracklets, and how far looks are to be believed; what it says
            stands in where paths are too few to learn from.
    """
    wholes = _wholes(sightings, label, vector)
    yield
    found = _Found(wholes, sightings, laws)
    for group in np.unique(wholes.group[wholes.count > 0]):
        yield
        members = np.flatnonzero((wholes.group == group) & (wholes.count > 0))
        contrast = yield from _contrast(wholes, vector, met, members, likeness)
        if contrast is not None and contrast.same - contrast.other > FLAT:
            yield from _Joining(found, members, contrast).run()
    return found.reunions()


def _wholes(sightings: Sightings, label: I64, vector: F32) -> Wholes:
    names, of_row = np.unique(label, return_inverse=True)
    known = embedded(vector)
    total = sums(vector, of_row, len(names)).astype(np.float32)
    count = np.bincount(of_row, known, len(names)).astype(np.float64)
    people = np.array([name in {"person", "pedestrian"} for name in sightings.class_names])
    person = people[sightings.class_id] if len(people) else np.zeros(len(label), np.bool_)
    person &= sightings.class_id >= 0
    share = np.bincount(of_row, person * sightings.frames, len(names))
    all_of = np.bincount(of_row, sightings.frames, len(names))
    return Wholes(of_row.astype(np.int64), total, count, (share * 2 > all_of).astype(np.int64))


def _contrast(  # noqa: PLR0917 - columns of the same paths
    wholes: Wholes, vector: F32, met: Meetings, members: I64, likeness: Likeness | None
) -> Steps[Contrast | None]:
    """What a likeness says among these paths."""
    inside = np.zeros(len(wholes.count), np.bool_)
    inside[members] = True
    strangers = yield from _strangers(wholes, met, inside)
    yield
    own = _own(wholes, vector, inside)
    yield
    learned = learn_contrast(strangers, own)
    if likeness is None:
        return learned
    if learned is None and likeness.shown:
        learned = expected_contrast(likeness, len(strangers[0]))
    return None if learned is None else replace(learned, trust=likeness.trust)


def _strangers(wholes: Wholes, met: Meetings, inside: Bool) -> Steps[tuple[F64, F64, F64]]:
    """Mean cosine (Q,) of paths that met, each two once, and the tracklets (Q,), (Q,) of both."""
    one, other = wholes.of_row[met.one], wholes.of_row[met.other]
    keep = inside[one] & inside[other] & (one != other)
    one, other = one[keep], other[keep]
    yield
    n = len(inside)
    low, high = np.divmod(_distinct(np.minimum(one, other) * n + np.maximum(one, other), n * n), n)
    yield
    a, b = wholes.count[low], wholes.count[high]
    return products(wholes.total, wholes.total, low, high) / np.maximum(a * b, 1), a, b


def _distinct(number: I64, count: int) -> I64:
    """All numbers below `count` that are there, rising: by marks where that is less work."""
    if count > MARKED * len(number):
        return np.unique(number)
    there = np.zeros(count, np.bool_)
    there[number] = True
    return np.flatnonzero(there)


def _own(wholes: Wholes, vector: F32, inside: Bool) -> tuple[F64, F64]:
    """Mean cosine (R,) of a tracklet with the rest of its path, and how many (R,) those are."""
    row = np.flatnonzero(
        inside[wholes.of_row] & (wholes.count[wholes.of_row] > 1) & vector.any(axis=1)
    )
    mine = wholes.of_row[row]
    rest = wholes.count[mine] - 1
    return (products(wholes.total, vector, mine, row) - 1) / rest, rest


class _Found:
    """Paths while they are put together: their rows, sums and who they are part of by now."""

    def __init__(self, wholes: Wholes, sightings: Sightings, laws: Laws) -> None:
        order = np.argsort(wholes.of_row, kind="stable")
        bounds = np.searchsorted(wholes.of_row[order], np.arange(len(wholes.count) + 1))
        self.rows = [order[a:b] for a, b in pairwise(bounds)]
        self.total, self.count = wholes.total.copy(), wholes.count.copy()
        self.begin = np.full(len(wholes.count), np.inf)  # s
        np.minimum.at(self.begin, wholes.of_row, sightings.begin)
        self.alive = np.ones(len(wholes.count), np.bool_)
        self.version = np.zeros(len(wholes.count), np.int64)
        self._sightings, self._laws = sightings, laws
        self._made: list[tuple[int, int, float, float]] = []

    def can_join(self, i: int, j: int) -> bool:
        """Whether every tracklet of one can be the object of every one of the other."""
        rows = self._in_order(self.rows[i], self.rows[j])
        if not self._laws.can_be_next(rows[:-1], rows[1:]).all():
            return False
        few, many = sorted((self.rows[i], self.rows[j]), key=len)
        step = max(1, AT_ONCE // len(many))
        parts = (few[at : at + step] for at in range(0, len(few), step))
        return all(
            self._laws.can_be_one(np.repeat(part, len(many)), np.tile(many, len(part))).all()
            for part in parts
        )

    def join(self, i: int, j: int, nats: float) -> None:
        """Make path `j` a part of `i`."""
        alike = float(self.total[i] @ self.total[j]) / (self.count[i] * self.count[j])
        self._made.append((*self._nearest(self.rows[i], self.rows[j]), nats, alike))
        self.rows[i] = np.concatenate([self.rows[i], self.rows[j]])
        self.total[i] += self.total[j]
        self.count[i] += self.count[j]
        self.alive[j] = False
        self.version[i] += 1

    def _nearest(self, a: I64, b: I64) -> tuple[int, int]:
        """The two tracklets with the least time between them, the earlier first."""
        begin, end, rows = self._sightings.begin, self._sightings.end, self._in_order(a, b)
        mine = np.isin(rows, a)
        before = [_last(end[rows], mine), _last(end[rows], ~mine)]
        last = np.where(mine, before[1], before[0])  # of the other path, who left last so far
        gap = np.where(last < 0, np.inf, begin[rows] - end[rows[last]])
        place = int(np.argmin(gap))
        return int(rows[last[place]]), int(rows[place])

    def _in_order(self, a: I64, b: I64) -> I64:
        """Both paths' rows, in order of begin."""
        rows = np.concatenate([a, b])
        return rows[np.lexsort([rows, self._sightings.begin[rows]])]

    def reunions(self) -> Reunions:
        """All that was put together."""
        made = np.array(self._made, np.float64).reshape(-1, 4)
        rows = made[:, :2].astype(np.int64)
        return Reunions(rows[:, 0], rows[:, 1], made[:, 2], made[:, 3])


def _last(end: F64, mine: Bool) -> I64:
    """(N,) who of mine before each, in order of begin, ended last; -1: none came before."""
    ends = np.where(mine, end, -np.inf)
    best = np.maximum.accumulate(ends)
    place = np.where(mine & (ends == best), np.arange(len(end)), -1)
    return np.append([-1], np.maximum.accumulate(place)[:-1])


class _Joining:
    """The agglomeration of the paths of one group: the likeliest two first, again and again.

    A path that has grown is held against its neighbours, and its part's, anew.
    """

    def __init__(self, found: _Found, members: I64, contrast: Contrast) -> None:
        self._found, self._contrast = found, contrast
        self._near: dict[int, dict[int, float]] = {int(m): {} for m in members}
        self._members = members[np.argsort(found.begin[members], kind="stable")]
        self._prior = 0.0
        self._heap: list[tuple[float, int, int, int, int]] = []

    def run(self) -> Steps[None]:
        """Until no two are likely to be one."""
        members, found = self._members, self._found
        count = found.count[members]
        mean = (found.total[members] / count[:, None]).astype(np.float32)
        yield
        likely = yield from likely_pairs(mean, count, self._contrast)
        self._prior = likely.prior
        yield from self._note_all(likely)
        yield from self._join_all()

    def _note_all(self, likely: Likely) -> Steps[None]:
        for at in range(0, len(likely.nats), NOTES):
            yield
            part = slice(at, at + NOTES)
            pairs = self._members[likely.one[part]], self._members[likely.other[part]]
            columns = (*pairs, likely.nats[part])
            for i, j, value in zip(*(column.tolist() for column in columns), strict=True):
                self._note(i, j, value)

    def _note(self, i: int, j: int, nats: float) -> None:
        self._near[i][j] = self._near[j][i] = nats
        if nats > LEAST:
            low, high = min(i, j), max(i, j)
            version = self._found.version
            entry = (-nats, low, high, int(version[low]), int(version[high]))
            heapq.heappush(self._heap, entry)

    def _join_all(self) -> Steps[None]:
        version, alive, tried = self._found.version, self._found.alive, 0
        while self._heap:
            value, i, j, version_i, version_j = heapq.heappop(self._heap)
            fresh = version[i] == version_i and version[j] == version_j
            if not (fresh and alive[i] and alive[j]):
                continue
            if self._found.can_join(i, j):
                self._found.join(i, j, -value)
                self._meet_anew(i, j)
            else:
                del self._near[i][j], self._near[j][i]
            tried += 1
            if tried % JOINS == 0:
                yield

    def _meet_anew(self, i: int, j: int) -> None:
        """Path `i` has grown by `j`: what it is to everybody near either."""
        near, total, count = self._near, self._found.total, self._found.count
        around = (near[i].keys() | near[j].keys()) - {i, j}
        for k in around:
            near[k].pop(i, None)
            near[k].pop(j, None)
        near[i], near[j] = {}, {}
        others = np.array(sorted(around), np.int64)
        if len(others):
            cosine = total[others] @ total[i] / (count[others] * count[i])
            mine = np.full(len(others), count[i])
            nats = self._contrast.nats(cosine.astype(np.float64), count[others], mine)
            for k, value in zip(others.tolist(), (nats + self._prior).tolist(), strict=True):
                if value > -LOW:
                    self._note(i, k, value)
