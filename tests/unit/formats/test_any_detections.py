"""Whoever found them, in whichever form: the file itself says what it is."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from camweave.core.errors import FileFormatError, InputError
from camweave.formats.any_detections import load_detections, read_boxes

KITTI = "0 1 Car 0 0 -1 1 2 3 4 -1 -1 -1 -1000 -1000 -1000 -10 0.5\n"
KINDS = {
    "MOTChallenge": "1,-1,1,2,2,2,0.5\n",
    "MOTChallenge with blanks": "# made by hand\n1 -1 1 2 2 2 0.5\n",
    "KITTI": KITTI,
    "CSV": "frame,x1,y1,x2,y2,score\n0,1,2,3,4,0.5\n",
    "COCO": json.dumps([{"image_id": 0, "bbox": [1, 2, 2, 2], "score": 0.5}]),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("packed", [False, True])
def test_a_file_is_known_by_what_is_in_it(tmp_path: Path, kind: str, packed: bool) -> None:
    path = tmp_path / "found.dat"  # the name says nothing
    text = KINDS[kind].encode()
    path.write_bytes(gzip.compress(text) if packed else text)
    log = load_detections(path, fps=10.0, camera="gate")
    assert log.camera == "gate"
    assert log.xyxy.tolist() == [[1, 2, 3, 4]]
    assert log.score.tolist() == [0.5]
    assert log.frame.tolist() == [0]


def test_arrays_are_known_too(tmp_path: Path) -> None:
    with (tmp_path / "found.dat").open("wb") as file:
        np.savez(
            file,
            frame_numbers=np.array([0, 1]),
            bboxes=np.ones((2, 4)),
            confidences=np.array([0.5, 0.5]),
        )
    assert len(load_detections(tmp_path / "found.dat", fps=10.0)) == 2


def test_a_packed_file_that_was_cut_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "det.txt.gz"
    path.write_bytes(gzip.compress(KINDS["MOTChallenge"].encode() * 99)[:-9])
    with pytest.raises(FileFormatError, match=r"det.txt.gz: cut short or damaged"):
        load_detections(path, fps=10.0)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        (
            "a.txt",
            b"\x00\x01\x02",
            "not text; expected a detections_raw.npz, MOTChallenge or KITTI",
        ),
        ("a.npz", b"words", "a.npz: not an .npz file"),
        ("a.txt", b"words\n", "a.txt:1: expected frame,id,x,y,w,h,conf"),
        ("a.npy", b"\x93NUMPY\x01", r"a single array \(.npy\); expected an .npz"),
    ],
)
def test_what_nobody_reads_is_refused(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FileFormatError, match=says):
        load_detections(tmp_path / name, fps=10.0)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match=r"none.txt: no such file"):
        load_detections(tmp_path / "none.txt")


@pytest.mark.parametrize("fps", [0.0, -1.0, np.inf, np.nan])
def test_a_rate_that_is_none_is_refused(tmp_path: Path, fps: float) -> None:
    with pytest.raises(InputError, match="--fps: expected frames per second"):
        load_detections(tmp_path / "none.txt", fps=fps)


def test_truth_is_known_by_what_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(KITTI)
    (tmp_path / "b.txt").write_text("1,1,1,2,2,2,1,1,1\n")
    assert read_boxes(tmp_path / "a.txt").xyxy.tolist() == [[1, 2, 3, 4]]
    assert read_boxes(tmp_path / "b.txt").xyxy.tolist() == [[1, 2, 3, 4]]
