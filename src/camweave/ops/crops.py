"""Crops of an image, and how good each of them is to tell what an object looks like.

quality = score x size x open x inside x sharp, each factor 0 to 1:

    score   confidence of the detection
    size    sqrt(area) / FULL_SIDE, at most 1
    open    1 - the largest share of the box that a neighbour covers: all of its overlap where it
            stands in front (its foot point is not higher in the image), BEHIND of it where not
    inside  1 where all edges are away from the image's border, CUT where one touches it,
            times the share of the box that lies in the image
    sharp   how much of its contrast is in fine detail, against a crop in focus

`geometry` gives the first four for all rows at once, `sharpness` the last from the pixels.
"""

from collections.abc import Iterator
from typing import Final

import cv2
import numpy as np

from camweave.core.arrays import F32, F64, I64, U8
from camweave.ops.boxes import area, clip

FULL_SIDE: Final = 64.0  # px: sqrt(area) from which on more pixels tell no more
BEHIND: Final = 0.3  # of an overlap with somebody behind: seen, but in the background only
CUT: Final = 0.5  # of an object that reaches beyond the image, as far as the box can tell
NEAR_BORDER: Final = 0.03  # of a box's side: this far from the border it is surely whole
TOUCH: Final = 1.0  # px: nearer than this to the border is at the border
FAR: Final = 1e6  # px: no image reaches further
FEW: Final = 32  # boxes of one picture, up to which each is held against each
PAIRS: Final = 1 << 20  # of neighbours looked at in one go, bounds the memory

SMALL: Final = (32, 32)  # px: the size at which sharpness is measured, whatever the crop's
IN_FOCUS: Final = 0.5  # variance of the Laplacian by that of the levels, of a crop in focus
NO_CONTRAST: Final = 16.0  # levels squared, about a camera's noise: no detail stands out of less


def cut(image: U8, xyxy: F32) -> U8:
    """The part of `image` (H, W, 3) in a box (4,): a view, whole pixels, never empty.

    A box beyond the image, inside out or without a size gives the nearest pixel; one with a
    coordinate that is no number counts it as 0.

    >>> cut(np.zeros((20, 30, 3), np.uint8), np.float32([-5, 2.2, 4.1, 9])).shape
    (7, 5, 3)
    """
    height, width = image.shape[:2]
    x0, y0, x1, y1 = np.nan_to_num(xyxy, posinf=1e9, neginf=-1e9).tolist()
    left, top = min(max(int(x0 // 1), 0), width - 1), min(max(int(y0 // 1), 0), height - 1)
    right, bottom = min(max(int(-(-x1 // 1)), left + 1), width), int(-(-y1 // 1))
    return image[top : min(max(bottom, top + 1), height), left:right]


def geometry(
    xyxy: F32, score: F32, *, frame: I64 | None = None, width: float = 0, height: float = 0
) -> F32:
    """The quality of crops of boxes (K, 4), as far as boxes tell: (K,), 0 to 1.

    `frame` (K,), never falling, says who is in one picture with whom; without it all are. Without
    the image's `width` and `height` (px) no border is known.

    >>> alone = np.float32([[10, 10, 42, 138]])
    >>> geometry(alone, np.float32([0.5]), width=640, height=360)
    array([0.5], dtype=float32)
    """
    side = np.sqrt(area(xyxy))
    size = np.minimum(side / np.float32(FULL_SIDE), np.float32(1))
    seen = 1 - covered(xyxy, np.zeros(len(xyxy), np.int64) if frame is None else frame)
    told = np.clip(score, 0, 1) * size * seen
    if width > 0 and height > 0:
        told = told * whole(xyxy, width, height)
    quality: F32 = told if np.isfinite(told).all() else np.nan_to_num(told)
    return quality.astype(np.float32, copy=False)


def covered(xyxy: F32, frame: I64) -> F32:
    """The share of each box (K, 4) that hides behind its nearest neighbour: (K,), 0 to 1.

    Boxes of one `frame` (K,), never falling, are neighbours. Of two that overlap, the one whose
    lower edge is lower in the image stands in front; where both are equal, each hides the other.
    """
    ordinary = bool((np.abs(xyxy) <= FAR).all())  # and none of them is no number
    boxes = xyxy if ordinary else np.nan_to_num(xyxy, posinf=FAR, neginf=-FAR).clip(-FAR, FAR)
    if len(boxes) <= FEW and (frame[:1] == frame[-1:]).all():
        return _covered_by_any(boxes)
    # Frame by frame from left to right: whom a box can meet is the run behind it.
    group = np.cumsum(np.diff(frame, prepend=frame[:1]) != 0)
    order = np.lexsort((boxes[:, 0], group))
    boxes = boxes[order]
    across = 4 * FAR * group[order]
    ends = np.searchsorted(across + boxes[:, 0], across + boxes[:, 2])
    count = np.maximum(ends - np.arange(1, len(boxes) + 1), 0)
    own = np.maximum(area(boxes), np.finfo(np.float32).tiny)
    hidden = np.zeros(len(boxes), np.float32)
    for rows in _blocks(count):
        one, other = _pairs(rows, count[rows])
        shared = _shared(boxes[one], boxes[other])
        for mine, theirs in ((one, other), (other, one)):
            share = shared / own[mine]
            behind = boxes[theirs, 3] < boxes[mine, 3]
            np.maximum.at(hidden, mine, np.where(behind, share * np.float32(BEHIND), share))
    told = np.empty_like(hidden)
    told[order] = np.minimum(hidden, np.float32(1))
    return told


def _covered_by_any(boxes: F32) -> F32:
    """The same for the few boxes of one picture, each held against each at once."""
    sides = boxes.T[:, :, None], boxes.T[:, None, :]  # (4, K, 1) and (4, 1, K)
    room = np.minimum(sides[0][2:], sides[1][2:]) - np.maximum(sides[0][:2], sides[1][:2])
    np.maximum(room, np.float32(0), out=room)
    shared = room[0] * room[1]
    np.fill_diagonal(shared, 0)
    share = shared / np.maximum(area(boxes), np.finfo(np.float32).tiny)[:, None]
    share[boxes[:, 3] < boxes[:, 3, None]] *= np.float32(BEHIND)  # (mine, theirs): theirs is behind
    hidden: F32 = np.minimum(share.max(axis=1, initial=0), np.float32(1))
    return hidden


def _blocks(count: I64) -> Iterator[I64]:
    """All rows in turn, as many at a time as have PAIRS pairs together, but one at least."""
    ends = np.cumsum(count)
    begin = 0
    while begin < len(count):
        done = ends[begin - 1] if begin else 0
        end = max(begin + 1, int(np.searchsorted(ends, done + PAIRS, side="right")))
        yield np.arange(begin, end)
        begin = end


def _pairs(rows: I64, count: I64) -> tuple[I64, I64]:
    """Each of `rows` with each of the `count` rows behind it, as two columns."""
    one = np.repeat(rows, count)
    place = np.arange(len(one)) - np.repeat(np.cumsum(count) - count, count)
    return one, one + 1 + place


def _shared(a: F32, b: F32) -> F32:
    """Area that each box of `a` shares with its partner in `b`, px²."""
    corners = np.concatenate(
        (np.maximum(a[:, :2], b[:, :2]), np.minimum(a[:, 2:], b[:, 2:])), axis=1
    )
    return area(corners)


def whole(xyxy: F32, width: float, height: float) -> F32:
    """How surely each box (K, 4) holds all of its object, by the image's border: (K,), 0 to 1."""
    inside = area(clip(xyxy, width, height)) / np.maximum(area(xyxy), np.finfo(np.float32).tiny)
    side = np.maximum(xyxy[:, 2:] - xyxy[:, :2], np.finfo(np.float32).tiny)
    room = np.concatenate((xyxy[:, :2], np.array([width, height]) - xyxy[:, 2:]), axis=1) - TOUCH
    near = NEAR_BORDER * np.concatenate((side, side), axis=1)
    away = np.minimum(np.maximum(room / near, 0), 1).min(axis=1)
    told: F32 = (inside * (CUT + (1 - CUT) * away)).astype(np.float32)
    return told


def sharpness(crop: U8) -> float:
    """How well a crop (H, W, 3) is in focus, 0 to 1; neither its size nor its contrast matters.

    The variance of the Laplacian of a small grey copy, by the variance of the copy's levels.
    """
    method = cv2.INTER_AREA if crop.shape[0] > SMALL[1] else cv2.INTER_LINEAR
    grey = cv2.cvtColor(cv2.resize(crop, SMALL, interpolation=method), cv2.COLOR_BGR2GRAY)
    _, detail = cv2.meanStdDev(cv2.Laplacian(grey, cv2.CV_16S))
    _, contrast = cv2.meanStdDev(grey)
    share: F64 = detail**2 / (contrast**2 + NO_CONTRAST)
    return float(min(share[0, 0] / IN_FOCUS, 1.0))
