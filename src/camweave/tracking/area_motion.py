"""Boxes as centre, area and aspect, with noise in pixels: the filter of SORT and OC-SORT.

Centre and area move steadily; the aspect, width / height, is thought to be constant, so that its
axis has no velocity.
"""

from typing import Final

from camweave.core.arrays import F64
from camweave.ops.compiled import inner
from camweave.tracking.kalman import VELOCITY, correct_axis, predict_axis, start_axis

AREA: Final = 2  # axes of a box, beside its centre x and y
ASPECT: Final = 3

CENTRE_START: Final = (10.0, 1e4)  # variances of position and velocity, at first sight,
ASPECT_START: Final = (10.0, 0.0)
CENTRE_NOISE: Final = (1.0, 1e-2)  # and what a frame adds to them
AREA_NOISE: Final = (1.0, 1e-4)
ASPECT_NOISE: Final = (1.0, 0.0)
CENTRE_MEASURED: Final = 1.0
SIZE_MEASURED: Final = 10.0


@inner
def start_area(state: F64, xyxy: F64) -> None:
    """Begin with a box (4,)."""
    x, y, area, aspect = _measured(xyxy)
    start_axis(state, 0, x, CENTRE_START)
    start_axis(state, 1, y, CENTRE_START)
    start_axis(state, AREA, area, CENTRE_START)
    start_axis(state, ASPECT, aspect, ASPECT_START)


@inner
def predict_area(state: F64, frames: float) -> None:
    """Move a box on. An area that would shrink to nothing stops shrinking."""
    if state[AREA] + frames * state[VELOCITY + AREA] <= 0.0:
        state[VELOCITY + AREA] = 0.0
    predict_axis(state, 0, frames, CENTRE_NOISE)
    predict_axis(state, 1, frames, CENTRE_NOISE)
    predict_axis(state, AREA, frames, AREA_NOISE)
    predict_axis(state, ASPECT, frames, ASPECT_NOISE)


@inner
def correct_area(state: F64, xyxy: F64) -> None:
    """Take in a measured box (4,)."""
    x, y, area, aspect = _measured(xyxy)
    correct_axis(state, 0, x, CENTRE_MEASURED)
    correct_axis(state, 1, y, CENTRE_MEASURED)
    correct_axis(state, AREA, area, SIZE_MEASURED)
    correct_axis(state, ASPECT, aspect, SIZE_MEASURED)


@inner
def place_area(state: F64, xyxy: F64) -> bool:
    """Write the state's box into `xyxy` (4,); False if it is no box any more."""
    area, aspect = state[AREA], state[ASPECT]
    if not (area > 0.0 and aspect > 0.0):
        return False
    width = (area * aspect) ** 0.5
    height = area / width
    xyxy[0], xyxy[1] = state[0] - width / 2, state[1] - height / 2
    xyxy[2], xyxy[3] = xyxy[0] + width, xyxy[1] + height
    return True


@inner
def _measured(xyxy: F64) -> tuple[float, float, float, float]:
    width, height = xyxy[2] - xyxy[0], xyxy[3] - xyxy[1]
    return xyxy[0] + width / 2, xyxy[1] + height / 2, width * height, width / height
