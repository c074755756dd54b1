"""How far apart two tracklets stood on the ground while both were in view."""

from typing import Any, Final

import numpy as np
from numba import types

from camweave.core.arrays import F64, I64
from camweave.core.sightings import Paths
from camweave.ops.compiled import entry, inner, make_ready

SAMPLES: Final = 24  # instants of a meeting that are looked at
LEAST: Final = 3  # and at least so many
LONGEST: Final = 1.0  # s between two places, from which on none is known between them


def distances(paths: Paths, one: I64, other: I64) -> F64:
    """(Q,) m: median distance of the paths of `one` (Q,) and `other` (Q,) at the same time.

    NaN where either has no path, or they share too little time.
    """
    make_ready(_distances, _DISTANCES)
    return np.asarray(_distances(paths.offsets, paths.time, paths.xy, one, other))


def _in(kind: Any, axes: int = 1) -> Any:  # noqa: ANN401 - Numba's have no types
    return types.Array(kind, axes, "C", readonly=True)


_DISTANCES: Final = (
    _in(types.int64),
    _in(types.float64),
    _in(types.float64, 2),
    _in(types.int64),
    _in(types.int64),
)


@inner
def _rest(first: int, last: int, time: F64, low: float, high: float) -> tuple[int, int]:  # noqa: PLR0917 - two pairs
    """The rows of a path from `low` to `high` s."""
    while first < last and time[first] < low:
        first += 1
    while last > first and time[last - 1] > high:
        last -= 1
    return first, last


@inner
def _apart(xy: F64, time: F64, p: int, k: int) -> float:
    """Place p from the line between places k and k + 1, at p's time; NaN across a gap."""
    span = time[k + 1] - time[k]
    if span <= 0.0 or span > LONGEST:
        return np.nan
    share = min(max((time[p] - time[k]) / span, 0.0), 1.0)
    dx = xy[k, 0] + share * (xy[k + 1, 0] - xy[k, 0]) - xy[p, 0]
    dy = xy[k, 1] + share * (xy[k + 1, 1] - xy[k, 1]) - xy[p, 1]
    distance: float = np.sqrt(dx * dx + dy * dy)
    return distance


@entry()
def _distances(offsets: I64, time: F64, xy: F64, one: I64, other: I64) -> F64:  # noqa: PLR0917 - Numba takes columns
    out = np.full(len(one), np.nan)
    seen = np.empty(SAMPLES)
    for q in range(len(one)):
        first, last = offsets[one[q]], offsets[one[q] + 1]
        k, stop = offsets[other[q]], offsets[other[q] + 1]
        if last <= first or stop <= k + 1:
            continue
        first, last = _rest(first, last, time, time[k], time[stop - 1])
        stride, count = max(1, (last - first + SAMPLES - 1) // SAMPLES), 0
        for p in range(first, last, stride):
            while k + 2 < stop and time[k + 1] < time[p]:
                k += 1
            distance = _apart(xy, time, p, k)
            if distance == distance:  # noqa: PLR0124 - not NaN, in a kernel
                seen[count] = distance
                count += 1
        if count >= LEAST:
            out[q] = np.median(seen[:count])
    return out
