from pathlib import Path

import numpy as np
import pytest

from camweave.core.errors import FileFormatError, InputError
from camweave.evaluation.tables import box_table
from camweave.formats.aicity import read_aicity, write_aicity

TRUTH = """\
41 9 2 100 50 20 10 42.525 -90.723
41 7 1 10 5 30 40 -1 -1
6 9 1 1 2 3 4 -1 -1
"""


def put(folder: Path, text: str) -> Path:
    path = folder / "ground_truth.txt"
    path.write_text(text)
    return path


@pytest.mark.parametrize("separator", [" ", "\t", ",", ", "])
def test_one_file_holds_all_cameras_however_separated(tmp_path: Path, separator: str) -> None:
    tables = read_aicity(put(tmp_path, TRUTH.replace(" ", separator)))
    assert list(tables) == ["c006", "c041"]
    assert tables["c041"].frame.tolist() == [0, 1]
    assert tables["c041"].object_id.tolist() == [7, 9]
    assert tables["c041"].xyxy.tolist() == [[10, 5, 40, 45], [100, 50, 120, 60]]
    assert tables["c006"].xyxy.tolist() == [[1, 2, 4, 6]]


def test_frames_may_count_from_zero_and_places_be_left_out(tmp_path: Path) -> None:
    tables = read_aicity(put(tmp_path, "1 5 0 1 2 3 4\n\n1 5 1 1 2 3 4\n"), first_frame=0)
    assert tables["c001"].frame.tolist() == [0, 1]


def test_nothing_in_it_is_no_camera(tmp_path: Path) -> None:
    assert read_aicity(put(tmp_path, "\n")) == {}


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("1 2 3 4 5 6", "expected CameraId Id FrameId X Y W H Xworld Yworld, found 6 columns"),
        ("1 2 x 4 5 6 7 8 9", "expected numbers"),
        ("1 2 3 4 5 inf 7", "expected finite numbers"),
        ("1 2.5 3 4 5 6 7", "expected whole numbers for camera, id and frame"),
        ("1 2 0 4 5 6 7", "expected a frame number from 1 on"),
        ("1 2 3 4 5 -6 7", "expected w and h of 0 or more"),
    ],
)
def test_a_faulty_line_is_named(tmp_path: Path, line: str, fault: str) -> None:
    path = put(tmp_path, f"1 2 3 4 5 6 7\n{line}\n")
    with pytest.raises(FileFormatError, match=f"ground_truth.txt:2: {fault}"):
        read_aicity(path)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    corner = rng.uniform(0, 90, (6, 2)).round(1)
    table = box_table([4, 0, 1, 2, 2, 3], range(6), np.hstack([corner, corner + 8]))
    path = tmp_path / "track1.txt"
    write_aicity(path, {"cam_12": table, "c003": table})
    assert path.read_text().splitlines()[0].startswith("3 1 1 ")
    back = read_aicity(path)
    assert list(back) == ["c003", "c012"]
    np.testing.assert_allclose(back["c012"].xyxy, table.xyxy, atol=0.01)
    assert back["c012"].frame.tolist() == table.frame.tolist()


def test_a_camera_without_a_number_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="camera 'gate': AI City files want a number"):
        write_aicity(tmp_path / "t.txt", {"gate": box_table([], [], [])})
