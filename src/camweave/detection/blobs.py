"""A mask of moving pixels to boxes with scores."""

from typing import Final

import cv2
import numpy as np

from camweave.core.arrays import F32, U8
from camweave.ops import boxes

SOLID: Final = 0.5  # share of its box that a walking person fills


def find_blobs(front: U8, least_area: float) -> tuple[F32, F32]:
    """Boxes (N, 4) px and scores (N,) of what moves in a mask (H, W), 255 or 0.

    The score rises with the pixels that moved (half at `least_area`, near 1 at ten times that),
    and falls where they fill little of their box, as leaves and reflections do.
    """
    closed = cv2.morphologyEx(front, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    left, top, width, height, area = stats[1:].T.astype(np.float32)
    xyxy = np.stack((left, top, left + width, top + height), axis=1)
    large = area >= least_area
    return xyxy[large], _score(xyxy[large], area[large], least_area)


def _score(xyxy: F32, area: F32, least_area: float) -> F32:
    size = area / (area + np.float32(least_area))
    filled = area / np.maximum(boxes.area(xyxy), np.float32(1))
    return np.asarray(size * np.minimum(filled / np.float32(SOLID), np.float32(1)), np.float32)
