"""Who comes next: the best set of passages in which nobody has two successors or predecessors."""

from typing import Any, Final

import numpy as np
from numba import types

from camweave.core.arrays import F64, I64
from camweave.linking.paths.pairs import Pairs
from camweave.ops import assignment
from camweave.ops.assignment import COLUMN, PAIR, ROW, solve
from camweave.ops.compiled import entry, make_ready

MOST: Final = 60.0  # nats: above all evidence there is


def successors(pairs: Pairs, nats: F64, count: int, least: float) -> I64:
    """The rows of `pairs` (K,) that are made: most evidence in all, none below `least` nats."""
    worth = np.flatnonzero(nats >= least)
    order = worth[np.lexsort([pairs.other[worth], pairs.one[worth]])]
    offsets = np.searchsorted(pairs.one[order], np.arange(count + 1))
    make_ready(_solve, _SOLVE)
    target = _solve(offsets, pairs.other[order], MOST - nats[order], MOST - least)
    chosen = order[target[pairs.one[order]] == pairs.other[order]]
    return np.sort(chosen)


def _column(dtype: Any) -> Any:  # noqa: ANN401 - Numba's have no types
    return types.Array(dtype, 1, "C", readonly=True)


_SOLVE: Final = (
    _column(types.int64),
    _column(types.int64),
    _column(types.float64),
    types.float64,
)


@entry(assignment)
def _solve(offsets: I64, target: I64, cost: F64, limit: float) -> I64:
    """(N,) who follows each, or ALONE."""
    n = len(offsets) - 1
    rows, columns, pairs = np.empty(n, ROW), np.empty(n, COLUMN), np.empty(len(target), PAIR)
    for e in range(len(target)):
        pairs[e].column, pairs[e].cost = target[e], cost[e]
    for i in range(n):
        rows[i].first, rows[i].stop = offsets[i], offsets[i + 1]
    solve(rows, columns, pairs, limit)
    out = np.empty(n, np.int64)
    for i in range(n):
        out[i] = rows[i].column
    return out
