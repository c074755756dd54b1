"""Pairs that travel times speak for, whatever they look like: a fair sample of one's looks."""

from typing import Any, Final

import numpy as np
from numba import types

from camweave.core.arrays import F64, I64
from camweave.linking import transit
from camweave.linking.appearance import embedded
from camweave.linking.paths.learning import Ends
from camweave.linking.paths.nodes import Nodes
from camweave.linking.transit import BINS, SECONDS, TABLES, Transits, transit_nats
from camweave.ops.compiled import entry, make_ready

MOST: Final = 200_000  # pairs
GATE: Final = -2.0  # nats that travel time and places must say for a pair, at least
BUDGET: Final = 1e8  # pairs that are asked about, by N nodes, on one way


def likely_passages(nodes: Nodes, ends: Ends, transits: Transits) -> tuple[I64, I64]:
    """Pairs (Q,) of embedded nodes of two cameras that lie within the windows of known ways.

    The likeliest, where those are too many. In a crowd, nobody is held against more than the first
    `BUDGET` / N who came in by one way.
    """
    gate = _Gate(nodes, ends, transits)
    for a, b in np.argwhere(transits.edge >= 0).tolist():
        if a != b:
            gate.let_through(a, b)
    pairs, told = gate.best
    if len(told) > MOST:
        pairs = pairs[:, np.sort(np.argsort(-told, kind="stable")[:MOST])]
    return pairs[0], pairs[1]


class _Gate:
    """The likeliest pairs so far, way by way."""

    def __init__(self, nodes: Nodes, ends: Ends, transits: Transits) -> None:
        self._nodes, self._transits = nodes, transits
        known = embedded(nodes.vector)
        self._out = [np.flatnonzero((nodes.leaves == c) & known) for c in range(len(ends.cameras))]
        order = np.argsort(nodes.begin, kind="stable")
        order = order[known[order]]
        self._into = [order[nodes.enters[order] == c] for c in range(len(ends.cameras))]
        self._places = ends.leaving, ends.entering
        self._limit = max(1, int(BUDGET / max(len(nodes), 1)))
        self.best = np.empty((2, 0), np.int64), np.empty(0)
        make_ready(_let_through, _LET_THROUGH)

    def let_through(self, a: int, b: int) -> None:
        """Those who left by camera `a` and came in by `b` within its window."""
        nodes, transits = self._nodes, self._transits
        window = _window(transits, a, b)
        columns = nodes.begin, nodes.end, nodes.class_id, *self._places
        out, into, done = self._out[a], self._into[b], 0
        room = min(MOST, len(out) * len(into)) + min(self._limit, len(into))
        pairs, told = np.empty((2, room), np.int64), np.empty(room)
        while done < len(out):
            done, count = _let_through(
                (a, b), out, into, done, window, self._limit, columns, transits.tables, pairs, told
            )
            self._keep(pairs[:, :count], told[:count])

    def _keep(self, pairs: I64, told: F64) -> None:
        pairs, told = np.concatenate([self.best[0], pairs], axis=1), np.append(self.best[1], told)
        if len(told) > 2 * MOST:
            kept = np.sort(np.argsort(-told, kind="stable")[:MOST])
            pairs, told = pairs[:, kept], told[kept]
        self.best = pairs, told


def _window(transits: Transits, a: int, b: int) -> tuple[float, float]:
    """The gaps, s, of this way's window at which the likeliest places would open the gate."""
    row = transits.edge[a, b]
    places = transits.leaving[row].max() + transits.entering[row].max()
    told = np.maximum(transits.flow[row] + places, transits.other)
    opens = np.flatnonzero(told - transits.ended[a].min() - transits.fresh[b].min() >= GATE)
    if not len(opens):
        return np.inf, -np.inf
    first, last = SECONDS[max(opens[0] - 1, 0)], SECONDS[min(opens[-1] + 1, BINS - 1)]
    return float(max(transits.least[row], first)), float(min(transits.most[row], last))


@entry(transit)
def _let_through(  # noqa: PLR0913, PLR0917 - Numba takes columns
    way: tuple[int, int],
    out: I64,
    into: I64,
    done: int,
    window: tuple[float, float],
    limit: int,
    columns: tuple[F64, F64, I64, I64, I64],
    tables: tuple[Any, ...],
    pairs: I64,
    told: F64,
) -> tuple[int, int]:
    """Fill `pairs` (2, R) and `told` (R,) from `out[done]` on: where it ended, and how many."""
    begin, end, kind, leaving, entering = columns
    edge, flow, by_exit, by_entry, ended, fresh, other = tables
    a, b = way
    count = 0
    starts = begin[into]
    while done < len(out) and count + min(limit, len(into)) <= len(told):
        i = out[done]
        first = np.searchsorted(starts, end[i] + window[0])
        for c in range(first, min(first + limit, len(into))):
            j = into[c]
            if begin[j] > end[i] + window[1]:
                break
            if kind[i] != kind[j] and kind[i] >= 0:
                continue
            nats = transit_nats(
                *(a, b, leaving[i], entering[j], begin[j] - end[i]),
                *(edge, flow, by_exit, by_entry, ended, fresh, other),
            )
            if nats >= GATE:
                pairs[0, count], pairs[1, count], told[count] = i, j, nats
                count += 1
        done += 1
    return done, count


def _in(kind: Any, axes: int = 1) -> Any:  # noqa: ANN401 - Numba's have no types
    return types.Array(kind, axes, "C", readonly=True)


_LET_THROUGH: Final = (
    types.UniTuple(types.int64, 2),
    *(_in(types.int64), _in(types.int64), types.int64),
    *(types.UniTuple(types.float64, 2), types.int64),
    types.Tuple((*(_in(types.float64),) * 2, *(_in(types.int64),) * 3)),
    types.Tuple(TABLES),
    *(types.Array(types.int64, 2, "C"), types.Array(types.float64, 1, "C")),
)
