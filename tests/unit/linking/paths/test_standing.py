"""How far apart two tracklets stood while both were in view."""

import numpy as np
import pytest

from camweave.core.sightings import Paths
from camweave.linking.paths.standing import distances


def paths(*tracks: tuple[float, float, float]) -> Paths:
    """Walkers to the east at 1 m/s from `x` m at `begin` s for `length` s, 5 places a second."""
    each = [(begin + np.arange(round(5 * length)) / 5, x) for begin, length, x in tracks]
    offsets = np.concatenate([[0], np.cumsum([len(time) for time, _ in each])]).astype(np.int64)
    time = np.concatenate([*(time for time, _ in each), np.empty(0)])
    east = np.concatenate([*(x + time for time, x in each), np.empty(0)])
    return Paths(offsets, time, np.column_stack([east, east * 0]), np.ones(len(time)))


def between(site: Paths, one: int, other: int) -> float:
    return float(distances(site, np.array([one]), np.array([other]))[0])


def test_the_distance_is_that_at_the_same_time() -> None:
    assert between(paths((0, 10, 0), (4, 10, 2)), 0, 1) == pytest.approx(2)


def test_rates_and_clocks_that_do_not_fall_together_are_interpolated() -> None:
    assert between(paths((0, 10, 0), (0.07, 10, 0)), 0, 1) == pytest.approx(0, abs=1e-9)


def test_who_is_asked_first_hardly_matters() -> None:
    site = paths((0, 10, 0), (3.3, 12, 1.5))
    assert between(site, 0, 1) == pytest.approx(between(site, 1, 0), abs=1e-6)


def test_those_who_share_no_time_have_no_distance() -> None:
    assert np.isnan(between(paths((0, 5, 0), (5.1, 5, 0)), 0, 1))


def test_those_without_a_path_have_no_distance() -> None:
    assert np.isnan(between(paths((0, 5, 0), (0, 0, 0)), 0, 1))
    assert np.isnan(between(paths((0, 5, 0), (0, 0, 0)), 1, 0))


def test_a_gap_in_a_path_is_not_bridged() -> None:
    time = np.concatenate([np.arange(5) / 5, 20 + np.arange(5) / 5, np.arange(5, 15)])
    place = np.column_stack([time, time * 0])
    site = Paths(np.array([0, 10, 20]), time, place, np.ones(20))
    assert np.isnan(between(site, 1, 0))
