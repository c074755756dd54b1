"""Rows of matrices: products of chosen ones, and sums by group, without a copy of any."""

from typing import Any, Final

import numpy as np
from numba import types

from camweave.core.arrays import F32, F64, I64
from camweave.ops.compiled import entry, make_ready, summing


def products(left: F32, right: F32, one: I64, other: I64) -> F64:
    """(Q,) products of rows `one` (Q,) of `left` (N, D) and rows `other` (Q,) of `right` (M, D)."""
    make_ready(_products, _PRODUCTS)
    rows = (np.ascontiguousarray(which, np.int64) for which in (one, other))
    made: F64 = _products(np.ascontiguousarray(left), np.ascontiguousarray(right), *rows)
    return made


def sums(row: F32, group: I64, count: int, weight: F64 | None = None) -> F64:
    """(G, D) sum of the rows (N, D) of each of `count` groups, each row times its weight (N,).

    >>> sums(np.float32([[1, 2], [3, 4], [5, 6]]), np.array([1, 0, 1]), 3)
    array([[3., 4.],
           [6., 8.],
           [0., 0.]])
    """
    make_ready(_add, _ADD)
    total = np.zeros((count, row.shape[1]))
    shares = np.ones(len(row)) if weight is None else np.ascontiguousarray(weight, np.float64)
    _add(np.ascontiguousarray(row), np.ascontiguousarray(group, np.int64), shares, total)
    return total


@summing
def product(left: F32, i: int, right: F32, j: int) -> float:
    """Of row `i` of one matrix (N, D) and row `j` of another (M, D)."""
    total = np.float32(0)
    for d in range(left.shape[1]):
        total += left[i, d] * right[j, d]
    return float(total)


def _in(kind: Any, axes: int) -> Any:  # noqa: ANN401 - Numba's have no types
    return types.Array(kind, axes, "C", readonly=True)


_PRODUCTS: Final = (
    _in(types.float32, 2),
    _in(types.float32, 2),
    _in(types.int64, 1),
    _in(types.int64, 1),
)
_ADD: Final = (
    _in(types.float32, 2),
    _in(types.int64, 1),
    _in(types.float64, 1),
    types.Array(types.float64, 2, "C"),
)


@entry()
def _products(left: F32, right: F32, one: I64, other: I64) -> F64:
    out = np.empty(len(one))
    for q in range(len(one)):
        out[q] = product(left, one[q], right, other[q])
    return out


@entry()
def _add(row: F32, group: I64, weight: F64, total: F64) -> None:
    for i in range(len(row)):
        for d in range(row.shape[1]):
            total[group[i], d] += weight[i] * row[i, d]
