"""Tracklets in numbers, the most telling first."""

import csv
from pathlib import Path

import numpy as np

from camweave.app.jobs.rank import rank
from camweave.core.frame import CameraId
from camweave.core.tracks import Tracklets


def two_tracklets() -> Tracklets:
    """A short one in a corner, and a long one in the middle, walking 10 px a frame."""
    frame = np.array([0, 1, *range(10)])
    left = np.array([0.0, 0.0, *(270 + 10 * at for at in range(10))])
    top = np.array([0.0, 0.0, *[150.0] * 10])
    box = np.stack([left, top, left + 20, top + 50], axis=1).astype(np.float32)
    return Tracklets(
        camera=CameraId("a"),
        fps=10.0,
        width=640,
        height=360,
        tracklet_id=np.array([3, 7]),
        class_id=np.array([0, 1], np.int32),
        offsets=np.array([0, 2, 12]),
        frame=frame,
        time=5 + frame / 10,
        xyxy=box,
        score=np.full(12, 0.5, np.float32),
        detection=np.arange(12),
        class_names=("person", "car"),
    )


def test_the_long_and_central_one_comes_first() -> None:
    first, second = rank(two_tracklets())
    assert (first["tracklet_id"], first["class"], first["frames"]) == (7, "car", 10)
    assert first["mark"] > second["mark"]
    assert (first["begin"], first["duration"], first["velocity_x"]) == (5.0, 0.9, 100.0)


def test_the_table_holds_every_row(tmp_path: Path) -> None:
    rows = rank(two_tracklets(), tmp_path / "r.csv")
    with (tmp_path / "r.csv").open(newline="") as file:
        told = list(csv.DictReader(file))
    assert [row["tracklet_id"] for row in told] == ["7", "3"]
    assert list(told[0]) == list(rows[0])


def test_no_tracklets_are_no_rows() -> None:
    none = two_tracklets()
    empty = Tracklets(
        camera=none.camera,
        fps=none.fps,
        width=0,
        height=0,
        tracklet_id=none.tracklet_id[:0],
        class_id=none.class_id[:0],
        offsets=np.array([0]),
        frame=none.frame[:0],
        time=none.time[:0],
        xyxy=none.xyxy[:0],
        score=none.score[:0],
        detection=none.detection[:0],
    )
    assert rank(empty) == []
