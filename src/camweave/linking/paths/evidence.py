"""Why two tracklets are one object: links with all that they rest on."""

from dataclasses import dataclass
from math import isfinite
from typing import Final, TypedDict

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.core.identities import Crop, Link, TrackletKey
from camweave.core.sightings import Sightings
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
    forest = forest[np.lexsort([forest.one, forest.other, late])]
    keys = keys_of(sightings)
    crops = _crops(sightings, forest, keys)
    rival, ahead = _rivals(found)
    windows = Windows(sightings, site, found.layout)
    teller = _Teller(sightings, found, keys, windows, rival, ahead, found.woven.cues.nats)
    return tuple(teller.link(forest, k, crops[k]) for k in range(len(forest.one)))


class _Shared(TypedDict):
    """What every link has, however it was found."""

    one: TrackletKey
    other: TrackletKey
    gap: float
    crops: tuple[Crop, Crop] | None


@dataclass(frozen=True, slots=True, eq=False)
class _Teller:
    """Tells what a link rests on."""

    sightings: Sightings
    found: Found
    keys: list[TrackletKey]
    windows: Windows
    rival: I64  # (E,) the next best pair with the same `other`
    ahead: F64  # (E,) nats ahead of it
    nats: F64  # (E,)

    def link(self, forest: Forest, k: int, crops: tuple[Crop, Crop] | None) -> Link:
        """Branch `k` of the forest."""
        seen, source = self.sightings, int(forest.source[k])
        one, other = int(forest.one[k]), int(forest.other[k])
        if seen.begin[one] > seen.begin[other]:
            one, other = other, one
            crops = None if crops is None else (crops[1], crops[0])
        shared: _Shared = {
            "one": self.keys[one],
            "other": self.keys[other],
            "gap": float(seen.begin[other] - seen.end[one]),
            "crops": crops,
        }
        if source == HELD:
            return Link(how="hand", evidence=float(forest.nats[k]), **shared)
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
        return attributes if self.found.kinds.confused else None

    def _passage(self, source: int, window: Transition | None, shared: _Shared) -> Link:
        cues, nodes = self.found.woven.cues, self.found.nodes
        same = shared["one"].camera == shared["other"].camera
        rival = int(self.rival[source])
        known = nodes.vector.shape[1] > 0
        return Link(
            how="fragment" if same else "follows",
            evidence=float(self.nats[source]),
            appearance=float(cues.appearance[source]) if known else None,
            transition=float(cues.transition[source] + cues.place[source]),
            attributes=self._asked(float(cues.attributes[source])),
            similarity=float(cues.pairs.similarity[source]) if known else None,
            edge=edge_name(window) if window else None,
            window=(window.least, window.most) if window else None,
            runner_up=None if rival == NOBODY else self.keys[nodes.last[cues.pairs.one[rival]]],
            margin=None if rival == NOBODY else float(self.ahead[source]),
            **shared,
        )


def _rivals(found: Found) -> tuple[I64, F64]:
    """For each pair (E,), the next best pair with the same `other`, and how far it is behind."""
    nats, other = found.woven.cues.nats, found.woven.cues.pairs.other
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
    made: list[tuple[Crop, Crop] | None] = []
    for k, (a, b) in enumerate(zip(one.tolist(), other.tolist(), strict=True)):
        if a < 0:
            made.append(None)
            continue
        pair = [
            Crop(key=keys[int(rows[k])], frame=int(crops.frame[e]), time=float(crops.time[e]))
            for rows, e in ((forest.one, a), (forest.other, b))
        ]
        made.append((pair[0], pair[1]))
    return made
