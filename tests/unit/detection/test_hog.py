"""People by OpenCV's own detector."""

import cv2
import numpy as np
import pytest

from camweave.core.errors import InputError, JobError
from camweave.core.frame import CameraId, Frame, Stamp
from camweave.detection.hog import Hog, HogParams


def frame(width: int, height: int) -> Frame:
    image = np.random.default_rng(0).integers(0, 255, (height, width, 3), np.uint8)
    return Frame(Stamp(0.0, CameraId("cam"), 0), image)


def test_frames_of_any_size_are_looked_at() -> None:
    found = Hog().detect([frame(1, 1), frame(200, 1), frame(320, 240)])
    assert [len(of_frame) for of_frame in found[:2]] == [0, 0]
    assert all(np.all(of_frame.xyxy >= 0) for of_frame in found)


def test_it_knows_people_only() -> None:
    assert Hog().class_names == ("person",)


def test_an_opencv_without_it_is_named_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(cv2, "HOGDescriptor")  # as in OpenCV 5 without the contributed modules
    with pytest.raises(JobError, match="--force-reinstall opencv-contrib-python-headless"):
        Hog()


def test_knobs_out_of_range_are_refused() -> None:
    with pytest.raises(InputError, match="hog: "):
        HogParams(min_height=2)
    with pytest.raises(InputError, match="hog: "):
        HogParams(score=1)
