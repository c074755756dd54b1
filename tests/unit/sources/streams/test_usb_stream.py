"""A video device, played by OpenCV from a file: no machine of ours has a camera."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from tests.support.rtsp.film import number_in, numbered

from camweave.app.runtime.site_clock import SiteClock
from camweave.core.arrays import U8
from camweave.core.errors import StreamError
from camweave.core.frame import Frame
from camweave.sources.streams.usb_stream import Capture, UsbStream, device_number

FRAMES = 20


@pytest.fixture(scope="module")
def tape(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("usb") / "tape.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25.0, (160, 96))
    for number in range(FRAMES):
        writer.write(numbered(number, 160, 96))
    writer.release()
    return path


def device(tape: Path) -> Callable[[int], Capture]:
    return lambda _: cv2.VideoCapture(str(tape))


def test_a_device_is_read_until_it_is_pulled_out(tape: Path) -> None:
    clock = SiteClock()
    stream = UsbStream(0, camera="cam", now=clock.now, offset=100.0, device=device(tape))
    frames: list[Frame] = []
    with stream, pytest.raises(StreamError) as caught:
        frames.extend(stream)
    stamps = [frame.stamp for frame in frames]
    assert caught.value.kind == "lost"
    assert [number_in(frame.image) for frame in frames] == list(range(FRAMES))
    assert all(a.time < b.time for a, b in pairwise(stamps))
    assert 100 <= stamps[0].time <= stamps[-1].time <= 100 + clock.now() + 0.01
    assert (stream.info.width, stream.info.height, stream.codec) == (160, 96, "mjpg")
    assert stream.info.declared_fps == 25


def test_a_device_that_is_not_there_is_told() -> None:
    with pytest.raises(StreamError, match="plugged in") as caught:
        UsbStream(63, camera="cam", now=SiteClock().now).__enter__()
    assert caught.value.kind == "refused"
    assert "/dev/video63" in str(caught.value)


def test_a_device_can_be_interrupted(tape: Path) -> None:
    with UsbStream(0, camera="cam", now=SiteClock().now, device=device(tape)) as stream:
        frames = iter(stream)
        next(frames)
        stream.interrupt()
        assert list(frames) == []


class Resizing:
    """A device whose picture grows, and whose driver says nothing of itself."""

    def __init__(self) -> None:
        self._read = 0

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return True

    def read(self) -> tuple[bool, U8]:
        self._read += 1
        side = 4 if self._read < 3 else 8
        return self._read < 5, np.zeros((side, side, 3), np.uint8)

    def get(self, propId: int) -> float:  # noqa: ARG002, N803 - OpenCV's name
        return -1.0

    def set(self, propId: int, value: float) -> bool:  # noqa: ARG002, N803 - OpenCV's name
        return False

    def release(self) -> None:
        pass


def test_another_size_is_another_epoch_and_no_declaration_is_no_harm() -> None:
    stream = UsbStream(0, camera="cam", now=SiteClock().now, device=lambda _: Resizing())
    frames: list[Frame] = []
    with stream, pytest.raises(StreamError):
        frames.extend(stream)
    assert [frame.stamp.epoch for frame in frames] == [0, 0, 1, 1]
    assert stream.info.width == 8
    assert stream.codec is None
    assert stream.info.declared_fps is None


@pytest.mark.parametrize(
    ("address", "number"),
    [("0", 0), ("12", 12), ("/dev/video3", 3), ("/dev/video", None), ("a", None), ("²", None)],
)
def test_a_device_is_named_by_number_or_path(address: str, number: int | None) -> None:
    assert device_number(address) == number
