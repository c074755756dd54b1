"""An mp4 that grows frame by frame: H.264 through PyAV, readable even if the power goes."""

import logging
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import av
import av.codec.codec
import av.container
import av.error
import cv2
import numpy as np

from camweave.core.arrays import U8
from camweave.core.errors import OutputError
from camweave.formats.atomic import PartFile, cannot_write

log = logging.getLogger(__name__)

TICKS = 60_000  # to a second: exact for 24, 25, 30, 50, 60 and 29.97; MPEG-4 ends at 65535
ENCODERS = ("libx264", "libopenh264", "mpeg4")  # the best first
KEYFRAMES = 2.0  # s between them: how finely a player can seek, and what a crash may cost
MPEG_RANGE, BT601 = 1, 6  # how OpenCV converts; said in the file, so that players undo the same
BITS_PER_PIXEL = 0.2  # for encoders that know no constant quality
# In fragments while it grows, so that what was written can be played whatever happens;
# an ordinary mp4 with one index when it is finished.
CONTAINER = {"movflags": "hybrid_fragmented", "flush_packets": "1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoParams:
    """How an mp4 is encoded."""

    quality: int = 23  # x264's constant rate factor: 18 looks like the original, 28 is small
    preset: Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium"] = "veryfast"


class VideoFile:
    """Images in, one mp4 out, each image at its own time. Open it with `with`.

    While it grows it is `NAME.xxxxxxxx.part`, which players can open; it gets its name when
    finished, and is removed if the block ends in an error. Odd sides grow by one pixel (4:2:0
    needs even ones). Without any image there is no file.

    Raises:
        OutputError: it cannot be written, or no encoder is there.
    """

    def __init__(self, path: Path | str, *, fps: float, params: VideoParams | None = None) -> None:
        self._path = Path(path)
        self._fps = fps
        self._params = params or VideoParams()
        self._part: PartFile | None = None
        self._container: av.container.OutputContainer | None = None
        self._stream: av.VideoStream | None = None
        self._began = 0.0  # s, the first image's time
        self._last = -1  # ticks of the last image
        self._size = (0, 0)  # px, width and height

    def __enter__(self) -> Self:
        self._part = PartFile(self._path)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        part, self._part = self._part, None
        if part is None:
            return
        if kind is not None or self._stream is None:
            self._abandon(part)
            if kind is None:
                log.warning("%s: no frames, so no video was written", self._path)
            return
        try:
            self._encode(None)
            self._close()
        except (av.error.FFmpegError, OSError) as trouble:
            self._abandon(part)
            raise self._failed(trouble) from trouble
        except BaseException:
            self._abandon(part)
            raise
        part.keep()

    def add(self, image: U8, time: float) -> None:
        """Append an image (H, W, 3) BGR taken at `time` s; times rise."""
        if self._part is None:
            raise OutputError(f"cannot write {self._path}: not open; use it in a `with` block")
        try:
            if self._stream is None:
                self._begin(self._part.path, image, time)
            picture = av.VideoFrame.from_ndarray(self._to_yuv(image), format="yuv420p")
            picture.pts = self._last = max(self._last + 1, round((time - self._began) * TICKS))
            picture.time_base = Fraction(1, TICKS)
            self._encode(picture)
        except (av.error.FFmpegError, OSError) as error:
            raise self._failed(error) from error

    def _begin(self, path: Path, image: U8, time: float) -> None:
        """Open the container; only now is the size known."""
        height, width = image.shape[:2]
        self._began = time
        self._size = (width + width % 2, height + height % 2)
        self._container = av.open(str(path), "w", format="mp4", options=CONTAINER)
        self._stream = self._add_stream(self._container, first_encoder(ENCODERS))

    def _add_stream(self, container: av.container.OutputContainer, encoder: str) -> av.VideoStream:
        rate = Fraction(self._fps).limit_denominator(1001)
        stream = container.add_stream(encoder, rate=rate)
        assert isinstance(stream, av.VideoStream)  # noqa: S101 - for the type checker: it has no other kind
        width, height = self._size
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        context = stream.codec_context
        context.time_base = Fraction(1, TICKS)
        context.gop_size = max(1, round(KEYFRAMES * self._fps))
        context.max_b_frames = 0  # with them a fragmented mp4 begins late; without, +7 % of size
        context.color_range, context.colorspace = MPEG_RANGE, BT601
        if encoder == "libx264":
            stream.options = {"preset": self._params.preset, "crf": str(self._params.quality)}
        else:
            context.bit_rate = max(200_000, round(BITS_PER_PIXEL * width * height * self._fps))
        return stream

    def _to_yuv(self, image: U8) -> U8:
        """(H * 3 / 2, W) planes of 4:2:0, of the video's size."""
        width, height = self._size
        h, w = image.shape[:2]
        if (w + w % 2, h + h % 2) != self._size:
            image, h, w = np.asarray(cv2.resize(image, self._size), np.uint8), height, width
        if (w, h) != self._size:  # one more row, one more column, like their neighbours
            border = cv2.BORDER_REPLICATE
            image = np.asarray(cv2.copyMakeBorder(image, 0, h % 2, 0, w % 2, border), np.uint8)
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2YUV_I420), np.uint8)

    def _encode(self, picture: av.VideoFrame | None) -> None:
        """Hand a picture to the encoder, or None for the end, and write what it gives back."""
        if self._container is not None and self._stream is not None:
            for packet in self._stream.encode(picture):
                self._container.mux(packet)

    def _close(self) -> None:
        container, self._container, self._stream = self._container, None, None
        if container is not None:
            container.close()

    def _abandon(self, part: PartFile) -> None:
        with suppress(av.error.FFmpegError, OSError):  # the first trouble is the one to tell
            self._close()
        part.drop()

    def _failed(self, error: Exception) -> OutputError:
        if isinstance(error, OSError) and error.errno:
            return cannot_write(self._path, error)
        return OutputError(f"cannot write {self._path}: the encoder failed: {error}")


def first_encoder(names: tuple[str, ...]) -> str:
    """The first of these that this build of FFmpeg has; says so if it is not the best.

    Raises:
        OutputError: none of them is there.
    """
    for name in names:
        try:
            av.codec.codec.Codec(name, "w")
        except av.codec.codec.UnknownCodecError:
            continue
        if name != names[0]:
            log.warning("no encoder %s in this PyAV; writing with %s instead", names[0], name)
        return name
    raise OutputError(f"no video encoder: this PyAV has none of {', '.join(names)}")
