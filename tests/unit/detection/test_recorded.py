"""Recorded detections come back with the frames they were found in."""

from pathlib import Path

import numpy as np
import pytest

from camweave.core.detections import DetectionLog
from camweave.core.errors import InputError
from camweave.core.frame import CameraId, Frame, Stamp
from camweave.detection.recorded import Recorded, RecordedParams
from camweave.formats.detections import write_detections


def log(
    width: int = 0, height: int = 0, names: tuple[str, ...] = ("person", "car")
) -> DetectionLog:
    return DetectionLog(
        camera=CameraId("gate"),
        fps=10.0,
        width=width,
        height=height,
        frame_times=np.arange(4) / 10,
        frame=np.array([0, 2, 2]),
        xyxy=np.array([[0, 0, 4, 4], [2, 2, 8, 8], [4, 0, 8, 6]], np.float32),
        score=np.array([0.9, 0.4, 0.8], np.float32),
        class_id=np.array([0, 1, 0], np.int32),
        class_names=names,
    )


def frame(index: int, camera: str = "cam", size: tuple[int, int] = (16, 8)) -> Frame:
    stamp = Stamp(100 + index, CameraId(camera), index)
    return Frame(stamp, np.zeros((size[1], size[0], 3), np.uint8))


def test_each_frame_gets_what_was_found_in_it() -> None:
    found = Recorded(log()).detect([frame(2), frame(0), frame(1)])
    assert [len(of_frame) for of_frame in found] == [2, 1, 0]
    assert found[0].stamp == frame(2).stamp, "the time is the frame's own"
    np.testing.assert_array_equal(found[0].xyxy, [[2, 2, 8, 8], [4, 0, 8, 6]])


def test_beyond_the_end_of_the_recording_nothing_is_found() -> None:
    assert [len(found) for found in Recorded(log()).detect([frame(3), frame(4)])] == [0, 0]


def test_classes_keep_their_names_or_get_numbers() -> None:
    assert Recorded(log()).class_names == ("person", "car")
    assert Recorded(log(names=())).class_names == ("class_0", "class_1")


def test_a_recording_of_a_larger_size_of_the_picture_is_scaled() -> None:
    (found,) = Recorded(log(width=32, height=16)).detect([frame(0)])
    np.testing.assert_array_equal(found.xyxy, [[0, 0, 2, 2]])


def test_a_recording_of_another_shape_is_refused() -> None:
    with pytest.raises(InputError, match="made for 16x16, the frame is 16x8"):
        Recorded(log(width=16, height=16)).detect([frame(0)])


def test_a_recording_is_of_one_camera() -> None:
    recorded = Recorded(log())
    recorded.detect([frame(0, "a")])
    with pytest.raises(InputError, match="one camera, here 'a'; give 'b'"):
        recorded.detect([frame(0, "b")])


def test_a_recording_is_read_from_its_file(tmp_path: Path) -> None:
    write_detections(tmp_path / "d.npz", log())
    recorded = Recorded(RecordedParams(path=str(tmp_path / "d.npz"), score=0.5))
    (found,) = recorded.detect([frame(2)])
    np.testing.assert_allclose(found.score, [0.8])


def test_a_recording_is_read_from_motchallenge_text(tmp_path: Path) -> None:
    (tmp_path / "det.txt").write_text("1,-1,2,1,4,3,0.7,-1,-1,-1\n3,-1,0,0,2,2,0.9,-1,-1,-1\n")
    found = Recorded(RecordedParams(path=str(tmp_path / "det.txt"))).detect([frame(0), frame(1)])
    np.testing.assert_array_equal(found[0].xyxy, [[2, 1, 6, 4]])
    assert len(found[1]) == 0


def test_a_missing_recording_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"absent\.npz"):
        Recorded(RecordedParams(path=str(tmp_path / "absent.npz")))
    with pytest.raises(InputError, match="score is 0 to 1"):
        RecordedParams(path="d.npz", score=2)
