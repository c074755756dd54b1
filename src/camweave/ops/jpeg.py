"""Images as JPEG."""

import cv2
import numpy as np

from camweave.core.arrays import U8
from camweave.core.errors import InputError


def jpeg(image: U8, quality: int) -> bytes:
    """An image (H, W, 3) BGR as a JPEG of `quality` 1 to 100.

    Raises:
        InputError: it is larger than a JPEG can be.
    """
    done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise InputError(f"an image of {image.shape[1]}x{image.shape[0]} px cannot be a JPEG")
    return data.tobytes()


def thumbnail(image: U8, height: int, quality: int) -> bytes:
    """A JPEG of an image (H, W, 3) BGR, made smaller where it is higher than `height` px.

    Raises:
        InputError: as `jpeg`.
    """
    if image.shape[0] > height:
        size = max(1, round(image.shape[1] * height / image.shape[0])), height
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    return jpeg(image, quality)
