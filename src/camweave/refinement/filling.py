"""Rows for the frames that a path passed through unseen.

`linear` goes straight from the box before a gap to the one after it. `gaussian` is the regression
by a Gaussian process of StrongSORT (Du et al., 2023), here within gaps only: what was seen stays as
it was seen. It leans on up to `NEAR` rows on either side, so that a path bends through the gap.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from camweave.core.arrays import F32, F64, I64, Bool
from camweave.refinement.params import RefineParams
from camweave.refinement.pieces import spread
from camweave.refinement.sway import Sway

NEAR: Final = 8  # rows on either side
LENGTH: Final = 1.0  # s over which a path's bends hang together; a longer gap's own length
NOISE: Final = 0.1  # of a seen box, as a share of how far paths bend
SHORT: Final = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Fill:
    """F rows to be put in, each behind the row `after` of its path."""

    after: I64  # (F,)
    frame: I64  # (F,)
    time: F64  # (F,) s
    xyxy: F32  # (F, 4) px
    score: F32  # (F,) the lower one of the scores at the two ends of the gap


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """K rows of tracks, in order of track and time."""

    track: I64  # (K,)
    frame: I64  # (K,)
    time: F64  # (K,) s
    xyxy: F64  # (K, 4) px
    score: F32  # (K,)


def fill(paths: Paths, sway: Sway, params: RefineParams) -> Fill:
    """The rows missing in gaps of up to `params.fill` s; a camera's sway is gone along with."""
    paths = _calm(paths, sway)
    before = _gaps(paths, 0.0 if params.filling == "none" else params.fill)
    missing = paths.frame[before + 1] - paths.frame[before] - 1
    gap, step = spread(np.zeros(len(before), np.int64), missing)
    share = (step + 1) / (missing + 1)[gap]
    after = before[gap]
    time = paths.time[after] + share * (paths.time[after + 1] - paths.time[after])
    here, there = paths.xyxy[after], paths.xyxy[after + 1]
    xyxy = here + share[:, None] * (there - here)
    if params.filling == "gaussian" and len(before):
        xyxy += _bend(paths, before, (gap, time))
    return Fill(
        after,
        paths.frame[after] + step + 1,
        time,
        (xyxy + np.tile(sway.at(time), 2)).astype(np.float32),
        np.minimum(paths.score[after], paths.score[after + 1]),
    )


def _calm(paths: Paths, sway: Sway) -> Paths:
    """The paths as a steady camera would have seen them."""
    return replace(paths, xyxy=paths.xyxy - np.tile(sway.at(paths.time), 2))


def _gaps(paths: Paths, longest: float) -> I64:
    """Rows before a gap."""
    same = paths.track[1:] == paths.track[:-1]
    short = np.diff(paths.time) <= longest + SHORT
    return np.flatnonzero(same & short & (np.diff(paths.frame) > 1))


def _bend(paths: Paths, before: I64, wanted: tuple[I64, F64]) -> F64:
    """(F, 4) px by which the paths bend away from the straight line through their gaps."""
    gap, time = wanted
    near, usable = _near(paths, before)
    start, span = paths.time[before], paths.time[before + 1] - paths.time[before]
    seen = paths.time[near] - start[:, None]
    first, last = paths.xyxy[before], paths.xyxy[before + 1]
    line = first[:, None] + (seen / span[:, None])[..., None] * (last - first)[:, None]
    off = np.where(usable[..., None], paths.xyxy[near] - line, 0.0)
    length = np.maximum(LENGTH, span)
    kernel = _kernel(seen[:, :, None] - seen[:, None, :], length)
    kernel *= usable[:, :, None] & usable[:, None, :]
    kernel += np.eye(near.shape[1]) * np.where(usable, NOISE**2, 1.0)[:, None, :]
    weight = np.linalg.solve(kernel, off)
    reach = _kernel(time[:, None] - start[gap, None] - seen[gap], length[gap]) * usable[gap]
    bend: F64 = np.einsum("fn,fnc->fc", reach, weight[gap])
    return bend


def _near(paths: Paths, before: I64) -> tuple[I64, Bool]:
    """Rows around each gap, and which of them are its path's."""
    near = before[:, None] + np.arange(1 - NEAR, NEAR + 1)
    inside = np.clip(near, 0, len(paths.track) - 1)
    usable = (near == inside) & (paths.track[inside] == paths.track[before][:, None])
    close = np.abs(paths.time[inside] - paths.time[before][:, None]) <= 2 * LENGTH
    close |= (near == before[:, None]) | (near == before[:, None] + 1)
    return inside, usable & close


def _kernel(apart: F64, length: F64) -> F64:
    shape = (-1,) + (1,) * (apart.ndim - 1)
    return np.asarray(np.exp(-np.square(apart / length.reshape(shape)) / 2))
