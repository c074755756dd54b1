"""Products of chosen rows of two matrices, without a copy of the rows."""

from typing import Any, Final

import numpy as np
from numba import types

from camweave.core.arrays import F32, F64, I64
from camweave.ops.compiled import entry, make_ready


def products(left: F32, right: F32, one: I64, other: I64) -> F64:
    """(Q,) products of rows `one` (Q,) of `left` (N, D) and rows `other` (Q,) of `right` (M, D)."""
    make_ready(_products, _PRODUCTS)
    rows = (np.ascontiguousarray(which, np.int64) for which in (one, other))
    made: F64 = _products(np.ascontiguousarray(left), np.ascontiguousarray(right), *rows)
    return made


def _in(kind: Any, axes: int) -> Any:  # noqa: ANN401 - Numba's have no types
    return types.Array(kind, axes, "C", readonly=True)


_PRODUCTS: Final = (
    _in(types.float32, 2),
    _in(types.float32, 2),
    _in(types.int64, 1),
    _in(types.int64, 1),
)


@entry()
def _products(left: F32, right: F32, one: I64, other: I64) -> F64:
    out = np.empty(len(one))
    size = left.shape[1]
    whole = size - size % 4
    for q in range(len(one)):
        i, j = one[q], other[q]
        a, b, c, e = np.float32(0), np.float32(0), np.float32(0), np.float32(0)
        for d in range(0, whole, 4):  # four sums at a time: one would wait for itself
            a += left[i, d] * right[j, d]
            b += left[i, d + 1] * right[j, d + 1]
            c += left[i, d + 2] * right[j, d + 2]
            e += left[i, d + 3] * right[j, d + 3]
        for d in range(whole, size):
            a += left[i, d] * right[j, d]
        out[q] = (a + b) + (c + e)
    return out
