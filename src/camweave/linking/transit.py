"""Who is seen next where, and after how long: evidence from travel times, frozen.

A passage from camera a to camera b is held against the alternative that whoever left a is not
seen again, and that somebody new came into b. In nats:

    ln share(a -> b) density(gap) - ln ended(a) - ln fresh(b)

and, where places are known, what the exit used says about the next camera, and the entry used
about the last. Times lie on a scale that is fine near 0 s and coarse far from it.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numba import types

from camweave.core.arrays import F64, I64, Bool
from camweave.core.frame import CameraId
from camweave.ops.compiled import entry, inner, make_ready

NO_EDGE: Final = -1
ANYWHERE: Final = -1  # the place of an exit or entry that is not known
FINE: Final = 2.0  # s: below this the scale of times is linear, above it logarithmic
STEP: Final = 0.025  # of that scale
EARLIEST: Final = -60.0  # s
LATEST: Final = 7200.0  # s
IMPOSSIBLE: Final = -1e9  # nats
CLIP: Final = 9.0  # nats: no travel time says more


def warped(gap: F64) -> F64:
    """(Q,) the place of each gap (Q,), in s, on the scale of times.

    >>> warped(np.array([0.0, 2.0, -2.0])).round(3)
    array([ 0.   ,  0.693, -0.693])
    """
    far = np.asarray(gap, np.float64)
    scaled: F64 = np.sign(far) * np.log1p(np.abs(far) / FINE)
    return scaled


START: Final = float(warped(np.float64(EARLIEST)))  # type: ignore[arg-type]  # one number
BINS: Final = int((float(warped(np.float64(LATEST))) - START) / STEP) + 2  # type: ignore[arg-type]  # so is this
GRID: Final = START + STEP * np.arange(BINS)  # (G,) the scale's marks
SECONDS: Final = np.sign(GRID) * FINE * np.expm1(np.abs(GRID))  # (G,) s at each mark


def marks(gap: F64) -> I64:
    """(Q,) the mark of `GRID` that is nearest to each gap (Q,), in s."""
    nearest: I64 = np.clip((warped(gap) - GRID[0]) / STEP + 0.5, 0, BINS - 1).astype(np.int64)
    return nearest


@dataclass(frozen=True, slots=True, eq=False)
class Transits:
    """What is known of the ways between C cameras, K of them, by Z places of exit and entry.

    The last column of a place's table is for who left or came anywhere. Where zones are drawn,
    two cameras have several ways, and the one taken depends on the places.
    """

    cameras: tuple[CameraId, ...]  # C
    edge: I64  # (C, C) row of the way from one camera to another, or NO_EDGE: none says more
    flow: F64  # (K, G) ln of 1/s: share of those who leave that take this way, by gap on `GRID`
    leaving: F64  # (K, Z + 1) nats: what a place of exit says for this way
    entering: F64  # (K, Z + 1) nats: what a place of entry says for this way
    ended: F64  # (C, Z + 1) ln share of those who leave here that are not seen again
    fresh: F64  # (C, Z + 1) ln of 1/s: those who come in and were not seen before
    other: float  # ln of 1/s: flow where no way is known; IMPOSSIBLE where windows are walls
    least: F64  # (K,) s
    most: F64  # (K,) s
    samples: F64  # (K,) passages that it rests on; 0: drawn only
    drawn: Bool  # (K,)
    together: Bool  # (C, C) whose views overlap
    zoned: I64 | None = None  # (C, C, Z + 1, Z + 1) row by places, too; None: `edge` for all

    def nats(  # noqa: PLR0917 - columns of one table
        self,
        source: I64,
        target: I64,
        gap: F64,
        leaving: I64 | None = None,
        entering: I64 | None = None,
    ) -> F64:
        """(Q,) evidence that who left `source` is who came into `target` after `gap` s.

        Args:
            source: (Q,) index of the camera that was left.
            target: (Q,) index of the camera that was entered.
            gap: (Q,) s from the end of one tracklet to the begin of the next.
            leaving: (Q,) place of exit in `source`, or ANYWHERE.
            entering: (Q,) place of entry in `target`, or ANYWHERE.
        """
        n = len(gap)
        nowhere = np.full(n, ANYWHERE)
        columns = (source, target, leaving, entering)
        whole = [np.ascontiguousarray(nowhere if c is None else c, np.int64) for c in columns]
        table: tuple[Any, ...] = (*whole, np.ascontiguousarray(gap, np.float64), *self.tables)
        make_ready(_nats_of_all, _NATS)
        evidence: F64 = _nats_of_all(*table)
        return evidence

    @property
    def tables(self) -> tuple[Any, ...]:
        """What the kernels take."""
        return (
            self.edge[:, :, None, None] if self.zoned is None else self.zoned,
            self.flow,
            self.leaving,
            self.entering,
            self.ended,
            self.fresh,
            float(self.other),
        )


@inner
def transit_nats(  # noqa: PLR0913, PLR0917 - a kernel's tables
    a: int,
    b: int,
    z: int,
    y: int,
    gap: float,
    edge: I64,
    flow: F64,
    leaving: F64,
    entering: F64,
    ended: F64,
    fresh: F64,
    other: float,
) -> float:
    """Evidence of one passage, from camera `a` by exit `z` to camera `b` by entry `y`."""
    row = edge[a, b, 0, 0] if edge.shape[2] == 1 else edge[a, b, z, y]
    told = other
    if row >= 0:
        way = np.log1p(abs(gap) / FINE)
        place = ((way if gap >= 0 else -way) - START) / STEP
        if 0 <= place < BINS - 1:
            k = int(place)
            share = place - k
            known = (1 - share) * flow[row, k] + share * flow[row, k + 1]
            told = max(told, known + leaving[row, z] + entering[row, y])
    if told <= IMPOSSIBLE / 2:
        return IMPOSSIBLE
    evidence: float = min(max(told - ended[a, z] - fresh[b, y], -CLIP), CLIP)
    return evidence


def _table(dims: int, dtype: Any) -> Any:  # noqa: ANN401 - Numba's have no types
    return types.Array(dtype, dims, "C", readonly=True)


TABLES: Final = (
    _table(4, types.int64),
    *(_table(2, types.float64) for _ in range(5)),
    types.float64,
)
_NATS: Final = (*(_table(1, types.int64) for _ in range(4)), _table(1, types.float64), *TABLES)


@entry()
def _nats_of_all(  # noqa: PLR0913, PLR0917 - a kernel's tables
    source: I64,
    target: I64,
    leaving_at: I64,
    entering_at: I64,
    gap: F64,
    edge: I64,
    flow: F64,
    leaving: F64,
    entering: F64,
    ended: F64,
    fresh: F64,
    other: float,
) -> F64:
    out = np.empty(len(gap))
    for q in range(len(gap)):
        out[q] = transit_nats(
            source[q],
            target[q],
            leaving_at[q],
            entering_at[q],
            gap[q],
            edge,
            flow,
            leaving,
            entering,
            ended,
            fresh,
            other,
        )
    return out
