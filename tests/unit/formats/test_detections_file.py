import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camweave.core.detections import DetectionLog
from camweave.core.errors import FileFormatError
from camweave.core.frame import CameraId
from camweave.formats.detections import read_detections, write_detections

COLUMNS = ("frame_times", "frame", "xyxy", "score", "class_id")


def a_log(frames: list[int], frame_count: int, seed: int = 0) -> DetectionLog:
    """Random boxes in these frames of a recording with an uneven clock."""
    rng = np.random.default_rng(seed)
    n = len(frames)
    left_top = rng.uniform(-50, 1900, (n, 2))
    return DetectionLog(
        camera=CameraId("gate-2"),
        fps=12.5,
        width=1920,
        height=1080,
        frame_times=100.0 + np.cumsum(rng.uniform(0.0, 0.2, frame_count)),
        frame=np.array(sorted(frames), np.int64),
        xyxy=np.hstack([left_top, left_top + rng.uniform(0, 300, (n, 2))]).astype(np.float32),
        score=rng.uniform(0, 1, n).astype(np.float32),
        class_id=rng.integers(0, 2, n).astype(np.int32),
        class_names=("person", "véhicule lourd"),
    )


def embedded(log: DetectionLog, dimension: int, seed: int = 0) -> DetectionLog:
    """The same with vectors of unit length, every third row not embedded, and a moving camera."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(len(log), dimension))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors[::3] = 0
    return replace(
        log,
        embedding=vectors.astype(np.float32),
        camera_motion=rng.normal(size=(log.frame_count, 2, 3)),
    )


def members_of(path: Path) -> dict[str, Any]:
    return dict(np.load(path, allow_pickle=False))


def changed(path: Path, **changes: Any) -> Path:
    """The file with members replaced; None takes one away."""
    members = members_of(path) | {
        name: None if value is None else np.asarray(value) for name, value in changes.items()
    }
    np.savez(path, **{name: value for name, value in members.items() if value is not None})
    return path


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    path = tmp_path / "detections_raw.npz"
    write_detections(path, a_log([0, 0, 2, 3], 6))
    return path


@given(
    frames=st.lists(st.integers(0, 30), max_size=40),
    empty_end=st.integers(0, 5),
    seed=st.integers(0, 1000),
)
def test_what_was_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, frames: list[int], empty_end: int, seed: int
) -> None:
    path = tmp_path_factory.mktemp("d") / "d.npz"
    log = a_log(frames, max(frames, default=-1) + 1 + empty_end, seed)
    write_detections(path, log)
    back = read_detections(path)
    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(back, name), getattr(log, name))
    assert (back.camera, back.fps, back.width, back.height) == ("gate-2", 12.5, 1920, 1080)
    assert back.class_names == log.class_names


@given(
    frames=st.lists(st.integers(0, 9), max_size=12),
    dimension=st.integers(1, 9),
    seed=st.integers(0, 1000),
)
def test_looks_and_camera_motion_travel_with_the_rows(
    tmp_path_factory: pytest.TempPathFactory, frames: list[int], dimension: int, seed: int
) -> None:
    path = tmp_path_factory.mktemp("d") / "d.npz"
    log = embedded(a_log(frames, 10, seed), dimension, seed)
    write_detections(path, log)
    back = read_detections(path)
    np.testing.assert_array_equal(back.embedding, log.embedding)
    np.testing.assert_array_equal(back.camera_motion, log.camera_motion)


def test_what_is_not_known_is_not_written(stored: Path) -> None:
    assert not {"embeddings", "camera_motion"} & set(members_of(stored))
    back = read_detections(stored)
    assert back.embedding is None
    assert back.camera_motion is None


def test_looks_stay_with_their_rows_when_rows_are_sorted(tmp_path: Path) -> None:
    path = tmp_path / "d.npz"
    np.savez(
        path,
        frame_numbers=np.array([5, 1]),
        bboxes=np.ones((2, 4)),
        confidences=np.array([0.1, 0.2]),
        embeddings=np.eye(2),
    )
    assert read_detections(path, fps=10.0).embedding.tolist() == [[0, 1], [1, 0]]  # type: ignore[union-attr]  # it was written


def test_the_members_are_those_of_the_interface(stored: Path) -> None:
    members = members_of(stored)
    assert str(members["schema"]) == "camweave.detections/1"
    kinds = {
        "frame_numbers": (np.int64, (4,)),
        "times": (np.float64, (4,)),
        "bboxes": (np.float32, (4, 4)),
        "confidences": (np.float32, (4,)),
        "classes": (np.int32, (4,)),
        "frame_times": (np.float64, (6,)),
    }
    for name, (dtype, shape) in kinds.items():
        assert (members[name].dtype, members[name].shape) == (dtype, shape), name


def test_a_file_with_only_the_rows_times_keeps_them(stored: Path) -> None:
    log = read_detections(stored)
    back = read_detections(changed(stored, frame_times=None))
    assert back.frame_count == 4
    np.testing.assert_allclose(back.frame_times[[0, 2, 3]], log.frame_times[[0, 2, 3]])
    assert log.frame_times[0] <= back.frame_times[1] <= log.frame_times[2]


def test_frames_before_the_first_row_are_led_back_by_the_rate(tmp_path: Path) -> None:
    path = tmp_path / "d.npz"
    write_detections(path, a_log([3, 4], 5))
    log = read_detections(changed(path, frame_times=None))
    np.testing.assert_allclose(np.diff(log.frame_times[:4]), 1 / 12.5)


def test_a_file_of_the_specifications_origin_is_read_with_a_rate(tmp_path: Path) -> None:
    path = tmp_path / "d.npz"
    np.savez(
        path,
        frame_numbers=np.array([0, 1, 2, 3]),
        bboxes=np.array([[1, 2, 30, 40], [0, 0, 0, 0], [2, 2, 31, 40], [0, 0, 0, 0]]),
        confidences=np.array([0.9, 0.0, 0.8, 0.0], np.float32),
    )
    log = read_detections(path, camera="yard", fps=25.0)
    assert log.camera == "yard"
    assert log.frame.tolist() == [0, 2]
    assert log.frame_count == 4, "a row of zeros is a frame in which nothing was found"
    np.testing.assert_allclose(log.frame_times, np.arange(4) / 25)
    assert log.xyxy.dtype == np.float32
    with pytest.raises(FileFormatError, match=r"does not say its frame rate; give it \(--fps\)"):
        read_detections(path)


def test_rows_out_of_order_are_sorted_and_keep_their_order_within_a_frame(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "d.npz"
    np.savez(
        path,
        frame_numbers=np.array([5, 1, 5, 1]),
        bboxes=np.ones((4, 4)),
        confidences=np.array([0.1, 0.2, 0.3, 0.4]),
    )
    with caplog.at_level(logging.INFO):
        log = read_detections(path, fps=10.0)
    assert log.frame.tolist() == [1, 1, 5, 5]
    np.testing.assert_allclose(log.score, [0.2, 0.4, 0.1, 0.3])
    assert "rows were not in order of frame; sorted" in caplog.text


def box(*values: float) -> list[list[float]]:
    return [[0, 0, 1, 1], [0, 0, 1, 1], list(values), [0, 0, 1, 1]]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            {"bboxes": box(1, 1, np.nan, 2)},
            r"bboxes: row 2 is \[1.0, 1.0, nan, 2.0\]: not a finite",
        ),
        ({"bboxes": box(1, 1, np.inf, 2)}, "bboxes: row 2 .* not a finite number"),
        ({"bboxes": box(1, 1, 1e300, 2)}, "bboxes: row 2 .* not a finite number"),
        ({"bboxes": box(5, 1, 3, 2)}, r"bboxes: row 2 is \[5, 1, 3, 2\]: x2 < x1"),
        ({"bboxes": box(1, 9, 3, 2)}, "bboxes: row 2 .*: y2 < y1"),
        ({"bboxes": np.ones((4, 5))}, r"bboxes: expected floats \(4, 4\), found float64 \(4, 5\)"),
        ({"bboxes": np.ones((3, 4))}, "bboxes: expected floats"),
        ({"bboxes": [["a"] * 4] * 4}, r"bboxes: expected floats \(4, 4\), found <U1"),
        ({"bboxes": None}, "bboxes is missing; found camera, class_names"),
        (
            {"confidences": [0.5, 0.5, 0.5]},
            r"confidences: expected floats \(4,\), found float64 \(3,",
        ),
        ({"confidences": [0.5, np.nan, 0.5, 0.5]}, "confidences: row 1 is nan"),
        ({"classes": [0, 0, 7, 0]}, "classes: row 2 is 7: beyond 2 class_names"),
        ({"classes": [0, 0, -7, 0]}, "classes: row 2 is -7: less than -1"),
        ({"classes": [0, 2**40, 0, 0]}, "classes: row 1 is 1099511627776: beyond 32 bits"),
        ({"classes": [0.0, 1.0, 0.0, 1.0]}, r"classes: expected integers \(4,\), found float64"),
        ({"frame_numbers": [0.0, 0.5, 1, 2]}, "frame_numbers: expected integers"),
        ({"frame_numbers": [-1, 0, 1, 2]}, "frame_numbers: row 0 is -1: negative"),
        ({"frame_numbers": [0, 0, 1, 9]}, "frame_numbers: row 3 is 9: beyond frame_times"),
        ({"frame_numbers": [0, 0, 1, 10**15], "frame_times": None}, "beyond 20000000 frames"),
        ({"frame_times": [0.0, 0.1, 0.05, 0.2]}, "frame_times: row 2 is 0.05: time runs back"),
        ({"frame_times": np.arange(6.0)}, "times: row 0 is 100.* not its frame's"),
        ({"times": [9.0, 9, 1, 10], "frame_times": None}, "times: row 2 is 1.0: time runs back"),
        ({"times": [9.0, 8, 10, 11], "frame_times": None}, "times: row 1 is 8.0: another row"),
        ({"fps": 0.0}, "fps: expected a number above 0, found 0.0"),
        ({"fps": np.nan}, "fps: row 0 is nan: not a finite number"),
        ({"fps": "fast"}, r"fps: expected floats \(\), found <U4"),
        ({"width": -1}, "width: expected 0 to"),
        ({"camera": "../../etc"}, "camera name '../../etc': expected 1 to 64 of"),
        ({"class_names": [1, 2]}, "class_names: expected text"),
        ({"schema": "camweave.detections/2"}, "by a newer camweave; this one reads up to 1"),
        ({"schema": "camweave.tracklets/1"}, "expected schema camweave.detections/1, found"),
        ({"schema": "something else"}, "expected schema camweave.detections/1, found"),
        ({"schema": 1}, "schema: expected text"),
        ({"schema": None, "frame_numbers": None}, "no detections in it; found bboxes"),
        ({"embeddings": np.ones((4, 2))}, "embeddings: row 0 has length 1.414; expected unit"),
        (
            {"embeddings": [[1, 0], [0, 1], [np.nan, 0], [0, 1]]},
            r"embeddings: row 2 is \[nan, 0.0\]: not a finite number",
        ),
        ({"embeddings": np.eye(3)}, r"embeddings: expected floats \(4, -1\), found float64 \(3, 3"),
        (
            {"embeddings": np.ones(4)},
            r"embeddings: expected floats \(4, -1\), found float64 \(4,\)",
        ),
        ({"embeddings": np.ones((4, 0))}, r"embeddings: expected vectors, found float32 \(4, 0\)"),
        (
            {"embeddings": np.array([[1.0], [1, 0], [1], [1]], object)},
            "embeddings: holds pickled .*rows of different lengths",
        ),
        ({"camera_motion": np.ones((5, 2, 3))}, r"camera_motion: expected floats \(6, 2, 3\)"),
        ({"camera_motion": np.full((6, 2, 3), np.inf)}, "camera_motion: row 0 is .* not a finite"),
    ],
)
def test_a_file_that_cannot_be_is_refused_in_one_line(
    stored: Path, change: dict[str, Any], says: str
) -> None:
    with pytest.raises(FileFormatError, match=says) as caught:
        read_detections(changed(stored, **change))
    assert str(caught.value).startswith(f"{stored}: ")
    assert len(str(caught.value).splitlines()) == 1
