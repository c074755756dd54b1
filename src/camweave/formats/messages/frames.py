"""A frame on its way to be looked at, schema `camweave.frame/1`."""

from dataclasses import dataclass
from typing import Final, cast

from camweave.core.arrays import U8
from camweave.core.errors import FileFormatError
from camweave.core.frame import Frame, Stamp
from camweave.core.plain_events import Unfit, read_text
from camweave.formats.messages.packed import (
    MOST_BYTES,
    Address,
    Headers,
    Packed,
    headers_of,
    id_of,
    kind_of,
    opened,
    read_exact,
    stamped,
)
from camweave.formats.messages.pictures import (
    CODECS,
    Codec,
    check_picture,
    picture_bytes,
    picture_of,
)

KIND: Final = "frame"
VERSION: Final = 1
QUALITY: Final = 90  # of JPEG


@dataclass(frozen=True, slots=True, eq=False)
class SentFrame:
    """A frame that is not decoded yet."""

    address: Address
    stamp: Stamp
    size: tuple[int, int]  # (width, height) px
    codec: Codec
    body: bytes

    @property
    def frame(self) -> Frame:
        """The frame itself. Its image is decoded when it is first asked for.

        That raises a FileFormatError where the body is no such picture.
        """
        return _Undecoded(self)

    def decoded(self) -> U8:
        """(H, W, 3) BGR.

        Raises:
            FileFormatError: the body is no such picture.
        """
        try:
            return picture_of(self.body, self.codec, self.size)
        except FileFormatError as error:
            raise _refusal(self.stamp, error) from None


class _Undecoded(Frame):
    """A frame that is decoded when somebody looks at it: where nobody does, never."""

    __slots__ = ("_image", "_sent")

    _sent: SentFrame
    _image: U8 | None

    def __init__(self, sent: SentFrame) -> None:
        for name, value in {"stamp": sent.stamp, "_sent": sent, "_image": None}.items():
            object.__setattr__(self, name, value)

    @property
    def image(self) -> U8:
        image = self._image
        if image is None:
            image = self._sent.decoded()
            object.__setattr__(self, "_image", image)
        return image

    @property
    def size(self) -> tuple[int, int]:
        return self._sent.size


def sent_frame(
    frame: Frame, address: Address, *, codec: Codec = "jpeg", quality: int = QUALITY
) -> SentFrame:
    """The frame, encoded.

    Raises:
        FileFormatError: it is larger than a message may be.
    """
    height, width = frame.image.shape[:2]
    body = picture_bytes(frame.image, codec, quality)
    if len(body) > MOST_BYTES:
        told = f"{len(body) / 1e6:.1f} MB as {codec}; a message holds {MOST_BYTES / 1e6:.1f} MB"
        do = "Send it as jpeg" if codec == "raw" else "Have the camera make it smaller"
        raise _refusal(frame.stamp, FileFormatError(f"{told}. {do}"))
    return SentFrame(address, frame.stamp, (width, height), codec, body)


def pack_frame(sent: SentFrame) -> Packed:
    """The message."""
    width, height = sent.size
    headers = headers_of(KIND, VERSION, sent.address) | stamped(sent.stamp)
    headers |= {"width": width, "height": height, "codec": sent.codec}
    return Packed(id_of(sent.address, sent.stamp), headers, sent.body)


def read_frame(headers: Headers, body: bytes) -> SentFrame:
    """What a message says; of its picture, only what it claims to be has been looked at.

    Raises:
        FileFormatError: a header is missing or lies, or the version is newer.
    """
    fields = opened(headers, body, KIND, VERSION)
    address, stamp, size = fields.address(), fields.stamp(), fields.size()
    codec = fields.of("codec", read_text)
    if codec not in CODECS:
        fields.fail(f"codec: expected {' or '.join(CODECS)}, found {codec[:40]!r}")
    sent = SentFrame(address, stamp, size, cast("Codec", codec), body)
    try:
        check_picture(body, sent.codec, size)
    except FileFormatError as error:
        raise _refusal(stamp, error) from None
    return sent


def overtaken(older: Headers, newer: Headers, by: float) -> bool:
    """Whether these are of frames of one camera, captured more than so many s apart.

    >>> first, second = ({"schema": "camweave.frame/1", "camera": "gate", "time": t} for t in "12")
    >>> overtaken(first, second, by=0.5), overtaken(second, first, by=0.5)
    (True, False)
    """
    try:
        if not kind_of(older) == kind_of(newer) == KIND:
            return False
        passed = read_exact(newer.get("time")) - read_exact(older.get("time"))
    except (FileFormatError, Unfit):
        return False
    return passed > by and all(older.get(name) == newer.get(name) for name in ("run", "camera"))


def _refusal(stamp: Stamp, error: FileFormatError) -> FileFormatError:
    return FileFormatError(f"frame {stamp.index} of {stamp.camera}: {error}")
