from pathlib import Path

import numpy as np
import pytest

from camweave.core.errors import FileFormatError
from camweave.core.frame import CameraId
from camweave.core.tracks import Tracklets
from camweave.formats.csv_detections import read_csv_detections
from camweave.formats.csv_table import write_csv

CAMERA = CameraId("cam")


def written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "found.csv"


@pytest.mark.parametrize(
    "text",
    [
        "frame,x1,y1,x2,y2,score,class\n0,1,2,11,22,0.5,car\n2,1,2,11,22,0.5,car\n",
        "class,conf,x,y,w,h,frame\ncar,0.5,1,2,10,20,0\ncar,0.5,1,2,10,20,2\n",
        "Frame;Left;Top;Width;Height;Confidence;Label\r\n0;1;2;10;20;0.5;car\r\n2;1;2;10;20;0.5;car",
        '\ufeff"frame_index"\t"x_min"\t"y_min"\t"x_max"\t"y_max"\t"score"\t"class_name"\n'
        "0\t1\t2\t11\t22\t0.5\tcar\n\n2.0\t1\t2\t11\t22\t.5\tcar\n",
    ],
)
def test_the_ways_in_which_people_write_it(file: Path, text: str) -> None:
    log = read_csv_detections(written(file, text), camera=CAMERA, fps=10.0)
    assert log.frame.tolist() == [0, 2]
    assert log.xyxy.tolist() == [[1, 2, 11, 22]] * 2
    assert log.score.tolist() == [0.5, 0.5]
    assert log.class_names == ("car",)
    np.testing.assert_allclose(log.frame_times, [0, 0.1, 0.2])


def test_our_own_table_is_read_with_its_times(file: Path) -> None:
    tracklets = Tracklets(
        camera=CAMERA,
        fps=10.0,
        width=640,
        height=360,
        tracklet_id=np.array([3, 8]),
        class_id=np.array([0, 1], np.int32),
        offsets=np.array([0, 2, 3]),
        frame=np.array([0, 2, 1]),
        time=np.array([5.0, 5.2, 5.1]),
        xyxy=np.array([[1, 2, 11, 22.5], [2, 2, 12, 22], [-5, 0, 5, 10]], np.float32),
        score=np.array([0.75, 0.25, 1], np.float32),
        detection=np.array([0, 2, 1]),
        class_names=("person", "car"),
    )
    write_csv(file, tracklets)
    log = read_csv_detections(file, camera=CAMERA)
    assert log.fps == 10.0
    assert log.frame.tolist() == [0, 1, 2]
    assert log.xyxy.tolist() == tracklets.xyxy[[0, 2, 1]].tolist()
    assert [log.class_names[i] for i in log.class_id] == ["person", "car", "person"]
    np.testing.assert_allclose(log.frame_times, [5, 5.1, 5.2])


def test_times_alone_make_the_frames(file: Path) -> None:
    text = "time,x,y,w,h\n5.00,0,0,9,9\n5.04,1,0,9,9\n5.08,2,0,9,9\n5.20,3,0,9,9\n"
    log = read_csv_detections(written(file, text), camera=CAMERA)
    assert log.fps == 25.0
    assert log.frame.tolist() == [0, 1, 2, 5]
    np.testing.assert_allclose(log.frame_times, 5 + np.arange(6) / 25)


def test_classes_may_be_numbers_and_scores_may_be_absent(file: Path) -> None:
    text = "frame,x,y,w,h,class_id\n0,0,0,9,9,2\n1,0,0,9,9,7.0\n"
    log = read_csv_detections(written(file, text), camera=CAMERA, fps=10.0)
    assert log.class_id.tolist() == [2, 7]
    assert log.class_names == ()
    assert log.score.tolist() == [1, 1]


def test_a_header_alone_is_a_recording_with_nothing_in_it(file: Path) -> None:
    log = read_csv_detections(written(file, "frame,x,y,w,h\n"), camera=CAMERA, fps=10.0)
    assert (len(log), log.frame_count) == (0, 0)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "frame,score\n0,1\n",
            "a.csv:1: no columns for a box: x1,y1,x2,y2, or x,y,w,h; the header",
        ),
        ("x1,y1,x2,y2\n0,0,1,1\n", "a.csv:1: no column for the frame"),
        ("frame,x,y,w,h\n0,0,0,1\n", "a.csv:2: expected 5 columns as in the header, found 4"),
        ("frame,x,y,w,h\n\n0,0,zero,1,1\n", "a.csv:3: y: expected a number, found 'zero'"),
        ("frame,x,y,w,h\n0,0,,1,1\n", "a.csv:2: y: expected a number, found ''"),
        ("frame,x,y,w,h\n0,0,0,-1,1\n", "a.csv:2: expected a box whose right"),
        ("frame,x,y,w,h\n0,0,0,inf,1\n", "a.csv:2: expected finite numbers"),
        ("frame,x,y,w,h\n1.5,0,0,1,1\n", "a.csv:2: expected a frame number"),
        ("frame,x,y,w,h\n9e9,0,0,1,1\n", "a.csv:2: expected a frame number"),
        ("frame,time,x,y,w,h\n0,0,0,0,1,1\n0,1,0,0,1,1\n", "a.csv:3: another row of this frame"),
        ("frame,time,x,y,w,h\n0,5,0,0,1,1\n1,4,0,0,1,1\n", "a.csv:3: time runs back"),
        ("frame,time,x,y,w,h\n0,nan,0,0,1,1\n", "a.csv:2: expected a time in seconds"),
        ("", "a.csv: the file is empty"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(FileFormatError, match=says) as caught:
        read_csv_detections(written(tmp_path / "a.csv", text), camera=CAMERA, fps=10.0)
    assert len(str(caught.value).splitlines()) == 1


def test_a_rate_that_nobody_knows_is_asked_for(file: Path) -> None:
    with pytest.raises(FileFormatError, match=r"give it \(--fps\)"):
        read_csv_detections(written(file, "frame,x,y,w,h\n0,0,0,1,1\n"), camera=CAMERA)
