from pathlib import Path

import numpy as np
import pytest

from camweave.core.frame import CameraId, Frame, Stamp
from camweave.core.tracks import Tracks, View
from camweave.sinks.annotate import AnnotateParams, Annotator
from camweave.sinks.video import VideoSink
from camweave.sinks.video_file import VideoFile
from camweave.sources.video import VideoSource


def picture(index: int, size: tuple[int, int]) -> np.ndarray:
    width, height = size
    image = np.full((height, width, 3), 60, np.uint8)
    image[:, : width // 2] = 20 + (9 * index) % 200
    return image


@pytest.mark.parametrize("size", [(320, 240), (161, 91)])
def test_what_a_video_file_takes_a_video_source_gives_back(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    rng = np.random.default_rng(0)
    times = 50 + np.cumsum(rng.uniform(0.01, 0.3, 60))
    with VideoFile(tmp_path / "a.mp4", fps=10) as file:
        for index, time in enumerate(times.tolist()):
            file.add(picture(index, size), time)
    with VideoSource(tmp_path / "a.mp4", camera="cam", offset=float(times[0])) as source:
        frames = list(source)
    assert source.info.frame_count == 60
    np.testing.assert_allclose([f.stamp.time for f in frames], times, atol=2e-5)
    for index, frame in enumerate(frames):
        half = frame.image[:, : size[0] // 2 - 4]
        assert abs(float(half.mean()) - (20 + (9 * index) % 200)) < 6


def test_a_camera_can_be_annotated_from_file_to_file(tmp_path: Path) -> None:
    with VideoFile(tmp_path / "in.mp4", fps=25) as file:
        for index in range(20):
            file.add(picture(0, (320, 240)), index / 25)
    annotator = Annotator(("person",), AnnotateParams(trail=0.5))
    with (
        VideoSource(tmp_path / "in.mp4", camera="cam") as source,
        VideoSink(tmp_path / "out.mp4", fps=source.info.fps, annotator=annotator) as sink,
    ):
        for frame in source:
            sink.write(frame, a_view(frame))
    with VideoSource(tmp_path / "out.mp4", camera="cam") as source:
        back = list(source)
    assert len(back) == 20
    assert back[-1].stamp.time == pytest.approx(19 / 25)
    assert np.abs(back[-1].image[100:180, 219:222].astype(int) - 60).max() > 40


def a_view(frame: Frame) -> View:
    stamp = Stamp(frame.stamp.time, CameraId("cam"), frame.stamp.index)
    box = np.array([[220, 90, 300, 200]], np.float32)
    one = np.ones(1, np.float32)
    tracks = Tracks(stamp, np.array([5]), box, one, np.zeros(1, np.int32), np.zeros(1, np.int64))
    return View(stamp, tracks)
