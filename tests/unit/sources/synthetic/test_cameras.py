from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from camweave.core.errors import InputError
from camweave.ops.ground import to_ground, to_image
from camweave.sources.synthetic.cameras import (
    delivered_frames,
    frame_times,
    hang_camera,
    response_of,
)
from camweave.sources.synthetic.plan import CameraSpec
from camweave.sources.synthetic.plaza import plaza_cameras

SPEC = CameraSpec(name="cam_a", position=(0.0, -10.0, 6.0), look_at=(0.0, 5.0, 0.0))


@given(st.sampled_from(plaza_cameras()), st.floats(-15, 15), st.floats(-15, 15))
def test_a_point_of_the_ground_is_seen_where_the_homography_says(
    spec: CameraSpec, east: float, north: float
) -> None:
    pinhole = hang_camera(spec)
    place = np.array([[spec.look_at[0] + east, spec.look_at[1] + north]])
    point = np.column_stack([place, [0.0]])
    if pinhole.to_camera(point)[0, 2] > 0.5:
        pixel = pinhole.project(point)
        assert_allclose(to_ground(pinhole.homography, pixel), place, atol=1e-6)
        assert_allclose(to_image(pinhole.homography, place), pixel, atol=1e-6)


def test_what_the_camera_looks_at_is_in_the_middle() -> None:
    for spec in plaza_cameras():
        pixel = hang_camera(spec).project(np.array([spec.look_at]))
        assert_allclose(pixel, [[spec.width / 2, spec.height / 2]], atol=1e-9)


def test_up_is_up_and_right_is_right() -> None:
    pinhole = hang_camera(SPEC)
    middle, above, right = pinhole.project(np.array([[0, 5.0, 0], [0, 5, 1], [1, 5, 0]]))
    assert above[1] < middle[1]
    assert right[0] > middle[0]
    assert_allclose(pinhole.center, SPEC.position, atol=1e-9)
    assert_allclose(pinhole.rotation @ pinhole.rotation.T, np.eye(3), atol=1e-12)


def test_a_larger_picture_is_the_same_view() -> None:
    pinhole = hang_camera(SPEC)
    point = np.array([[1.0, 3.0, 0.5]])
    assert_allclose(pinhole.scaled(2).project(point), 2 * pinhole.project(point))


def test_a_camera_that_looks_straight_down_is_refused() -> None:
    with pytest.raises(InputError, match="cam_a: looks straight"):
        hang_camera(replace(SPEC, look_at=(0.0, -10.0, 0.0)))


def test_a_brighter_camera_gives_higher_levels_and_a_plain_one_changes_nothing() -> None:
    plain = response_of(SPEC)
    assert (plain == np.arange(256)[:, None]).all()
    assert (response_of(replace(SPEC, gain=1.2)) >= plain).all()
    warm = response_of(replace(SPEC, white=(0.9, 1.0, 1.1)))
    assert (warm[100] == (90, 100, 110)).all()


def test_frames_come_at_the_rate_of_the_camera() -> None:
    times = frame_times(replace(SPEC, fps=12.5), seconds=4.0, seed=1)
    assert len(times) == 50
    assert_allclose(np.diff(times), 0.08)
    assert times[0] == 0.0


def test_dropped_frames_leave_gaps_but_never_the_first() -> None:
    for seed in range(5):
        ticks = delivered_frames(replace(SPEC, drop=0.3), seconds=40.0, seed=seed)
        assert ticks[0] == 0
        assert 0.6 < len(ticks) / 600 < 0.8
        assert (np.diff(ticks) > 0).all()


def test_the_shortest_film_has_one_frame() -> None:
    assert len(frame_times(SPEC, seconds=0.001, seed=1)) == 1
