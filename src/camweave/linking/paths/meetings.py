"""Pairs of tracklets that were in view at the same time: of one camera, they are two objects."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F32, F64, I64, Bool
from camweave.core.sightings import Sightings
from camweave.linking.appearance import embedded
from camweave.linking.paths.centred import fair
from camweave.linking.paths.standing import distances
from camweave.ops.rows import products

MOST: Final = 200_000  # pairs
FARTHEST: Final = 200  # tracklets that begin in between
SHORTEST: Final = 0.5  # s that they share


@dataclass(frozen=True, slots=True, eq=False)
class Meetings:
    """Q pairs of tracklets of one class that shared some time; embedded, where any is."""

    one: I64  # (Q,)
    other: I64  # (Q,)
    similarity: F64  # (Q,)
    fair: F64  # (Q,) the same, freed of what their camera's mean does to two of one camera
    shared: F64  # (Q,) of the shorter one's life, 0 to 1
    distance: F64  # (Q,) m apart on the ground, median; NaN where that is not known

    def __len__(self) -> int:
        return len(self.one)

    def __getitem__(self, keep: Bool) -> "Meetings":
        return Meetings(
            self.one[keep],
            self.other[keep],
            self.similarity[keep],
            self.fair[keep],
            self.shared[keep],
            self.distance[keep],
        )


def meetings_of(sightings: Sightings, vector: F32) -> Meetings:
    """All such pairs, or those that began nearest to each other where there are too many."""
    order = np.lexsort([sightings.end, sightings.begin])
    if vector.any():
        order = order[vector[order].any(axis=1)]
    begin, end, kind = (c[order] for c in (sightings.begin, sightings.end, sightings.class_id))
    found, total = [np.empty((0, 2), np.int64)], 0
    for step in range(1, min(FARTHEST, len(order))):
        shared = np.minimum(end[:-step], end[step:]) - begin[step:]
        met = np.flatnonzero((shared > SHORTEST) & (kind[:-step] == kind[step:]))
        found.append(np.column_stack([order[met], order[met + step]]))
        total += len(met)
        if total >= MOST or not np.any(shared > 0):
            break
    one, other = np.ascontiguousarray(np.concatenate(found)[:MOST].T)
    shared = np.minimum(sightings.end[one], sightings.end[other]) - sightings.begin[other]
    life = sightings.end - sightings.begin
    alike = dots(vector, one, other)
    return Meetings(
        one,
        other,
        alike,
        fair(sightings, embedded(vector), (one, other), alike),
        shared / np.minimum(life[one], life[other]),
        distances(sightings.paths, one, other),
    )


def dots(vector: F32, one: I64, other: I64) -> F64:
    """(Q,) products of rows of `vector`."""
    return products(vector, vector, one, other)
