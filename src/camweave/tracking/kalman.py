"""Constant velocity, watched with noise: the Kalman filter that the trackers share.

A box is four numbers that move on their own (centre x, centre y, and two for its size), and
neither motion nor noise mixes them. The 8x8 covariance of the papers is therefore four 2x2
blocks, and a state is 20 numbers: position, velocity, var(position), cov(position, velocity) and
var(velocity), for each of the four. The numbers are those of the 8x8 form, at a tenth of its work.
Which four they are, and how much noise they have, is said by `box_motion` and `area_motion`.

Time is counted in frames of the nominal rate, since the papers give their noise per frame. A
step may have any length: n frames at once are exactly n single steps. In one frame, q and w being
the variances of the position's and the velocity's noise,

    P -> F P F' + diag(q, w),  F = [[1, 1], [0, 1]]

and repeating it n times adds n q + w n(n-1)(2n-1)/6, w n(n-1)/2 and n w to the three entries.
These polynomials hold for any real n, so that steps of 0.4 and 0.6 make one of 1, too.
"""

from typing import Final, TypeAlias

from camweave.core.arrays import F64
from camweave.ops.compiled import inner

AXES: Final = 4
STATE: Final = 5 * AXES  # length of a state: the rows below, one number per axis in each
VELOCITY: Final = AXES
VAR_POSITION: Final = 2 * AXES
COVARIANCE: Final = 3 * AXES
VAR_VELOCITY: Final = 4 * AXES

Noise: TypeAlias = tuple[float, float]  # variances of position and velocity


@inner
def start_axis(state: F64, axis: int, position: float, noise: Noise) -> None:
    """A first sight: at rest, with these variances of position and velocity."""
    state[axis] = position
    state[VELOCITY + axis] = 0.0
    state[VAR_POSITION + axis], state[VAR_VELOCITY + axis] = noise
    state[COVARIANCE + axis] = 0.0


@inner
def predict_axis(state: F64, axis: int, frames: float, noise: Noise) -> None:
    """Move on by this many frames, each adding its noise."""
    q, w = noise
    pairs = frames * (frames - 1.0) / 2.0
    covariance = state[COVARIANCE + axis]
    spread = state[VAR_VELOCITY + axis]
    state[axis] += frames * state[VELOCITY + axis]
    state[VAR_POSITION + axis] += (
        frames * (2.0 * covariance + frames * spread + q) + w * pairs * (2.0 * frames - 1.0) / 3.0
    )
    state[COVARIANCE + axis] = covariance + frames * spread + w * pairs
    state[VAR_VELOCITY + axis] = spread + frames * w


@inner
def correct_axis(state: F64, axis: int, seen: float, r: float) -> None:
    """Take in a measurement whose noise has the variance `r`."""
    before, covariance = state[VAR_POSITION + axis], state[COVARIANCE + axis]
    total = before + r
    surprise = (seen - state[axis]) / total
    state[axis] += before * surprise
    state[VELOCITY + axis] += covariance * surprise
    keep = r / total  # 1 - gain, in the form that cannot turn negative
    state[VAR_POSITION + axis] = before * keep
    state[COVARIANCE + axis] = covariance * keep
    state[VAR_VELOCITY + axis] -= covariance * covariance / total


@inner
def surprise_axis(state: F64, axis: int, seen: float, r: float) -> float:
    """The squared Mahalanobis distance of a measurement; a box's is the sum over its axes."""
    away = seen - state[axis]
    squared: float = away * away / (state[VAR_POSITION + axis] + r)
    return squared
