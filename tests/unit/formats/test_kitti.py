from pathlib import Path

import numpy as np
import pytest

from camweave.core.errors import FileFormatError
from camweave.core.frame import CameraId
from camweave.formats.kitti import CLASSES, read_kitti, read_kitti_detections

CAMERA = CameraId("front")
REST = "-1 -1 -1 -1000 -1000 -1000 -10"


def row(  # noqa: PLR0917 - as the columns stand
    frame: object, number: int, kind: str, box: str, score: str = ""
) -> str:
    return f"{frame} {number} {kind} 0 0 -1.5 {box} {REST} {score}".strip()


def written(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "0000.txt"


def test_detections_carry_frames_from_0_classes_and_scores(file: Path) -> None:
    written(
        file,
        row(2, 1, "Pedestrian", "10 20 30.5 60", "0.5"),
        "",
        row(0, 1, "Car", "1 2 3 4", "0.97"),
        row(0, 2, "Bus", "5 6 7 8", "0.25"),
        row(2, 2, "DontCare", "0 0 9 9", "1"),
    )
    log = read_kitti_detections(file, camera=CAMERA, fps=10.0)
    assert log.frame.tolist() == [0, 0, 2]
    assert [log.class_names[i] for i in log.class_id] == ["car", "bus", "pedestrian"]
    assert log.xyxy[2].tolist() == [10, 20, 30.5, 60]
    np.testing.assert_allclose(log.score, [0.97, 0.25, 0.5])
    np.testing.assert_allclose(log.frame_times, [0, 0.1, 0.2])


def test_labels_without_a_score_are_sure(file: Path) -> None:
    log = read_kitti_detections(written(file, row(0, 7, "Van", "1 2 3 4")), camera=CAMERA, fps=10.0)
    assert log.score.tolist() == [1]


def test_truth_keeps_ids_and_does_not_count_what_nobody_labelled(file: Path) -> None:
    written(
        file,
        row(0, -1, "DontCare", "0 0 9 9"),
        row(0, -1, "DontCare", "5 0 9 9"),
        row(0, 3, "Car", "1 2 3 4"),
        row(1, 3, "Car", "1 2 3 4"),
    )
    table = read_kitti(file)
    assert table.object_id.tolist() == [-1, -2, 3, 3]
    assert table.score.tolist() == [0, 0, 1, 1]
    assert table.class_id.tolist() == [-1, -1, CLASSES.index("car"), CLASSES.index("car")]


def test_a_rate_that_nobody_knows_is_asked_for(file: Path) -> None:
    with pytest.raises(FileFormatError, match=r"give it \(--fps\)"):
        read_kitti_detections(written(file, row(0, 1, "Car", "1 2 3 4")), camera=CAMERA)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("0 1 Car 0 0 -1 1 2 3 4", "expected 17 or 18 columns as KITTI's tracking .*, found 10"),
        (
            row(0, 1, "Car", "1 2 3 4", "0.5"),
            "expected 17 columns as in the lines before, found 18",
        ),
        (row(0, 1, "Car", "1 2 x 4"), "expected a number in column 9, found 'x'"),
        (row(0, 1, "Car", "1 nan 3 4"), "expected finite numbers"),
        (row(-1, 1, "Car", "1 2 3 4"), "expected a frame number from 0 to"),
        (row(0.5, 1, "Car", "1 2 3 4"), "expected a frame number from 0 to"),
        (row(0, 1, "Car", "3 2 1 4"), "expected a box whose right and bottom are not before"),
        (row(0, 1, "Car", "1 2 1e12 4"), "expected a box in px"),
    ],
)
def test_a_bad_line_is_named(file: Path, line: str, says: str) -> None:
    good = row(0, 1, "Car", "1 2 3 4")
    written(file, good, "", line, good)
    with pytest.raises(FileFormatError, match=says) as caught:
        read_kitti(file)
    assert str(caught.value).startswith(f"{file}:3: ")


def test_a_file_with_nothing_in_it_is_a_result(file: Path) -> None:
    file.touch()
    assert len(read_kitti(file)) == 0
    assert read_kitti_detections(file, camera=CAMERA, fps=10.0).frame_count == 0
