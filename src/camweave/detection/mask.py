"""A region mask: an image whose white part is looked at."""

from pathlib import Path
from typing import Final

import cv2
import numpy as np

from camweave.core.arrays import F32, Bool
from camweave.core.errors import InputError
from camweave.detection.same_picture import scale_between
from camweave.ops.boxes import foot_point

WHITE: Final = 127  # levels above this are kept
LARGEST: Final = 100_000_000  # bytes of a file, and px of an image: no camera is larger
PNG: Final = b"\x89PNG\r\n\x1a\n"


def read_mask(path: Path) -> Bool:
    """The white of an image file: (H, W).

    Raises:
        InputError: no file, no image, an image too large, or one without any white.
    """
    try:
        raw = path.read_bytes() if path.stat().st_size <= LARGEST else None
    except OSError as error:
        raise InputError(f"mask {path}: cannot be read ({error.strerror})") from error
    if raw is None or (raw.startswith(PNG) and _png_area(raw) > LARGEST):
        raise InputError(f"mask {path}: too large; make it the size of the camera's picture")
    try:
        image = cv2.imdecode(np.frombuffer(raw, np.uint8), cv2.IMREAD_GRAYSCALE)
    except cv2.error:  # an empty file, for one
        image = None
    if image is None:
        raise InputError(f"mask {path}: not an image; a PNG of black and white is best")
    white: Bool = np.asarray(image) > WHITE
    if not white.any():
        raise InputError(f"mask {path}: black everywhere, so nothing would be kept")
    return white


def foot_on_white(white: Bool, xyxy: F32, frame: tuple[int, int]) -> Bool:
    """(N,) whether each box (N, 4) of a frame of (width, height) px stands on white (H, W).

    The pixel is the one that the bottom edge's middle lies in, the lowest row of the box. A mask
    of another size but the same shape as the frame is scaled; boxes are held to the frame.

    Raises:
        InputError: the mask has another shape than the frame.
    """
    height, width = white.shape
    x, y = scale_between("mask", (width, height), frame)
    foot = foot_point(xyxy) / np.array([x, y], np.float32)
    column = np.floor(foot[:, 0]).clip(0, width - 1).astype(np.int64)
    row = (np.ceil(foot[:, 1]) - 1).clip(0, height - 1).astype(np.int64)
    return white[row, column]


def _png_area(raw: bytes) -> int:
    """Px of a PNG as its header says, before anything is unpacked."""
    return int.from_bytes(raw[16:20], "big") * int.from_bytes(raw[20:24], "big")
