"""A camera has ended, schema `camweave.end/1`: told to everybody, after its last frame."""

from dataclasses import dataclass
from typing import Final

from camweave.core.frame import CameraId
from camweave.core.plain_events import read_text
from camweave.formats.messages.packed import Address, Headers, Packed, headers_of, opened

KIND: Final = "end"
VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class EndOfStream:
    """No frame of this camera comes any more in this run."""

    address: Address
    camera: CameraId
    epoch: int  # that of its last frame
    frames: int  # how many there were in the run
    reason: str  # why, in a few words


def pack_end(end: EndOfStream) -> Packed:
    """The message; it has no body."""
    headers = headers_of(KIND, VERSION, end.address) | {
        "camera": end.camera,
        "epoch": end.epoch,
        "frames": end.frames,
        "reason": end.reason,
    }
    return Packed(f"{end.address.site}/{end.address.run}/{end.camera}/end", headers)


def read_end(headers: Headers, body: bytes) -> EndOfStream:
    """What a message says.

    Raises:
        FileFormatError: a header is missing or lies, or the version is newer.
    """
    fields = opened(headers, body, KIND, VERSION)
    if body:
        fields.fail(f"expected no body, found {len(body)} bytes")
    return EndOfStream(
        fields.address(),
        fields.camera(),
        fields.whole("epoch"),
        fields.whole("frames"),
        fields.of("reason", read_text)[:1000],
    )
