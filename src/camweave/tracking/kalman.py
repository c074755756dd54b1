"""Constant velocity, watched with noise: the Kalman filter that the trackers share.

A box is four numbers that move on their own (centre x, centre y, width or aspect, height),
and neither motion nor noise mixes them. The 8x8 covariance of the papers is therefore four 2x2
blocks, and a state is 20 numbers: position, velocity, var(position), cov(position, velocity) and
var(velocity), for each of the four. The numbers are those of the 8x8 form, at a tenth of its work.

Time is counted in frames of the nominal rate, since the papers give their noise per frame. A
step may have any length: n frames at once are exactly n single steps. In one frame, q and w being
the variances of the position's and the velocity's noise,

    P -> F P F' + diag(q, w),  F = [[1, 1], [0, 1]]

and repeating it n times adds n q + w n(n-1)(2n-1)/6, w n(n-1)/2 and n w to the three entries.
These polynomials hold for any real n, so that steps of 0.4 and 0.6 make one of 1, too.
"""

from typing import Final, NamedTuple, TypeAlias

from camweave.core.arrays import F64
from camweave.ops.compiled import inner

AXES: Final = 4
STATE: Final = 5 * AXES  # length of a state: the rows below, one number per axis in each
VELOCITY: Final = AXES
VAR_POSITION: Final = 2 * AXES
COVARIANCE: Final = 3 * AXES
VAR_VELOCITY: Final = 4 * AXES

WIDTH: Final = 2  # axes of a box, beside its centre x and y; WIDTH may hold width / height
HEIGHT: Final = 3
PER_POSITION: Final = 1 / 20  # standard deviation, as a share of the box's height
ASPECT_NOISE: Final = (1e-2**2, 1e-5**2)  # variances
ASPECT_MEASURED: Final = 1e-1**2

Noise: TypeAlias = tuple[float, float]  # variances of position and velocity


class BoxModel(NamedTuple):
    """How a box is thought to move."""

    by_aspect: int  # 1: x, y, aspect, height (DeepSORT, ByteTrack); 0: x, y, width, height
    per_velocity: float  # standard deviation of the velocity's noise, as a share of the height


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
def start_box(state: F64, xyxy: F64, model: BoxModel) -> None:
    """Begin with a box (4,)."""
    x, y, width, height = _measured(xyxy, model)
    noise = _noise(height, 2.0, 10.0 * model.per_velocity)
    start_axis(state, 0, x, noise)
    start_axis(state, 1, y, noise)
    start_axis(state, WIDTH, width, ASPECT_NOISE if model.by_aspect else noise)
    start_axis(state, HEIGHT, height, noise)


@inner
def predict_box(state: F64, frames: float, model: BoxModel) -> None:
    """Move a box on; its noise is in proportion to the height it has at the start of the step."""
    noise = _noise(state[HEIGHT], 1.0, model.per_velocity)
    predict_axis(state, 0, frames, noise)
    predict_axis(state, 1, frames, noise)
    predict_axis(state, WIDTH, frames, ASPECT_NOISE if model.by_aspect else noise)
    predict_axis(state, HEIGHT, frames, noise)


@inner
def correct_box(state: F64, xyxy: F64, model: BoxModel) -> None:
    """Take in a measured box (4,); its noise is in proportion to the height that was expected."""
    x, y, width, height = _measured(xyxy, model)
    r = (PER_POSITION * state[HEIGHT]) ** 2
    correct_axis(state, 0, x, r)
    correct_axis(state, 1, y, r)
    correct_axis(state, WIDTH, width, ASPECT_MEASURED if model.by_aspect else r)
    correct_axis(state, HEIGHT, height, r)


@inner
def place_box(state: F64, xyxy: F64, model: BoxModel) -> None:
    """Write the state's box into `xyxy` (4,)."""
    height = state[HEIGHT]
    width = state[WIDTH] * height if model.by_aspect else state[WIDTH]
    xyxy[0], xyxy[1] = state[0] - width / 2, state[1] - height / 2
    xyxy[2], xyxy[3] = xyxy[0] + width, xyxy[1] + height


@inner
def _noise(height: float, positions: float, per_velocity: float) -> Noise:
    return (positions * PER_POSITION * height) ** 2, (per_velocity * height) ** 2


@inner
def _measured(xyxy: F64, model: BoxModel) -> tuple[float, float, float, float]:
    """Centre, width or aspect, and height of a box."""
    width, height = xyxy[2] - xyxy[0], xyxy[3] - xyxy[1]
    x, y = xyxy[0] + width / 2, xyxy[1] + height / 2
    return x, y, width / height if model.by_aspect else width, height
