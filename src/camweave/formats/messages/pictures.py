"""A frame's pixels as bytes and back: what bytes claim is looked at before they are decoded."""

from typing import Final, Literal, TypeAlias, get_args

import cv2
import numpy as np

from camweave.core.arrays import U8
from camweave.core.errors import FileFormatError, InputError
from camweave.ops.image_size import JPEG, image_size

Codec: TypeAlias = Literal["jpeg", "raw"]

CODECS: Final = get_args(Codec)
MOST_PIXELS: Final = 50_000_000  # decoded, 150 MB
END: Final = b"\xff\xd9"
TAIL: Final = 64  # bytes in which the end of a JPEG must stand: some cameras pad
CHANNELS: Final = 3
PLAIN: Final = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION


def picture_bytes(image: U8, codec: Codec, quality: int) -> bytes:
    """An image (H, W, 3) BGR as JPEG, or as it is.

    Raises:
        InputError: it cannot be a JPEG.
    """
    if codec == "raw":
        return image.tobytes()
    done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise InputError(f"an image of {image.shape[1]}x{image.shape[0]} px cannot be a JPEG")
    return data.tobytes()


def check_picture(data: bytes, codec: Codec, size: tuple[int, int]) -> None:
    """See that the bytes are such a picture of (width, height) px, without decoding them.

    Raises:
        FileFormatError: they are not.
    """
    width, height = size
    if not data:
        raise FileFormatError("the body is empty")
    if width * height > MOST_PIXELS:
        raise FileFormatError(f"claims {width}x{height} px; refused")
    if codec == "raw":
        expected = width * height * CHANNELS
        if len(data) != expected:
            raise FileFormatError(f"{width}x{height} px are {expected} bytes, found {len(data)}")
        return
    found = _jpeg_size(data)
    if found != size:
        told = f"{found[0]}x{found[1]}"
        raise FileFormatError(f"the headers say {width}x{height} px, its JPEG {told}; refused")


def picture_of(data: bytes, codec: Codec, size: tuple[int, int]) -> U8:
    """(H, W, 3) BGR; read-only where the bytes are the pixels.

    Raises:
        FileFormatError: the bytes are no such picture.
    """
    check_picture(data, codec, size)
    shape = (size[1], size[0], CHANNELS)
    if codec == "raw":
        return np.frombuffer(data, np.uint8).reshape(shape)
    image = cv2.imdecode(np.frombuffer(data, np.uint8), PLAIN)
    if image is None or image.shape != shape:
        raise FileFormatError("its JPEG cannot be decoded")
    return np.asarray(image, np.uint8)


def _jpeg_size(data: bytes) -> tuple[int, int]:
    size = image_size(data) if data.startswith(JPEG) else None
    if size is None:
        raise FileFormatError("the body is no JPEG")
    if END not in data[-TAIL:]:
        raise FileFormatError("its JPEG is cut short")
    return size
