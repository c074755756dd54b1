"""Views that overlap, and who is one object in several of them at the same time."""

import heapq
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64, Bool
from camweave.core.sightings import Sightings
from camweave.linking.kinds import Kinds
from camweave.linking.paths.curves import Likeness
from camweave.linking.paths.meetings import Meetings
from camweave.linking.paths.weighed import MOST, weigh

ENOUGH: Final = 4.0  # meetings that show an overlap
GAIN: Final = 12.0  # nats by which they must
BEGIN: Final = 0.05  # share of the meetings that are one object, to begin with,
SHARES: Final = (1e-6, 0.99)
ROUNDS: Final = 40
LEAST_SHARE: Final = 0.06  # of the tracklets of the camera with fewer
LEAST_SHARED: Final = 0.3  # of the shorter one's life: less is two clocks that differ
PLACED: Final = 30.0  # nats that standing at one place is worth, or not, where nobody has a look


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Who was seen by several cameras at one time, and the meetings that say so."""

    label: I64  # (R,) group of each tracklet; alone in it where nobody joins
    together: Bool  # (C, C) whose views overlap
    meetings: Meetings  # (Q,) between those
    nats: F64  # (Q,) evidence of each
    appearance: F64  # (Q,) the part that is appearance
    apart: F64  # (C, C) m: median distance of one object in two views; NaN where few tell
    attributes: F64  # (Q,) the part that is the classes


def overlapping(sightings: Sightings, met: Meetings, likeness: Likeness) -> Bool:
    """(C, C) whose views overlap: those who meet look as if some of them were one object.

    A mixture of one object's likenesses and strangers' explains such meetings better than
    strangers' alone, by so many nats that accidents do not.
    """
    c = len(sightings.cameras)
    a, b = sightings.camera[met.one], sightings.camera[met.other]
    asked = np.flatnonzero(a != b)
    key = (np.minimum(a, b) * c + np.maximum(a, b))[asked]
    ratio = np.exp(likeness.curve.nats(met.similarity[asked]))
    number = np.maximum(np.bincount(key, minlength=c * c), 1)
    count = np.bincount(sightings.camera, minlength=c)
    fewer = np.minimum(count[:, None], count[None]).ravel()
    enough = np.maximum(ENOUGH, LEAST_SHARE * fewer)
    share, chance = np.full(c * c, BEGIN), np.zeros(len(key))
    for _ in range(ROUNDS):
        own = share[key] * ratio
        chance = own / (own + 1 - share[key])
        seen = np.bincount(key, chance, c * c)
        share = np.clip(seen / number, *SHARES)
        open_ = ((seen >= enough) | (share > BEGIN))[key]  # a share that falls goes on falling
        if not open_.all():
            asked, key, ratio, chance = asked[open_], key[open_], ratio[open_], chance[open_]
    gain = np.bincount(key, np.log1p(share[key] * (ratio - 1)), c * c)
    seen = np.bincount(key, chance, c * c)
    shared = np.bincount(key, chance * met.shared[asked], c * c) / np.maximum(seen, 1e-9)
    found = (seen >= enough) & (shared >= LEAST_SHARED) & (gain >= GAIN)
    square: Bool = found.reshape(c, c)
    return square | square.T


def group_meetings(
    sightings: Sightings,
    met: Meetings,
    likeness: Likeness,
    kinds: Kinds,
    *,
    together: Bool,
    ground: I64,
    overlap: float,
) -> Groups:
    """Join who meets, where views overlap: best first, as long as all evidence is for it.

    `ground` (R,) is who stands with whom, -1: nobody known; asked only where nobody has a look.
    """
    met = met[together[sightings.camera[met.one], sightings.camera[met.other]]]
    appearance = appearance_of(met, likeness)
    attributes = meeting_nats(kinds, sightings, met)
    weighed = weigh(sightings, met, appearance + attributes)
    nats = weighed.nats
    if not met.similarity.any():
        nats = np.where(ground[met.one] == ground[met.other], PLACED, -PLACED)
        nats[(ground[met.one] < 0) | (ground[met.other] < 0)] = 0.0
    label = _Contraction(sightings, together, overlap).run(met, nats)
    return Groups(label, together, met, nats, appearance, weighed.apart, attributes)


def meeting_nats(kinds: Kinds, sightings: Sightings, met: Meetings) -> F64:
    """(Q,) what the classes of those who met say."""
    told = kinds.told(sightings.camera, sightings.class_id)
    return kinds.nats(told[met.one], told[met.other])


def appearance_of(met: Meetings, likeness: Likeness) -> F64:
    """(Q,) what the likeness of those who met says."""
    appearance = np.clip(likeness.curve.nats(met.similarity), -MOST, MOST)
    return np.where(met.similarity == 0, 0.0, appearance)  # 0: one of them has no look


class _Contraction:
    """Greedy additive contraction of the graph of meetings (Keuper et al. 2015), under the laws."""

    def __init__(self, sightings: Sightings, together: Bool, overlap: float) -> None:
        self._sightings, self._together, self._overlap = sightings, together, overlap
        self._edges: dict[int, dict[int, float]] = defaultdict(dict)
        self._heap: list[tuple[float, int, int]] = []
        self._members: dict[int, list[int]] = {}

    def run(self, met: Meetings, nats: F64) -> I64:
        """(R,) the group of each tracklet: the least row in it."""
        rows = zip(met.one.tolist(), met.other.tolist(), nats.tolist(), strict=True)
        for i, j, value in rows:
            self._edges[i][j] = self._edges[j][i] = value
            self._offer(i, j, value)
        self._members = {i: [i] for i in self._edges}
        while self._heap:
            negative, i, j = heapq.heappop(self._heap)
            if self._edges.get(i, {}).get(j) != -negative:
                continue
            if self._possible(self._members[i], self._members[j]):
                self._contract(i, j)
            else:
                del self._edges[i][j], self._edges[j][i]
        label = np.arange(len(self._sightings))
        for group in self._members.values():
            label[group] = min(group)
        return label

    def _offer(self, i: int, j: int, value: float) -> None:
        if value > 0:
            heapq.heappush(self._heap, (-value, min(i, j), max(i, j)))

    def _contract(self, i: int, j: int) -> None:
        edges = self._edges
        keep, gone = (i, j) if len(edges[i]) >= len(edges[j]) else (j, i)
        self._members[keep] += self._members.pop(gone)
        for other, value in edges.pop(gone).items():
            edges[other].pop(gone)
            if other != keep:
                total = edges[keep].get(other, 0.0) + value
                edges[keep][other] = edges[other][keep] = total
                self._offer(keep, other, total)

    def _possible(self, ours: list[int], theirs: list[int]) -> bool:
        """Whether nobody of ours was seen while one of theirs was, where that makes them two."""
        seen = self._sightings
        one, other = np.array(ours)[:, None], np.array(theirs)[None]
        shared = np.minimum(seen.end[one], seen.end[other]) - np.maximum(
            seen.begin[one], seen.begin[other]
        )
        apart = ~self._together[seen.camera[one], seen.camera[other]]
        return not bool(np.any(apart & (shared > self._overlap)))
