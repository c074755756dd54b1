"""The two crops that make two tracklets most alike: what a person is shown as evidence."""

from typing import Any, Final

import numpy as np
from numba import types

from camweave.core.arrays import F32, I64
from camweave.core.sightings import Crops
from camweave.linking.agglomerate import linkages
from camweave.linking.agglomerate.linkages import likeness
from camweave.ops.compiled import entry, make_ready

NONE: Final = -1


def closest_crops(crops: Crops, one: I64, other: I64) -> tuple[I64, I64]:
    """For each pair of tracklets (Q,) the flat numbers of their two most similar crops, (Q,) each.

    -1 where one has no crop that can be compared.
    """
    make_ready(find_closest, FIND_CLOSEST)
    embedding = np.ascontiguousarray(crops.embedding)
    pairs = (np.ascontiguousarray(rows, np.int64) for rows in (one, other))
    found: tuple[I64, I64] = find_closest(crops.offsets, embedding, *pairs)
    return found


@entry(linkages)
def find_closest(offsets: I64, embedding: F32, one: I64, other: I64) -> tuple[I64, I64]:
    """As `closest_crops`, over plain columns."""
    mine, theirs = np.full(len(one), NONE), np.full(len(one), NONE)
    for q in range(len(one)):
        most = -np.inf
        for a in range(offsets[one[q]], offsets[one[q] + 1]):
            for b in range(offsets[other[q]], offsets[other[q] + 1]):
                alike = likeness(embedding[a], embedding[b])
                if alike > most:  # never for one that is not finite
                    most, mine[q], theirs[q] = alike, a, b
    return mine, theirs


def _in(kind: Any, axes: int = 1) -> Any:  # noqa: ANN401 - Numba's have no types
    return types.Array(kind, axes, "C", readonly=True)


FIND_CLOSEST: Final = (
    _in(types.int64),
    _in(types.float32, 2),
    _in(types.int64),
    _in(types.int64),
)
