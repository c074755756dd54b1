"""Clock offsets told from objects that several cameras saw."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.made_up import made_up

from camweave.core.errors import InputError
from camweave.core.sightings import Paths, Sightings
from camweave.linking.clocks import ClockParams, estimate_clocks, on_common_clock, surely_off

Row = tuple[int, int, float, np.ndarray]  # camera, identity, begin s, places at 5 a second


def sightings(rows: list[Row], cameras: int = 2) -> tuple[Sightings, np.ndarray]:
    """Tracklets with these paths, and who they are."""
    rows = sorted(rows, key=lambda row: row[0])
    lengths = [len(row[3]) for row in rows]
    times = [row[2] + np.arange(len(row[3])) / 5 for row in rows]
    begin = np.array([row[2] for row in rows], np.float64)
    paths = Paths(
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        np.concatenate([*times, np.empty(0)]),
        np.concatenate([*(row[3] for row in rows), np.empty((0, 2))]),
        np.full(sum(lengths), 0.2),
    )
    seen = made_up(
        [row[0] for row in rows],
        begin,
        begin + np.maximum(np.array(lengths, np.float64) - 1, 0) / 5,
        cameras=[f"cam_{c}" for c in range(cameras)],
        frames=lengths,
        paths=paths,
    )
    return seen, np.array([row[1] for row in rows], np.int64)


def shared_walks(late: float, seed: int, count: int = 20) -> list[Row]:
    """People who cross a square in all directions, seen by two cameras, the second `late` s off.

    The second camera's plan is shifted by half a metre besides.
    """
    rng, rows = np.random.default_rng(seed), []
    for who in range(count):
        begin, heading = rng.uniform(0, 300), rng.uniform(0, 2 * np.pi)
        pace = rng.uniform(0.8, 1.8) * np.array([np.cos(heading), np.sin(heading)])
        start = rng.uniform(-5, 5, 2)
        for camera, plan in ((0, 0.0), (1, 0.5)):
            places = start + pace * (np.arange(50) / 5)[:, None] + plan
            noise = rng.normal(0, 0.15, places.shape)
            rows.append((camera, who + 1, begin + (late if camera else 0.0), places + noise))
    return rows


@settings(max_examples=5)
@given(late=st.floats(-3, 3), seed=st.integers(0, 1000))
def test_a_clock_is_set_right_by_those_whom_two_cameras_see_at_once(late: float, seed: int) -> None:
    clocks = estimate_clocks(*sightings(shared_walks(late, seed)))
    (pair,) = clocks.pairs
    assert pair.how == "together"
    assert clocks.offset[1] == pytest.approx(-late, abs=max(4 * pair.sigma, 0.05))
    assert pair.sigma < 0.15


def test_the_error_of_a_clock_is_what_it_errs_by() -> None:
    """Places of one path err together, as they do where a box is cut off at its feet."""
    errors = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        rows = [
            (camera, who, begin, places + rng.normal(0, 0.4, 2) * (camera == 1))
            for camera, who, begin, places in shared_walks(0.4, seed, 12)
        ]
        (pair,) = estimate_clocks(*sightings(rows), ClockParams(most=0.7)).pairs
        errors.append((pair.ahead + 0.4) / pair.sigma)
    assert np.mean(np.abs(errors) < 2) > 0.9
    assert 0.4 < np.std(errors) < 1.5


def test_on_the_common_clock_both_cameras_see_them_at_the_same_time() -> None:
    seen, who = sightings(shared_walks(1.7, 5))
    mended = on_common_clock(seen, estimate_clocks(seen, who))
    one, other = mended.camera == 0, mended.camera == 1
    assert np.abs(mended.begin[one] - mended.begin[other]).max() < 0.1
    assert np.abs(mended.paths.time[0] - mended.begin[0]) < 1e-9
    assert np.abs(seen.begin[one] - seen.begin[other]).min() > 1.5  # the input is left as it is


def test_only_a_clock_that_is_surely_off_is_set() -> None:
    late = surely_off(estimate_clocks(*sightings(shared_walks(1.7, 5))))
    assert late is not None
    assert late.offset[1] == pytest.approx(-1.7, abs=0.1)
    assert surely_off(estimate_clocks(*sightings(shared_walks(0.0, 5)))) is None
    assert surely_off(estimate_clocks(*sightings(passages(late=3.0, back=20.0)))) is None


def passages(late: float, back: float, seed: int = 1) -> list[Row]:
    """Cars from one camera to the other in 20 s, and home in `back` s; no ground."""
    rng, rows = np.random.default_rng(seed), []
    nowhere = np.empty((0, 2))
    for who in range(60):
        begin, there = rng.uniform(0, 900), who % 2 == 0
        way = (20.0 if there else back) + rng.normal(0, 1.5)
        first, second = (0, 1) if there else (1, 0)
        for camera, time in ((first, begin), (second, begin + way)):
            rows.append((camera, who + 1, time + (late if camera == 1 else 0.0), nowhere))
    return rows


def test_a_way_there_and_back_tells_the_clocks_apart() -> None:
    clocks = estimate_clocks(*sightings(passages(late=3.0, back=20.0)))
    (pair,) = clocks.pairs
    assert pair.how == "both ways"
    assert clocks.offset[1] == pytest.approx(-3.0, abs=3 * pair.sigma)


def test_a_way_that_may_be_longer_home_is_told_with_a_larger_error() -> None:
    clocks = estimate_clocks(*sightings(passages(late=0.0, back=23.0)))
    assert abs(clocks.offset[1]) < 2 * clocks.sigma[1]


def test_who_goes_home_by_another_way_tells_nothing_of_the_clocks() -> None:
    assert estimate_clocks(*sightings(passages(late=0.0, back=90.0))).pairs == ()


def test_of_groups_that_share_nobody_each_is_set_by_its_middle_clock() -> None:
    """Cameras 0 to 2, and 3 to 5, see the same; only 1 and 5 have clocks that are off."""
    late = (0.0, 1.5, 0.0, 0.0, 0.0, -0.8)
    rows: list[Row] = []
    for first in (0, 3):
        for one, other in ((0, 1), (1, 2), (0, 2)):
            pair = {0: first + one, 1: first + other}
            for camera, who, begin, places in shared_walks(0.0, 10 * first + one + other):
                at = pair[camera]
                rows.append(
                    (at, 1000 * first + 100 * (one + other) + who, begin + late[at], places)
                )
    clocks = surely_off(estimate_clocks(*sightings(rows, cameras=6)))
    assert clocks is not None
    assert clocks.offset.tolist() == pytest.approx([-each for each in late], abs=0.1)


def test_one_way_alone_tells_nothing() -> None:
    rows = [row for row in passages(late=3.0, back=20.0) if row[1] % 2]
    clocks = estimate_clocks(*sightings(rows))
    assert clocks.pairs == ()
    assert clocks.offset.tolist() == [0, 0]
    assert np.isinf(clocks.sigma).all()


def test_those_who_all_walk_one_way_at_one_pace_say_so_by_their_error() -> None:
    rng = np.random.default_rng(2)
    rows: list[Row] = []
    for who in range(20):
        places = np.column_stack([np.arange(50) * 0.25, np.zeros(50)]) + rng.uniform(0, 1, 2)
        noise = rng.normal(0, 0.1, (2, *places.shape))
        rows += [(camera, who + 1, 10.0 * who, places + noise[camera]) for camera in (0, 1)]
    (pair,) = estimate_clocks(*sightings(rows)).pairs
    assert pair.sigma > 0.25
    assert abs(pair.ahead) < 2 * pair.sigma


def test_three_cameras_are_set_by_all_their_pairs_at_once() -> None:
    rows = []
    for one, other, seed, late in ((0, 1, 1, 1.0), (1, 2, 2, -0.4), (0, 2, 3, 0.6)):
        rename = {0: one, 1: other}
        base = {0: 0.0, 1: 1.0, 2: 0.6}
        for camera, who, begin, places in shared_walks(late, seed):
            rows.append((rename[camera], 100 * seed + who, begin + base[one], places))
    clocks = estimate_clocks(*sightings(rows, cameras=3))
    assert len(clocks.pairs) == 3
    assert clocks.offset.tolist() == pytest.approx([0, -1.0, -0.6], abs=0.1)


def test_nobody_tells_nothing_and_wrong_knobs_are_named() -> None:
    assert estimate_clocks(*sightings([])).pairs == ()
    with pytest.raises(InputError, match="clocks: most"):
        ClockParams(most=0)
    with pytest.raises(InputError, match="of other cameras"):
        on_common_clock(sightings([])[0], estimate_clocks(*sightings([], cameras=3)))
