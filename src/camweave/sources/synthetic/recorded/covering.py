"""How much of each object is seen behind the others, told from points spread over its box."""

from typing import Final, NamedTuple

import numpy as np

from camweave.core.arrays import F64, I64, U8, Bool
from camweave.ops.compiled import entry, inner

COARSEST, FINEST = 5, 11  # points across and down a box, of small and of large ones
SPACE: Final = 3.0  # px between them, where that is in between
NOBODY: Final = -1
OPEN, STILL, BEYOND, BESIDE = -1, -2, -3, -4  # of a point: nothing is in front of it; a still
# thing is; it is out of the picture; it is in the box and not on the object


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


class Points(NamedTuple):
    """The points of one object's box, column by column."""

    x0: float  # px of the box's corner
    y0: float
    wide: float  # px
    tall: float
    grid: int  # points across, and down


@inner
def _fills(  # noqa: PLR0917 - a piece of a kernel: numbers alone, so that nothing is counted
    u: float, v: float, least: float, most: float, low: float, high: float, person: bool
) -> bool:
    """Whether an object of this slant fills its box at (u, v), each 0 to 1 across and down."""
    if person:
        half = 0.2
        if v > 0.14:  # noqa: PLR2004 - below the head
            half = 0.37
        if v > 0.52:  # noqa: PLR2004 - below the hips
            half = 0.30
        if abs(u - 0.5) > half:
            return False
    return least <= u + v <= most and low <= u - v <= high


@inner
def _own(  # noqa: PLR0917 - a piece of a kernel
    row: int, bodies: Bodies, points: Points, size: I64, front: I64
) -> None:
    """Fill `front` with what is its own: OPEN, BEYOND the picture, or BESIDE it."""
    least, most, low, high = bodies.slant[row]
    person, width, height = bodies.person[row], size[0], size[1]
    grid = points.grid
    for place in range(grid * grid):
        u, v = (place // grid + 0.5) / grid, (place % grid + 0.5) / grid
        front[place] = BESIDE
        if _fills(u, v, least, most, low, high, person):
            x = points.x0 + u * points.wide
            y = points.y0 + v * points.tall
            inside = 0 <= x < width and 0 <= y < height
            front[place] = OPEN if inside else BEYOND


@inner
def _cover(  # noqa: PLR0917 - a piece of a kernel
    k: int, other: int, bodies: Bodies, points: Points, front: I64
) -> None:
    """Write `k` into `front` where object `other` is in front of what was open."""
    left, top, right, bottom = bodies.box[other]
    least, most, low, high = bodies.slant[other]
    person, grid = bodies.person[other], points.grid
    for place in range(grid * grid):
        if front[place] != OPEN:
            continue
        x = points.x0 + (place // grid + 0.5) / grid * points.wide
        y = points.y0 + (place % grid + 0.5) / grid * points.tall
        if left < x < right and top < y < bottom:
            u, v = (x - left) / (right - left), (y - top) / (bottom - top)
            if _fills(u, v, least, most, low, high, person):
                front[place] = k


@inner
def _mask(one: int, things: Things, points: Points, front: I64) -> None:
    """Write STILL into `front` where a still thing is in front of what was open."""
    left, top, width, height = things.extent[one]
    start, grid = things.start[one], points.grid
    for place in range(grid * grid):
        if front[place] != OPEN:
            continue
        x = points.x0 + (place // grid + 0.5) / grid * points.wide
        y = points.y0 + (place % grid + 0.5) / grid * points.tall
        column, row = int(x) - left, int(y) - top
        inside = 0 <= column < width and 0 <= row < height
        if inside and things.masks[start + row * width + column] > 0:
            front[place] = STILL


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
def _tell(  # noqa: PLR0917 - a piece of a kernel
    row: int, rivals: I64, points: Points, size: I64, front: I64, sight: Sight
) -> None:
    """Fill the sight of one row from what is in `front` of its points."""
    whole, seen, grid = 0, 0, points.grid
    left, top, right, bottom = grid, grid, -1, -1
    taken = np.zeros(len(rivals) + 1, np.int64)
    for place in range(grid * grid):
        whole += front[place] != BESIDE
        if front[place] >= 0:
            taken[front[place]] += 1
        elif front[place] == OPEN:
            i, j = place // grid, place % grid
            seen += 1
            left, right = min(left, i), max(right, i)
            top, bottom = min(top, j), max(bottom, j)
    sight.share[row] = seen / max(whole, 1)
    if taken.sum():
        sight.hider[row] = rivals[taken.argmax()]
    sight.visible[row] = 0.0
    if seen:
        across, down = points.wide / grid, points.tall / grid
        sight.visible[row, 0] = max(points.x0 + across * left, 0.0)
        sight.visible[row, 1] = max(points.y0 + down * top, 0.0)
        sight.visible[row, 2] = min(points.x0 + across * (right + 1), size[0])
        sight.visible[row, 3] = min(points.y0 + down * (bottom + 1), size[1])


@inner
def _look(  # noqa: PLR0917 - a piece of a kernel
    row: int, bodies: Bodies, rivals: I64, things: Things, found: I64, size: I64, sight: Sight
) -> None:
    """Fill the sight of one row from the points of its box."""
    x0, y0, x1, y1 = bodies.box[row]
    grid = min(max(int(max(x1 - x0, y1 - y0) / SPACE), COARSEST), FINEST)
    points = Points(x0, y0, x1 - x0, y1 - y0, grid)
    front = np.empty(grid * grid, np.int64)
    _own(row, bodies, points, size, front)
    for k in range(len(rivals)):
        _cover(k, rivals[k], bodies, points, front)
    for k in range(len(found)):
        _mask(found[k], things, points, front)
    _tell(row, rivals, points, size, front, sight)


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
