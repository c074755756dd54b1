"""Detections frame by frame become the log of the recording."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from camweave.app.jobs.recording import Recording
from camweave.core.detections import Detections
from camweave.core.frame import CameraId, SourceInfo, Stamp

INFO = SourceInfo(camera=CameraId("a"), width=64, height=48, fps=10.0)


def found(index: int, count: int) -> Detections:
    boxes = np.arange(count * 4, dtype=np.float32).reshape(count, 4) + index
    return Detections(
        Stamp(index / 10, CameraId("a"), index),
        boxes,
        np.full(count, 0.5, np.float32),
        np.zeros(count, np.int32),
    )


@given(st.lists(st.integers(0, 4), max_size=12))
def test_the_log_gives_back_every_frame_empty_ones_too(counts: list[int]) -> None:
    recording = Recording()
    for index, count in enumerate(counts):
        recording.add(found(index, count))
    log = recording.log(INFO, ("thing",))
    assert [len(frame) for frame in log.frames()] == counts
    for index, frame in enumerate(log.frames()):
        assert frame.stamp == found(index, 0).stamp
        np.testing.assert_array_equal(frame.xyxy, found(index, counts[index]).xyxy)


def test_a_source_without_frames_is_an_empty_log() -> None:
    log = Recording().log(INFO, ())
    assert (len(log), log.frame_count, log.width) == (0, 0, 64)
