"""Boxes whose noise is in proportion to their height: DeepSORT's and ByteTrack's filter.

Their size moves steadily as width / height and height, or in another filter as width and height.
"""

from typing import Final, NamedTuple

from camweave.core.arrays import F64
from camweave.ops.compiled import inner
from camweave.tracking.kalman import Noise, correct_axis, predict_axis, start_axis

WIDTH: Final = 2  # axes of a box, beside its centre x and y; WIDTH may hold width / height
HEIGHT: Final = 3
PER_POSITION: Final = 1 / 20  # standard deviation, as a share of the box's height
ASPECT_NOISE: Final = (1e-2**2, 1e-5**2)  # variances
ASPECT_MEASURED: Final = 1e-1**2


BY_HEIGHT: Final = 0  # x, y, width, height
BY_ASPECT: Final = 1  # x, y, width / height, height: DeepSORT, ByteTrack
BY_SIDES: Final = 2  # x, y, width, height; noise of x and width by the width: BoT-SORT


class BoxModel(NamedTuple):
    """How a box is thought to move."""

    kind: int  # one of the above
    per_velocity: float  # standard deviation of the velocity's noise, as a share of that side


@inner
def start_box(state: F64, xyxy: F64, model: BoxModel) -> None:
    """Begin with a box (4,)."""
    x, y, width, height = measured(xyxy, model)
    noise = _noise(height, 2.0, 10.0 * model.per_velocity)
    across = _noise(width, 2.0, 10.0 * model.per_velocity) if model.kind == BY_SIDES else noise
    start_axis(state, 0, x, across)
    start_axis(state, 1, y, noise)
    start_axis(state, WIDTH, width, ASPECT_NOISE if model.kind == BY_ASPECT else across)
    start_axis(state, HEIGHT, height, noise)


@inner
def predict_box(state: F64, frames: float, model: BoxModel) -> None:
    """Move a box on; its noise is in proportion to the height it has at the start of the step."""
    noise = _noise(state[HEIGHT], 1.0, model.per_velocity)
    across = _noise(state[WIDTH], 1.0, model.per_velocity) if model.kind == BY_SIDES else noise
    predict_axis(state, 0, frames, across)
    predict_axis(state, 1, frames, noise)
    predict_axis(state, WIDTH, frames, ASPECT_NOISE if model.kind == BY_ASPECT else across)
    predict_axis(state, HEIGHT, frames, noise)


@inner
def correct_box(state: F64, xyxy: F64, model: BoxModel) -> None:
    """Take in a measured box (4,); its noise is in proportion to the height that was expected."""
    x, y, width, height = measured(xyxy, model)
    r = (PER_POSITION * state[HEIGHT]) ** 2
    across = (PER_POSITION * state[WIDTH]) ** 2 if model.kind == BY_SIDES else r
    correct_axis(state, 0, x, across)
    correct_axis(state, 1, y, r)
    correct_axis(state, WIDTH, width, ASPECT_MEASURED if model.kind == BY_ASPECT else across)
    correct_axis(state, HEIGHT, height, r)


@inner
def place_box(state: F64, xyxy: F64, model: BoxModel) -> None:
    """Write the state's box into `xyxy` (4,)."""
    height = state[HEIGHT]
    width = state[WIDTH] * height if model.kind == BY_ASPECT else state[WIDTH]
    xyxy[0], xyxy[1] = state[0] - width / 2, state[1] - height / 2
    xyxy[2], xyxy[3] = xyxy[0] + width, xyxy[1] + height


@inner
def measured(xyxy: F64, model: BoxModel) -> tuple[float, float, float, float]:
    """Centre, width or aspect, and height of a box."""
    width, height = xyxy[2] - xyxy[0], xyxy[3] - xyxy[1]
    x, y = xyxy[0] + width / 2, xyxy[1] + height / 2
    return x, y, width / height if model.kind == BY_ASPECT else width, height


@inner
def _noise(height: float, positions: float, per_velocity: float) -> Noise:
    return (positions * PER_POSITION * height) ** 2, (per_velocity * height) ** 2
