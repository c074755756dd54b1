"""Stamps laid on the site's clock: laws, and the clocks that real cameras have."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camweave.core.arrays import F64
from camweave.sources.streams.stream_clock import RECENT, SLACK, WINDOW, LeastOf, StreamClock

APART = 1000.0  # s between the two clocks


def laid(stamps: F64, arrivals: F64) -> F64:
    clock = StreamClock()
    return np.array(
        [clock.time_of(s, a) for s, a in zip(stamps.tolist(), arrivals.tolist(), strict=True)]
    )


stamps_as_they_may_come = st.lists(
    st.tuples(
        st.none() | st.floats(allow_nan=True, allow_infinity=True),
        st.floats(min_value=0, max_value=20),
    ),
    max_size=60,
)


@given(stamps_as_they_may_come)
def test_time_rises_and_is_never_after_the_arrival_whatever_the_stamps_say(
    frames: list[tuple[float | None, float]],
) -> None:
    clock, arrival = StreamClock(), 0.0
    times = []
    for stamp, step in frames:
        arrival += step
        times.append(clock.time_of(stamp, arrival))
        assert times[-1] <= arrival + 1e-4
    assert all(a < b for a, b in pairwise(times))


@given(st.integers(0, 2**32 - 1), st.floats(min_value=0.001, max_value=0.2))
def test_jitter_is_removed(seed: int, jitter: float) -> None:
    rng = np.random.default_rng(seed)
    stamps = np.arange(500, dtype=np.float64) * 0.04
    way = rng.uniform(0, jitter, len(stamps))
    for quick in range(6):  # once a second the way is free; the first may be stuck behind others
        way[quick::25] = 0
    arrivals: F64 = np.maximum.accumulate(stamps + APART + way)
    times = laid(stamps, arrivals)
    np.testing.assert_allclose(times[25:], stamps[25:] + APART, atol=2e-3)


@pytest.mark.parametrize("drift", [-2e-4, -5e-5, 5e-5, 2e-4])
def test_drift_is_followed(drift: float) -> None:
    rng = np.random.default_rng(1)
    true = np.arange(0, 3600, 0.1)
    arrivals = np.maximum.accumulate(true + rng.exponential(0.01, len(true)))
    times = laid(true * (1 + drift) + APART, arrivals)
    error = times - true
    assert np.abs(error[100:]).max() < 0.02 + WINDOW * abs(drift)


def test_a_stall_is_told_from_a_slow_clock() -> None:
    stamps = np.arange(0, 20, 0.04)
    arrivals = stamps.copy()
    late = (arrivals > 10) & (arrivals < 11.5)
    arrivals[late] = 11.5  # held up on the way, then all at once
    arrivals += np.arange(len(arrivals)) * 1e-5
    times = laid(stamps, arrivals)
    np.testing.assert_allclose(times, stamps, atol=0.01)


def test_a_longer_way_is_followed_within_seconds() -> None:
    stamps = np.arange(0, 30, 0.04)
    arrivals = stamps + np.where(stamps > 10, 1.0, 0.0)
    times = laid(stamps, arrivals)
    after = stamps > 10 + 2 * RECENT
    np.testing.assert_allclose(times[after], arrivals[after], atol=1e-3)


@pytest.mark.parametrize("jump", [-5000.0, -20.0, 20.0, 5000.0])
def test_stamps_that_jump_begin_anew(jump: float) -> None:
    true = np.arange(0, 20, 0.04)
    times = laid(true + np.where(true > 10, jump, 0.0), true)
    np.testing.assert_allclose(times, true, atol=1e-3)


@pytest.mark.parametrize("speed", [0.2, 7 / 30, 0.9, 1.1, 4.0])
def test_stamps_that_count_frames_do_not_lead_astray(speed: float) -> None:
    true = np.arange(0, 60, 1 / 7)
    times = laid(true * speed, true)
    late = true - times
    assert late.max() < 2 * RECENT
    assert late[true > 25].max() < SLACK + 0.05


def test_stamps_a_little_slow_are_followed() -> None:
    true = np.arange(0, 120, 0.04)
    late = true - laid(true * 0.995, true)
    assert late.max() < SLACK + 0.05


@given(st.lists(st.tuples(st.floats(0, 3), st.floats(-100, 100)), min_size=1, max_size=50))
def test_the_least_of_a_span_is_the_least(steps: list[tuple[float, float]]) -> None:
    least = LeastOf(5.0)
    time, seen = 0.0, []
    for step, value in steps:
        time += step
        seen.append((time, value))
        assert least.add(time, value) == min(v for t, v in seen if t >= time - 5.0)
