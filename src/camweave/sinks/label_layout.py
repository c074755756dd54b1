"""Places labels at their boxes, inside the image and without overlap where there is room."""

from collections.abc import Iterable

import numpy as np

from camweave.core.arrays import I32, I64


def place_labels(boxes: I32, sizes: I32, shape: tuple[int, int], taken: I32) -> I32:
    """(N, 2) px, left and top of each label.

    Args:
        boxes: (N, 4) px, what the labels belong to, the most important first.
        sizes: (N, 2) px, width and height of the labels.
        shape: height and width of the image in px.
        taken: (M, 4) px, places that are not free.
    """
    height, width = shape
    n, m = len(boxes), len(taken)
    occupied = np.empty((m + n, 4), np.int32)
    occupied[:m] = taken
    for row, (box, (w, h)) in enumerate(zip(boxes.tolist(), sizes.tolist(), strict=True)):
        spots = [
            (max(0, min(x, width - w)), max(0, min(y, height - h)))
            for x, y in corners_of(box, w, h)
        ]
        x, y = first_free(spots, w, h, occupied[: m + row])
        occupied[m + row] = x, y, x + w, y + h
    return occupied[m:, :2]


def corners_of(box: list[int], w: int, h: int) -> tuple[tuple[int, int], ...]:
    """Left and top of a label in every place that is clearly its box's, the best first."""
    x1, y1, x2, y2 = box
    return (
        (x1, y1 - h),  # on top of it
        (x1, y1),  # inside, when the box touches the upper edge
        (x1, max(0, y1) + h),  # a line lower
        (x2 - w, y1 - h),
        (x1, y2),  # below
        (x2, y1),  # beside
        (x1 - w, y1),
    )


def first_free(
    spots: Iterable[tuple[int, int]], w: int, h: int, occupied: I32 | I64
) -> tuple[int, int]:
    """The first spot that covers nothing, else the one that covers least."""
    best, least = (0, 0), np.inf
    for x, y in spots:
        wide = np.minimum(occupied[:, 2], x + w) - np.maximum(occupied[:, 0], x)
        high = np.minimum(occupied[:, 3], y + h) - np.maximum(occupied[:, 1], y)
        covered = int((np.maximum(wide, 0) * np.maximum(high, 0)).sum())
        if covered < least:
            best, least = (x, y), covered
        if not covered:
            break
    return best
