"""People by OpenCV's own detector, where OpenCV has it."""

import cv2
import numpy as np
import pytest

from camweave.core.errors import InputError, JobError
from camweave.core.frame import CameraId, Frame, Stamp
from camweave.detection.hog import Hog, HogParams

HAS_HOG = hasattr(cv2, "HOGDescriptor")
needs_hog = pytest.mark.skipif(not HAS_HOG, reason=f"OpenCV {cv2.__version__} has no HOG")


def frame(width: int, height: int) -> Frame:
    image = np.random.default_rng(0).integers(0, 255, (height, width, 3), np.uint8)
    return Frame(Stamp(0.0, CameraId("cam"), 0), image)


@needs_hog
def test_frames_of_any_size_are_looked_at() -> None:
    found = Hog().detect([frame(1, 1), frame(200, 1), frame(320, 240)])
    assert [len(of_frame) for of_frame in found[:2]] == [0, 0]
    assert all(np.all(of_frame.xyxy >= 0) for of_frame in found)


@needs_hog
def test_it_knows_people_only() -> None:
    assert Hog().class_names == ("person",)


@pytest.mark.skipif(HAS_HOG, reason="this OpenCV has it")
def test_an_opencv_without_it_is_named_with_the_way_out() -> None:
    with pytest.raises(JobError, match="pip install 'opencv-python-headless<5'"):
        Hog()


def test_knobs_out_of_range_are_refused() -> None:
    with pytest.raises(InputError, match="hog: "):
        HogParams(min_height=2)
    with pytest.raises(InputError, match="hog: "):
        HogParams(score=1)
