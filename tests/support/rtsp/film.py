"""What a test camera shows: coded pictures in a row, made on the spot or taken from a file."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.bitstream import BitStreamFilterContext
from av.video.codeccontext import VideoCodecContext
from numpy.typing import NDArray

SPS, PPS = 7, 8


@dataclass(frozen=True, slots=True)
class Unit:
    """One coded picture: its H.264 NAL units, without start codes."""

    nals: tuple[bytes, ...]
    key: bool


@dataclass(frozen=True, slots=True)
class Film:
    """Coded pictures, the first one a key picture; it is shown over and over."""

    units: tuple[Unit, ...]
    fps: float

    @property
    def parameter_sets(self) -> tuple[bytes, ...]:
        """SPS and PPS, for the description of the stream."""
        kinds = {nal[0] & 31: nal for unit in self.units for nal in unit.nals}
        return kinds[SPS], kinds[PPS]


def numbered_film(
    *,
    width: int = 160,
    height: int = 96,
    fps: int = 25,
    seconds: float = 2.0,
    gop: int = 10,
    crf: int = 18,
) -> Film:
    """A film whose pictures carry their number as black and white blocks: see `number_in`.

    A small `crf` makes it large: a picture then takes many packets.
    """
    pictures = (numbered(number, width, height) for number in range(round(seconds * fps)))
    return coded(pictures, fps=fps, gop=gop, crf=crf)


def coded(pictures: Iterable[NDArray[np.uint8]], *, fps: int, gop: int, crf: int) -> Film:
    """Pictures (H, W, 3) as a film, a key picture every `gop`."""
    coder = av.CodecContext.create("libx264", "w")
    assert isinstance(coder, VideoCodecContext)
    coder.pix_fmt, coder.gop_size = "yuv420p", gop
    coder.time_base, coder.framerate = Fraction(1, fps), Fraction(fps)
    coder.options = {"preset": "ultrafast", "tune": "zerolatency", "crf": str(crf)}
    units: list[Unit] = []
    for number, image in enumerate(pictures):
        if not coder.is_open:
            coder.height, coder.width = image.shape[:2]
        picture = av.VideoFrame.from_ndarray(image, format="bgr24")
        picture.pts = number
        units += [unit_of(bytes(p), key=p.is_keyframe) for p in coder.encode(picture)]
    units += [unit_of(bytes(p), key=p.is_keyframe) for p in coder.encode(None)]
    return Film(tuple(units), float(fps))


def film_of(path: Path) -> Film:
    """The H.264 pictures of a video file."""
    units: list[Unit] = []
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        plain = BitStreamFilterContext("h264_mp4toannexb", stream)
        for packet in container.demux(stream):
            if packet.dts is not None:
                key = packet.is_keyframe
                units += [unit_of(bytes(p), key=key) for p in plain.filter(packet)]
        return Film(tuple(units), float(stream.average_rate or 25))


def unit_of(data: bytes, *, key: bool) -> Unit:
    """Cut an Annex B byte stream at its start codes."""
    return Unit(tuple(nals_in(data)), key)


def nals_in(data: bytes) -> Iterator[bytes]:
    """NAL units between start codes of three or four bytes."""
    for piece in data.split(b"\x00\x00\x01"):
        nal = piece.rstrip(b"\x00")
        if nal:
            yield nal


BITS = 8


def numbered(number: int, width: int, height: int) -> NDArray[np.uint8]:
    """A picture (H, W, 3) that says its number in eight blocks, over a texture that moves."""
    ramp = np.add.outer(np.arange(height) * 2, np.arange(width)) + number * 5
    image = np.repeat((ramp % 160 + 40).astype(np.uint8)[:, :, None], 3, axis=2)
    for bit in range(BITS):
        left, right = bit * width // BITS, (bit + 1) * width // BITS
        image[: height // 3, left:right] = 255 if number >> bit & 1 else 0
    return image


def number_in(image: NDArray[np.uint8]) -> int:
    """The number that a picture of `numbered` says, whatever its size; from 0 to 255."""
    height, width = image.shape[:2]
    row = image[height // 6]
    blocks = [row[(2 * bit + 1) * width // (2 * BITS)].mean() > 128 for bit in range(BITS)]
    return sum(1 << bit for bit, white in enumerate(blocks) if white)
