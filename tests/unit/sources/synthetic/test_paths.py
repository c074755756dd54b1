import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from camweave.sources.synthetic.paths import find_meetings, lay_paths

metres = st.floats(-50, 50, allow_nan=False)


@given(metres, metres, st.floats(0, 39))
def test_one_metre_along_a_way_is_one_metre_on_the_ground(x: float, y: float, along: float) -> None:
    paths = lay_paths([(((x, y), (x + 40, y)), 1.0)])
    way = np.zeros(1, np.int64)
    here, there = paths.locate(way, np.array([along])), paths.locate(way, np.array([along + 1]))
    assert_allclose(np.hypot(*(there - here)[0]), 1.0, atol=1e-9)


def test_a_way_goes_straight_on_past_its_ends() -> None:
    paths = lay_paths([(((0.0, 0.0), (10.0, 0.0)), 1.0)])
    ends = paths.locate(np.zeros(2, np.int64), np.array([-2.0, 12.0]))
    assert_allclose(ends, [[-2, 0], [12, 0]], atol=1e-9)


def test_a_bend_is_round_and_shorter_than_its_corner() -> None:
    paths = lay_paths([(((0.0, 0.0), (20.0, 0.0), (20.0, 20.0)), 6.0)])
    assert 34 < paths.lengths[0] < 40
    along = np.arange(0.0, 34.0, 0.5)
    way = paths.direction(np.zeros(len(along), np.int64), along)
    turns = np.arccos((way[1:] * way[:-1]).sum(axis=1).clip(-1, 1))
    assert turns.max() < 0.2  # rad in half a metre: no corner is left


def test_ways_know_where_they_cross() -> None:
    paths = lay_paths([(((-10.0, 0.0), (10.0, 0.0)), 1.0), (((0.0, -10.0), (0.0, 10.0)), 1.0)])
    along, aside = find_meetings(paths).of(np.array([0]), np.array([1]), np.array([10.0]))
    assert_allclose([along[0], aside[0]], [10.0, 0.0], atol=1e-9)
    _, aside = find_meetings(paths).of(np.array([0, 0]), np.array([1, 1]), np.array([7.0, 4.0]))
    assert_allclose(aside, [3.0, np.inf], atol=1e-9)  # beyond REACH they do not meet


def test_the_nearest_place_on_a_way_is_found() -> None:
    paths = lay_paths([(((0.0, 0.0), (10.0, 0.0)), 1.0)])
    assert paths.distance_of(0, (7.0, 3.0)) == 7.0
