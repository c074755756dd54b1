"""Which pairs of tracklets are alike enough to be asked about, without ever holding all pairs.

Vectors are compared block by block. A pair is kept where one can follow the other, where they are
alike enough, and where either is among the other's best: 64, or fewer where that makes more than
two million pairs; of equally good ones, those nearest in time. No tracklet is compared with more
than `BUDGET` / N of those that begin after it (in its camera, and in all): the nearest in time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F32, F64, I64
from camweave.linking.best_partners import (
    BETWEEN,
    EVERYONE,
    KEEP_BEST,
    LIKENESSES,
    WITHIN,
    keep_best,
    likenesses,
)
from camweave.linking.possible_steps import Rules
from camweave.ops.compiled import make_ready

MOST: Final = 64  # partners that a tracklet may bring in
LEAST: Final = 16  # and may always
KEPT: Final = 2_000_000  # pairs, about
BUDGET: Final = 5e8  # pairs that may be compared, about
ROWS: Final = 512  # of a block
COLUMNS: Final = 4096  # of a block
LONG: Final = 4.0  # times the usual stay: who stays so long reaches far, and is compared apart
ROUNDING: Final = 1e-4  # of a cosine of float32 vectors, and more


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """E pairs of tracklets and how alike they are, in order of `one`, then of `other`."""

    one: I64  # (E,) the one that was seen first
    other: I64  # (E,)
    similarity: F64  # (E,)


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """Tracklets to be compared with one another, in order of begin."""

    rank: I64  # (M,) rising
    look: F32  # (M, D)
    stop: I64  # (M,) each is compared with those after it, up to here
    kind: int  # which pairs count


def candidates(rules: Rules, look: F32, least: float) -> Pairs:
    """Pairs of similarity `least` or more that can follow each other.

    Rows of `rules.spans` and of `look` (N, D), of unit length, are in order of begin.
    """
    make_ready(keep_best, KEEP_BEST)
    make_ready(likenesses, LIKENESSES)
    n = len(look)
    most = int(np.clip(KEPT // max(n, 1), LEAST, MOST))
    best = np.empty((n, most), np.float32), np.empty((n, most), np.int32)
    count = np.zeros(n, np.int64)
    for run in _runs(rules, look):
        for rows, columns in _blocks(run):
            alike = run.look[rows] @ run.look[columns].T
            ranks = run.rank[rows], run.rank[columns]
            keep_best(rules, alike, *ranks, run.kind, least - ROUNDING, *best, count)
    one, other = _each_once(best[1], count)
    similarity = likenesses(look, one, other)
    alike_enough = similarity >= least
    return Pairs(one[alike_enough], other[alike_enough], similarity[alike_enough])


def _runs(rules: Rules, look: F32) -> Iterator[Run]:
    n = len(look)
    limit = max(1, int(BUDGET / max(n, 1)))
    if not rules.walls:
        yield Run(np.arange(n), look, _no_more_than(limit, np.full(n, n)), EVERYONE)
        return
    spans, windows = rules.spans, rules.windows
    horizon = max([-np.inf, *windows["most"], *(-windows["least"])])
    stop = np.searchsorted(spans["begin"], spans["end"] + horizon, "right")
    yield Run(np.arange(n), look, _no_more_than(limit, stop), BETWEEN)
    for camera in np.unique(spans["camera"]):
        rank = np.flatnonzero(spans["camera"] == camera)
        every = np.full(len(rank), len(rank))
        yield Run(rank, look[rank], _no_more_than(limit, every), WITHIN)


def _no_more_than(limit: int, stop: I64) -> I64:
    return np.minimum(stop, np.arange(len(stop)) + 1 + limit)


def _blocks(run: Run) -> Iterator[tuple[I64, slice]]:
    """Rows and columns to be compared; those that reach far do not widen the others' blocks.

    The last rows come first, so that everybody meets the nearest first, from both sides.
    """
    reach = run.stop - np.arange(len(run.stop))
    far = reach > LONG * np.median(reach) if len(reach) else np.zeros(0, np.bool_)
    for of_kind in (np.flatnonzero(~far), np.flatnonzero(far)):
        for last in range(len(of_kind), 0, -ROWS):
            rows = of_kind[max(0, last - ROWS) : last]
            stop = int(run.stop[rows].max())
            for column in range(int(rows[0]) + 1, stop, COLUMNS):
                yield rows, slice(column, min(column + COLUMNS, stop))


def _each_once(partners: np.ndarray, count: I64) -> tuple[I64, I64]:
    """Pairs that either brings in, the earlier one first."""
    n, most = partners.shape
    kept = np.arange(most) < count[:, None]
    mine = np.repeat(np.arange(n), count)
    theirs = partners[kept].astype(np.int64)
    key = np.unique(np.minimum(mine, theirs) * max(n, 1) + np.maximum(mine, theirs))
    one, other = np.divmod(key, max(n, 1))
    return one, other
