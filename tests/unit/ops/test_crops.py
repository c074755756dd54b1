"""How good a crop is: monotone in all that makes it better."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camweave.core.arrays import F32, I64, U8
from camweave.ops import crops
from camweave.ops.boxes import area
from camweave.ops.crops import covered, cut, geometry, sharpness, whole

WIDTH, HEIGHT = 640, 360
sides = st.floats(2, 150, width=32)
numbers = st.floats(allow_nan=True, allow_infinity=True, width=32)


def box(x: float, y: float, width: float, height: float) -> list[float]:
    return [x, y, x + width, y + height]


def quality(*boxes: list[float], score: float = 1.0) -> F32:
    xyxy = np.array(boxes, np.float32)
    return geometry(xyxy, np.full(len(xyxy), score, np.float32), width=WIDTH, height=HEIGHT)


def textured(side: int, seed: int = 3) -> U8:
    small = np.random.default_rng(seed).integers(0, 255, (12, 12, 3), np.uint8)
    return np.asarray(cv2.resize(small, (side, side), interpolation=cv2.INTER_NEAREST), np.uint8)


@given(st.lists(numbers, min_size=4, max_size=4))
def test_a_cut_is_never_empty_and_a_view(xyxy: list[float]) -> None:
    image = np.zeros((20, 30, 3), np.uint8)
    found = cut(image, np.array(xyxy, np.float32))
    assert found.size > 0
    assert found.base is image


def test_a_cut_holds_every_pixel_that_the_box_touches() -> None:
    image = np.arange(600, dtype=np.uint8).reshape(20, 10, 3)
    assert np.array_equal(cut(image, np.array([1.5, 2, 4.2, 9.9], np.float32)), image[2:10, 1:5])


@given(sides, sides, st.floats(1, 2, width=32))
def test_a_larger_box_is_no_worse(width: float, height: float, factor: float) -> None:
    small = quality(box(300, 100, width, height))[0]
    large = quality(box(300, 100, width * factor, height * factor))[0]
    if 300 + width * factor < WIDTH * 0.9 and 100 + height * factor < HEIGHT * 0.9:
        assert large >= small - 1e-6


@given(st.floats(0, 1, width=32), st.floats(0, 1, width=32))
def test_a_surer_detection_is_no_worse(one: float, other: float) -> None:
    low, high = sorted((one, other))
    at = box(200, 100, 40, 80)
    assert quality(at, score=high)[0] >= quality(at, score=low)[0]


@given(st.floats(0, 60, width=32), st.floats(0, 60, width=32))
def test_the_more_somebody_in_front_covers_the_worse(one: float, other: float) -> None:
    near, far = sorted((one, other))
    at = box(200, 100, 50, 100)
    worse, better = (quality(at, box(200 + off, 110, 50, 100))[0] for off in (near, far))
    assert worse <= better + 1e-6


@given(st.floats(-40, 60, width=32), st.floats(-40, 60, width=32))
def test_the_further_from_the_border_the_better(one: float, other: float) -> None:
    out, within = sorted((one, other))
    assert quality(box(out, 100, 50, 100))[0] <= quality(box(within, 100, 50, 100))[0] + 1e-6


@given(
    st.lists(st.tuples(numbers, numbers, numbers, numbers), max_size=12),
    st.floats(0, 2, width=32) | st.just(float("nan")),
)
def test_quality_lies_between_0_and_1_whatever_the_boxes(
    rows: list[tuple[float, float, float, float]], score: float
) -> None:
    with np.errstate(all="ignore"):
        xyxy = np.array(rows, np.float32).reshape(-1, 4)
        found = geometry(xyxy, np.full(len(rows), score, np.float32), width=64, height=64)
    assert ((found >= 0) & (found <= 1)).all()


def test_a_whole_box_alone_in_the_middle_is_as_good_as_its_score() -> None:
    assert quality(box(200, 100, 64, 128), score=0.75).tolist() == [0.75]


def test_who_stands_in_front_is_hardly_hidden_by_who_stands_behind() -> None:
    back, front = covered(
        np.array([box(0, 0, 40, 80), box(0, 40, 40, 80)], np.float32), np.zeros(2, np.int64)
    )
    assert back == pytest.approx(0.5)
    assert front == pytest.approx(0.5 * crops.BEHIND)


def test_twins_hide_each_other() -> None:
    twins = np.array([box(5, 5, 40, 80)] * 2, np.float32)
    assert covered(twins, np.zeros(2, np.int64)).tolist() == [1, 1]


def one_by_one(xyxy: F32, frame: I64) -> F32:
    """The definition, as loops."""
    hidden = np.zeros(len(xyxy), np.float32)
    for i, a in enumerate(xyxy):
        for j, b in enumerate(xyxy):
            if i != j and frame[i] == frame[j]:
                corner = np.concatenate((np.maximum(a[:2], b[:2]), np.minimum(a[2:], b[2:])))
                share = area(corner[None])[0] / area(a[None])[0]
                hidden[i] = max(hidden[i], share * (crops.BEHIND if b[3] < a[3] else 1))
    return hidden


@pytest.mark.parametrize("pairs", [1, 7, 1 << 20])
def test_neighbours_are_those_of_the_same_frame(
    pairs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crops, "PAIRS", pairs)
    rng = np.random.default_rng(5)
    corner = rng.uniform(0, 60, (40, 2))
    xyxy = np.concatenate((corner, corner + rng.uniform(5, 40, (40, 2))), axis=1).astype(np.float32)
    frame = np.sort(rng.integers(0, 6, 40))
    np.testing.assert_allclose(covered(xyxy, frame), one_by_one(xyxy, frame), atol=1e-6)


def test_pictures_that_are_asked_about_together_are_told_as_one_by_one() -> None:
    rng = np.random.default_rng(4)
    corner = rng.uniform(0, 200, (60, 2)).astype(np.float32)
    xyxy = np.hstack([corner, corner + rng.uniform(5, 80, (60, 2)).astype(np.float32)])
    alone = [covered(part, np.zeros(20, np.int64)) for part in np.split(xyxy, 3)]
    together = covered(xyxy, np.repeat(np.arange(3), 20))
    assert np.array_equal(together, np.concatenate(alone))


def test_a_box_at_the_border_may_be_cut() -> None:
    boxes = np.array(
        [box(0, 100, 50, 100), box(-25, 100, 50, 100), box(200, 100, 50, 100)], np.float32
    )
    touching, half, inside = whole(boxes, WIDTH, HEIGHT)
    assert touching == pytest.approx(crops.CUT)
    assert half == pytest.approx(crops.CUT / 2)
    assert inside == 1


def test_without_a_size_of_the_image_no_border_is_known() -> None:
    at_edge = np.array([box(0, 0, 64, 64)], np.float32)
    assert geometry(at_edge, np.ones(1, np.float32)).tolist() == [1]


@given(st.floats(0, 6), st.floats(0, 6))
def test_the_more_blurred_the_less_sharp(one: float, other: float) -> None:
    picture = textured(96)
    little, much = (cv2.GaussianBlur(picture, (0, 0), s + 0.3) for s in sorted((one, other)))
    assert sharpness(np.asarray(much)) <= sharpness(np.asarray(little)) + 0.02


@pytest.mark.parametrize("sigma", [0.01, 0.05])
def test_the_size_of_a_crop_does_not_make_it_sharp(sigma: float) -> None:
    large = np.asarray(cv2.GaussianBlur(textured(192), (0, 0), sigma * 192), np.uint8)
    small = np.asarray(cv2.resize(large, (64, 64), interpolation=cv2.INTER_AREA), np.uint8)
    assert sharpness(small) == pytest.approx(sharpness(large), abs=0.1)


def test_contrast_does_not_make_it_sharp_but_noise_alone_is_nothing() -> None:
    picture = cv2.GaussianBlur(textured(96), (0, 0), 4.0)
    faint = np.asarray(picture * 0.4 + 70, np.uint8)
    assert sharpness(faint) == pytest.approx(sharpness(np.asarray(picture)), abs=0.1)
    flat = np.full((60, 40, 3), 90, np.uint8)
    assert sharpness(flat) == 0


def test_a_crop_of_one_pixel_has_a_sharpness() -> None:
    assert sharpness(np.full((1, 1, 3), 90, np.uint8)) == 0
