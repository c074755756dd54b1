"""The camera's motion on a state of four separate axes, held against the full 8x8 form."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camweave.core.arrays import F64
from camweave.formats.camera_motion import read_camera_motion
from camweave.tracking.botsort_camera import Shift, move_state
from camweave.tracking.box_motion import BY_HEIGHT, BY_SIDES, BoxModel, correct_box, predict_box
from camweave.tracking.box_motion import start_box as begin
from camweave.tracking.kalman import AXES, STATE


def tracked(kind: int) -> F64:
    """A state that has seen a few boxes."""
    rng, model, state = np.random.default_rng(0), BoxModel(kind, 1 / 120), np.empty(STATE)
    box = np.array([100.0, 50.0, 150.0, 200.0])
    begin(state, box, model)
    for _ in range(6):
        box = box + rng.normal(0, 4, 4)
        predict_box(state, 1.0, model)
        correct_box(state, box, model)
    return state


def full(state: F64) -> tuple[F64, F64]:
    """Mean (8,) and covariance (8, 8) of x, y, w, h and their velocities."""
    position, velocity, pp, pv, vv = state.reshape(5, AXES)
    blocks = np.block([[np.diag(pp), np.diag(pv)], [np.diag(pv), np.diag(vv)]])
    return np.concatenate([position, velocity]), blocks


def moved_in_full(state: F64, affine: F64) -> tuple[F64, F64]:
    """Centre and velocity turn, sides grow, and every covariance is kept."""
    mean, covariance = full(state)
    linear, zoom = affine[:, :2], np.sqrt(abs(np.linalg.det(affine[:, :2])))
    sides = np.eye(2) * zoom
    matrix = np.kron(np.eye(2), np.block([[linear, np.zeros((2, 2))], [np.zeros((2, 2)), sides]]))
    mean = matrix @ mean
    mean[:2] += affine[:, 2]
    return mean, matrix @ covariance @ matrix.T


def moved(state: F64, affine: F64) -> F64:
    copy, zoom = state.copy(), float(np.sqrt(abs(np.linalg.det(affine[:, :2]))))
    a, b, x, c, d, y = affine.ravel().tolist()
    move_state(copy, Shift(a, b, x, c, d, y), zoom)
    return copy


def similarity(turn: float, zoom: float, x: float, y: float) -> F64:
    a, b = zoom * np.cos(turn), zoom * np.sin(turn)
    return np.array([[a, -b, x], [b, a, y]])


@settings(max_examples=40)
@given(
    turn=st.floats(-3, 3),
    zoom=st.floats(0.5, 2),
    x=st.floats(-500, 500),
    y=st.floats(-500, 500),
)
def test_any_turn_zoom_and_shift_is_exact_while_x_and_y_are_equally_sure(
    turn: float, zoom: float, x: float, y: float
) -> None:
    state, affine = tracked(BY_HEIGHT), similarity(turn, zoom, x, y)
    mean, covariance = moved_in_full(state, affine)
    ours, ours_covariance = full(moved(state, affine))
    np.testing.assert_allclose(ours, mean, atol=1e-9)
    np.testing.assert_allclose(ours_covariance, covariance, atol=1e-9 * covariance.max())


@settings(max_examples=40)
@given(zoom=st.floats(0.5, 2), x=st.floats(-500, 500), y=st.floats(-500, 500))
def test_zoom_and_shift_are_exact_for_the_papers_filter_too(
    zoom: float, x: float, y: float
) -> None:
    state, affine = tracked(BY_SIDES), similarity(0.0, zoom, x, y)
    mean, covariance = moved_in_full(state, affine)
    ours, ours_covariance = full(moved(state, affine))
    np.testing.assert_allclose(ours, mean, atol=1e-9)
    np.testing.assert_allclose(ours_covariance, covariance, atol=1e-9 * covariance.max())


def test_a_motion_and_its_inverse_leave_a_state_as_it_was() -> None:
    state, affine = tracked(BY_HEIGHT), similarity(0.2, 1.3, 40, -7)
    back = np.linalg.inv(np.vstack([affine, [0, 0, 1]]))[:2]
    np.testing.assert_allclose(moved(moved(state, affine), back), state, atol=1e-9)


@pytest.mark.realdata
@pytest.mark.parametrize("name", ["MOT17-05", "MOT17-11"])
def test_what_real_cameras_turn_leaves_out_is_small(data_dir: Path, name: str) -> None:
    """Of the paper's filter: the covariance of x and y, as a share of their deviations' product."""
    state, shares = tracked(BY_SIDES), []
    for affine in read_camera_motion(data_dir / "mot" / "MOT17" / name / "gmc_ucmctrack.txt"):
        _, covariance = moved_in_full(state, affine)
        shares.append(abs(covariance[0, 1]) / np.sqrt(covariance[0, 0] * covariance[1, 1]))
    assert np.max(shares) < 0.12
    assert np.median(shares) < 0.01
