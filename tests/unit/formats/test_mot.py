import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camweave.core.errors import FileFormatError
from camweave.core.frame import CameraId
from camweave.core.tracks import BoxTable, Tracklets
from camweave.formats.mot import read_mot, read_mot_detections, write_mot, write_mot_truth

CAMERA = CameraId("cam")


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a.txt"


def test_frames_count_from_1_on_the_disk_and_from_0_inside(file: Path) -> None:
    table = read_mot(written(file, "1,7,10,20,30,40,0.5,-1,-1,-1\n3,7,11,20,30,40,0.5,-1,-1,-1\n"))
    assert table.frame.tolist() == [0, 2]
    assert table.object_id.tolist() == [7, 7]
    assert table.xyxy[0].tolist() == [10, 20, 40, 60]
    np.testing.assert_allclose(table.score, 0.5)


def test_truth_of_mot17_carries_flag_class_and_visibility(file: Path) -> None:
    table = read_mot(written(file, "1,1,17,150,77,191,1,1,0.75\n1,2,0,0,5,5,0,8,0\n"))
    assert table.score.tolist() == [1, 0]
    assert table.class_id.tolist() == [1, 8]
    assert table.visibility.tolist() == [0.75, 0]


def test_a_place_in_3d_is_no_class(file: Path) -> None:
    table = read_mot(written(file, "1,9,499,158,31.03,75.17,1,-4.1554,-7.3591,0\n"))
    assert table.class_id.tolist() == [-1]
    assert table.visibility.tolist() == [1]


@pytest.mark.parametrize(
    "text",
    [
        "2,1,10,20,30,40,1\n1,1,10,20,30,40,1\n",
        "2 1 10 20 30 40 1\n1 1 10 20 30 40 1\n",
        "2, 1, 10, 20, 30, 40, 1\n\n1, 1, 10, 20, 30, 40, 1",
        "# a comment\n2\t1\t10\t20\t30\t40\t1\n1\t1\t10\t20\t30\t40\t1\n",
        "2,1,10,20,30,40,1\r\n1,1,10,20,30,40,1\r\n",
        "\ufeff2,1,10,20,30,40\n1,1,10,20,30,40\n",
        "2.0,1,1e1,20,30,40,1\n1,1,10,20,30,40,1\n",
    ],
)
def test_the_ways_in_which_people_write_it(file: Path, text: str) -> None:
    table = read_mot(written(file, text))
    assert table.frame.tolist() == [0, 1]
    assert table.xyxy.tolist() == [[10, 20, 40, 60]] * 2
    assert table.score.tolist() == [1, 1]


def test_gzipped_text_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt.gz"
    path.write_bytes(gzip.compress(b"1,1,10,20,30,40,1\n"))
    assert len(read_mot(path)) == 1
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(FileFormatError, match="cut short or damaged"):
        read_mot(path)


def test_an_empty_file_is_a_result_with_nothing_in_it(file: Path) -> None:
    assert len(read_mot(written(file, ""))) == 0
    log = read_mot_detections(file, camera=CAMERA, fps=10.0)
    assert (len(log), log.frame_count) == (0, 0)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("1,1,10,20,30", "expected frame,id,x,y,w,h,conf,..., found 5 columns"),
        ("1,1,10,20,30,40", "expected 7 columns as in the lines before, found 6"),
        ("1,1,10,20,30,40,cat", "expected numbers"),
        ("1,1,10,20,,40,1", "expected numbers"),
        ("1,1,10,nan,30,40,1", "expected finite numbers"),
        ("1,1,10,inf,30,40,1", "expected finite numbers"),
        ("0,1,10,20,30,40,1", "expected a frame number from 1 to"),
        ("1.5,1,10,20,30,40,1", "expected a frame number from 1 to"),
        ("1e15,1,10,20,30,40,1", "expected a frame number from 1 to"),
        ("1,1,10,20,-30,40,1", "expected w and h of 0 or more"),
        ("1,1.5,10,20,30,40,1", "expected whole numbers for id"),
        ("1,1,10,20,1e30,40,1", "sizes in px"),
        ("<html>", "found 1 columns"),
    ],
)
def test_a_bad_line_is_named(file: Path, line: str, says: str) -> None:
    good = "1,1,10,20,30,40,1\n"
    written(file, f"{good}\n{good}{line}\n{good}")
    with pytest.raises(FileFormatError, match=says) as caught:
        read_mot(file)
    assert str(caught.value).startswith(f"{file}:4: ")
    assert len(str(caught.value).splitlines()) == 1


def test_what_is_no_text_is_named(file: Path, tmp_path: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(FileFormatError, match="not text"):
        read_mot(file)
    with pytest.raises(FileFormatError, match="no such file"):
        read_mot(tmp_path / "none.txt")
    with pytest.raises(FileFormatError, match="cannot be read: Is a directory"):
        read_mot(tmp_path)


def test_detections_take_rate_size_and_length_from_the_sequence(tmp_path: Path) -> None:
    written(
        tmp_path / "seqinfo.ini",
        "[Sequence]\nname=X\nframeRate=14\nseqLength=5\nimWidth=640\nimHeight=480\nimExt=.jpg\n",
    )
    path = written(tmp_path / "det" / "det.txt", "2,-1,10,20,30,40,0.5,-1,-1,-1\n")
    log = read_mot_detections(path, camera=CAMERA)
    assert (log.fps, log.width, log.height, log.frame_count) == (14, 640, 480, 5)
    np.testing.assert_allclose(log.frame_times, np.arange(5) / 14)
    assert log.class_id.tolist() == [0]
    faster = read_mot_detections(path, camera=CAMERA, fps=28.0, width=320, height=240)
    assert (faster.fps, faster.width, faster.height) == (28, 320, 240)


def test_a_rate_that_nobody_knows_is_asked_for(file: Path) -> None:
    written(file, "1,-1,10,20,30,40,0.5\n")
    with pytest.raises(FileFormatError, match=r"no frame rate .* give it \(--fps\)"):
        read_mot_detections(file, camera=CAMERA)


def test_a_bad_sequence_file_is_named(tmp_path: Path) -> None:
    path = written(tmp_path / "det.txt", "1,-1,10,20,30,40,0.5\n")
    written(tmp_path / "seqinfo.ini", "[Sequence]\nframeRate=fast\n")
    with pytest.raises(
        FileFormatError, match=r"seqinfo.ini: frameRate: expected a number .*'fast'"
    ):
        read_mot_detections(path, camera=CAMERA)
    written(tmp_path / "seqinfo.ini", "[Sequence]\nimWidth=1.5\n")
    with pytest.raises(FileFormatError, match="imWidth: expected a whole number"):
        read_mot_detections(path, camera=CAMERA)
    written(tmp_path / "seqinfo.ini", "nonsense")
    with pytest.raises(FileFormatError, match=r"expected a section \[Sequence\]"):
        read_mot_detections(path, camera=CAMERA)


def two_tracklets() -> Tracklets:
    return Tracklets(
        camera=CAMERA,
        fps=10.0,
        width=640,
        height=360,
        tracklet_id=np.array([3, 8]),
        class_id=np.array([0, 2], np.int32),
        offsets=np.array([0, 2, 3]),
        frame=np.array([0, 1, 0]),
        time=np.array([0.0, 0.1, 0.0]),
        xyxy=np.array([[1, 2, 11, 22.5], [2, 2, 12, 22], [-5, 0, 5, 10]], np.float32),
        score=np.array([0.9, 0.25, 1], np.float32),
        detection=np.array([0, 2, 1]),
    )


def test_a_result_is_written_by_frame_and_read_back(file: Path) -> None:
    write_mot(file, two_tracklets())
    assert file.read_text().splitlines() == [
        "1,3,1.000,2.000,10.000,20.500,0.90000,0,-1,-1",
        "1,8,-5.000,0.000,10.000,10.000,1.00000,2,-1,-1",
        "2,3,2.000,2.000,10.000,20.000,0.25000,0,-1,-1",
    ]
    back = read_mot(file)
    assert back.object_id.tolist() == [3, 8, 3]
    assert back.class_id.tolist() == [0, 2, 0]
    np.testing.assert_allclose(back.xyxy, two_tracklets().xyxy[[0, 2, 1]], atol=1e-3)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 50),
            st.integers(0, 99),
            st.floats(-100, 2000, width=32),
            st.floats(0, 500, width=32),
            st.booleans(),
            st.integers(-1, 12),
            st.floats(0, 1, width=32),
        ),
        max_size=20,
        unique_by=lambda row: row[:2],
    )
)
def test_truth_that_was_written_is_read(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[int, int, float, float, bool, int, float]],
) -> None:
    path = tmp_path_factory.mktemp("gt") / "gt.txt"
    rows = sorted(rows)
    corner = np.array([row[2] for row in rows], np.float32)
    far = corner + np.array([row[3] for row in rows], np.float32)
    table = BoxTable(
        frame=np.array([row[0] for row in rows], np.int64),
        object_id=np.array([row[1] for row in rows], np.int64),
        xyxy=np.stack([corner, corner, far, far], axis=1).astype(np.float32),
        score=np.array([row[4] for row in rows], np.float32),
        class_id=np.array([row[5] for row in rows], np.int32),
        visibility=np.array([row[6] for row in rows], np.float32),
    )
    write_mot_truth(path, table)
    back = read_mot(path)
    for name in ("frame", "object_id", "score", "class_id"):
        np.testing.assert_array_equal(getattr(back, name), getattr(table, name))
    np.testing.assert_allclose(back.xyxy, table.xyxy, atol=2e-3)
    np.testing.assert_allclose(back.visibility, table.visibility, atol=1e-5)
