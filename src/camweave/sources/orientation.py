"""Pictures made upright: the display matrix that cameras write beside the pixels."""

from typing import TypeAlias

import av
import cv2
import numpy as np
from av.sidedata.sidedata import SideData

from camweave.core.arrays import U8

Turn: TypeAlias = tuple[int, int, int, int]  # a, b, c, d: x' = a x + c y, y' = b x + d y, in 16.16
FLIPS = {(False, False): None, (True, False): 1, (False, True): 0, (True, True): -1}  # OpenCV's


def display_matrix(picture: av.VideoFrame) -> Turn | None:
    """How the picture wants to be turned and mirrored, or None: as it is."""
    data = picture.side_data.get("DISPLAYMATRIX")
    if not isinstance(data, SideData):
        return None
    a, b, _, c, d = np.frombuffer(bytes(data), np.int32)[:5].tolist()
    upright_already = a > 0 and d > 0 and abs(a) >= abs(b)
    return None if upright_already else (a, b, c, d)


def is_sideways(turn: Turn) -> bool:
    """Whether width and height change places."""
    a, b, _, _ = turn
    return abs(b) > abs(a)


def upright(image: U8, turn: Turn) -> U8:
    """The image turned by quarters and mirrored, as near as that comes to the matrix."""
    a, b, c, d = turn
    if is_sideways(turn):
        image, right, down = np.asarray(cv2.transpose(image), np.uint8), c, b
    else:
        right, down = a, d
    flip = FLIPS[right < 0, down < 0]
    return image if flip is None else np.asarray(cv2.flip(image, flip), np.uint8)
