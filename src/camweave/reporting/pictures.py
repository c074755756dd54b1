"""Images as `data:` addresses inside an HTML page."""

from base64 import b64encode
from typing import Final

from camweave.core.arrays import U8
from camweave.ops.jpeg import thumbnail

HEIGHT: Final = 128  # px, at most
QUALITY: Final = 82


def picture(image: U8) -> str:
    """A crop (H, W, 3) BGR as the address of a small JPEG that holds itself."""
    return data_address("image/jpeg", thumbnail(image, HEIGHT, QUALITY))


def data_address(kind: str, content: bytes) -> str:
    """Bytes as a `data:` address."""
    return f"data:{kind};base64,{b64encode(content).decode()}"
