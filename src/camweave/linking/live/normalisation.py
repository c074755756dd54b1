"""Embeddings made comparable across cameras: their means taken off, then a learned transform."""

from dataclasses import dataclass

import numpy as np

from camweave.core.arrays import F32, I64, Bool
from camweave.core.sightings import Sightings
from camweave.linking.appearance import (
    HEADINGS,
    CameraMeans,
    Lens,
    debiased,
    freed,
    headings,
)


@dataclass(frozen=True, slots=True, eq=False)
class Normalisation:
    """Means to subtract, by camera, class and heading, and the transform that follows."""

    lens: Lens
    mean: F32  # (K, D) by key
    known: Bool  # (K,) keys that were learned; others lose their camera's running mean only
    classes: int  # class ids from 0 on; all others share the last key

    def apply(self, rows: Sightings, vector: F32, means: CameraMeans) -> F32:
        """Embeddings (N, D) of `rows` (N,) as they are compared, unit length; zeros stay zeros."""
        if vector.shape[1] != self.mean.shape[1]:  # there was no embedding yet when it was learned
            return debiased(vector, rows.camera, means)
        key = keys_of(rows, self.classes)
        plain = debiased(vector, rows.camera, means, unit=False)
        own = np.flatnonzero(self.known[key] & vector.any(axis=1))
        plain[own] = vector[own] - self.mean[key[own]]
        return self.lens.through(plain)


def learn_normalisation(rows: Sightings, vector: F32, lens: Lens) -> Normalisation:
    """The normalisation for embeddings (N, D) of tracklets, as the batch linker computes it."""
    classes = 1 + int(rows.class_id.max(initial=-1))
    key = keys_of(rows, classes)
    seen = np.flatnonzero(vector.any(axis=1)) if vector.shape[1] else key[:0]
    count = len(rows.cameras) * (classes + 1) * (HEADINGS + 1)
    mean, known = np.zeros((count, vector.shape[1]), np.float32), np.zeros(count, np.bool_)
    if len(seen):
        names, first = np.unique(key[seen], return_index=True)
        mean[names] = (vector - freed(rows, vector))[seen[first]]  # the same for all rows of a key
        known[names] = True
    return Normalisation(lens, mean, known, classes)


def keys_of(rows: Sightings, classes: int) -> I64:
    """(N,) camera, class and heading of each row as one number."""
    kind = rows.class_id.astype(np.int64)
    kind = np.where((kind >= 0) & (kind < classes), kind, classes)
    key: I64 = (rows.camera * (classes + 1) + kind) * (HEADINGS + 1) + headings(rows)
    return key
