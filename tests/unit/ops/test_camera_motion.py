import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camweave.core.arrays import F64, U8
from camweave.ops.camera_motion import (
    STILL,
    CameraShift,
    background_of,
    displacement,
    enlarged,
    interest_points,
    motion_between,
    none,
)

WIDTH, HEIGHT = 320, 180


def picture(seed: int = 0, *, grain: float = 3.0) -> U8:
    """A grey picture with texture everywhere, larger than what a camera sees of it."""
    rng = np.random.default_rng(seed)
    rough = cv2.GaussianBlur(rng.uniform(0, 255, (2 * HEIGHT, 2 * WIDTH)), (0, 0), grain)
    spread = (rough - rough.mean()) / rough.std()
    return np.asarray(np.clip(128 + 45 * spread, 0, 255), np.uint8)


def similarity(turn: float = 0.0, zoom: float = 1.0, x: float = 0.0, y: float = 0.0) -> F64:
    """A motion about the middle of the image."""
    a, b = zoom * np.cos(turn), zoom * np.sin(turn)
    linear, middle = np.array([[a, -b], [b, a]]), np.array([WIDTH / 2, HEIGHT / 2])
    return np.column_stack([linear, middle - linear @ middle + [x, y]])


def seen(whole: U8, motion: F64, *, noise: float = 0.0, seed: int = 1) -> U8:
    """What the camera sees of the picture after this motion."""
    centre = np.array([[1, 0, -WIDTH / 2], [0, 1, -HEIGHT / 2]])
    there = motion[:, :2] @ centre[:, 2] + motion[:, 2]
    affine = np.column_stack([motion[:, :2], there])
    image = cv2.warpAffine(whole, affine, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC)
    noisy = image + np.random.default_rng(seed).normal(0, noise, image.shape)
    return np.asarray(np.clip(noisy, 0, 255), np.uint8)


def told(before: U8, now: U8) -> CameraShift:
    return motion_between(before, now, interest_points(before))


def stayed(shift: CameraShift) -> bool:
    return bool(np.array_equal(shift.affine, np.eye(2, 3)))


@settings(max_examples=25)
@given(
    turn=st.floats(-0.05, 0.05),
    zoom=st.floats(0.95, 1.05),
    x=st.floats(-20, 20),
    y=st.floats(-12, 12),
)
def test_a_known_motion_is_found_to_a_quarter_of_a_px(
    turn: float, zoom: float, x: float, y: float
) -> None:
    whole, true = picture(), similarity(turn, zoom, x, y)
    shift = told(seen(whole, none(), noise=2), seen(whole, true, noise=2, seed=2))
    off = displacement(shift.affine, WIDTH, HEIGHT) - displacement(true, WIDTH, HEIGHT)
    least = np.hypot(*displacement(true, WIDTH, HEIGHT).T).max()
    assert shift.verdict == "moved" or least < 4 * STILL
    assert np.abs(off).max() < (0.25 if shift.verdict == "moved" else 4 * STILL)


@pytest.mark.parametrize("noise", [0.0, 3.0, 6.0])
def test_a_camera_that_stands_still_moves_exactly_nothing(noise: float) -> None:
    whole = picture()
    for seed in range(5):
        before = seen(whole, none(), noise=noise, seed=seed)
        shift = told(before, seen(whole, none(), noise=noise, seed=seed + 100))
        assert shift.verdict == "still"
        assert stayed(shift)


def test_what_moves_in_front_of_a_fixed_camera_is_not_the_camera() -> None:
    before = seen(picture(), none())
    now = before.copy()
    now[40:140, 60:280] = before[44:144, 50:270]  # 40 % of the image, and nobody detected it
    assert told(before, now).verdict == "still"


def test_a_thing_that_fills_half_the_image_is_no_camera_motion_either() -> None:
    before = seen(picture(), none())
    now = before.copy()
    now[20:160, 20:220] = before[20:160, 14:214]
    shift = told(before, now)
    assert stayed(shift)


def test_boxes_hide_what_moves_by_itself() -> None:
    whole, true = picture(), similarity(x=5.0)
    before, now = seen(whole, none()), seen(whole, true)
    now[10:170, 5:200] = before[10:170, 5:200]  # a large thing that the camera follows
    boxes = np.array([[0, 5, 210, 175]], np.float32)
    points = interest_points(before, background_of(before.shape[:2], boxes))
    shift = motion_between(before, now, points)
    assert shift.verdict == "moved"
    np.testing.assert_allclose(displacement(shift.affine, WIDTH, HEIGHT)[0], [5, 0], atol=0.2)


def test_no_point_is_picked_in_a_box_and_at_most_one_in_a_cell() -> None:
    image = seen(picture(), none())
    boxes = np.array([[50.5, 20, 100, 90], [np.nan, 0, 400, 400], [-9, -9, 0, 500]], np.float32)
    points = interest_points(image, background_of(image.shape[:2], boxes))
    inside = (points >= [50, 20]).all(axis=1) & (points < [100, 90]).all(axis=1)
    assert not inside.any()
    assert 60 < len(points) <= 144
    assert len(np.unique(points // 20, axis=0)) == len(points)


def lost(shift: CameraShift, reason: str) -> bool:
    return shift.verdict == "lost" and stayed(shift) and reason in shift.reason


def test_a_cut_to_another_picture_is_lost() -> None:
    for seed in range(8):
        shift = told(seen(picture(seed), none()), seen(picture(seed + 50), none()))
        assert lost(shift, "points")


def test_a_covered_lens_and_what_comes_after_it_are_lost() -> None:
    there, black = seen(picture(), none()), np.zeros((HEIGHT, WIDTH), np.uint8)
    assert lost(told(there, black), "point")
    assert lost(told(black, there), "0 points to hold on to")
    assert lost(told(black, black), "0 points to hold on to")


def test_the_noise_of_a_dark_image_gives_nothing_to_hold_on_to() -> None:
    rng = np.random.default_rng(3)
    dark = np.clip(rng.normal(12, 4, (HEIGHT, WIDTH)), 0, 255).astype(np.uint8)
    assert lost(told(dark, dark[::-1].copy()), "to hold on to")


def test_a_shake_too_wide_to_be_true_is_lost() -> None:
    whole = picture(grain=8.0)
    assert lost(told(seen(whole, none()), seen(whole, similarity(x=100.0))), "")


@pytest.mark.parametrize(
    ("motion", "reason"),
    [
        (similarity(zoom=1.3), "a zoom by 1.30"),
        (similarity(turn=0.3), "a turn by 0.30"),
        (similarity(x=90.0), "a shift by 90 px"),
    ],
)
def test_what_no_camera_does_between_two_frames_is_lost_with_its_reason(
    motion: F64, reason: str
) -> None:
    """Seen through the judge itself: the flow rarely follows that far."""
    from camweave.ops.camera_motion import _judge

    y, x = np.mgrid[10:HEIGHT:20, 10:WIDTH:20]
    points = np.stack([x.ravel(), y.ravel()], axis=1).astype(np.float32)
    assert lost(_judge(motion, points, (HEIGHT, WIDTH)), reason)


def test_points_in_one_place_do_not_speak_for_the_whole_image() -> None:
    before, now = (np.full((HEIGHT, WIDTH), 90, np.uint8) for _ in range(2))
    patch = seen(picture(grain=1.5), none())[:75, :100]
    before[20:95, 20:120], now[22:97, 26:126] = patch, patch
    points = interest_points(before)
    assert len(points) >= 12
    narrow = points[np.abs(points[:, 0] - 70) < 22]
    assert lost(motion_between(before, now, np.tile(narrow, (3, 1))), "in one place")


def test_an_image_too_small_for_one_cell_has_no_points() -> None:
    assert interest_points(np.zeros((8, 9), np.uint8)).shape == (0, 2)


@given(st.floats(1, 8), st.floats(1, 8), st.floats(-0.2, 0.2))
def test_a_motion_means_the_same_in_a_larger_image(x: float, y: float, turn: float) -> None:
    small, size = similarity(turn, 1.01, 3, -2), np.array([x, y])
    large = enlarged(small, x, y)
    places = np.array([[0.0, 0.0], [100.0, 7.0], [33.3, 150.0]])  # counted from a px's middle
    there = places @ small[:, :2].T + small[:, 2]
    corner = (places + 0.5) * size  # the same, counted from the image's corner
    np.testing.assert_allclose(
        corner @ large[:, :2].T + large[:, 2], (there + 0.5) * size, atol=1e-9
    )
