"""Letterboxing to the pixel, and boxes back to where they came from."""

from fractions import Fraction

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camweave.core.arrays import F32, U8
from camweave.ops.images import Canvas, Fit, Placement, fit, levels, shrink

PLACEMENTS: tuple[Placement, ...] = ("top_left", "centre", "stretch")
sides = st.integers(1, 90)
canvases = st.tuples(st.integers(1, 4), st.integers(1, 4)).map(lambda n: (32 * n[0], 32 * n[1]))
placements = st.sampled_from(PLACEMENTS)


def picture(width: int, height: int, seed: int = 0) -> U8:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def slow_canvas(image: U8, where: Fit, canvas: tuple[int, int], *, rgb: bool, table: F32) -> F32:
    """The definition, one pixel at a time: grey, the resized picture on it, then the numbers."""
    small = cv2.resize(image, (where.width, where.height), interpolation=cv2.INTER_LINEAR)
    width, height = canvas
    out = np.empty((3, height, width), np.float32)
    for row in range(height):
        for column in range(width):
            y, x = row - where.top, column - where.left
            inside = 0 <= y < where.height and 0 <= x < where.width
            pixel = small[y, x] if inside else (114, 114, 114)
            for channel in range(3):
                level = int(pixel[2 - channel if rgb else channel])
                out[channel, row, column] = table[channel, level]
    return out


@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("rgb", [False, True])
@pytest.mark.parametrize("size", [(37, 23), (23, 41), (1, 1), (70, 1), (1, 70), (32, 32)])
def test_a_painted_canvas_equals_the_slow_reference_to_the_pixel(
    placement: Placement, size: tuple[int, int], *, rgb: bool
) -> None:
    image = picture(*size)
    table = levels((103.53, 116.28, 123.675), (57.375, 57.12, 58.395))
    out = np.empty((3, 32, 64), np.float32)
    where = Canvas(out, table, rgb=rgb).paint(image, placement)
    expected = slow_canvas(image, where, (64, 32), rgb=rgb, table=table)
    np.testing.assert_array_equal(out, expected)


def test_plain_levels_are_painted_as_they_are() -> None:
    image = picture(20, 30)
    table = levels((0, 0, 0), (1, 1, 1))
    out = np.empty((3, 64, 64), np.float32)
    where = Canvas(out, table).paint(image, "centre")
    np.testing.assert_array_equal(out, slow_canvas(image, where, (64, 64), rgb=False, table=table))


def test_nothing_of_the_picture_before_is_left_on_a_canvas() -> None:
    out, fresh = np.empty((2, 3, 64, 64), np.float32)
    table = levels((0, 0, 0), (255, 255, 255))
    canvas = Canvas(out, table)
    canvas.paint(picture(40, 80), "centre")
    canvas.paint(picture(80, 40, seed=1), "centre")
    Canvas(fresh, table).paint(picture(80, 40, seed=1), "centre")
    np.testing.assert_array_equal(out, fresh)


def test_a_frame_cut_from_a_larger_array_is_painted_alike() -> None:
    whole = picture(100, 100)
    view, copy = whole[10:50, 20:90], whole[10:50, 20:90].copy()
    out, fresh = np.empty((2, 3, 64, 64), np.float32)
    table = levels((0, 0, 0), (1, 1, 1))
    Canvas(out, table).paint(view, "top_left")
    Canvas(fresh, table).paint(copy, "top_left")
    np.testing.assert_array_equal(out, fresh)


@given(sides, sides, canvases, placements)
def test_a_picture_lies_inside_its_canvas(
    width: int, height: int, canvas: tuple[int, int], placement: Placement
) -> None:
    where = fit((width, height), canvas, placement)
    assert where.left >= 0
    assert where.top >= 0
    assert 1 <= where.width <= canvas[0] - where.left
    assert 1 <= where.height <= canvas[1] - where.top


@given(sides, sides, canvases)
def test_the_padding_is_even_when_centred(width: int, height: int, canvas: tuple[int, int]) -> None:
    where = fit((width, height), canvas, "centre")
    assert 0 <= canvas[0] - where.width - 2 * where.left <= 1
    assert 0 <= canvas[1] - where.height - 2 * where.top <= 1


@given(sides, sides, canvases, st.sampled_from(["top_left", "centre"]))
def test_a_letterboxed_picture_fills_one_side_and_keeps_its_ratio(
    width: int, height: int, canvas: tuple[int, int], placement: Placement
) -> None:
    where = fit((width, height), canvas, placement)
    ratio = min(Fraction(canvas[0], width), Fraction(canvas[1], height))
    for side, of_image in ((where.width, width), (where.height, height)):
        assert abs(side - ratio * of_image) <= 1
    assert where.width >= canvas[0] - 1 or where.height >= canvas[1] - 1


@given(sides, sides, canvases, placements)
def test_boxes_come_back_from_the_canvas(
    width: int, height: int, canvas: tuple[int, int], placement: Placement
) -> None:
    where = fit((width, height), canvas, placement)
    size = np.array([width, height] * 2)
    xyxy = (np.random.default_rng(width).random((5, 4)) * size).astype(np.float32)
    np.testing.assert_allclose(where.back(where.onto(xyxy)), xyxy, atol=1e-3)


def test_the_corners_of_the_picture_on_the_canvas_are_the_corners_of_the_image() -> None:
    where = fit((1920, 1080), (640, 640), "centre")
    corners = np.array([[0, 140, 640, 500]], np.float32)
    np.testing.assert_array_equal(where.back(corners), [[0, 0, 1920, 1080]])


def test_levels_are_shifted_and_scaled() -> None:
    table = levels((10, 0, 0), (2, 255, 1))
    assert table.dtype == np.float32
    assert table[0, 30] == 10
    assert table[1, 255] == 1
    assert table[2, 7] == 7


@given(st.integers(1, 700), st.integers(1, 300), st.integers(16, 200))
def test_a_shrunk_picture_is_no_wider_and_of_the_same_shape(
    full: int, height: int, width: int
) -> None:
    small, scale = shrink(np.full((height, full, 3), 77, np.uint8), width)
    assert small.shape[1] <= max(width, 1)
    assert scale == pytest.approx(full / small.shape[1])
    assert abs(small.shape[0] * scale - height) <= scale
    assert np.all(small == 77)
