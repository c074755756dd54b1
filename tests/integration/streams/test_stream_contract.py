"""What every `Stream` promises, each kind with real parts."""

from collections.abc import Callable, Iterator
from itertools import islice, pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from tests.support.mjpeg_camera import MjpegCamera
from tests.support.rtsp.film import numbered
from tests.support.rtsp.server import RtspServer
from tests.support.waiting import until
from tests.support.watching import Watching

from camweave.app.runtime.site_clock import SiteClock
from camweave.core.errors import SourceError
from camweave.core.stages import Source
from camweave.sources.images import ImageFolderSource
from camweave.sources.streams.av_stream import AvStream
from camweave.sources.streams.pace import Pace
from camweave.sources.streams.paced import Lossless, Paced
from camweave.sources.streams.stream import Stream
from camweave.sources.streams.usb_stream import Capture, UsbStream
from camweave.sources.synthetic.source import SyntheticSource
from camweave.sources.video import VideoSource

WIDTH, HEIGHT, FRAMES, FPS = 160, 96, 12, 25.0
OFFSET = 3.0  # s

Make = Callable[[SiteClock], Stream]


@pytest.fixture(scope="module")
def tape(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tape") / "tape.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), FPS, (WIDTH, HEIGHT))
    for number in range(FRAMES):
        writer.write(numbered(number, WIDTH, HEIGHT))
    writer.release()
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("images")
    for number in range(FRAMES):
        cv2.imwrite(str(path / f"{number:06}.png"), numbered(number, WIDTH, HEIGHT))
    return path


@pytest.fixture
def device(tape: Path) -> Callable[[int], Capture]:
    return lambda _: cv2.VideoCapture(str(tape))


@pytest.fixture(params=["rtsp", "mjpeg", "usb", "file", "folder", "looped file", "lossless file"])
def make(
    request: pytest.FixtureRequest, tape: Path, folder: Path, device: Callable[[int], Capture]
) -> Make:
    kind: str = request.param
    if kind in {"rtsp", "mjpeg"}:
        address: str = request.getfixturevalue(kind)
        return lambda clock: AvStream(address, camera="cam", now=clock.now, offset=OFFSET)
    if kind == "usb":
        return lambda clock: UsbStream(0, camera="cam", now=clock.now, offset=OFFSET, device=device)

    def recording() -> Source:
        if kind == "folder":
            return ImageFolderSource(folder, camera="cam", fps=FPS, offset=OFFSET)
        return VideoSource(tape, camera="cam", offset=OFFSET)

    if kind == "lossless file":
        return lambda _: Lossless(recording())
    return lambda clock: Paced(recording, Pace(clock.now), loop=kind == "looped file")


@pytest.fixture
def rtsp(camera: RtspServer) -> str:
    return camera.url


@pytest.fixture
def mjpeg() -> Iterator[str]:
    with MjpegCamera() as server:
        yield server.url


def test_frames_are_numbered_and_stamped_with_their_time_of_capture(make: Make) -> None:
    clock = SiteClock()
    stream = make(clock)
    with stream:
        frames = list(islice(stream, FRAMES))
        now = clock.now()
    stamps = [frame.stamp for frame in frames]
    assert [stamp.index for stamp in stamps] == list(range(FRAMES))
    assert {stamp.camera for stamp in stamps} == {"cam"}
    assert stamps[0].epoch == 0
    assert all(a.time < b.time and a.epoch <= b.epoch for a, b in pairwise(stamps))
    assert 0 <= stamps[0].time <= stamps[-1].time <= OFFSET + max(now, FRAMES / FPS)
    assert all(frame.image.shape == (HEIGHT, WIDTH, 3) for frame in frames)
    assert all(frame.image.dtype == np.uint8 for frame in frames)


def test_a_stream_says_what_it_is(make: Make) -> None:
    stream = make(SiteClock())
    with pytest.raises(SourceError, match="not open"):
        _ = stream.info
    with stream:
        assert stream.info.camera == "cam"
        assert stream.info.fps > 0
        assert stream.corrupt == 0
        assert (stream.info.width, stream.info.height) == (WIDTH, HEIGHT)


def test_a_stream_can_be_closed_twice_and_interrupted(make: Make) -> None:
    stream = make(SiteClock())
    with stream:
        frames = iter(stream)
        next(frames)
        stream.interrupt()
        assert len(list(islice(frames, FRAMES))) <= 1
    stream.__exit__(None, None, None)


@pytest.mark.parametrize("loop", [False, True])
def test_a_file_is_a_camera_to_its_reader(tape: Path, *, loop: bool) -> None:
    with Watching(
        lambda clock: Paced(lambda: VideoSource(tape, camera="cam"), Pace(clock.now), loop=loop)
    ) as watching:
        if loop:
            until(lambda: watching.condition.epoch == 2, within=10)
            assert watching.states == ["live"]
            assert watching.condition.reconnects == 0
        else:
            until(lambda: watching.mailbox.drained, within=10)
            until(lambda: watching.condition.state == "ended", within=2)
            assert watching.condition.frames == FRAMES
    by_epoch = {(noted.stamp.epoch, noted.number) for noted in watching.noted}
    assert all(number < FRAMES for _, number in by_epoch)


@pytest.mark.slow  # the world is built and its painter compiled first
def test_the_small_world_is_a_camera_too() -> None:
    with Watching(
        lambda clock: Paced(
            lambda: SyntheticSource.from_text(
                "synthetic:plaza/cam_a?seconds=2&size=160x96", camera="cam"
            ),
            Pace(clock.now),
        )
    ) as watching:
        until(lambda: len(watching.noted) > 5, within=30)
        assert watching.condition.state == "live"
