"""The constant-velocity filter, held against the 8x8 matrices of the papers."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camweave.core.arrays import F64
from camweave.tracking.area_motion import correct_area, place_area, predict_area, start_area
from camweave.tracking.box_motion import (
    BY_ASPECT,
    BY_HEIGHT,
    BY_SIDES,
    BoxModel,
    correct_box,
    predict_box,
    start_box,
)
from camweave.tracking.kalman import AXES, STATE, surprise_axis

F = np.block([[np.eye(4), np.eye(4)], [np.zeros((4, 4)), np.eye(4)]])
H = np.hstack([np.eye(4), np.zeros((4, 4))])

Matrices = tuple[F64, F64]

HEIGHTS = st.floats(2, 900)
MIDDLES = st.floats(-500, 2500)
SHAPES = st.floats(0.1, 4)

PUBLISHED = BoxModel(BY_ASPECT, 1 / 160)
MODELS = st.builds(
    BoxModel, st.sampled_from([BY_HEIGHT, BY_ASPECT, BY_SIDES]), st.floats(1 / 300, 1 / 50)
)


@st.composite
def boxes(draw: st.DrawFn) -> F64:
    """A box (4,) as left, top, right, bottom."""
    x, y, height = draw(MIDDLES), draw(MIDDLES), draw(HEIGHTS)
    width = height * draw(SHAPES)
    return np.array([x - width / 2, y - height / 2, x + width / 2, y + height / 2])


class Slow:
    """The filter in the papers' matrices."""

    def __init__(self, model: BoxModel, xyxy: F64) -> None:
        self.model = model
        z = self.measured(xyxy)
        self.mean = np.concatenate([z, np.zeros(4)])
        self.covariance = self.noise(z, 2, 10)

    @property
    def by_aspect(self) -> bool:
        return self.model.kind == BY_ASPECT

    def measured(self, xyxy: F64) -> F64:
        w, h = xyxy[2:] - xyxy[:2]
        third = w / h if self.by_aspect else w
        return np.array([xyxy[0] + w / 2, xyxy[1] + h / 2, third, h])

    def across(self, size: F64) -> float:
        return float(size[2] if self.model.kind == BY_SIDES else size[3])

    def noise(self, size: F64, position: float, velocity: float) -> F64:
        per = np.array([position / 20, velocity * self.model.per_velocity])
        (p, v), (q, w) = per * size[3], per * self.across(size)
        third = (1e-2, 1e-5) if self.by_aspect else (q, w)
        return np.diag(np.square([q, p, third[0], p, w, v, third[1], v]))

    def predict(self) -> None:
        noise = self.noise(self.mean, 1, 1)
        self.mean, self.covariance = F @ self.mean, F @ self.covariance @ F.T + noise

    def correct(self, xyxy: F64) -> None:
        p, q = self.mean[3] / 20, self.across(self.mean) / 20
        third = 1e-1 if self.by_aspect else q
        total = H @ self.covariance @ H.T + np.diag(np.square([q, p, third, p]))
        gain = self.covariance @ H.T @ np.linalg.inv(total)
        self.mean = self.mean + gain @ (self.measured(xyxy) - H @ self.mean)
        self.covariance = self.covariance - gain @ total @ gain.T


def as_matrices(state: F64) -> Matrices:
    position, velocity, pp, pv, vv = state.reshape(5, AXES)
    blocks = [[np.diag(pp), np.diag(pv)], [np.diag(pv), np.diag(vv)]]
    return np.concatenate([position, velocity]), np.block(blocks)


def started(xyxy: F64, model: BoxModel = PUBLISHED) -> F64:
    state = np.empty(STATE)
    start_box(state, xyxy, model)
    return state


def assert_same(state: F64, slow: Slow) -> None:
    mean, covariance = as_matrices(state)
    np.testing.assert_allclose(mean, slow.mean, rtol=1e-7, atol=1e-7)
    np.testing.assert_allclose(covariance, slow.covariance, rtol=1e-7, atol=1e-7)


@given(MODELS, boxes(), st.lists(st.tuples(st.integers(1, 4), boxes()), max_size=8))
def test_the_numbers_are_those_of_the_matrices(
    model: BoxModel, first: F64, sights: list[tuple[int, F64]]
) -> None:
    state, slow = started(first, model), Slow(model, first)
    assert_same(state, slow)
    for steps, box in sights:
        for _ in range(steps):
            predict_box(state, 1.0, model)
            slow.predict()
        assert_same(state, slow)
        correct_box(state, box, model)
        slow.correct(box)
        assert_same(state, slow)


@given(MODELS, boxes(), st.lists(st.floats(0, 30), max_size=12), st.data())
def test_the_covariance_stays_symmetric_and_positive(
    model: BoxModel, first: F64, gaps: list[float], data: st.DataObject
) -> None:
    state = started(first, model)
    for gap in gaps:
        predict_box(state, gap, model)
        assert_positive(state)
        correct_box(state, data.draw(boxes()), model)
        assert_positive(state)


def assert_positive(state: F64) -> None:
    _, _, pp, pv, vv = state.reshape(5, AXES)
    assert np.all(pp > 0)
    assert np.all(vv > 0)
    assert np.all(pp * vv - pv * pv > -1e-12 * pp * vv)


@given(boxes(), boxes(), st.lists(st.floats(0.05, 9), min_size=1, max_size=6))
def test_many_small_steps_are_one_big_step(first: F64, second: F64, steps: list[float]) -> None:
    state = started(first)
    predict_box(state, 1.0, PUBLISHED)
    correct_box(state, second, PUBLISHED)
    state[AXES + 3] = 0.0  # the height, to which the noise is in proportion, stays the same
    small, big = state.copy(), state.copy()
    for step in steps:
        predict_box(small, step, PUBLISHED)
    predict_box(big, sum(steps), PUBLISHED)
    np.testing.assert_allclose(small, big, rtol=1e-9, atol=1e-9)


def test_time_that_stands_still_changes_nothing() -> None:
    state = started(np.array([10.0, 20.0, 50.0, 120.0]))
    predict_box(state, 1.0, PUBLISHED)
    before = state.copy()
    predict_box(state, 0.0, PUBLISHED)
    np.testing.assert_array_equal(state, before)


def test_a_steady_motion_is_foreseen() -> None:
    box: npt.NDArray[np.float64] = np.array([0.0, 0.0, 40.0, 100.0])
    state = started(box)
    for _ in range(60):
        box += np.array([6.0, -2.0, 6.0, -2.0])
        predict_box(state, 1.0, PUBLISHED)
        correct_box(state, box, PUBLISHED)
    predict_box(state, 10.0, PUBLISHED)
    np.testing.assert_allclose(state[:2], [20 + 70 * 6, 50 - 70 * 2], atol=0.5)


class SlowArea:
    """SORT's filter in its 7x7 matrices: x, y, area, aspect, and velocities of the first three."""

    def __init__(self, xyxy: F64) -> None:
        self.F = np.eye(7) + np.eye(7, k=4)
        self.mean = np.concatenate([self.measured(xyxy), np.zeros(3)])
        self.covariance = np.diag([10.0] * 4 + [1e4] * 3)
        self.Q = np.diag([1.0] * 4 + [1e-2, 1e-2, 1e-4])
        self.R = np.diag([1.0, 1.0, 10.0, 10.0])

    def measured(self, xyxy: F64) -> F64:
        w, h = xyxy[2:] - xyxy[:2]
        return np.array([xyxy[0] + w / 2, xyxy[1] + h / 2, w * h, w / h])

    def predict(self) -> None:
        if self.mean[2] + self.mean[6] <= 0:
            self.mean[6] = 0
        self.mean, self.covariance = (
            self.F @ self.mean,
            self.F @ self.covariance @ self.F.T + self.Q,
        )

    def correct(self, xyxy: F64) -> None:
        total = self.covariance[:4, :4] + self.R
        gain = self.covariance[:, :4] @ np.linalg.inv(total)
        self.mean = self.mean + gain @ (self.measured(xyxy) - self.mean[:4])
        self.covariance = self.covariance - gain @ total @ gain.T


@given(boxes(), st.lists(st.tuples(st.integers(1, 4), boxes()), max_size=8))
def test_the_numbers_of_the_area_filter_are_those_of_the_matrices(
    first: F64, sights: list[tuple[int, F64]]
) -> None:
    state, slow = np.empty(STATE), SlowArea(first)
    start_area(state, first)
    for steps, box in sights:
        for _ in range(steps):
            predict_area(state, 1.0)
            slow.predict()
        correct_area(state, box)
        slow.correct(box)
        mean, covariance = as_matrices(state)
        np.testing.assert_allclose(mean[:7], slow.mean, rtol=1e-6, atol=1e-6)
        np.testing.assert_allclose(covariance[:7, :7], slow.covariance, rtol=1e-6, atol=1e-6)
        assert mean[7] == 0


@given(boxes())
def test_a_box_by_area_and_aspect_is_the_box(box: F64) -> None:
    state, placed = np.empty(STATE), np.empty(4)
    start_area(state, box)
    assert place_area(state, placed)
    np.testing.assert_allclose(placed, box, rtol=1e-9, atol=1e-6)


def test_an_area_that_is_none_is_no_box() -> None:
    state, placed = np.zeros(STATE), np.zeros(4)
    assert not place_area(state, placed)


def test_how_far_a_measurement_is_off_is_told_in_standard_deviations() -> None:
    state = started(np.array([0.0, 0.0, 40.0, 100.0]))
    spread = state[8] + 25.0
    assert surprise_axis(state, 0, state[0] + 3 * spread**0.5, 25.0) == pytest.approx(9)
