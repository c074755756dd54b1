"""USB cameras and other video devices of this machine, through OpenCV and V4L2."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Final, Protocol, Self

import cv2
import numpy as np

from camweave.core.arrays import U8
from camweave.core.errors import SourceError
from camweave.core.frame import Frame, SourceInfo, Stamp
from camweave.formats.camera_name import checked_camera
from camweave.sources.streams.endings import ended
from camweave.sources.streams.stream_clock import StreamClock

FALLBACK_FPS: Final = 30.0  # frames/s, where a device declares nothing
FASTEST: Final = 240.0  # frames/s
MILLISECONDS: Final = 1e-3


class Capture(Protocol):
    """What is used of `cv2.VideoCapture`."""

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        """Whether there is a device."""

    def read(self) -> tuple[bool, U8]:
        """The next picture, if there is one."""

    def get(self, propId: int) -> float:  # noqa: N803 - OpenCV's name
        """A property."""

    def set(self, propId: int, value: float) -> bool:  # noqa: N803 - OpenCV's name
        """Ask for a property; a device need not comply."""

    def release(self) -> None:
        """Close the device."""


def video_device(number: int) -> Capture:
    """Device `/dev/videoN`, with the shortest queue and MJPEG: raw pictures fill a USB bus.

    Raises:
        StreamError: there is none, or this user may not use it.
    """
    path = path_of(number)
    if not Path(path).exists():
        raise ended("refused", path, "no such device; is it plugged in?")
    if not os.access(path, os.R_OK | os.W_OK):
        raise ended("denied", path, "on Debian: add the user to the group `video`")
    capture: Capture = cv2.VideoCapture(number, cv2.CAP_V4L2)
    capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return capture


def path_of(number: int) -> str:
    """Where a device lies."""
    return f"/dev/video{number}"


def device_number(address: str) -> int | None:
    """N of `N` or `/dev/videoN`; None: it names no device.

    >>> device_number("/dev/video2"), device_number("0"), device_number("a.mp4")
    (2, 0, None)
    """
    digits = address.removeprefix("/dev/video")
    return int(digits) if digits.isascii() and digits.isdigit() else None


class UsbStream:
    """One connection to a video device as a `Stream`.

    The capture time is the driver's, which stamps a picture as it comes from the bus, laid on the
    site's clock. A device that is pulled out fails the next read; one that hangs is given up by
    the driver after ten seconds, which nobody can shorten.
    """

    codec: str | None = None
    corrupt: int = 0
    clock_error: float | None = None

    def __init__(
        self,
        number: int,
        *,
        camera: str,
        now: Callable[[], float],
        offset: float = 0.0,
        device: Callable[[int], Capture] = video_device,
    ) -> None:
        """A device, not yet open; `now` tells s on the site's clock."""
        self._number = number
        self._place = path_of(number)
        self._camera = checked_camera(camera)
        self._now = now
        self._offset = offset
        self._device = device
        self._capture: Capture | None = None
        self._info: SourceInfo | None = None
        self._clock = StreamClock()
        self._epoch = 0
        self._interrupted = False

    @property
    def info(self) -> SourceInfo:
        """Size, rate and name; known once the source is open."""
        if self._info is None:
            raise SourceError(f"{self._place}: not open; use it in a `with` block")
        return self._info

    def __enter__(self) -> Self:
        capture = self._device(self._number)
        if not capture.isOpened():
            capture.release()
            raise ended("refused", self._place, "is another program using it?")
        self._capture = capture
        rate = capture.get(cv2.CAP_PROP_FPS)
        declared = rate if 0 < rate <= FASTEST else None
        self.codec = letters(capture.get(cv2.CAP_PROP_FOURCC))
        self._info = SourceInfo(
            camera=self._camera,
            width=max(0, int(capture.get(cv2.CAP_PROP_FRAME_WIDTH))),
            height=max(0, int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))),
            fps=declared or FALLBACK_FPS,
            declared_fps=declared,
        )
        return self

    def __exit__(self, *_: object) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def __iter__(self) -> Iterator[Frame]:
        capture = self._capture
        if capture is None:
            raise SourceError(f"{self._place}: closed; use it inside its `with` block")
        for index in count():
            asked = self._now()
            came, image = capture.read()
            if self._interrupted:
                return
            if not came:
                raise ended("lost", self._place, f"no picture in {self._now() - asked:.1f} s")
            yield self._frame(np.asarray(image, np.uint8), capture, index)

    def interrupt(self) -> None:
        """From another thread: end with the next picture, or when the driver gives up."""
        self._interrupted = True

    def _frame(self, image: U8, capture: Capture, index: int) -> Frame:
        self._measure(image)
        stamp = capture.get(cv2.CAP_PROP_POS_MSEC) * MILLISECONDS
        time = self._clock.time_of(stamp if stamp > 0 else None, self._now()) + self._offset
        return Frame(Stamp(time, self._camera, index, self._epoch), image)

    def _measure(self, image: U8) -> None:
        """A picture of another size begins a new epoch."""
        height, width = image.shape[:2]
        info = self.info
        if (width, height) != (info.width, info.height):
            self._epoch += info.width > 0
            self._info = replace(info, width=width, height=height)


def letters(fourcc: float) -> str | None:
    """A codec's four letters; None where the device tells none.

    >>> letters(float(int.from_bytes(b"MJPG", "little")))
    'mjpg'
    """
    text = int(max(fourcc, 0)).to_bytes(8, "little")[:4].decode("ascii", "replace")
    return text.strip().lower() if text.isprintable() and text.strip() else None
