import logging
import signal
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from camweave.core.arrays import U8
from camweave.core.errors import OutputError
from camweave.core.frame import CameraId, Frame, Stamp
from camweave.core.stages import Sink
from camweave.core.tracks import Tracks, View
from camweave.sinks import video_file
from camweave.sinks.video import VideoSink
from camweave.sinks.video_file import VideoFile, VideoParams, first_encoder


def image(value: int = 100, size: tuple[int, int] = (64, 48)) -> U8:
    return np.full((size[1], size[0], 3), value, np.uint8)


def read_back(path: Path) -> tuple[list[float], list[U8]]:
    """Times in s and BGR images."""
    with av.open(str(path), format="mp4") as container:
        pictures = list(container.decode(video=0))
    times = [float((p.pts or 0) * (p.time_base or Fraction(1))) for p in pictures]
    return times, [np.asarray(p.to_ndarray(format="bgr24"), np.uint8) for p in pictures]


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_every_image_is_in_the_video_at_its_own_time(tmp_path: Path) -> None:
    times = [10.0, 10.04, 10.1, 10.5, 12.0, 12.001]
    with VideoFile(tmp_path / "a.mp4", fps=25) as file:
        for i, time in enumerate(times):
            file.add(image(20 + 30 * i), time)
    back, images = read_back(tmp_path / "a.mp4")
    np.testing.assert_allclose(back, np.array(times) - 10, atol=1 / 60_000)
    for i, one in enumerate(images):
        assert abs(float(one.mean()) - (20 + 30 * i)) < 5
    assert names_in(tmp_path) == ["a.mp4"]


def test_a_finished_video_is_an_ordinary_mp4_of_h264(tmp_path: Path) -> None:
    with VideoFile(tmp_path / "a.mp4", fps=12.5) as file:
        for i in range(40):
            file.add(image(), i / 12.5)
    with av.open(str(tmp_path / "a.mp4")) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.pix_fmt) == ("h264", "yuv420p")
        assert stream.frames == 40
        assert stream.average_rate == Fraction(25, 2)


@pytest.mark.parametrize("size", [(479, 361), (64, 47), (63, 48), (2, 2), (1, 1)])
def test_odd_sides_grow_by_one_pixel(tmp_path: Path, size: tuple[int, int]) -> None:
    with VideoFile(tmp_path / "a.mp4", fps=25) as file:
        for i in range(3):
            file.add(image(size=size), i / 25)
    _, images = read_back(tmp_path / "a.mp4")
    width, height = size[0] + size[0] % 2, size[1] + size[1] % 2
    assert [one.shape for one in images] == [(height, width, 3)] * 3
    assert abs(images[0].astype(int) - 100).max() < 10, "the added edge looks like its neighbours"


def test_an_image_of_another_size_is_fitted(tmp_path: Path) -> None:
    with VideoFile(tmp_path / "a.mp4", fps=25) as file:
        for i, size in enumerate([(63, 47), (128, 96), (63, 47)]):
            file.add(image(size=size), i / 25)
    _, images = read_back(tmp_path / "a.mp4")
    assert [one.shape for one in images] == [(48, 64, 3)] * 3


def test_times_that_stand_still_still_make_a_video(tmp_path: Path) -> None:
    with VideoFile(tmp_path / "a.mp4", fps=25) as file:
        for _ in range(5):
            file.add(image(), 3.0)
    times, _ = read_back(tmp_path / "a.mp4")
    assert len(times) == 5


def test_one_image_is_a_video(tmp_path: Path) -> None:
    with VideoFile(tmp_path / "a.mp4", fps=25) as file:
        file.add(image(), 3.0)
    assert len(read_back(tmp_path / "a.mp4")[0]) == 1


def test_no_image_is_no_video(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), VideoFile(tmp_path / "a.mp4", fps=25):
        pass
    assert names_in(tmp_path) == []
    assert "no frames, so no video was written" in caplog.text


@pytest.mark.parametrize("trouble", [ValueError, KeyboardInterrupt])
def test_an_error_leaves_what_was_there_before(
    tmp_path: Path, trouble: type[BaseException]
) -> None:
    (tmp_path / "a.mp4").write_bytes(b"before")

    def fail_in_the_middle() -> None:
        with VideoFile(tmp_path / "a.mp4", fps=25) as file:
            for i in range(30):
                file.add(image(), i / 25)
            assert len(names_in(tmp_path)) == 2
            raise trouble

    with pytest.raises(trouble):
        fail_in_the_middle()
    assert (tmp_path / "a.mp4").read_bytes() == b"before"
    assert names_in(tmp_path) == ["a.mp4"]


def test_a_folder_that_cannot_be_written_is_refused_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"cannot write .*a\.mp4"):
        VideoFile(tmp_path / "file" / "a.mp4", fps=25).__enter__()


KILLED = """
import os, signal, sys
import numpy as np
from camweave.sinks.video_file import VideoFile

with VideoFile(sys.argv[1], fps=25) as file:
    for i in range(400):
        file.add(np.random.default_rng(i).integers(0, 255, (96, 128, 3), dtype=np.uint8), i / 25)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_video_survives_the_death_of_its_writer(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "a.mp4")], check=False)
    assert done.returncode == -signal.SIGKILL
    (left,) = tmp_path.iterdir()
    assert left.name.startswith("a.mp4.")
    assert left.suffix == ".part"
    assert len(read_back(left)[0]) >= 250, "all but the last seconds"


FULL_DISK = """
import resource, signal, sys
import numpy as np
from camweave.core.errors import OutputError
from camweave.sinks.video_file import VideoFile

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    with VideoFile(sys.argv[1], fps=25) as file:
        for i in range(400):
            noise = np.random.default_rng(i).integers(0, 255, (96, 128, 3), dtype=np.uint8)
            file.add(noise, i / 25)
except OutputError as error:
    print(error)
"""


def test_a_disk_that_fills_up_is_one_line_and_leaves_no_file(tmp_path: Path) -> None:
    out = tmp_path / "a.mp4"
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(out)], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(f"cannot write {out}: file too large")
    assert len(done.stdout.splitlines()) == 1
    assert names_in(tmp_path) == []


def test_without_x264_an_older_codec_is_used_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(video_file, "ENCODERS", ("no_such_encoder", "mpeg4"))
    with caplog.at_level(logging.WARNING), VideoFile(tmp_path / "a.mp4", fps=25) as file:
        for i in range(5):
            file.add(image(size=(128, 96)), i / 20)
    assert "no encoder no_such_encoder in this PyAV; writing with mpeg4 instead" in caplog.text
    times, _ = read_back(tmp_path / "a.mp4")
    np.testing.assert_allclose(times, np.arange(5) / 20, atol=1e-4)


def test_without_any_encoder_the_message_says_so() -> None:
    with pytest.raises(OutputError, match="no video encoder: this PyAV has none of nothing_here"):
        first_encoder(("nothing_here",))


def test_better_quality_is_a_larger_file(tmp_path: Path) -> None:
    size = {}
    for quality in (18, 35):
        path = tmp_path / f"{quality}.mp4"
        with VideoFile(path, fps=25, params=VideoParams(quality=quality)) as file:
            for i in range(10):
                noise = np.random.default_rng(i).integers(0, 255, (96, 128, 3), dtype=np.uint8)
                file.add(noise, i / 25)
        size[quality] = path.stat().st_size
    assert size[18] > 1.5 * size[35]


def test_writing_outside_the_block_is_an_error(tmp_path: Path) -> None:
    file = VideoFile(tmp_path / "a.mp4", fps=25)
    with pytest.raises(OutputError, match="not open; use it in a `with` block"):
        file.add(image(), 0.0)
    file.__exit__(None, None, None)


def test_a_sink_draws_each_view_on_its_frame(tmp_path: Path) -> None:
    taker: Sink = VideoSink(tmp_path / "a.mp4", fps=10)
    with taker as sink:
        for i in range(5):
            stamp = Stamp(100 + i / 10, CameraId("cam"), i)
            tracks = Tracks(
                stamp,
                np.array([4]),
                np.array([[100, 60, 200, 200]], np.float32),
                np.ones(1, np.float32),
                np.zeros(1, np.int32),
                np.zeros(1, np.int64),
            )
            sink.write(Frame(stamp, image(size=(320, 240))), View(stamp, tracks))
    times, images = read_back(tmp_path / "a.mp4")
    np.testing.assert_allclose(times, np.arange(5) / 10, atol=1e-4)
    assert np.abs(images[0][60:200, 99:102].astype(int) - 100).max() > 50
    assert np.abs(images[0][120:180, 130:170].astype(int) - 100).max() < 15
    assert names_in(tmp_path) == ["a.mp4"]
