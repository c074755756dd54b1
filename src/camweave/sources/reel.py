"""One video file under the decoder: FFmpeg through PyAV, damage counted and not raised."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
import av.container
import av.error
import av.stream
import av.video
import numpy as np
from av.video.reformatter import VideoReformatter

from camweave.core.arrays import U8
from camweave.core.errors import SourceError
from camweave.sources.orientation import display_matrix, is_sideways, upright

NOT_VIDEO = {"tty"}  # FFmpeg renders plain text as a film of a terminal
FEW = 0.01  # share of frames that may be missing without a word: edit lists hide some


class Reel:
    """One open container and its video stream: pictures in order, damage counted, not raised.

    The first picture is decoded on opening: that it can be, and how it is turned, is what a
    caller needs to know before starting.

    Raises:
        SourceError: not a video, or none of it can be decoded.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._damaged = 0  # packets or pictures
        self._resized = 0
        self._reformatter = VideoReformatter()  # kept: a new one per picture doubles the cost
        self._container = open_container(path)
        try:
            self._stream = video_stream(path, self._container)
            self._pictures = self._decoded()
            first = self._begin()
        except BaseException:
            self.close()
            raise
        self._first: av.VideoFrame | None = first
        self._size = (first.height, first.width)
        self._turn = display_matrix(first)

    def close(self) -> None:
        """Close the file; safe to call twice."""
        self._container.close()

    @property
    def tick(self) -> Fraction:
        """Seconds that one step of a picture's `pts` stands for."""
        return self._stream.time_base or Fraction(1, 1000)

    @property
    def shown_size(self) -> tuple[int, int]:
        """Height and width in px, after turning."""
        height, width = self._size
        return (width, height) if self._turn is not None and is_sideways(self._turn) else self._size

    @property
    def declared_fps(self) -> float | None:
        """Frames/s that the container declares, if any."""
        rate = self._stream.average_rate or self._stream.guessed_rate
        return float(rate) if rate else None

    @property
    def declared_frames(self) -> int | None:
        """The number of frames that the container declares, if any."""
        return self._stream.frames or None

    def __iter__(self) -> Iterator[av.VideoFrame]:
        first, self._first = self._first, None
        return chain([] if first is None else [first], self._pictures)

    def to_bgr(self, picture: av.VideoFrame) -> U8:
        """(H, W, 3) BGR, upright, of the size that was announced."""
        height, width = self._size
        if (picture.height, picture.width) != self._size:
            self._resized += 1
        plain = self._reformatter.reformat(
            picture, width=width, height=height, format="bgr24", threads=1
        )
        image = np.ascontiguousarray(plain.to_ndarray(), np.uint8)  # a copy at odd widths only
        return image if self._turn is None else upright(image, self._turn)

    def troubles(self, delivered: int, jumps: int) -> Iterator[str]:
        """What was wrong with the file, one sentence each; known after its end."""
        missing = (self.declared_frames or 0) - delivered
        if missing > FEW * delivered or self._damaged:
            declared = f" of {self.declared_frames}" if self.declared_frames else ""
            yield (
                f"delivered {delivered}{declared} frames, {self._damaged} pieces were damaged: "
                "the file is cut short or broken"
            )
        if jumps:
            yield f"its time stamps jump back {jumps} times; time goes on evenly there"
        if self._resized:
            yield f"{self._resized} frames had another size; they were scaled to the first one's"

    def _begin(self) -> av.VideoFrame:
        for picture in self._pictures:
            return picture
        raise SourceError(f"{self._path}: no frame of it can be decoded; is the file whole?")

    def _decoded(self) -> Iterator[av.VideoFrame]:
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
                pictures = [] if packet is None else packet.decode()
            except av.error.LookupError as error:  # no decoder for this codec
                raise SourceError(
                    f"{self._path}: its codec cannot be decoded here ({error.strerror}); "
                    "convert it to H.264"
                ) from error
            except av.error.FFmpegError:
                self._damaged += 1
                continue
            if packet is None:
                return
            for picture in pictures:
                if isinstance(picture, av.VideoFrame):
                    self._damaged += picture.is_corrupt
                    yield picture


def open_container(path: Path) -> av.container.InputContainer:
    """Open a local file, and nothing that it may point to elsewhere."""
    options = {"protocol_whitelist": "file"}
    try:
        if not path.is_file():
            raise SourceError(f"{path}: " + ("not a file" if path.exists() else "no such file"))
        if path.stat().st_size == 0:
            raise SourceError(f"{path}: the file is empty")
        return av.open(f"file:{path}", options=options, metadata_errors="replace")
    except av.error.InvalidDataError as error:
        raise SourceError(
            f"{path}: cannot be opened as a video: no format that FFmpeg knows, or cut short"
        ) from error
    except (av.error.FFmpegError, OSError) as error:
        reason = error.strerror or str(error)
        raise SourceError(f"{path}: cannot be opened as a video: {reason}") from error


def video_stream(path: Path, container: av.container.InputContainer) -> av.video.stream.VideoStream:
    """The first real video stream; the cover picture of a song is none."""
    cover = av.stream.Disposition.attached_pic
    streams = [s for s in container.streams.video if not s.disposition & cover]
    if not streams or container.format.name in NOT_VIDEO:
        raise SourceError(f"{path}: no video in it ({container.format.long_name})")
    stream = streams[0]
    if stream.codec_context is None:
        raise SourceError(f"{path}: its codec cannot be decoded here; convert it to H.264")
    stream.thread_type = "AUTO"  # whole frames too: latency is no matter with a file
    return stream
