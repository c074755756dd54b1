"""The topology as it was learned: windows between cameras from the links that were made."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64, Bool
from camweave.core.frame import CameraId
from camweave.core.sightings import Sightings
from camweave.core.topology import Topology, Transition

ENOUGH: Final = 3  # passages that show a way
LEAST_SHARE: Final = 0.03  # of the passages out of a camera, or into the other
OUTERMOST: Final = 0.01  # share of passages outside a window, to either side
WIDER: Final = 0.1  # by so much of its length
LEAST_WIDER: Final = 0.5  # s


def learned_topology(
    sightings: Sightings,
    drawn: Topology | None,
    links: tuple[I64, I64],
    *,
    together: Bool,
    learn: bool,
) -> Topology:
    """What was drawn, with the passages on each way counted, and what else was learned.

    Args:
        sightings: the tracklets.
        drawn: as the user gave it.
        links: rows of the tracklets that follow each other directly.
        together: (C, C) whose views overlap.
        learn: whether ways are learned at all.
    """
    topology = drawn or Topology(cameras=sightings.cameras)
    if not learn:
        return topology
    one, other = links
    seen = _Passages(
        sightings.cameras,
        sightings.camera[one],
        sightings.camera[other],
        sightings.begin[other] - sightings.end[one],
    )
    counted = tuple(
        t if t.locked else replace(t, samples=seen.through(t)) for t in topology.transitions
    )
    new = () if counted else tuple(_learned(seen, together))
    return replace(topology, transitions=(*counted, *new))


@dataclass(frozen=True, slots=True, eq=False)
class _Passages:
    """K links between tracklets that follow each other directly."""

    cameras: tuple[CameraId, ...]  # C
    source: I64  # (K,) camera that was left
    target: I64  # (K,) camera that was entered
    gap: F64  # (K,) s

    def through(self, window: Transition) -> int:
        """How many passages lie in a window."""
        if window.source not in self.cameras or window.target not in self.cameras:
            return 0
        way = self.source == self.cameras.index(window.source)
        way &= self.target == self.cameras.index(window.target)
        return int(np.sum(way & (self.gap >= window.least) & (self.gap <= window.most)))


def _learned(seen: _Passages, together: Bool) -> Iterator[Transition]:
    """The ways with enough passages; one by way of a third camera that missed somebody is rare."""
    c = len(seen.cameras)
    count = np.zeros((c, c))
    np.add.at(count, (seen.source, seen.target), 1.0)
    np.fill_diagonal(count, 0.0)
    left, come = np.maximum(count.sum(axis=1, keepdims=True), 1), np.maximum(count.sum(axis=0), 1)
    busy = (count / left >= LEAST_SHARE) | (count / come >= LEAST_SHARE)
    for a, b in np.argwhere((count >= ENOUGH) & busy):
        mine = seen.gap[(seen.source == a) & (seen.target == b)]
        least, most = np.quantile(mine, [OUTERMOST, 1 - OUTERMOST])
        wider = max(WIDER * (most - least), LEAST_WIDER)
        least = least - wider if together[a, b] or least < 0 else max(least - wider, 0.0)
        yield Transition(
            source=seen.cameras[a],
            target=seen.cameras[b],
            least=round(float(least), 2),
            most=round(float(most + wider), 2),
            origin="learned",
            samples=len(mine),
        )
