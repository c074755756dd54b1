"""How much of each object is seen behind the others, told from points spread over its box."""

from typing import Final, NamedTuple

import numpy as np

from camweave.core.arrays import F64, I64, U8, Bool
from camweave.ops.compiled import entry, inner

COARSEST, FINEST = 5, 11  # points across and down a box, of small and of large ones
SPACE: Final = 3.0  # px between them, where that is in between
NOBODY: Final = -1
OPEN, STILL = -1, -2  # nothing is in front; a still thing is


class Bodies(NamedTuple):
    """R objects in order of frame, near ones first; see `Outlines`."""

    first: I64  # (R,) the row at which each one's frame begins
    box: F64  # (R, 4) px
    slant: F64  # (R, 4)
    person: Bool  # (R,)


class Things(NamedTuple):
    """Still things, and which of them stand before each row."""

    offsets: I64  # (R + 1,) into `before`
    before: I64  # (B,) numbers of things
    extent: I64  # (O, 4) px: left, top, width and height of each mask
    start: I64  # (O + 1,) where each mask begins
    masks: U8  # all masks, row by row, one after the other


class Sight(NamedTuple):
    """What is seen of R objects, to be filled."""

    share: F64  # (R,)
    visible: F64  # (R, 4) px around what is seen; zeros where nothing is
    hider: I64  # (R,) the row that hides most of it, or NOBODY


@inner
def _fills(u: float, v: float, slant: F64, person: bool) -> bool:
    """Whether an object fills its box at (u, v), each 0 to 1 across and down."""
    if person:
        half = 0.2
        if v > 0.14:  # noqa: PLR2004 - below the head
            half = 0.37
        if v > 0.52:  # noqa: PLR2004 - below the hips
            half = 0.30
        if abs(u - 0.5) > half:
            return False
    return bool(slant[0] <= u + v <= slant[1] and slant[2] <= u - v <= slant[3])


@inner
def _hides(  # noqa: PLR0917 - a piece of a kernel
    x: float, y: float, box: F64, slant: F64, person: bool
) -> bool:
    """Whether an object is in front of the pixel (x, y)."""
    if not (box[0] < x < box[2] and box[1] < y < box[3]):
        return False
    return _fills((x - box[0]) / (box[2] - box[0]), (y - box[1]) / (box[3] - box[1]), slant, person)


@inner
def _masked(  # noqa: PLR0917 - a piece of a kernel
    x: float, y: float, extent: I64, start: int, masks: U8
) -> bool:
    """Whether a still thing is in front of the pixel (x, y)."""
    column, row = int(x) - extent[0], int(y) - extent[1]
    if column < 0 or row < 0 or column >= extent[2] or row >= extent[3]:
        return False
    return bool(masks[start + row * extent[2] + column] > 0)


@inner
def _rivals(row: int, first: int, box: F64, near: I64) -> int:
    """Fill `near` with the rows before `row` in its frame whose boxes meet its own."""
    count = 0
    for other in range(first, row):
        if (
            box[other, 0] < box[row, 2]
            and box[other, 2] > box[row, 0]
            and box[other, 1] < box[row, 3]
            and box[other, 3] > box[row, 1]
        ):
            near[count] = other
            count += 1
    return count


@inner
def _near_things(row: int, box: F64, things: Things, found: I64) -> int:
    """Fill `found` with the things before `row` whose masks meet its box."""
    count = 0
    for k in range(things.offsets[row], things.offsets[row + 1]):
        one = things.extent[things.before[k]]
        across = one[0] < box[2] and one[0] + one[2] > box[0]
        if across and one[1] < box[3] and one[1] + one[3] > box[1]:
            found[count] = things.before[k]
            count += 1
    return count


@inner
def _before(  # noqa: PLR0917 - a piece of a kernel
    x: float, y: float, bodies: Bodies, rivals: I64, things: Things, found: I64
) -> int:
    """What is in front of the pixel (x, y): a place in `rivals`, STILL or OPEN."""
    for k in range(len(rivals)):
        other = rivals[k]
        if _hides(x, y, bodies.box[other], bodies.slant[other], bodies.person[other]):
            return k
    for k in range(len(found)):
        one = found[k]
        if _masked(x, y, things.extent[one], things.start[one], things.masks):
            return STILL
    return OPEN


@inner
def _look(  # noqa: PLR0917 - a piece of a kernel
    row: int, bodies: Bodies, rivals: I64, things: Things, found: I64, size: I64, sight: Sight
) -> None:
    """Fill the sight of one row from the points of its box."""
    x0, y0, x1, y1 = bodies.box[row]
    grid = min(max(int(max(x1 - x0, y1 - y0) / SPACE), COARSEST), FINEST)
    across, down = (x1 - x0) / grid, (y1 - y0) / grid
    whole, seen = 0, 0
    left, top, right, bottom = grid, grid, -1, -1
    taken = np.zeros(len(rivals) + 2, np.int64)  # the last two are STILL and OPEN
    for place in range(grid * grid):
        i, j = place // grid, place % grid
        u, v = (i + 0.5) / grid, (j + 0.5) / grid
        if not _fills(u, v, bodies.slant[row], bodies.person[row]):
            continue
        whole += 1
        x, y = x0 + u * (x1 - x0), y0 + v * (y1 - y0)
        if not (0 <= x < size[0] and 0 <= y < size[1]):
            continue
        front = _before(x, y, bodies, rivals, things, found)
        taken[front] += 1
        if front == OPEN:
            seen += 1
            left, right = min(left, i), max(right, i)
            top, bottom = min(top, j), max(bottom, j)
    sight.share[row] = seen / max(whole, 1)
    if taken[:STILL].sum():
        sight.hider[row] = rivals[taken[:STILL].argmax()]
    sight.visible[row] = 0.0
    if seen:
        sight.visible[row, 0] = max(x0 + across * left, 0.0)
        sight.visible[row, 1] = max(y0 + down * top, 0.0)
        sight.visible[row, 2] = min(x0 + across * (right + 1), size[0])
        sight.visible[row, 3] = min(y0 + down * (bottom + 1), size[1])


@entry()
def measure(bodies: Bodies, things: Things, size: I64, sight: Sight) -> None:
    """Fill the sight of every row; `size` (2,) px is the picture's."""
    rows = len(bodies.box)
    longest = 1
    for row in range(rows):
        longest = max(longest, row - bodies.first[row] + 1)
    rivals, found = np.empty(longest, np.int64), np.empty(len(things.extent), np.int64)
    for row in range(rows):
        box = bodies.box[row]
        near = _rivals(row, bodies.first[row], bodies.box, rivals)
        still = _near_things(row, box, things, found)
        sight.share[row], sight.hider[row], sight.visible[row] = 1.0, NOBODY, box
        inside = box[0] >= 0 and box[1] >= 0 and box[2] <= size[0] and box[3] <= size[1]
        if not inside or near or still:
            _look(row, bodies, rivals[:near], things, found[:still], size, sight)
