"""How the camera moved between two grey images: sparse optical flow of what stands still.

A motion is an affine (2, 3): a point (x, y) of the image before lies at A (x, y, 1) now. What is
measured is turn, zoom and shift only. Where a motion cannot be told, the answer is exactly
"none", with the reason: to move every track by a wrong guess is worse than not to move them.
"""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import cv2
import numpy as np

from camweave.core.arrays import F32, F64, U8, Bool

Verdict: TypeAlias = Literal["moved", "still", "lost"]

CELL: Final = 20  # px: the best point of every square of this side is followed
TEXTURE: Final = 1e-3  # of a point, as OpenCV's cornerMinEigenVal; noise of 6 levels has it
FEWEST: Final = 12  # points that make a motion
WINDOW: Final = (13, 13)  # px around a point that are looked for again
LEVELS: Final = 3  # halvings of the image in which that is done, so that it may be 50 px away
SEARCH: Final = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 15, 0.03)  # steps, px
AGREE: Final = 0.7  # px between a point and where the motion puts it
SHARE: Final = 1 / 3  # of the points that must agree; of two unlike pictures it is a 20th
SPREAD: Final = 1 / 20  # of the width: what agrees must scatter this much, not be one object
STILL: Final = 0.15  # px that half of the points may seem to move while the camera stands still

MOST_TURN: Final = 0.25  # radians
MOST_SHIFT: Final = 1 / 4  # of the image's longer side, at its centre
ZOOM: Final = (0.8, 1.25)  # least and most


@dataclass(frozen=True, slots=True, eq=False)
class CameraShift:
    """What two images say of the camera."""

    affine: F64  # (2, 3) px of these images; exactly "none" unless it moved
    verdict: Verdict
    reason: str  # of a "lost" one, else empty
    agree: int  # points that this motion explains


def none() -> F64:
    """The motion of a camera that stands still: (2, 3)."""
    return np.eye(2, 3)


def interest_points(image: U8, background: U8 | None = None) -> F32:
    """Points (P, 2) of a grey image (H, W) that can be found again, at most one in each cell.

    Args:
        image: uint8 grey.
        background: (H, W), 0 where nothing may be picked: on what moves by itself.
    """
    texture = cv2.cornerMinEigenVal(image, 3)
    if background is not None:
        texture[background == 0] = 0
    down, across = image.shape[0] // CELL, image.shape[1] // CELL
    cells = texture[: down * CELL, : across * CELL].reshape(down, CELL, across, CELL)
    flat = cells.swapaxes(1, 2).reshape(down * across, CELL * CELL)
    cell = np.arange(len(flat))
    best = flat.argmax(axis=1) if len(flat) else cell
    y, x = cell // max(across, 1) * CELL + best // CELL, cell % max(across, 1) * CELL + best % CELL
    good = flat[cell, best] > TEXTURE
    return np.stack([x[good], y[good]], axis=1).astype(np.float32)


def background_of(shape: tuple[int, int], xyxy: F32) -> U8:
    """(H, W) 255 where no box (N, 4) lies, 0 inside one; a box that is not finite hides nothing."""
    mask = np.full(shape, 255, np.uint8)
    height, width = shape
    edge = np.array([width, height, width, height], np.float32)
    boxes = np.clip(xyxy[np.isfinite(xyxy).all(axis=1)], 0, edge)
    first, last = np.floor(boxes[:, :2]).astype(int), np.ceil(boxes[:, 2:]).astype(int)
    for (left, top), (right, bottom) in zip(first.tolist(), last.tolist(), strict=True):
        mask[top:bottom, left:right] = 0
    return mask


def motion_between(before: U8, now: U8, points: F32) -> CameraShift:
    """The camera's motion from one grey image (H, W) to the next of the same size.

    Args:
        before: uint8 grey; images 300 to 500 px wide are both enough and fast.
        now: the same.
        points: (P, 2) of `before`, as `interest_points` has them.

    Returns:
        `moved`; `still`, where it moved no more than noise does; or `lost`, where too few points
        were found again or agree, or where no camera does what they agree on in one frame.
    """
    if len(points) < FEWEST:
        return _lost(f"{len(points)} points to hold on to, of {FEWEST} needed")
    found, status, _ = cv2.calcOpticalFlowPyrLK(
        before, now, points, None, winSize=WINDOW, maxLevel=LEVELS, criteria=SEARCH
    )
    seen = (status[:, 0] == 1) & _inside(found, before.shape)
    needed = max(FEWEST, SHARE * len(points))
    old, new = points[seen], found[seen]
    if len(old) < needed:
        return _lost(f"{len(old)} of {len(points)} points found again")
    still = int(np.count_nonzero(np.abs(new - old).max(axis=1) <= STILL))
    if 2 * still >= len(old):
        return CameraShift(none(), "still", "", still)
    affine, agreeing = cv2.estimateAffinePartial2D(
        old, new, method=cv2.RANSAC, ransacReprojThreshold=AGREE
    )
    agree = 0 if affine is None else int(np.count_nonzero(agreeing))
    if still >= max(FEWEST, agree / 2):  # rather much traffic than a camera that moves so little
        return CameraShift(none(), "still", "", still)
    if agree < needed:
        return _lost(f"{agree} of {len(points)} points agree")
    return _judge(np.asarray(affine, np.float64), old[agreeing[:, 0] > 0], before.shape)


def displacement(affine: F64, width: float, height: float) -> F64:
    """(5, 2) px that the centre and the corners of an image are moved by."""
    x = np.array([width / 2, 0, width, 0, width])
    y = np.array([height / 2, 0, 0, height, height])
    places = np.stack([x, y], axis=1)
    moved: F64 = places @ affine[:, :2].T + affine[:, 2] - places
    return moved


def enlarged(affine: F64, across: float, down: float) -> F64:
    """The same motion in px of an image this much larger in x and y.

    Points of OpenCV are counted from the middle of the first px, those of boxes from its corner.

    >>> enlarged(np.array([[1.0, 0, 2], [0, 1, 3]]), 4, 4).tolist()
    [[1.0, 0.0, 8.0], [0.0, 1.0, 12.0]]
    """
    size, middle = np.array([across, down]), np.array([0.5, 0.5])
    turn = affine[:, :2] * size[:, None] / size
    shift = size * (affine[:, 2] + middle - affine[:, :2] @ middle)
    return np.column_stack([turn, shift])


def _judge(affine: F64, agreeing: F32, shape: tuple[int, ...]) -> CameraShift:
    """Believe it, or say why not."""
    height, width = shape[:2]
    agree = len(agreeing)
    if np.linalg.eigvalsh(np.cov(agreeing.T))[0] < (SPREAD * width) ** 2:
        return _lost(f"the {agree} points that agree lie in one place")
    moved = np.hypot(*displacement(affine, width, height).T)
    if moved.max() <= 2 * STILL:
        return CameraShift(none(), "still", "", agree)
    zoom = float(np.hypot(affine[0, 0], affine[1, 0]))
    turn = float(np.arctan2(affine[1, 0], affine[0, 0]))
    if not ZOOM[0] <= zoom <= ZOOM[1] or abs(turn) > MOST_TURN:
        return _lost(f"a zoom by {zoom:.2f} and a turn by {turn:.2f} radians in one frame")
    if moved[0] > MOST_SHIFT * max(width, height):
        return _lost(f"a shift by {moved[0]:.0f} px in one frame")
    return CameraShift(affine, "moved", "", agree)


def _inside(points: F32, shape: tuple[int, ...]) -> Bool:
    edge = np.array([shape[1] - 1, shape[0] - 1], np.float32)
    return np.asarray(((points >= 0) & (points <= edge)).all(axis=1))


def _lost(reason: str) -> CameraShift:
    return CameraShift(none(), "lost", reason, 0)
