"""Whether one camera's tracklet goes on where another broke off: evidence from place and size.

How far a continuation misses the place that the motion foretells is learned from likely
continuations, and held against how far anybody else's begin would miss it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.core.sightings import Sightings

LONGEST: Final = 10.0  # s: after a longer gap the place tells nothing
EDGES: Final = np.geomspace(0.02, 40.0, 23)  # of misses, in sizes of a box
SIZE: Final = 3.0  # what a box twice or half as large (e-fold) is worth, in sizes of a box
PRIOR: Final = 10.0  # continuations that "it tells nothing" is worth
MOST: Final = 6.0  # nats
SMOOTH: Final = np.array([0.25, 0.5, 0.25])


@dataclass(frozen=True, slots=True, eq=False)
class Continuity:
    """What a miss says: nats for "the same object goes on", by size of the miss and gap."""

    value: F64  # (B,) nats for a miss between two of EDGES, the outermost open

    def nats(self, miss: F64, gap: F64) -> F64:
        """(Q,) evidence of a miss (Q,), in sizes of a box, after `gap` (Q,) s."""
        told = self.value[np.searchsorted(EDGES, miss)]
        return np.asarray(np.where(gap <= LONGEST, told, 0.0))


NOTHING: Final = Continuity(np.zeros(len(EDGES) + 1))


def misses(sightings: Sightings, one: I64, other: I64, gap: F64) -> F64:
    """(Q,) how far the begin of `other` (Q,) misses where `one` (Q,) was bound for.

    In sizes of its box; a change of size counts as a miss too.
    """
    last, first = sightings.exit[one].astype(np.float64), sightings.entry[other].astype(np.float64)
    ahead = np.clip(gap, 0, LONGEST)[:, None] / 2  # both ends' motions carry half the gap each
    leaves = _middle(last) + sightings.exit_motion[one] * ahead
    comes = _middle(first) - sightings.entry_motion[other] * ahead
    size, grown = np.sqrt(_area(last) * _area(first)), np.log(_area(first) / _area(last)) / 2
    shift = np.linalg.norm(comes - leaves, axis=1) / np.sqrt(size)
    return np.asarray(np.hypot(shift, SIZE * grown))


def learn_continuity(sightings: Sightings, one: I64, other: I64, weight: F64) -> Continuity:
    """What misses say, from pairs of one camera and how likely each is one object (Q,)."""
    gap = sightings.begin[other] - sightings.end[one]
    near = np.flatnonzero((sightings.camera[one] == sightings.camera[other]) & (gap <= LONGEST))
    if not len(near):
        return NOTHING
    one, other, gap, weight = one[near], other[near], gap[near], weight[near]
    own = np.bincount(
        np.searchsorted(EDGES, misses(sightings, one, other, gap)), weight, len(EDGES) + 1
    )
    stranger = _somebody_else(sightings, one, other)
    alien = np.bincount(
        np.searchsorted(EDGES, misses(sightings, one, stranger, gap)), minlength=len(EDGES) + 1
    ).astype(np.float64)
    chance = _smooth(alien + 1.0 / len(EDGES))
    chance /= chance.sum()
    seen = _smooth(own.astype(np.float64))
    density = (seen + PRIOR * chance) / (seen.sum() + PRIOR)
    return Continuity(np.clip(np.log(density / chance), -MOST, MOST))


def _somebody_else(sightings: Sightings, one: I64, other: I64) -> I64:
    """(Q,) a tracklet of the same camera, some places on, that has nothing to do with it."""
    count = np.bincount(sightings.camera, minlength=len(sightings.cameras))
    first = np.cumsum(count) - count
    camera = sightings.camera[one]
    step = 1 + (one * 7 + other * 13) % np.maximum(count[camera] - 1, 1)
    return np.asarray(first[camera] + (other - first[camera] + step) % count[camera])


def _middle(box: F64) -> F64:
    middle: F64 = (box[:, :2] + box[:, 2:]) / 2
    return middle


def _area(box: F64) -> F64:
    sides = np.maximum(box[:, 2:] - box[:, :2], 1.0)
    area: F64 = sides.prod(axis=1)
    return area


def _smooth(counts: F64) -> F64:
    smooth: F64 = np.convolve(np.pad(counts, 1, mode="edge"), SMOOTH, mode="valid")
    return smooth
