"""Paths of one object put together by their looks as a whole, however long it was out of sight.

Successors know only the gap before them. Who was missed by a camera, came back after an hour or
took an unknown way is found here: a whole path's mean look is much surer than one tracklet's.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from camweave.core.arrays import F32, F64, I64, Bool
from camweave.core.sightings import Sightings
from camweave.linking.paths.contrast import GRID, Contrast, learn_contrast, share_of_one
from camweave.linking.paths.meetings import Meetings
from camweave.linking.paths.products import products

LEAST: Final = 0.0  # nats, all rivals counted in, from which on two paths are one
LOW: Final = 6.0  # nats below that, from which growing may still bring a pair back
AWAKE: Final = 0.25  # of the way from two objects' usual likeness to one's: below, none is asked
AT_ONCE: Final = 1024  # paths held against all others

Lawful = Callable[[I64, I64], Bool]  # whether rows (Q,) and (Q,) can be one object


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


def reunite(
    sightings: Sightings, label: I64, vector: F32, *, met: Meetings, lawful: Lawful
) -> Reunions:
    """Put paths together.

    Args:
        sightings: N tracklets.
        label: (N,) the path of each.
        vector: (N, D) unit length, freed of their cameras' bias; zeros where not embedded.
        met: tracklets that are two objects, as they were in view at one time.
        lawful: which rows can be one object.
    """
    wholes = _wholes(sightings, label, vector)
    found = _Found(wholes, sightings, lawful)
    for group in np.unique(wholes.group[wholes.count > 0]):
        members = np.flatnonzero((wholes.group == group) & (wholes.count > 0))
        contrast = _contrast(wholes, vector, met, members)
        if contrast is not None:
            _Joining(found, members, contrast).run()
    return found.reunions()


def _wholes(sightings: Sightings, label: I64, vector: F32) -> Wholes:
    names, of_row = np.unique(label, return_inverse=True)
    known = vector.any(axis=1) if vector.shape[1] else np.zeros(len(vector), np.bool_)
    total = np.zeros((len(names), vector.shape[1]), np.float32)
    np.add.at(total, of_row, vector)
    count = np.bincount(of_row, known, len(names)).astype(np.float64)
    people = np.array([name in {"person", "pedestrian"} for name in sightings.class_names])
    person = people[sightings.class_id] if len(people) else np.zeros(len(label), np.bool_)
    person &= sightings.class_id >= 0
    share = np.bincount(of_row, person * sightings.frames, len(names))
    all_of = np.bincount(of_row, sightings.frames, len(names))
    return Wholes(of_row.astype(np.int64), total, count, (share * 2 > all_of).astype(np.int64))


def _contrast(wholes: Wholes, vector: F32, met: Meetings, members: I64) -> Contrast | None:
    """What a likeness says among these paths."""
    inside = np.zeros(len(wholes.count), np.bool_)
    inside[members] = True
    one, other = wholes.of_row[met.one], wholes.of_row[met.other]
    keep = inside[one] & inside[other] & (one != other)
    pair = np.unique(np.sort(np.column_stack([one[keep], other[keep]]), axis=1), axis=0)
    a, b = wholes.count[pair[:, 0]], wholes.count[pair[:, 1]]
    cosine = products(wholes.total, wholes.total, pair[:, 0], pair[:, 1]) / np.maximum(a * b, 1)
    row = np.flatnonzero(
        inside[wholes.of_row] & (wholes.count[wholes.of_row] > 1) & vector.any(axis=1)
    )
    mine = wholes.of_row[row]
    rest = wholes.count[mine] - 1
    own = (products(wholes.total, vector, mine, row) - 1) / rest
    return learn_contrast((cosine, a, b), (own, rest))


class _Found:
    """Paths while they are put together: their rows, sums and who they are part of by now."""

    def __init__(self, wholes: Wholes, sightings: Sightings, lawful: Lawful) -> None:
        order = np.argsort(wholes.of_row, kind="stable")
        bounds = np.searchsorted(wholes.of_row[order], np.arange(len(wholes.count) + 1))
        self.rows = [order[a:b] for a, b in pairwise(bounds)]
        self.total, self.count = wholes.total.copy(), wholes.count.copy()
        self.alive = np.ones(len(wholes.count), np.bool_)
        self.version = np.zeros(len(wholes.count), np.int64)
        self._sightings, self._lawful = sightings, lawful
        self._made: list[tuple[int, int, float, float]] = []

    def can_join(self, i: int, j: int) -> bool:
        """Whether every tracklet of one can be the object of every one of the other."""
        a, b = self.rows[i], self.rows[j]
        return bool(self._lawful(np.repeat(a, len(b)), np.tile(b, len(a))).all())

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
        begin, end = self._sightings.begin, self._sightings.end
        later = np.maximum(begin[a][:, None], begin[b])
        gap = later - np.minimum(end[a][:, None], end[b])
        p, q = np.unravel_index(int(np.argmin(gap)), gap.shape)
        one, other = int(a[p]), int(b[q])
        return (one, other) if begin[one] <= begin[other] else (other, one)

    def reunions(self) -> Reunions:
        """All that was put together."""
        made = np.array(self._made, np.float64).reshape(-1, 4)
        rows = made[:, :2].astype(np.int64)
        return Reunions(rows[:, 0], rows[:, 1], made[:, 2], made[:, 3])


class _Joining:
    """The agglomeration of the paths of one group: the likeliest two first, again and again.

    A path that has grown is held against its neighbours, and its part's, anew.
    """

    def __init__(self, found: _Found, members: I64, contrast: Contrast) -> None:
        self._found, self._contrast = found, contrast
        self._near: dict[int, dict[int, float]] = {int(m): {} for m in members}
        one, other, nats, self._prior = _likely(found, members, contrast)
        self._heap: list[tuple[float, int, int, int, int]] = []
        for i, j, value in zip(one.tolist(), other.tolist(), nats.tolist(), strict=True):
            self._note(i, j, value)
        heapq.heapify(self._heap)

    def _note(self, i: int, j: int, nats: float) -> None:
        self._near[i][j] = self._near[j][i] = nats
        if nats > LEAST:
            low, high = min(i, j), max(i, j)
            version = self._found.version
            entry = (-nats, low, high, int(version[low]), int(version[high]))
            heapq.heappush(self._heap, entry)

    def run(self) -> None:
        """Until no two are likely to be one."""
        version, alive = self._found.version, self._found.alive
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


def _likely(found: _Found, members: I64, contrast: Contrast) -> tuple[I64, I64, F64, float]:
    """Pairs (E,) of paths near enough to be one, their nats (E,), and the log odds of any two."""
    total, count = found.total[members], found.count[members]
    middle = contrast.other + AWAKE * (contrast.same - contrast.other)
    seen, kept = np.zeros(len(GRID)), []
    for start in range(0, len(members), AT_ONCE):
        size = count[start : start + AT_ONCE, None] * count
        cosine = (total[start : start + AT_ONCE] @ total.T) / size
        i, j = np.nonzero(cosine > middle)
        i, j = i[i + start < j], j[i + start < j]
        nats = contrast.nats(cosine[i, j].astype(np.float64), count[i + start], count[j])
        place = np.rint((np.clip(nats, GRID[0], GRID[-1]) - GRID[0]) / (GRID[1] - GRID[0]))
        seen += np.bincount(place.astype(np.int64), minlength=len(GRID))
        worth = nats > 0
        kept.append((members[i[worth] + start], members[j[worth]], nats[worth]))
    seen[0] += len(members) * (len(members) - 1) / 2 - seen.sum()
    share = share_of_one(seen)
    prior = float(np.log(share / (1 - share)))
    one, other, nats = (np.concatenate(c) for c in zip(*kept, strict=True))
    near = nats + prior > -LOW
    return one[near], other[near], nats[near] + prior, prior
