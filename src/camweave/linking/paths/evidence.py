"""Why two tracklets are one object: links with all that they rest on."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import isfinite
from typing import Final, TypedDict

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.core.identities import Crop, Link, TrackletKey
from camweave.core.sightings import Crops, Sightings
from camweave.core.topology import Topology, Transition
from camweave.formats.topology_entries import edge_name
from camweave.linking.closest_crops import closest_crops
from camweave.linking.paths.forest import HELD, REUNITED, Forest
from camweave.linking.paths.hands import keys_of
from camweave.linking.paths.passing import Found
from camweave.linking.paths.windows import Windows

NOBODY: Final = -1


def links_of(sightings: Sightings, found: Found, site: Topology) -> tuple[Link, ...]:
    """One link for each branch of the forest, in order of time."""
    forest = found.forest
    late = sightings.begin[forest.other]
    forest = _earlier_first(forest[np.lexsort([forest.one, forest.other, late])], sightings.begin)
    keys = keys_of(sightings)
    crops = _crops(sightings, forest, keys)
    gap = sightings.begin[forest.other] - sightings.end[forest.one]
    passages = forest.source >= 0
    source = np.where(passages, np.cumsum(passages) - 1, forest.source)
    columns = forest.one, forest.other, gap, forest.nats, source
    rows = zip(*(column.tolist() for column in columns), crops, strict=True)
    teller = _Teller(
        found,
        keys,
        Windows(sightings, site, found.layout),
        _passages(found, forest.source[passages]),
        found.kinds.confused,
    )
    return tuple(teller.link(*row) for row in rows)


class _Shared(TypedDict):
    """What every link has, however it was found."""

    one: TrackletKey
    other: TrackletKey
    gap: float
    crops: tuple[Crop, Crop] | None


@dataclass(frozen=True, slots=True, eq=False)
class _Passages:
    """What the K passages among the links rest on, as lists: links ask for them one by one."""

    nats: list[float]
    appearance: list[float]
    transition: list[float]
    attributes: list[float]
    similarity: list[float]
    rival: list[int]  # row of the one that left of the next best pair with the same `other`
    ahead: list[float]  # nats ahead of it


@dataclass(frozen=True, slots=True, eq=False)
class _Teller:
    """Tells what a link rests on."""

    found: Found
    keys: list[TrackletKey]
    windows: Windows
    passages: _Passages
    mistaken: bool  # whether classes are no walls

    def link(  # noqa: PLR0917 - one branch of the forest
        self,
        one: int,
        other: int,
        gap: float,
        nats: float,
        source: int,
        crops: tuple[Crop, Crop] | None,
    ) -> Link:
        """What holds rows `one` and `other` together."""
        shared: _Shared = {
            "one": self.keys[one],
            "other": self.keys[other],
            "gap": gap,
            "crops": crops,
        }
        if source == HELD:
            return Link(how="hand", evidence=nats, **shared)
        if source <= REUNITED:
            return self._reunion(REUNITED - source, shared)
        if source < 0:
            return self._meeting(-1 - source, shared)
        return self._passage(source, self.windows.of(one, other), shared)

    def _reunion(self, k: int, shared: _Shared) -> Link:
        reunions = self.found.reunions
        nats, alike = float(reunions.nats[k]), float(reunions.similarity[k])
        return Link(how="looks", evidence=nats, appearance=nats, similarity=alike, **shared)

    def _meeting(self, q: int, shared: _Shared) -> Link:
        groups = self.found.groups
        nats, appearance = float(groups.nats[q]), float(groups.appearance[q])
        distance = float(groups.meetings.distance[q])
        near = isfinite(distance)
        attributes = float(groups.attributes[q])
        rest = nats - appearance - attributes
        return Link(
            how="overlap",
            evidence=nats,
            appearance=appearance,
            transition=None if near else rest,
            ground=rest if near else None,
            attributes=self._asked(attributes),
            similarity=float(groups.meetings.similarity[q]),
            distance=distance if near else None,
            **shared,
        )

    def _asked(self, attributes: float) -> float | None:
        """What classes say, where they are no walls."""
        return attributes if self.mistaken else None

    def _passage(self, source: int, window: Transition | None, shared: _Shared) -> Link:
        told, known = self.passages, self.found.nodes.vector.shape[1] > 0
        rival = told.rival[source]
        return Link(
            how="fragment" if shared["one"].camera == shared["other"].camera else "follows",
            evidence=told.nats[source],
            appearance=told.appearance[source] if known else None,
            transition=told.transition[source],
            attributes=self._asked(told.attributes[source]),
            similarity=told.similarity[source] if known else None,
            edge=edge_name(window) if window else None,
            window=(window.least, window.most) if window else None,
            runner_up=None if rival == NOBODY else self.keys[rival],
            margin=None if rival == NOBODY else told.ahead[source],
            **shared,
        )


def _earlier_first(forest: Forest, begin: F64) -> Forest:
    late = begin[forest.one] > begin[forest.other]
    one, other = (
        np.where(late, b, a) for a, b in ((forest.one, forest.other), (forest.other, forest.one))
    )
    return replace(forest, one=one, other=other)


def _passages(found: Found, rows: I64) -> _Passages:
    """Those of these rows (K,) of the pairs."""
    nodes, cues = found.nodes, found.woven.cues
    rival, ahead = (each[rows] for each in _rivals(cues.nats, cues.pairs.other))
    left = np.where(rival == NOBODY, NOBODY, nodes.last[cues.pairs.one[rival]])
    told = cues[rows]
    return _Passages(
        told.nats.tolist(),
        told.appearance.tolist(),
        (told.transition + told.place).tolist(),
        told.attributes.tolist(),
        told.pairs.similarity.tolist(),
        left.tolist(),
        ahead.tolist(),
    )


def _rivals(nats: F64, other: I64) -> tuple[I64, F64]:
    """For each pair (E,), the next best with the same `other` (E,), and how far it is behind."""
    order = np.lexsort([-nats, other])
    rival, ahead = np.full(len(nats), NOBODY), np.full(len(nats), np.inf)
    if len(order) > 1:
        same = other[order[:-1]] == other[order[1:]]
        rival[order[:-1][same]] = order[1:][same]
        first = np.flatnonzero(np.append([True], ~same))
        best = np.repeat(order[first], np.diff(np.append(first, len(order))))
        behind = order != best
        rival[order[behind]] = best[behind]
        has = rival != NOBODY
        ahead[has] = nats[has] - nats[rival[has]]
    return rival, ahead


def _crops(
    sightings: Sightings, forest: Forest, keys: list[TrackletKey]
) -> list[tuple[Crop, Crop] | None]:
    """The two crops most alike of each link."""
    crops = sightings.crops
    if not crops.embedding.shape[1]:
        return [None] * len(forest.one)
    one, other = closest_crops(crops, forest.one, forest.other)
    ours = _told(crops, [keys[row] for row in forest.one.tolist()], one)
    theirs = _told(crops, [keys[row] for row in forest.other.tolist()], other)
    return [
        None if nobody else pair
        for nobody, pair in zip((one < 0).tolist(), zip(ours, theirs, strict=True), strict=True)
    ]


def _told(crops: Crops, keys: list[TrackletKey], at: I64) -> Iterator[Crop]:
    """The crops (K,) as they are told, each of the tracklet of that name."""
    rows = zip(keys, crops.frame[at].tolist(), crops.time[at].tolist(), strict=True)
    return (Crop(key=key, frame=frame, time=time) for key, frame, time in rows)
