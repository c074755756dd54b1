"""Pictures that stand in the page itself."""

from base64 import b64encode
from typing import Final

import cv2

from camweave.core.arrays import U8

HEIGHT: Final = 128  # px, at most
QUALITY: Final = 82


def picture(image: U8) -> str:
    """A crop (H, W, 3) BGR as the address of a small JPEG that holds itself."""
    height, width = image.shape[:2]
    scale = min(1.0, HEIGHT / height)
    if scale < 1.0:
        size = (max(1, round(width * scale)), HEIGHT)
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype("uint8", copy=False)
    return data_address(
        "image/jpeg", cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()
    )


def data_address(kind: str, content: bytes) -> str:
    """Bytes as a `data:` address."""
    return f"data:{kind};base64,{b64encode(content).decode()}"
