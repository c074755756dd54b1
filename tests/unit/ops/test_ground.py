import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from camweave.core.arrays import F64
from camweave.core.errors import InputError
from camweave.ops import ground

TILTED = np.array([[0.02, 0.001, -6.0], [0.0, -0.05, 20.0], [0.0, 0.004, -0.4]])

entries = st.floats(-3, 3, allow_nan=False)


@st.composite
def homographies(draw: st.DrawFn) -> F64:
    matrix = draw(arrays(np.float64, (3, 3), elements=entries))
    matrix[2, 2] += 4
    assume(np.linalg.cond(matrix) < 1e4)
    return matrix


@given(homographies(), arrays(np.float64, (5, 2), elements=st.floats(-0.2, 0.2)))
def test_to_the_ground_and_back_is_where_it_was(homography: F64, pixels: F64) -> None:
    metres = ground.to_ground(homography, pixels)
    assert_allclose(ground.to_image(homography, metres), pixels, atol=1e-6)


@given(homographies())
def test_text_gives_back_the_same_bits(homography: F64) -> None:
    assert_array_equal(ground.parse_homography(ground.format_homography(homography)), homography)


@given(homographies(), st.floats(0.1, 50))
def test_a_homography_has_no_scale(homography: F64, scale: float) -> None:
    pixels = np.array([[0.1, 0.2]])
    here, there = (ground.to_ground(h, pixels) for h in (homography, scale * homography))
    assert_allclose(here, there, rtol=1e-6)


def test_a_point_on_the_horizon_is_nowhere() -> None:
    assert np.isnan(ground.to_ground(TILTED, np.array([[10.0, 100.0]]))).all()


def test_a_box_stands_on_the_middle_of_its_lower_edge() -> None:
    boxes = np.array([[10, 0, 30, 40]], np.float32)
    assert_allclose(ground.feet_of(boxes), [[20, 40]])


def test_a_camera_straight_above_sees_metres_as_pixels() -> None:
    intrinsics = np.array([[100.0, 0, 50], [0, 100, 50], [0, 0, 1]])
    down = np.array([[1.0, 0, 0], [0, -1, 0], [0, 0, -1]])
    homography = ground.homography_of_camera(intrinsics, down, np.array([0.0, 0.0, 10.0]))
    assert_allclose(ground.to_ground(homography, np.array([[60.0, 50.0]])), [[1, 0]], atol=1e-9)
    projection = intrinsics @ np.column_stack([down, [0, 0, 10.0]])
    assert_allclose(ground.homography_of_projection(projection), homography)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1 2 3", "expected 9 numbers"),
        ("1 0 0\n0 1 0\n0 0 x", "could not convert"),
        ("", "could not convert"),
        ("1 0 0\n0 1 0\n0 0 0", "singular"),
        ("1 2 3\n2 4 6\n0 0 1", "singular"),
        ("nan 0 0 0 1 0 0 0 1", "finite"),
        ("Homography matrix: 1 0;0 1", "expected 9 numbers"),
    ],
)
def test_text_that_is_no_homography_says_why(text: str, says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        ground.parse_homography(text)
    assert "\n" not in str(caught.value)


def test_a_calibration_file_with_other_lines_is_read() -> None:
    text = "# by hand\nHomography matrix: 1 0 5;0,1,6;0 0 1\nReprojection error: 0.3\n"
    assert_array_equal(ground.parse_homography(text), [[1, 0, 5], [0, 1, 6], [0, 0, 1]])
    assert_array_equal(ground.parse_homography("# note\n1 0 5\n0 1 6\n0 0 1\n")[0], [1, 0, 5])


def test_a_camera_that_looks_along_the_ground_has_no_homography() -> None:
    level = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])
    with pytest.raises(InputError, match="singular"):
        ground.homography_of_camera(np.eye(3), level, np.zeros(3))


def test_a_projection_of_another_shape_is_refused() -> None:
    with pytest.raises(InputError, match="3x4"):
        ground.homography_of_projection(np.eye(3))
