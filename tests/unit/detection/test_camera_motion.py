from pathlib import Path

import cv2
import numpy as np
import pytest

from camweave.core.arrays import F32, F64, U8
from camweave.core.detections import Detections
from camweave.core.errors import InputError
from camweave.core.frame import CameraId, Frame, Stamp
from camweave.core.remembered import Remembered
from camweave.detection.camera_motion import (
    FileMotion,
    FileMotionParams,
    FlowMotion,
    FlowParams,
)
from camweave.formats.camera_motion import read_camera_motion, write_camera_motion
from camweave.formats.mot import read_mot
from camweave.ops.camera_motion import displacement

WIDTH, HEIGHT = 640, 360
NO_BOXES = np.empty((0, 4), np.float32)


def picture(seed: int = 0) -> U8:
    rng = np.random.default_rng(seed)
    rough = cv2.GaussianBlur(rng.uniform(0, 255, (HEIGHT + 200, WIDTH + 200, 3)), (0, 0), 4)
    spread = (rough - rough.mean()) / rough.std()
    return np.asarray(np.clip(128 + 45 * spread, 0, 255), np.uint8)


def look(
    motion: FlowMotion | FileMotion,
    image: U8,
    index: int = 0,
    *,
    camera: str = "a",
    time: float | None = None,
    boxes: F32 = NO_BOXES,
) -> F64:
    stamp = Stamp(index / 25 if time is None else time, CameraId(camera), index)
    n = len(boxes)
    found = Detections(stamp, boxes, np.ones(n, np.float32), np.zeros(n, np.int32))
    told = motion.see(Frame(stamp, image), found).camera_motion
    assert told is not None
    return told


def view(whole: U8, x: int, y: int) -> U8:
    """What is seen when the camera has swung by (x, y) px, so that the picture goes back."""
    return whole[100 + y : 100 + y + HEIGHT, 100 + x : 100 + x + WIDTH].copy()


def test_the_motion_is_in_px_of_the_frame_not_of_the_shrunk_one() -> None:
    motion, whole = FlowMotion(), picture()
    np.testing.assert_array_equal(look(motion, view(whole, 0, 0)), np.eye(2, 3))
    told = look(motion, view(whole, 8, -6), 1)
    moved = displacement(told, WIDTH, HEIGHT)
    np.testing.assert_allclose(moved, np.tile([-8, 6], (5, 1)), atol=0.3)


def test_the_detections_themselves_are_passed_on() -> None:
    stamp = Stamp(0.0, CameraId("a"), 0)
    found = Detections(
        stamp,
        np.array([[1, 2, 30, 40]], np.float32),
        np.array([0.5], np.float32),
        np.array([3], np.int32),
        np.ones((1, 8), np.float32),
    )
    told = FlowMotion().see(Frame(stamp, view(picture(), 0, 0)), found)
    assert told.stamp == stamp
    for name in ("xyxy", "score", "class_id", "embedding"):
        np.testing.assert_array_equal(getattr(told, name), getattr(found, name))


def test_what_was_detected_in_the_last_frame_is_not_held_on_to() -> None:
    whole, thing = picture(), picture(9)[: HEIGHT - 20, :420]
    before, now = view(whole, 0, 0), view(whole, 6, 0)
    before[10:-10, 10:430] = thing
    now[10:-10, 10:430] = thing
    boxes = np.array([[5, 5, 440, HEIGHT]], np.float32)
    unaware, aware = FlowMotion(), FlowMotion()
    look(unaware, before)
    look(aware, before, boxes=boxes)
    np.testing.assert_array_equal(look(unaware, now, 1), np.eye(2, 3))
    moved = displacement(look(aware, now, 1, boxes=boxes), WIDTH, HEIGHT)
    np.testing.assert_allclose(moved[0], [-6, 0], atol=0.8)  # told by the right third alone


def test_each_camera_has_its_own_past() -> None:
    motion, one, two = FlowMotion(), picture(1), picture(2)
    look(motion, view(one, 0, 0), camera="a")
    np.testing.assert_array_equal(look(motion, view(two, 0, 0), camera="b"), np.eye(2, 3))
    moved = displacement(look(motion, view(one, 4, 0), 1, camera="a"), WIDTH, HEIGHT)
    np.testing.assert_allclose(moved[0], [-4, 0], atol=0.2)


def test_a_camera_that_jumps_stands_still_for_a_frame_and_then_goes_on() -> None:
    motion, one, two = FlowMotion(), picture(1), picture(2)
    look(motion, view(one, 0, 0))
    assert motion.said(CameraId("a")) is None
    np.testing.assert_array_equal(look(motion, view(two, 0, 0), 1), np.eye(2, 3))
    said = motion.said(CameraId("a"))
    assert said is not None
    assert said.verdict == "lost"
    assert "points" in said.reason
    moved = displacement(look(motion, view(two, 4, 2), 2), WIDTH, HEIGHT)
    np.testing.assert_allclose(moved[0], [-4, -2], atol=0.2)


def test_a_frame_of_another_size_begins_anew() -> None:
    motion, whole = FlowMotion(), picture()
    look(motion, view(whole, 0, 0))
    np.testing.assert_array_equal(look(motion, whole[:240, :426].copy(), 1), np.eye(2, 3))
    assert motion.said(CameraId("a")) is None


def test_another_one_goes_on_as_if_it_were_the_same() -> None:
    motion, line, whole = FlowMotion(), FlowMotion(), picture()
    boxes = np.array([[0, 0, 200, 300]], np.float32)
    moved = []
    for index, x in enumerate([0, 0, 6, 14, 20]):
        fresh = FlowMotion()
        fresh.resume(CameraId("a"), line.remembered(CameraId("a")))
        line = fresh
        ours, theirs = (
            look(each, view(whole, x, 0), index, boxes=boxes) for each in (line, motion)
        )
        np.testing.assert_array_equal(ours, theirs)
        moved.append(ours[0, 2])
    assert moved[-1] < -3


def test_a_past_of_another_width_or_shape_is_refused() -> None:
    motion, narrow, west = FlowMotion(), FlowMotion(FlowParams(width=160)), CameraId("a")
    look(motion, picture())
    with pytest.raises(InputError, match="seen at a width of 320 px, here it is 160"):
        narrow.resume(west, motion.remembered(west))
    known = motion.remembered(west)
    for name in ("image", "points"):
        wrong = {**known.arrays, name: known.arrays[name].ravel()}
        with pytest.raises(InputError, match=f"^flow: .* damaged: {name} is"):
            motion.resume(west, Remembered("flow", 1, wrong))


def test_a_past_that_is_smaller_than_it_says_begins_anew() -> None:
    motion, west, whole = FlowMotion(), CameraId("a"), picture()
    look(motion, view(whole, 0, 0))
    known = motion.remembered(west)
    cut = {**known.arrays, "image": known.arrays["image"][:90]}
    motion.resume(west, Remembered("flow", 1, cut))
    np.testing.assert_array_equal(look(motion, view(whole, 4, 0), 1), np.eye(2, 3))


def test_time_that_runs_back_begins_anew() -> None:
    motion, whole = FlowMotion(), picture()
    look(motion, view(whole, 0, 0), 0, time=10.0)
    np.testing.assert_array_equal(look(motion, view(whole, 8, 0), 1, time=1.0), np.eye(2, 3))


def test_a_box_that_is_no_box_hides_nothing() -> None:
    motion, whole = FlowMotion(), picture()
    boxes = np.array([[np.nan, 0, 10, 10], [0, 0, np.inf, 5], [-99, -99, -9, -9]], np.float32)
    look(motion, view(whole, 0, 0), boxes=boxes)
    moved = displacement(look(motion, view(whole, 4, 0), 1, boxes=boxes), WIDTH, HEIGHT)
    np.testing.assert_allclose(moved[0], [-4, 0], atol=0.2)


def test_a_width_below_64_px_is_refused() -> None:
    with pytest.raises(InputError, match="64 px or more"):
        FlowParams(width=20)


def test_a_file_tells_the_motion_of_each_frame(tmp_path: Path) -> None:
    path, motion = tmp_path / "gmc.txt", np.tile(np.eye(2, 3), (2, 1, 1))
    motion[1, 0, 2] = 7.5
    write_camera_motion(path, motion)
    given, image = FileMotion(FileMotionParams(path=path)), view(picture(), 0, 0)
    np.testing.assert_array_equal(look(given, image, 1), motion[1])
    with pytest.raises(InputError, match="has 2 frames, and camera 'a' is at frame 2"):
        look(given, image, 2)


@pytest.mark.realdata
@pytest.mark.parametrize(("name", "most"), [("MOT17-05", 6.5), ("MOT17-11", 4.0)])
def test_moving_cameras_are_seen_as_the_published_files_have_them(
    data_dir: Path, name: str, most: float
) -> None:
    """Both lay one plane through a scene of much depth, so in a corner they differ by some px."""
    folder = data_dir / "mot" / "MOT17-mini" / f"{name}-FRCNN"
    published = read_camera_motion(data_dir / "mot" / "MOT17" / name / "gmc_ucmctrack.txt")
    truth, motion = read_mot(folder / "gt" / "gt.txt"), FlowMotion()
    for index, path in enumerate(sorted((folder / "img1").glob("*.jpg"))):
        image = np.asarray(cv2.imread(str(path)), np.uint8)
        told = look(motion, image, index, boxes=truth.xyxy[truth.frame == index])
        height, width = image.shape[:2]
        off = displacement(told, width, height) - displacement(published[index], width, height)
        assert np.abs(off).max() < most
        said = motion.said(CameraId("a"))
        assert index == 0 or (said is not None and said.verdict == "moved")


@pytest.mark.realdata
def test_a_fixed_camera_moves_exactly_nothing(data_dir: Path) -> None:
    folder, motion = data_dir / "mot" / "MOT17-mini" / "MOT17-09-FRCNN", FlowMotion()
    for index, path in enumerate(sorted((folder / "img1").glob("*.jpg"))):
        image = np.asarray(cv2.imread(str(path)), np.uint8)
        np.testing.assert_array_equal(look(motion, image, index), np.eye(2, 3))
