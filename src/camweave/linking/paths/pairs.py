"""Which nodes could be one object: each one's most alike, of those that time allows.

Nodes are taken in order of their begin, a block of them held against those that begin before its
reach ends. So the work grows with who is near in time, not with the square.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numba import types

from camweave.core.arrays import F32, F64, I64, Bool
from camweave.linking.fragments import LONGEST
from camweave.linking.paths.nodes import Nodes
from camweave.linking.transit import BINS, EARLIEST, GRID, LATEST, STEP, warped
from camweave.ops.compiled import entry, inner, make_ready

ROWS: Final = 256  # nodes of a block
COLUMNS: Final = 4096  # held against it at a time
NEAREST: Final = 24  # pairs kept of each node, to either side
LIKENESSES: Final = 401  # bins of cosine, -1 to 1
TICKS: Final = 20  # a second, by which a gap's bin is looked up
_TIMES: Final = EARLIEST + (np.arange((LATEST - EARLIEST) * TICKS) + 0.5) / TICKS  # s
_BINS: Final = ((warped(_TIMES) - GRID[0]) / STEP + 0.5).astype(np.int64).clip(0, BINS - 1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reach:
    """Which gaps between two of C cameras are worth a look."""

    least: F64  # (C, C) s
    most: F64  # (C, C) s
    overlap: float  # s that two tracklets of one camera may share


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """E pairs of nodes; `one` begins no later than `other`."""

    one: I64  # (E,)
    other: I64  # (E,)
    similarity: F64  # (E,) cosine; 0 where either is not embedded
    gap: F64  # (E,) s from the end of `one` to the begin of `other`

    def __len__(self) -> int:
        return len(self.one)

    def __getitem__(self, keep: I64 | Bool) -> "Pairs":
        return Pairs(self.one[keep], self.other[keep], self.similarity[keep], self.gap[keep])


@dataclass(frozen=True, slots=True, eq=False)
class Census:
    """All pairs that time allows, counted, kept or not."""

    across: F64  # (401,) pairs of two cameras, by cosine
    again: F64  # (401,) pairs of one camera, soon after each other, by cosine
    gaps: F64  # (C, C, G) by the cameras left and entered, and gap


def find_pairs(nodes: Nodes, reach: Reach, nearest: int = NEAREST) -> tuple[Pairs, Census]:
    """The pairs worth scoring, in order of their nodes, and the census of all.

    Of each node the `nearest` most alike that may come before it, and after it.
    """
    order = np.lexsort([nodes.end, nodes.begin])
    begin, end = nodes.begin[order], nodes.end[order]
    columns: tuple[Any, ...] = (
        *(c[order] for c in (nodes.leaves, nodes.enters, nodes.class_id)),
        begin,
        end,
        nodes.single[order],
    )
    unit = np.ascontiguousarray(nodes.vector[order])
    known = unit.any(axis=1) if unit.shape[1] else np.zeros(len(order), np.bool_)
    n, cameras = len(order), len(reach.least)
    index = np.full((2, n, nearest), -1)
    value = np.full((2, n, nearest), -np.inf)
    census = Census(np.zeros(LIKENESSES), np.zeros(LIKENESSES), np.zeros((cameras, cameras, BINS)))
    walls = (reach.least, reach.most, float(reach.overlap))
    farthest = float(reach.most.max(initial=0.0))
    make_ready(_sift, _SIFT)
    for start in range(0, n, ROWS):
        block = slice(start, min(start + ROWS, n))
        until = int(np.searchsorted(begin, end[block].max() + farthest, side="right"))
        for at in range(start, until, COLUMNS):
            like = unit[block] @ unit[at : min(at + COLUMNS, until)].T
            counted = (census.across, census.again, census.gaps, _BINS)
            rest: tuple[Any, ...] = (*columns, known, *walls, index, value, *counted)
            _sift(like, start, at, *rest)
    return _kept(index, value, order, nodes), census


def _kept(index: I64, value: F64, order: I64, nodes: Nodes) -> Pairs:
    """Either side's choices together, each pair once."""
    n, k = index.shape[1:]
    mine = np.repeat(np.arange(n), k)
    later, earlier = index[0].ravel(), index[1].ravel()
    one = np.concatenate([mine[later >= 0], earlier[earlier >= 0]])
    other = np.concatenate([later[later >= 0], mine[earlier >= 0]])
    like = np.concatenate([value[0].ravel()[later >= 0], value[1].ravel()[earlier >= 0]])
    _, first = np.unique(order[one] * n + order[other], return_index=True)
    one, other = order[one[first]], order[other[first]]
    return Pairs(one, other, like[first], nodes.begin[other] - nodes.end[one])


def _in(kind: Any, axes: int = 1) -> Any:  # noqa: ANN401 - Numba's have no types
    return types.Array(kind, axes, "C", readonly=True)


_SIFT: Final = (
    types.Array(types.float32, 2, "C"),
    *(types.int64, types.int64),
    *(_in(types.int64), _in(types.int64), _in(types.int64)),
    *(_in(types.float64), _in(types.float64), _in(types.boolean), _in(types.boolean)),
    *(_in(types.float64, 2), _in(types.float64, 2), types.float64),
    *(types.Array(types.int64, 3, "C"), types.Array(types.float64, 3, "C")),
    *(types.Array(types.float64, 1, "C"), types.Array(types.float64, 1, "C")),
    types.Array(types.float64, 3, "C"),
    _in(types.int64),
)


@entry()
def _sift(  # noqa: PLR0913, PLR0917 - Numba takes columns
    like: F32,
    start: int,
    at: int,
    leaves: I64,
    enters: I64,
    kind: I64,
    begin: F64,
    end: F64,
    single: Bool,
    known: Bool,
    least: F64,
    most: F64,
    overlap: float,
    index: I64,
    value: F64,
    across: F64,
    again: F64,
    gaps: F64,
    bins: I64,
) -> None:
    """Count the pairs of one block that time allows, and offer them to either node."""
    rows, columns = like.shape
    half = (LIKENESSES - 1) / 2
    for r in range(rows):
        i = start + r
        a = leaves[i]
        for c in range(max(i + 1 - at, 0), columns):
            j = at + c
            b = enters[j]
            gap = begin[j] - end[i]
            soonest = least[a, b] if single[i] and single[j] and a != b else -overlap
            if gap > most[a, b] or gap < soonest or end[j] < end[i]:
                continue
            if kind[i] != kind[j] and kind[i] >= 0 and kind[j] >= 0:
                continue
            both = known[i] and known[j]
            s = np.float64(like[r, c]) if both else 0.0
            if both and (a != b or gap <= LONGEST):
                seen = across if a != b else again
                seen[min(max(int((s + 1) * half + 0.5), 0), LIKENESSES - 1)] += 1
            tick = int((gap - EARLIEST) * TICKS)
            if 0 <= tick < len(bins):
                gaps[a, b, bins[tick]] += 1
            _offer(index, value, 0, i, j, s)
            _offer(index, value, 1, j, i, s)


@inner
def _offer(index: I64, value: F64, side: int, mine: int, who: int, s: float) -> None:  # noqa: PLR0917 - one offer
    """Keep `who` if it is more alike than the least alike that is kept; that one stands last."""
    k = value.shape[2] - 1
    if s <= value[side, mine, k]:
        return
    while k > 0 and value[side, mine, k - 1] < s:
        value[side, mine, k] = value[side, mine, k - 1]
        index[side, mine, k] = index[side, mine, k - 1]
        k -= 1
    value[side, mine, k], index[side, mine, k] = s, who
