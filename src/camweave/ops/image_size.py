"""Width and height of a JPEG, PNG or BMP from its header, before anything is decoded."""

import struct

PNG, BMP, JPEG = b"\x89PNG\r\n\x1a\n", b"BM", b"\xff\xd8"
BMP_HEAD, PNG_HEAD = 26, 24
ANY_FRAME = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # start of frame, whatever the coding
WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD9)}  # markers that stand alone


def image_size(data: bytes) -> tuple[int, int] | None:
    """(width, height) in px as stored, or None where this is no such image.

    >>> image_size(b"BM" + bytes(16) + (640).to_bytes(4, "little") + (480).to_bytes(4, "little"))
    (640, 480)
    """
    if data.startswith(PNG) and len(data) >= PNG_HEAD:
        width, height = struct.unpack_from(">II", data, 16)
        return width, height
    if data.startswith(BMP) and len(data) >= BMP_HEAD:
        width, height = struct.unpack_from("<ii", data, 18)
        return abs(width), abs(height)  # below 0: stored from the top
    return jpeg_size(data) if data.startswith(JPEG) else None


def jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Walk the segments of a JPEG to its frame header."""
    at = len(JPEG)
    while at + 9 <= len(data) and data[at] == 0xFF:  # noqa: PLR2004 - every marker begins so
        marker = data[at + 1]
        if marker in ANY_FRAME:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        if marker == 0xFF:  # noqa: PLR2004 - padding before a marker
            at += 1
        elif marker in WITHOUT_LENGTH:
            at += 2
        else:
            at += 2 + struct.unpack_from(">H", data, at + 2)[0]
    return None
