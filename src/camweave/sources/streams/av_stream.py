"""Network cameras: RTSP over TCP or UDP, MJPEG over HTTP, and what else FFmpeg reads."""

import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from itertools import count
from typing import Final, Self

import av
import av.container
import av.error
import numpy as np
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from camweave.core.errors import SourceError
from camweave.core.frame import Frame, SourceInfo, Stamp
from camweave.formats.camera_name import checked_camera
from camweave.sources.streams.address import PROTOCOLS, place_of, scheme_of
from camweave.sources.streams.capture_time import CaptureTime
from camweave.sources.streams.endings import ended, not_opened
from camweave.sources.streams.knock import knocked
from camweave.sources.streams.ntp import VideoPacket, told_time
from camweave.sources.streams.params import StreamParams

# A playlist (HLS, DASH, SDP) leads elsewhere as a redirect does.
SELF_CONTAINED: Final = "mpjpeg,mjpeg,jpeg_pipe,mpegts,flv,mov,matroska,h264,hevc,avi,asf,ogg"
WITHOUT_STAMPS: Final = {"mpjpeg", "mjpeg"}  # demuxers that make stamps up
FALLBACK_FPS: Final = 25.0  # frames/s, where a stream declares nothing
FASTEST: Final = 240.0  # frames/s; a declared rate above it is the stamps' own clock


class AvStream:
    """One connection to a network camera as a `Stream`, decoded by FFmpeg as frames arrive.

    The capture time is the stream's own, laid on the site's clock (`CaptureTime`). Damaged
    pictures are counted and not delivered. FFmpeg knows that a picture of RTSP is whole when the
    next one begins, so each comes one frame late: part of the way, as the network is.
    """

    def __init__(
        self,
        address: str,
        *,
        camera: str,
        now: Callable[[], float],
        began: float | None = None,
        offset: float = 0.0,
        params: StreamParams | None = None,
    ) -> None:
        """A camera, not yet connected.

        Args:
            address: what to open; secrets in it appear in no message.
            camera: its name.
            now: s on the site's clock.
            began: unix seconds of the site clock's 0; None: the host's date now.
            offset: s added to all times.
            params: how it is read.
        """
        self._address = address
        self._scheme = scheme_of(address)
        self._place = place_of(address)
        self._camera = checked_camera(camera)
        self._now = now
        self._offset = offset
        self._params = params or StreamParams()
        self._container: av.container.InputContainer | None = None
        self._info: SourceInfo | None = None
        self._interrupted = False
        self._reformatter = VideoReformatter()
        self._times = CaptureTime(
            began=time.time() - now() if began is None else began, ntp=self._params.ntp
        )
        self._epoch = 0
        self._size: tuple[int, int] | None = None  # px: of the picture before
        self._tainted = False  # a picture was damaged, and those after it are made from it
        self.codec: str | None = None
        self.corrupt = 0

    @property
    def info(self) -> SourceInfo:
        """Size, rate and name; the size is 0 until a picture was seen, if the camera tells none."""
        if self._info is None:
            raise SourceError(f"{self._place}: not open; use it in a `with` block")
        return self._info

    @property
    def clock_error(self) -> float | None:
        """How many s the camera's clock is behind ours, way included; None: it tells none."""
        return self._times.clock_error

    def interrupt(self) -> None:
        """From another thread: end with the next packet, or when the read times out."""
        self._interrupted = True

    def __enter__(self) -> Self:
        look = not self._params.redirects and self._scheme.startswith("rtsp")
        with knocked(self._address, self._params.open_timeout) if look else nullcontext():
            self._container = self._open()
        try:
            self._begin(self._video())
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._container is not None:
            self._container.close()
            self._container = None

    def __iter__(self) -> Iterator[Frame]:
        index = count()
        whole = self._now()  # s: when the last whole picture came
        for packet, arrival in self._packets():
            for picture in self._pictures(packet):
                yield self._frame(picture, arrival, next(index))
                whole = self._now()
            if arrival - whole > self._params.whole_timeout:
                raise ended("unreadable", self._place, f"none for {arrival - whole:.0f} s")

    def _open(self) -> av.container.InputContainer:
        began = time.monotonic()
        try:
            return av.open(
                self._address,
                options=self._options(),
                timeout=(self._params.open_timeout, self._params.read_timeout),
                metadata_errors="replace",
            )
        except (av.error.FFmpegError, OSError) as error:
            waited, limit = time.monotonic() - began, self._params.open_timeout
            if self._scheme.startswith("http") and not self._params.redirects and waited < limit:
                with knocked(self._address, limit):
                    pass  # it answers, so FFmpeg's own words are the best
            raise not_opened(error, self._place, waited=waited, limit=limit) from error

    def _options(self) -> dict[str, str]:
        """FFmpeg's options: quick to open, no queues, nothing but these protocols."""
        options = {
            "protocol_whitelist": PROTOCOLS[self._scheme],
            "analyzeduration": "200000",  # us; the default takes a second
        }
        if self._scheme.startswith("rtsp"):
            options |= {
                "rtsp_transport": self._params.transport,
                "max_delay": "200000",  # us that packets may come out of order over UDP
                "buffer_size": "2000000",  # bytes the system keeps of UDP: a key picture is large
            }
        if self._scheme.startswith("http") and not self._params.redirects:
            options |= {"max_redirects": "0", "format_whitelist": SELF_CONTAINED}
        return options

    def _video(self) -> VideoStream:
        """The first stream that can be decoded; the others are left alone."""
        streams = self._opened().streams.video
        if not streams:
            raise ended("unreadable", self._place, "there is no video in it")
        stream = streams[0]
        if stream.codec_context is None:
            raise ended("unreadable", self._place, "FFmpeg has no decoder for it here")
        # Frames side by side would each come late, and with slices side by side FFmpeg's H.264
        # neither mends a damaged picture nor says that it is one.
        stream.thread_type = "SLICE"
        stream.thread_count = 1
        return stream

    def _begin(self, stream: VideoStream) -> None:
        coder = stream.codec_context
        rate = stream.average_rate or stream.guessed_rate
        self._stamped = self._opened().format.name not in WITHOUT_STAMPS
        declared = float(rate) if self._stamped and rate and rate <= FASTEST else None
        self._stream = stream
        self.codec = coder.name
        self._info = SourceInfo(
            camera=self._camera,
            width=coder.width,
            height=coder.height,
            fps=declared or FALLBACK_FPS,
            declared_fps=declared,
        )

    def _opened(self) -> av.container.InputContainer:
        if self._container is None:
            raise SourceError(f"{self._place}: closed; use it inside its `with` block")
        return self._container

    def _packets(self) -> Iterator[tuple[VideoPacket, float]]:
        """Packets with their arrival, until the connection ends; its end is an error."""
        asked = self._now()
        for packet in self._received():
            arrival = self._now()
            if self._interrupted or arrival - asked >= self._params.read_timeout:
                break  # out of time, FFmpeg first hands on what it kept back
            if packet.size:
                told = told_time(packet)
                self._times.heed(told=told, stamp=self._seconds(packet.pts), arrival=arrival)
                yield packet, arrival
            asked = self._now()
        if self._interrupted:
            return
        quiet = self._now() - asked
        if quiet >= self._params.read_timeout:
            raise ended("silent", self._place, f"for {quiet:.1f} s")
        raise ended("lost", self._place)

    def _received(self) -> Iterator[VideoPacket]:
        """What FFmpeg hands on; it ends where the stream does, or time is up."""
        try:
            yield from self._opened().demux(self._stream)
        except (av.error.ExitError, av.error.TimeoutError):
            return
        except (av.error.FFmpegError, OSError) as error:
            raise ended("lost", self._place, error.strerror or "") from error

    def _pictures(self, packet: VideoPacket) -> Iterator[av.VideoFrame]:
        """The pictures that a packet completes, without those known to be damaged."""
        try:
            pictures = packet.decode()
        except av.error.FFmpegError:
            self.corrupt += 1
            self._tainted = True
            return
        for picture in pictures:
            damaged = picture.is_corrupt
            self._tainted = damaged or (self._tainted and not picture.key_frame)
            if damaged or (self._tainted and self._params.strict) or not self._expected(picture):
                self.corrupt += 1
            else:
                yield picture

    def _expected(self, picture: av.VideoFrame) -> bool:
        """Whether its size is the known one, or at least not seen for the first time.

        A damaged description of the stream pretends another size, for a picture or two.
        """
        size, before = (picture.width, picture.height), self._size
        self._size = size
        return before in {None, size} or size == (self.info.width, self.info.height)

    def _frame(self, picture: av.VideoFrame, arrival: float, index: int) -> Frame:
        self._measure(picture)
        taken = self._times.time_of(self._seconds(picture.pts), arrival)
        plain = self._reformatter.reformat(picture, format="bgr24", threads=1)
        image = np.ascontiguousarray(plain.to_ndarray(), np.uint8)
        return Frame(Stamp(taken + self._offset, self._camera, index, self._epoch), image)

    def _seconds(self, pts: int | None) -> float | None:
        """A stamp of FFmpeg's in seconds, from wherever it counts."""
        if pts is None or not self._stamped or self._stream.time_base is None:
            return None
        return float(pts * self._stream.time_base)

    def _measure(self, picture: av.VideoFrame) -> None:
        """A picture of another size begins a new epoch."""
        info = self.info
        if (picture.width, picture.height) != (info.width, info.height):
            self._epoch += info.width > 0
            self._info = replace(info, width=picture.width, height=picture.height)
