from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camweave.core.errors import FileFormatError
from camweave.core.frame import CameraId
from camweave.core.tracks import Appearance, Tracklets
from camweave.formats.tracklets import load_tracklets, read_tracklets, write_tracklets

COLUMNS = ("tracklet_id", "class_id", "offsets", "frame", "time", "xyxy", "score", "detection")


def some_tracklets(lengths: list[int], seed: int = 0) -> Tracklets:
    rng = np.random.default_rng(seed)
    k, m = sum(lengths), len(lengths)
    frame = np.concatenate(
        [
            np.empty(0, np.int64),
            *(5 * i + np.cumsum(rng.integers(1, 4, n)) for i, n in enumerate(lengths)),
        ]
    )
    left_top = rng.uniform(0, 600, (k, 2))
    return Tracklets(
        camera=CameraId("cam_a"),
        fps=10.0,
        width=640,
        height=360,
        tracklet_id=np.arange(1, m + 1),
        class_id=rng.integers(0, 2, m).astype(np.int32),
        offsets=np.cumsum([0, *lengths]),
        frame=frame,
        time=frame / 10,
        xyxy=np.hstack([left_top, left_top + 20]).astype(np.float32),
        score=rng.uniform(0, 1, k).astype(np.float32),
        detection=rng.integers(-1, 100, k),
        class_names=("person", "car"),
    )


def with_looks(tracklets: Tracklets, most: int, dimension: int, seed: int = 0) -> Tracklets:
    """At most `most` embedded crops of each, from rows of its own."""
    rng = np.random.default_rng(seed)
    rows = [
        np.sort(rng.permutation(np.arange(first, last))[:most])
        for first, last in zip(tracklets.offsets, tracklets.offsets[1:], strict=False)
    ]
    row = np.concatenate([np.empty(0, np.int64), *rows])
    vectors = rng.normal(size=(len(row), dimension))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    look = Appearance(
        np.cumsum([0, *map(len, rows)]),
        row,
        vectors.astype(np.float32),
        rng.uniform(0, 1, len(row)).astype(np.float32),
    )
    return replace(tracklets, appearance=look)


def changed(path: Path, **changes: Any) -> Path:
    members = dict(np.load(path)) | {
        name: None if value is None else np.asarray(value) for name, value in changes.items()
    }
    np.savez(path, **{name: value for name, value in members.items() if value is not None})
    return path


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    path = tmp_path / "tracklets_raw.npz"
    write_tracklets(path, some_tracklets([3, 2]))
    return path


@given(lengths=st.lists(st.integers(0, 6), max_size=6), seed=st.integers(0, 1000))
def test_what_was_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, lengths: list[int], seed: int
) -> None:
    path = tmp_path_factory.mktemp("t") / "t.npz"
    tracklets = some_tracklets(lengths, seed)
    write_tracklets(path, tracklets)
    back = read_tracklets(path)
    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(back, name), getattr(tracklets, name))
    assert (back.camera, back.fps, back.width, back.height) == ("cam_a", 10.0, 640, 360)
    assert back.class_names == ("person", "car")


@given(
    lengths=st.lists(st.integers(0, 6), max_size=6),
    most=st.integers(0, 3),
    dimension=st.integers(1, 5),
    seed=st.integers(0, 1000),
)
def test_looks_are_read_as_they_were_written(  # noqa: PLR0917 - one per strategy
    tmp_path_factory: pytest.TempPathFactory,
    lengths: list[int],
    most: int,
    dimension: int,
    seed: int,
) -> None:
    path = tmp_path_factory.mktemp("t") / "t.npz"
    tracklets = with_looks(some_tracklets(lengths, seed), most, dimension, seed)
    write_tracklets(path, tracklets)
    back = read_tracklets(path).appearance
    assert back is not None
    for name in ("offsets", "row", "embedding", "quality"):
        np.testing.assert_array_equal(getattr(back, name), getattr(tracklets.appearance, name))


def test_a_loaded_tracklet_brings_its_looks(tmp_path: Path) -> None:
    write_tracklets(tmp_path / "t.npz", with_looks(some_tracklets([3, 2]), 2, 4))
    assert [t.embeddings.shape for t in load_tracklets(tmp_path / "t.npz")] == [(2, 4), (2, 4)]  # type: ignore[union-attr]  # they were written


LOOKS: dict[str, Any] = {
    "embeddings": np.eye(3),
    "embedding_offsets": [0, 2, 3],
    "embedding_rows": [0, 2, 4],
    "embedding_qualities": [0.5, 1, 0],
}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"embeddings": np.eye(3) * 0.9}, "embeddings: row 0 has length 0.9; expected unit length"),
        ({"embeddings": np.eye(3) - np.eye(3)}, "embeddings: row 0 has length 0"),
        ({"embeddings": [[1, 0], [np.nan, 1], [1, 0]]}, "embeddings: row 1 is .* not a finite"),
        ({"embeddings": np.eye(2)}, r"embeddings: expected floats \(3, -1\), found float64"),
        ({"embedding_rows": [0, 3, 4]}, "embedding_rows: row 1 is 3: not a row of its tracklet"),
        ({"embedding_rows": [2, 0, 4]}, "embedding_rows: row 1 is 0: not rising"),
        ({"embedding_rows": [0, 2, 5]}, "embedding_rows: row 2 is 5: not a row of its tracklet"),
        ({"embedding_rows": None}, "embedding_rows is missing"),
        ({"embedding_offsets": [0, 3]}, r"embedding_offsets: expected integers \(3,\)"),
        ({"embedding_offsets": [0, 2, 4]}, "embedding_offsets: expected to lead from 0 to 3"),
        ({"embedding_qualities": [0, 2, 0]}, "embedding_qualities: row 1 is 2: not from 0 to 1"),
    ],
)
def test_looks_that_cannot_be_are_refused(stored: Path, change: dict[str, Any], says: str) -> None:
    with pytest.raises(FileFormatError, match=says):
        read_tracklets(changed(stored, **(LOOKS | change)))


def test_a_loaded_tracklet_has_the_specifications_fields(stored: Path) -> None:
    first, second = load_tracklets(stored)
    assert (first.tracklet_id, second.tracklet_id) == (1, 2)
    assert first.frame_numbers.shape == (3,)
    assert first.bboxes.shape == (3, 4)
    assert first.confidences.shape == first.detection_indices.shape == (3,)
    assert len(second) == 2


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"offsets": [0, 3, 6]}, "offsets: expected to lead from 0 to 5, found 0 to 6"),
        ({"offsets": [0, 7, 5]}, "offsets: row 2 is 5: less than the one before"),
        ({"offsets": [0, 5]}, r"offsets: expected integers \(3,\), found int64 \(2,\)"),
        ({"tracklet_ids": [2, 2]}, "tracklet_ids: row 1 is 2: not rising"),
        ({"frame_numbers": [4, 4, 5, 1, 2]}, "frame_numbers: row 1 is 4: not rising"),
        ({"frame_numbers": [4, 5, 6, 2, 1]}, "frame_numbers: row 4 is 1: not rising"),
        ({"detection_indices": [0, 1, -2, 3, 4]}, "detection_indices: row 2 is -2: neither"),
        ({"bboxes": np.full((5, 4), np.nan)}, "bboxes: row 0 is .* not a finite number"),
        ({"times": [0.0, 1, np.inf, 3, 4]}, "times: row 2 is inf"),
        ({"classes": [0, 2]}, "classes: row 1 is 2: beyond 2 class_names"),
        ({"fps": None}, "fps is missing"),
        ({"schema": "camweave.tracklets/9"}, "by a newer camweave; this one reads up to 1"),
        ({"schema": "camweave.detections/1"}, "expected schema camweave.tracklets/1, found"),
        ({"schema": None}, "no tracklets in it; found bboxes"),
    ],
)
def test_a_file_that_cannot_be_is_refused_in_one_line(
    stored: Path, change: dict[str, Any], says: str
) -> None:
    with pytest.raises(FileFormatError, match=says) as caught:
        read_tracklets(changed(stored, **change))
    assert len(str(caught.value).splitlines()) == 1


def test_a_pickled_list_of_tracklets_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.npz"
    np.savez(path, tracklets=np.array([{"tracklet_id": 0}], dtype=object))
    with pytest.raises(FileFormatError, match="pickled Python objects, which can run code"):
        load_tracklets(path)
