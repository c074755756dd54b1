import csv
from dataclasses import replace
from pathlib import Path

import numpy as np

from camweave.core.frame import CameraId
from camweave.core.tracks import Tracklets
from camweave.formats.csv_table import write_csv

TRACKLETS = Tracklets(
    camera=CameraId("cam"),
    fps=10.0,
    width=640,
    height=360,
    tracklet_id=np.array([3, 8]),
    class_id=np.array([1, -1], np.int32),
    offsets=np.array([0, 2, 3]),
    frame=np.array([0, 1, 0]),
    time=np.array([100.0, 100.125, 100.0]),
    xyxy=np.array([[1, 2, 11, 22.5], [2, 2, 12, 22], [-5, 0, 5, 10]], np.float32),
    score=np.array([0.9, 0.25, 1], np.float32),
    detection=np.array([0, 2, 1]),
    class_names=("person", 'car, "big"'),
)


def rows_of(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_the_table_has_the_interfaces_columns_in_order_of_frame(tmp_path: Path) -> None:
    write_csv(tmp_path / "mot.csv", TRACKLETS)
    head, *rows = rows_of(tmp_path / "mot.csv")
    assert ",".join(head) == (
        "frame,time,bbox_topleft_x,bbox_topleft_y,bbox_width,bbox_height,track_id,class,confidence"
    )
    assert rows == [
        ["0", "100.0000", "1.000", "2.000", "10.000", "20.500", "3", 'car, "big"', "0.9000"],
        ["0", "100.0000", "-5.000", "0.000", "10.000", "10.000", "8", "-1", "1.0000"],
        ["1", "100.1250", "2.000", "2.000", "10.000", "20.000", "3", 'car, "big"', "0.2500"],
    ]


def test_classes_without_names_are_numbers(tmp_path: Path) -> None:
    write_csv(tmp_path / "mot.csv", replace(TRACKLETS, class_names=()))
    assert [row[7] for row in rows_of(tmp_path / "mot.csv")[1:]] == ["1", "-1", "1"]
