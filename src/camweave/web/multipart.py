"""MJPEG on the wire: pictures as the parts of one endless multipart answer (RFC 2046)."""

from typing import Final

from camweave.core.picture import Picture

BOUNDARY: Final = "frame"
MEDIA_TYPE: Final = f"multipart/x-mixed-replace; boundary={BOUNDARY}"

OPENING: Final = f"--{BOUNDARY}".encode()
ENDING: Final = b"--\r\n"


def part(picture: Picture, began: float) -> bytes:
    """One picture as a part, from behind a delimiter to the end of the next one.

    The delimiter that ends a picture travels with it: sent with the next picture, it would keep
    readers that wait for it one picture behind. The line goes on with a part, or with `ENDING`.

    Args:
        picture: what to send.
        began: s of Unix time when the site's clock was at 0.
    """
    head = (
        "\r\n"
        "Content-Type: image/jpeg\r\n"
        f"Content-Length: {len(picture.jpeg)}\r\n"
        f"X-Timestamp: {began + picture.time:.6f}\r\n"
        "\r\n"
    )
    return b"".join((head.encode(), picture.jpeg, b"\r\n", OPENING))
