from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from camweave.core.tracks import Tracklets
from camweave.refinement.habits import GAPS, Habits, learn
from camweave.refinement.pieces import Pieces, whole
from camweave.refinement.sway import steadied

Make = Callable[..., Tracklets]
Walk = Callable[..., object]


def pieces_of(tracklets: Tracklets) -> Pieces:
    return whole(tracklets, np.ones(len(tracklets.frame), np.bool_))


def road(make: Make, walk: Walk) -> Tracklets:
    return make([walk(0, 200, 50 * k, 100 + 60 * k, 3 - k % 3, rough=0.5) for k in range(10)])


def moved(tracklets: Tracklets, shift: np.ndarray) -> Tracklets:
    """The same, each row by so many px (K, 2)."""
    return replace(tracklets, xyxy=tracklets.xyxy + np.tile(shift, 2).astype(np.float32))


def test_a_dance_is_known_to_be_less_predictable_than_a_road(make: Make, walk: Walk) -> None:
    calm = road(make, walk)
    phase = calm.row_ids * 1.7 + calm.time * 4
    dance = moved(calm, np.stack([40 * np.sin(phase), np.zeros_like(phase)], axis=1))
    on_road, dancing = learn(pieces_of(calm), 1.0), learn(pieces_of(dance), 1.0)
    assert (dancing.spread[:, 0] > 2 * on_road.spread[:, 0]).all()
    assert dancing.carry[-2] < on_road.carry[-2]


def test_longer_gaps_are_never_surer(make: Make, walk: Walk) -> None:
    spread = learn(pieces_of(road(make, walk)), 1.0).spread
    assert (np.diff(spread, axis=0) >= 0).all()


def test_a_recording_that_tells_nothing_is_taken_as_any_other(make: Make) -> None:
    habits = learn(pieces_of(make([])), 1.0)
    assert habits.births == 1.0
    assert np.isfinite(habits.spread).all()


def test_how_long_a_path_may_be_guessed_follows_from_how_far_it_strays() -> None:
    spread = np.tile((GAPS * 0.25)[:, None], (1, 5))  # 0.25 heights each second
    habits = Habits(np.ones(len(GAPS)), spread, np.ones(5), 1.0)
    assert habits.lasts(0.25) == pytest.approx(1.0)
    assert habits.lasts(2.0) == pytest.approx(8.0)
    assert habits.lasts(0.001) == 0


def test_the_sway_of_a_camera_is_found_and_taken_out(make: Make, walk: Walk) -> None:
    still = road(make, walk)
    rng = np.random.default_rng(0)
    sway = np.cumsum(rng.normal(0, 8, (still.frame.max() + 1, 2)), axis=0)
    shaken = moved(still, sway[still.frame])
    calm, found, _ = steadied(pieces_of(shaken), 1.0)
    step = np.diff(found.at(np.arange(201) / 10.0), axis=0)
    assert np.corrcoef(step[:, 0], np.diff(sway, axis=0)[:, 0])[0, 1] > 0.9
    spread = learn(pieces_of(shaken), 1.0).spread[2, 0]
    assert learn(calm, 1.0).spread[2, 0] < 0.5 * spread


def test_a_camera_that_stands_is_left_standing(make: Make, walk: Walk) -> None:
    pieces = pieces_of(road(make, walk))
    calm, sway, _ = steadied(pieces, 1.0)
    assert not len(sway.time)
    np.testing.assert_array_equal(calm.place, pieces.place)
