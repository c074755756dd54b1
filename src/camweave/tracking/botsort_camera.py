"""BoT-SORT's camera motion compensation: tracks are moved as the picture was."""

from typing import Final, NamedTuple

import numpy as np

from camweave.core.arrays import F64
from camweave.ops.compiled import inner
from camweave.tracking.box_motion import HEIGHT, WIDTH, BoxModel, place_box
from camweave.tracking.desk import Memory
from camweave.tracking.kalman import COVARIANCE, VAR_POSITION, VAR_VELOCITY, VELOCITY
from camweave.tracking.table import Table

MOST_ZOOM: Final = 2.0  # in one frame, and its inverse; beyond that it is no camera


class Shift(NamedTuple):
    """An affine: (u, v) of the last frame lies at (a u + b v + x, c u + d v + y) in this one."""

    a: float
    b: float
    x: float
    c: float
    d: float
    y: float


@inner
def move_tracks(table: Table, memory: Memory, affine: F64, model: BoxModel) -> None:
    """Move all tracks with the picture. A motion that no camera makes is not followed."""
    shift = Shift(
        affine[0, 0], affine[0, 1], affine[0, 2], affine[1, 0], affine[1, 1], affine[1, 2]
    )
    if stands_still(shift):
        return
    zoom = np.sqrt(abs(shift.a * shift.d - shift.b * shift.c))
    if not 1.0 / MOST_ZOOM <= zoom <= MOST_ZOOM or not abs(shift.x) + abs(shift.y) < np.inf:
        return
    for i in range(memory.live):
        move_state(table[i].state, shift, zoom)
        place_box(table[i].state, table[i].xyxy, model)


@inner
def stands_still(shift: Shift) -> bool:
    """Whether it moves nothing at all."""
    a, b, x, c, d, y = shift
    still: bool = a == 1.0 and d == 1.0 and b == 0.0 and c == 0.0 and x == 0.0 and y == 0.0
    return still


@inner
def move_state(state: F64, shift: Shift, zoom: float) -> None:
    """Move a Kalman state of x, y, width, height, where the picture grows by `zoom`.

    Centre and velocity turn with the picture; the sides of an upright box only grow. (The authors
    turn the pair (width, height) as if it were a point.) For variances p and q of x and y, their
    covariance would become a c p + b d q. That is 0 for any turn and zoom while p = q, as in the
    filter of `filter: bytetrack`. A state of four separate axes has no room for it: where p and q
    differ, this much is left out.
    """
    a, b, x, c, d, y = shift
    u, v = state[0], state[1]
    state[0], state[1] = a * u + b * v + x, c * u + d * v + y
    u, v = state[VELOCITY], state[VELOCITY + 1]
    state[VELOCITY], state[VELOCITY + 1] = a * u + b * v, c * u + d * v
    for part in (VAR_POSITION, COVARIANCE, VAR_VELOCITY):
        p, q = state[part], state[part + 1]
        state[part], state[part + 1] = a * a * p + b * b * q, c * c * p + d * d * q
    for side in (WIDTH, HEIGHT):
        state[side] *= zoom
        state[VELOCITY + side] *= zoom
        for part in (VAR_POSITION, COVARIANCE, VAR_VELOCITY):
            state[part + side] *= zoom * zoom
