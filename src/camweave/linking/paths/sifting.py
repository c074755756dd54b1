"""Holding nodes against those that came in after them: a kernel that counts, and keeps the best."""

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import types

from camweave.core.arrays import F32, F64, I32, I64, Bool
from camweave.linking import best_partners
from camweave.linking.best_partners import is_wanted, offer
from camweave.linking.fragments import LONGEST
from camweave.linking.transit import BINS, EARLIEST, GRID, LATEST, STEP, warped
from camweave.ops import rows
from camweave.ops.compiled import entry, inner
from camweave.ops.rows import product

TICKS: Final = 20  # a second, by which a gap's bin is looked up
_TIMES: Final = EARLIEST + (np.arange((LATEST - EARLIEST) * TICKS) + 0.5) / TICKS  # s
_BIN: Final = ((warped(_TIMES) - GRID[0]) / STEP + 0.5).clip(0, BINS - 1)
GAP_BINS: Final = _BIN.astype(np.int16)  # small: it is looked up once a pair


class Row(NamedTuple):
    """N nodes by the camera that they came into, in order of begin."""

    begin: F64  # (N,) s
    end: F64  # (N,) s
    entering: I64  # (N,) camera come into and class, as `Kinds.told`
    leaving_as: I64  # (N,) camera left and class
    single: Bool  # (N,) one tracklet only
    known: Bool  # (N,) has a look
    look: F32  # (N, D) unit length
    rank: I64  # (N,) in order of begin, of all cameras
    entered: I64  # (C + 1,) where each camera's begin
    leaving: I64  # (N,) by the camera that they left, in order of end
    left: I64  # (C + 1,) where each camera's begin in that
    kinds: F64  # (T, T) nats by what was told of the one's class and the other's; or a wall


class Hints(NamedTuple):
    """What is known of a pair before it is chosen, in nats or any other measure."""

    across: F64  # (401,) what a likeness of two cameras says, by cosine
    again: F64  # (401,) and one of one camera
    times: F32  # (C, C, G) what the cameras left and entered say, and the gap


class Best(NamedTuple):
    """Of each node, by rank, the likeliest that come after it, or before: heaps, worst on top."""

    worth: F32  # (N, K)
    partner: I32  # (N, K)
    number: I64  # (N,) of them


class Counts(NamedTuple):
    """All pairs that time allows."""

    across: F64  # (401,) of two cameras, by cosine
    again: F64  # (401,) of one camera, soon after each other, by cosine
    gaps: F64  # (C, C, G) by the cameras left and entered, and gap
    bins: npt.NDArray[np.int16]  # bin of a gap, by ticks from the earliest on


@entry(best_partners, rows)
def sift(  # noqa: PLR0917 - Numba takes columns
    row: Row,
    least: F64,
    most: F64,
    overlap: float,
    limit: int,
    hints: Hints,
    best: tuple[Best, Best],
    counts: Counts,
) -> None:
    """Count the pairs that time allows, and offer them to either node.

    Args:
        row: the nodes.
        least: (C, C) s, of a gap between nodes of one tracklet in two cameras.
        most: (C, C) s, of a gap.
        overlap: s that all others may share.
        limit: with how many who came into one camera a node is compared: the first.
        hints: what makes one likelier than another.
        best: who may come after each, and before; empty.
        counts: what is counted; zeros.
    """
    for a in range(len(least)):
        for b in range(len(least)):
            window = least[a, b] if a != b else -overlap, most[a, b], -overlap
            _compare(row, (a, b), window, limit, hints, best, counts)


@inner
def _compare(  # noqa: C901, PLR0915, PLR0917 - one loop: each call that takes arrays costs as much as it
    row: Row,
    way: tuple[int, int],
    window: tuple[float, float, float],
    limit: int,
    hints: Hints,
    best: tuple[Best, Best],
    counts: Counts,
) -> None:
    begin, end, entering, leaving_as, single, known, look, rank = row[:8]
    leaving, kinds, same = row.leaving, row.kinds, way[0] == way[1]
    seen = counts.again if same else counts.across
    gaps, bins = counts.gaps[way[0], way[1]], counts.bins
    looks = hints.again if same else hints.across
    times = hints.times[way[0], way[1]]
    (after, later, laters), (before, earlier, earliers) = best
    soon = LONGEST if same else np.inf
    lowest, stop = row.entered[way[1]], row.entered[way[1] + 1]
    at = stop
    for r in range(row.left[way[0] + 1] - 1, row.left[way[0]] - 1, -1):  # so the nearest come first
        i = leaving[r]
        me, left, mark, many = rank[i], end[i], 0, 0
        while at > lowest and begin[at - 1] - left >= min(window[0], window[2]):
            at -= 1  # for all who left sooner, too
        for j in range(at, min(stop, at + limit)):
            gap, you, kind = begin[j] - left, rank[j], kinds[leaving_as[i], entering[j]]
            if gap > window[1]:
                break
            soonest = window[0] if single[i] and single[j] else window[2]
            if you <= me or end[j] < left or gap < soonest or kind == -np.inf:
                continue
            alike, now = 0.0, _bin_of(bins, gap)
            if known[i] and known[j]:
                s = product(look, i, look, j)
                alike = _told(looks, s)
                if gap <= soon:
                    _count_likeness(seen, s)
            if now != mark:  # gaps grow from pair to pair, so mostly it is the same bin
                gaps[mark] += many
                mark, many = now, 0
            many += 1
            worth = float(np.float32(times[now] + kind + alike))
            if is_wanted(after, later, laters, me, you, worth):
                offer(after, later, laters, me, you, worth)
            if is_wanted(before, earlier, earliers, you, me, worth):
                offer(before, earlier, earliers, you, me, worth)
        gaps[mark] += many


@inner
def _count_likeness(seen: F64, s: float) -> None:
    last = len(seen) - 1
    seen[min(max(int((s + 1) * (last / 2) + 0.5), 0), last)] += 1


@inner
def _told(looks: F64, s: float) -> float:
    place = min(max((s + 1) * ((len(looks) - 1) / 2), 0.0), len(looks) - 1.001)
    k = int(place)
    said: float = looks[k] + (place - k) * (looks[k + 1] - looks[k])
    return said


@inner
def _bin_of(bins: npt.NDArray[np.int16], gap: float) -> int:
    tick = int((gap - EARLIEST) * TICKS)
    return int(bins[min(max(tick, 0), len(bins) - 1)])


def _table(kind: Any, axes: int = 1) -> Any:  # noqa: ANN401 - Numba's have no types
    return types.Array(kind, axes, "C")


_INT, _FLOAT, _BOOL = types.int64, types.float64, types.boolean
SIFT: Final = (
    types.NamedTuple(
        (
            *map(_table, (_FLOAT, _FLOAT, _INT, _INT, _BOOL, _BOOL)),
            _table(types.float32, 2),
            *map(_table, (_INT, _INT, _INT, _INT)),
            _table(_FLOAT, 2),
        ),
        Row,
    ),
    *(_table(_FLOAT, 2), _table(_FLOAT, 2), _FLOAT, _INT),
    types.NamedTuple((_table(_FLOAT), _table(_FLOAT), _table(types.float32, 3)), Hints),
    types.UniTuple(
        types.NamedTuple((_table(types.float32, 2), _table(types.int32, 2), _table(_INT)), Best), 2
    ),
    types.NamedTuple(
        (_table(_FLOAT), _table(_FLOAT), _table(_FLOAT, 3), _table(types.int16)), Counts
    ),
)
