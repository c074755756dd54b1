"""Whether one camera's tracklet goes on where another broke off."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.linking.road_world import road

from camweave.linking.fragments import LONGEST, MOST, NOTHING, learn_continuity, misses

BROKEN = road(objects=80, broken=1.0, seed=2)


def halves() -> tuple[np.ndarray, np.ndarray]:
    """Rows of the two pieces of each visit."""
    seen, who = BROKEN.sightings, BROKEN.who
    order = np.lexsort([seen.begin, who, seen.camera])
    same = (np.diff(who[order]) == 0) & (np.diff(seen.camera[order]) == 0)
    return order[:-1][same], order[1:][same]


def test_who_goes_straight_on_misses_by_nothing() -> None:
    one, other = halves()
    seen = BROKEN.sightings
    gap = seen.begin[other] - seen.end[one]
    np.testing.assert_allclose(misses(seen, one, other, gap), 0, atol=0.05)


def test_a_jump_is_counted_in_sizes_of_the_box_and_growing_counts_too() -> None:
    one, other = (rows[:1] for rows in halves())
    seen = BROKEN.sightings
    gap = seen.begin[other] - seen.end[one]
    entry = seen.entry.copy()
    size = float(np.sqrt(np.prod(entry[other[0], 2:] - entry[other[0], :2])))
    entry[other[0]] += np.array([0, size, 0, size], np.float32)
    jumped = misses(replace(seen, entry=entry), one, other, gap)
    np.testing.assert_allclose(jumped, 1.0, atol=0.05)
    grown = seen.entry.copy()
    middle = (grown[other[0], :2] + grown[other[0], 2:]) / 2
    grown[other[0], :2] = middle + 2 * (grown[other[0], :2] - middle)
    grown[other[0], 2:] = middle + 2 * (grown[other[0], 2:] - middle)
    assert misses(replace(seen, entry=grown), one, other, gap)[0] > 1.5


def test_what_continuations_miss_by_speaks_for_them_and_jumps_against() -> None:
    one, other = halves()
    learned = learn_continuity(BROKEN.sightings, one, other, np.ones(len(one)))
    near, far = learned.nats(np.array([0.02, 8.0]), np.array([0.8, 0.8]))
    assert near > 1
    assert far < -1


def test_after_long_the_place_tells_nothing() -> None:
    one, other = halves()
    learned = learn_continuity(BROKEN.sightings, one, other, np.ones(len(one)))
    assert learned.nats(np.array([0.02]), np.array([LONGEST + 1]))[0] == 0


@pytest.mark.parametrize("likely", [0.0, 1e-6])
def test_of_unlikely_continuations_nothing_is_learned(likely: float) -> None:
    one, other = halves()
    learned = learn_continuity(BROKEN.sightings, one, other, np.full(len(one), likely))
    np.testing.assert_allclose(learned.value, 0, atol=0.02)


def test_of_no_pairs_comes_nothing() -> None:
    nobody = np.empty(0, np.int64)
    assert learn_continuity(BROKEN.sightings, nobody, nobody, np.empty(0)) is NOTHING


@given(st.lists(st.floats(0, 1), min_size=60, max_size=60))
def test_no_place_says_more_than_its_most(weight: list[float]) -> None:
    one, other = (rows[:60] for rows in halves())
    learned = learn_continuity(BROKEN.sightings, one, other, np.array(weight))
    assert np.isfinite(learned.value).all()
    assert np.abs(learned.value).max() <= MOST
