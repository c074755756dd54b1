"""What moves is found where it is; what does not, the light and shadows are not."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camweave.core.arrays import F32, U8
from camweave.core.detections import Detections
from camweave.core.errors import InputError
from camweave.core.frame import CameraId, Frame, Stamp
from camweave.detection.blobs import find_blobs
from camweave.detection.motion import Motion, MotionParams
from camweave.ops.boxes import area, iou

FPS = 10
STREET = np.random.default_rng(3).integers(90, 130, (180, 320, 1)).astype(np.float32)
Box = tuple[int, int, int, int]


def street(*things: tuple[Box, tuple[int, int, int]], light: float = 1.0, seed: int = 0) -> U8:
    """A noisy street with coloured things on it."""
    image = np.repeat(STREET, 3, axis=2).copy()
    for (left, top, right, bottom), colour in things:
        image[top:bottom, left:right] = colour
    noise = np.random.default_rng(seed).normal(0, 2, image.shape)
    return (image * light + noise).clip(0, 255).astype(np.uint8)


def frame(image: U8, index: int, camera: str = "cam", time: float | None = None) -> Frame:
    return Frame(Stamp(index / FPS if time is None else time, CameraId(camera), index), image)


def watched(images: list[U8], motion: Motion | None = None) -> list[Detections]:
    motion = motion or Motion()
    return [motion.detect([frame(image, index)])[0] for index, image in enumerate(images)]


def car(x: int) -> Box:
    return (x, 80, x + 50, 110)


RED = (40, 40, 220)
PLACES = (("a", 0), ("b", 40), ("c", 90))


def best_overlap(found: Detections, box: Box) -> float:
    return float(iou(found.xyxy, np.array([box], np.float32)).max(initial=0))


def test_a_car_that_drives_through_is_found_where_it_is() -> None:
    empty = [street(seed=k) for k in range(10)]
    driving = [street((car(8 * k), RED), seed=k) for k in range(30)]
    for k, found in enumerate(watched(empty + driving)[10:]):
        assert best_overlap(found, car(8 * k)) > 0.85, k
        assert len(found) == 1
        assert found.score[0] > 0.6


def test_a_still_street_shows_nothing() -> None:
    assert sum(map(len, watched([street(seed=k) for k in range(40)]))) == 0


def test_two_things_apart_are_two() -> None:
    images = [street(seed=k) for k in range(10)]
    for k in range(10):
        walker = (200 + 2 * k, 20, 212 + 2 * k, 50)
        images.append(street((car(8 * k), RED), (walker, RED), seed=k))
    found = watched(images)[-1]
    assert len(found) == 2
    assert best_overlap(found, (218, 20, 230, 50)) > 0.7


def test_nothing_is_reported_before_the_background_is_known() -> None:
    found = watched([street((car(8 * k), RED), seed=k) for k in range(10)])
    assert all(len(of_frame) == 0 for of_frame in found[:5])
    assert len(found[9]) > 0


def test_a_shadow_is_no_object() -> None:
    shadow = np.ones((180, 320, 1), np.float32)
    shadow[100:120, 100:160] = 0.65
    images = [street(seed=k) for k in range(15)]
    dark = [(street(seed=k) * shadow).astype(np.uint8) for k in range(15, 20)]
    assert len(watched(images + dark)[-1]) == 0
    assert len(watched(images + dark, Motion(MotionParams(shadow=1.0)))[-1]) == 1


def test_when_the_light_goes_on_nothing_is_reported_and_then_all_is_as_before() -> None:
    images = [street(seed=k) for k in range(15)]
    images += [street(light=1.5, seed=k) for k in range(20)]
    images += [street((car(8 * k), RED), light=1.5, seed=k) for k in range(15)]
    found = watched(images)
    assert sum(map(len, found[:35])) == 0
    assert best_overlap(found[-1], car(8 * 14)) > 0.8


def test_a_flash_is_over_when_it_is_over() -> None:
    images = [street(seed=k) for k in range(20)]
    images += [street(light=1.8, seed=k) for k in range(2)]
    images += [street((car(8 * k), RED), seed=k) for k in range(3)]
    found = watched(images)
    assert sum(map(len, found[:22])) == 0
    assert best_overlap(found[-1], car(16)) > 0.8


def test_where_a_parked_car_leaves_no_ghost_stays() -> None:
    parked = [street((car(100), RED), seed=k) for k in range(40)]
    leaving = [street((car(100 + 12 * k), RED), seed=k) for k in range(1, 12)]
    gone = [street(seed=k) for k in range(12)]
    found = watched(parked + leaving + gone)
    assert best_overlap(found[45], car(100 + 12 * 6)) > 0.3
    assert len(found[-1]) == 0


def test_what_stops_fades_into_the_background_in_its_time() -> None:
    stopped = [street((car(100), RED), seed=k) for k in range(60)]
    found = watched([street(seed=k) for k in range(20)] + stopped, Motion(MotionParams(memory=8)))
    assert len(found[25]) == 1
    assert len(found[-1]) == 0


def test_two_cameras_have_a_background_each() -> None:
    other = np.full((180, 320, 3), 30, np.uint8)
    motion = Motion()
    for k in range(20):
        a, b = motion.detect([frame(street(seed=k), k, "a"), frame(other, k, "b")])
        assert (len(a), len(b)) == (0, 0)
        assert (a.stamp.camera, b.stamp.camera) == ("a", "b")


def test_cameras_side_by_side_are_seen_as_each_by_itself() -> None:
    driving = {c: [street((car(at + 8 * k), RED), seed=k) for k in range(20)] for c, at in PLACES}
    alone = {camera: watched(images) for camera, images in driving.items()}
    motion = Motion()
    for k in range(0, 20, 2):  # two frames of each camera at a time
        asked = [frame(driving[c][i], i, c) for i in (k, k + 1) for c, _ in PLACES]
        for given_, found in zip(asked, motion.detect(asked), strict=True):
            assert found.stamp == given_.stamp
            own = alone[found.stamp.camera][found.stamp.index]
            np.testing.assert_array_equal(found.xyxy, own.xyxy)
            np.testing.assert_array_equal(found.score, own.score)


def test_a_camera_that_starts_over_gets_a_new_background() -> None:
    motion = Motion()
    watched([street(seed=k) for k in range(20)], motion)
    other = np.full((180, 320, 3), 30, np.uint8)
    assert len(motion.detect([frame(other, 0, time=0.0)])[0]) == 0
    assert len(motion.detect([frame(other[:90], 1, time=9.0)])[0]) == 0


def test_boxes_are_those_of_the_frame_whatever_its_size() -> None:
    def large(image: U8) -> U8:
        return np.repeat(np.repeat(image, 4, axis=0), 4, axis=1)

    images = [street(seed=k) for k in range(10)]
    images += [street((car(8 * k), RED), seed=k) for k in range(10)]
    found = watched([large(image) for image in images])[-1]
    left, top, right, bottom = car(72)
    assert best_overlap(found, (4 * left, 4 * top, 4 * right, 4 * bottom)) > 0.85


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (400, 1), (3, 5)])
def test_frames_of_any_size_are_watched(size: tuple[int, int]) -> None:
    width, height = size
    images = [np.full((height, width, 3), 20 * (k % 3), np.uint8) for k in range(10)]
    for found in watched(images):
        assert np.all(found.xyxy <= [width, height, width, height])


def test_frames_may_share_one_instant() -> None:
    motion = Motion()
    for k in range(5):
        assert len(motion.detect([frame(street(seed=k), k, time=1.0)])[0]) == 0


@pytest.mark.parametrize(
    "wrong", [{"score": 2}, {"width": 3}, {"memory": 0}, {"contrast": -1}, {"warm_up": -1}]
)
def test_knobs_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="motion: "):
        MotionParams(**wrong)


blocks = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 3)), unique=True, max_size=10)


@given(blocks)
def test_blobs_lie_around_all_that_moved(cells: list[tuple[int, int]]) -> None:
    front = np.zeros((64, 128), np.uint8)
    for x, y in cells:
        front[16 * y + 4 : 16 * y + 12, 16 * x + 4 : 16 * x + 12] = 255
    xyxy, score = find_blobs(front, 20)
    assert sorted(xyxy.tolist()) == sorted(
        [16 * x + 4.0, 16 * y + 4.0, 16 * x + 12.0, 16 * y + 12.0] for x, y in cells
    )
    assert np.all((score > 0.5) & (score <= 1))


def scores(front: U8) -> F32:
    return find_blobs(front, 20)[1]


def test_a_larger_blob_is_surer_and_a_ragged_one_is_less_sure() -> None:
    small, large, ragged = np.zeros((3, 64, 64), np.uint8)
    small[10:15, 10:15] = 255
    large[10:40, 10:30] = 255
    ragged[10:40, 10] = ragged[10, 10:30] = 255
    assert scores(small) < scores(large)
    assert scores(ragged) < 0.5 < scores(large)


def test_a_blob_that_is_too_small_is_none() -> None:
    front = np.zeros((64, 64), np.uint8)
    front[10:14, 10:14] = 255
    assert len(find_blobs(front, 17)[0]) == 0
    xyxy, _ = find_blobs(front, 16)
    assert area(xyxy).tolist() == [16]
