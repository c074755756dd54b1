"""What objects look like travels with what was found, and with what was followed."""

from dataclasses import replace

import numpy as np
import pytest

from camweave.core.arrays import F32, I64
from camweave.core.detections import DetectionLog, Detections
from camweave.core.errors import ShapeError
from camweave.core.frame import CameraId, Stamp
from camweave.core.tracks import Appearance, Tracklets

CAMERA = CameraId("north")
STILL = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


def found(embedding: F32 | None) -> Detections:
    boxes, zeros = np.zeros((3, 4), np.float32), np.zeros(3, np.float32)
    return Detections(Stamp(0.0, CAMERA, 0), boxes, zeros, zeros.astype(np.int32), embedding)


def log(embedding: F32 | None) -> DetectionLog:
    return DetectionLog(
        camera=CAMERA,
        fps=10.0,
        width=0,
        height=0,
        frame_times=np.array([0.0, 0.1]),
        frame=np.array([0, 1, 1]),
        xyxy=np.zeros((3, 4), np.float32),
        score=np.zeros(3, np.float32),
        class_id=np.zeros(3, np.int32),
        embedding=embedding,
        camera_motion=np.stack([STILL, STILL + 1]),
    )


def two_tracklets() -> Tracklets:
    return Tracklets(
        camera=CAMERA,
        fps=10.0,
        width=0,
        height=0,
        tracklet_id=np.array([1, 2]),
        class_id=np.zeros(2, np.int32),
        offsets=np.array([0, 2, 3]),
        frame=np.array([0, 1, 1]),
        time=np.array([0.0, 0.1, 0.1]),
        xyxy=np.zeros((3, 4), np.float32),
        score=np.ones(3, np.float32),
        detection=np.array([0, 1, 2]),
    )


def appearance(offsets: I64) -> Appearance:
    return Appearance(
        offsets=offsets,
        row=np.array([1, 2]),
        embedding=np.eye(2, 5, dtype=np.float32),
        quality=np.ones(2, np.float32),
    )


def test_rows_of_a_frame_take_their_embeddings_along() -> None:
    whole = found(np.eye(3, 5, dtype=np.float32))
    part = whole[np.array([2, 0])]
    assert part.embedding is not None
    assert part.embedding.argmax(axis=1).tolist() == [2, 0]


def test_a_log_hands_every_frame_its_embeddings_and_how_the_camera_moved() -> None:
    first, second = log(np.eye(3, 5, dtype=np.float32)).frames()
    assert first.embedding is not None
    assert second.embedding is not None
    assert (len(first.embedding), len(second.embedding)) == (1, 2)
    np.testing.assert_array_equal(first.camera_motion, STILL)
    np.testing.assert_array_equal(second.camera_motion, STILL + 1)


def test_a_log_without_appearance_hands_out_frames_without() -> None:
    assert all(frame.embedding is None for frame in log(None).frames())


@pytest.mark.parametrize("shape", [(2, 5), (3,), (3, 5, 1)])
def test_embeddings_that_are_not_one_for_each_row_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match="embedding"):
        found(np.zeros(shape, np.float32))


def test_a_camera_motion_that_is_no_affine_is_refused() -> None:
    with pytest.raises(ShapeError, match="camera_motion"):
        replace(log(None), camera_motion=np.zeros((2, 3, 3)))


def test_a_tracklet_knows_the_embeddings_of_its_crops() -> None:
    first, second = replace(two_tracklets(), appearance=appearance(np.array([0, 2, 2])))
    assert first.embeddings is not None
    assert second.embeddings is not None
    assert (first.embeddings.shape, second.embeddings.shape) == ((2, 5), (0, 5))
    assert two_tracklets()[0].embeddings is None


@pytest.mark.parametrize("offsets", [[0, 1], [1, 2], [0, 2, 1], []])
def test_crops_that_are_not_shared_out_from_the_first_to_the_last_are_refused(
    offsets: list[int],
) -> None:
    with pytest.raises(ShapeError, match="offsets"):
        appearance(np.array(offsets, np.int64))


def test_the_appearance_of_other_tracklets_is_refused() -> None:
    with pytest.raises(ShapeError, match="expected that of 2 tracklets, got 1"):
        replace(two_tracklets(), appearance=appearance(np.array([0, 2])))
