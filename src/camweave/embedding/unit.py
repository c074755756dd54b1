"""Vectors of unit length."""

import numpy as np

from camweave.core.arrays import F32

SHORTEST = 1e-12  # a vector shorter than this says nothing


def unit(vectors: F32) -> F32:
    """Each row (N, D) at unit length; zeros where it has none: too short, or not all numbers.

    >>> unit(np.float32([[3, 4], [0, 0], [np.nan, 1]])).round(1).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0], [0.0, 0.0]]
    """
    length = np.sqrt(np.einsum("nd,nd->n", vectors, vectors, dtype=np.float64))
    good = np.isfinite(length) & (length > SHORTEST)
    whole = np.where(good, length, 1.0)
    scaled: F32 = np.where(good[:, None], vectors / whole[:, None], 0).astype(np.float32)
    return scaled
