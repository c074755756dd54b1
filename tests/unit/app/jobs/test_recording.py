"""Detections frame by frame become the log of the recording."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camweave.app.jobs.recording import Recording
from camweave.core.detections import Detections
from camweave.core.errors import ShapeError
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


def test_looks_and_motion_are_kept_where_there_are_any() -> None:
    recording = Recording()
    moved = np.array([[1.0, 0, 5], [0, 1, 0]])
    recording.add(replace(found(0, 2), embedding=np.eye(2, dtype=np.float32)))
    recording.add(found(1, 1))
    recording.add(replace(found(2, 0), camera_motion=moved))
    log = recording.log(INFO, ())
    assert log.embedding is not None
    assert log.embedding.tolist() == [[1, 0], [0, 1], [0, 0]]
    assert log.camera_motion is not None
    assert log.camera_motion[:, 0, 2].tolist() == [0, 0, 5]


def test_looks_of_two_lengths_are_refused() -> None:
    recording = Recording()
    recording.add(replace(found(0, 2), embedding=np.eye(2, dtype=np.float32)))
    recording.add(replace(found(1, 3), embedding=np.eye(3, dtype=np.float32)))
    with pytest.raises(ShapeError, match="embeddings of 2 and 3 dimensions in one recording"):
        recording.log(INFO, ())


def test_a_source_without_frames_is_an_empty_log() -> None:
    log = Recording().log(INFO, ())
    assert (len(log), log.frame_count, log.width) == (0, 0, 64)
