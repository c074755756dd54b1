"""Any detector, kept to what matters."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from camweave.core.arrays import Bool
from camweave.core.detections import DetectionLog
from camweave.core.errors import InputError
from camweave.core.frame import CameraId, Frame, Stamp
from camweave.detection.filtered import Filtered, FilterParams
from camweave.detection.mask import foot_on_white, read_mask
from camweave.detection.recorded import Recorded

BOXES = np.array([[0, 0, 4, 4], [10, 0, 20, 30], [20, 10, 60, 20]], np.float32)


def found() -> Recorded:
    """A detector that finds a small person, a tall person and a wide car, in that order."""
    return Recorded(
        DetectionLog(
            camera=CameraId("cam"),
            fps=10.0,
            width=64,
            height=32,
            frame_times=np.zeros(1),
            frame=np.zeros(3, np.int64),
            xyxy=BOXES,
            score=np.array([0.3, 0.5, 0.9], np.float32),
            class_id=np.array([0, 0, 1], np.int32),
            class_names=("person", "car"),
        )
    )


def kept(**params: Any) -> list[int]:
    """Which of the three are kept."""
    frame = Frame(Stamp(0.0, CameraId("cam"), 0), np.zeros((32, 64, 3), np.uint8))
    filtered = Filtered(found(), FilterParams(**params))
    (left,) = filtered.detect([frame])
    return [BOXES.tolist().index(box) for box in left.xyxy.tolist()]


def written(folder: Path, white: Bool) -> Path:
    path = folder / "mask.png"
    cv2.imwrite(str(path), white.astype(np.uint8) * 255)
    return path


def test_without_limits_everything_is_kept() -> None:
    assert kept() == [0, 1, 2]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"classes": ("car",)}, [2]),
        ({"score": 0.5}, [1, 2]),
        ({"min_height": 10}, [1, 2]),
        ({"max_height": 10}, [0, 2]),
        ({"min_area": 300}, [1, 2]),
        ({"max_area": 300}, [0, 1]),
        ({"classes": ("person",), "min_height": 5}, [1]),
    ],
)
def test_each_limit_keeps_what_reaches_it(params: dict[str, Any], expected: list[int]) -> None:
    assert kept(**params) == expected


def test_an_unknown_class_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean 'car'"):
        kept(classes=("cars",))


def test_limits_that_keep_nothing_are_refused() -> None:
    with pytest.raises(InputError, match="a min is above its max"):
        FilterParams(min_height=5, max_height=4)
    with pytest.raises(InputError, match="score is 0 to 1"):
        FilterParams(score=3)


def test_an_object_is_kept_where_its_feet_are(tmp_path: Path) -> None:
    white = np.zeros((32, 64), np.bool_)
    white[20:] = True  # only the tall person's feet reach down there
    assert kept(mask=written(tmp_path, white)) == [1]


def test_a_mask_of_another_size_of_the_same_picture_is_scaled(tmp_path: Path) -> None:
    white = np.zeros((16, 32), np.bool_)
    white[10:] = True
    assert kept(mask=written(tmp_path, white)) == [1]


def test_a_mask_of_another_shape_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="mask: made for 32x32, the frame is 64x32"):
        kept(mask=written(tmp_path, np.ones((32, 32), np.bool_)))


@pytest.mark.parametrize(
    ("bottom", "white_row", "on"),
    [
        (10, 9, True),
        (10, 10, False),
        (10.5, 10, True),
        (32, 31, True),
        (40, 31, True),
        (0, 0, True),
    ],
)
def test_the_foot_is_in_the_lowest_row_of_the_box(
    bottom: float, white_row: int, *, on: bool
) -> None:
    white = np.zeros((32, 64), np.bool_)
    white[white_row] = True
    box = np.array([[10, -5, 20, bottom]], np.float32)
    assert foot_on_white(white, box, (64, 32)).tolist() == [on]


def test_grey_counts_from_the_middle_up(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "grey.png"), np.array([[127, 128]], np.uint8))
    assert read_mask(tmp_path / "grey.png").tolist() == [[False, True]]


def test_a_mask_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    black = written(tmp_path, np.zeros((4, 4), np.bool_))
    bomb = tmp_path / "bomb.png"
    header = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + (30_000).to_bytes(4, "big") * 2
    bomb.write_bytes(header + bytes(40))
    (tmp_path / "text.png").write_text("no image")
    (tmp_path / "empty.png").write_bytes(b"")
    for path, said in (
        (black, "black everywhere"),
        (bomb, "too large"),
        (tmp_path / "text.png", "not an image"),
        (tmp_path / "empty.png", "not an image"),
        (tmp_path / "absent.png", "cannot be read"),
        (tmp_path, "cannot be read"),
    ):
        with pytest.raises(InputError, match=said) as caught:
            read_mask(path)
        assert str(path) in str(caught.value)
