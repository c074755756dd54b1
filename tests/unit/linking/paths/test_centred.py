"""What taking off a camera's mean does to two of its tracklets."""

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.linking.road_world import road

from camweave.core.sightings import Sightings
from camweave.linking.appearance import freed
from camweave.linking.paths.centred import fair


def turned(sightings: Sightings, seed: int) -> Sightings:
    """The same, some of them going the other way."""
    back = np.random.default_rng(seed).random(len(sightings)) < 0.4
    entry, leave = sightings.entry.copy(), sightings.exit.copy()
    entry[back], leave[back] = sightings.exit[back], sightings.entry[back]
    return replace(sightings, entry=entry, exit=leave)


@pytest.mark.parametrize("each", [4, 10, 30])
def test_strangers_of_one_camera_are_no_less_alike_than_of_two(each: int) -> None:
    seen = turned(road(each).sightings, each)
    look = np.random.default_rng(each).normal(size=(len(seen), 4000)).astype(np.float32)
    left = freed(seen, look / np.linalg.norm(look, axis=1, keepdims=True))
    left /= np.linalg.norm(left, axis=1, keepdims=True)
    one, other = np.triu_indices(len(seen), 1)
    cosine = (left[one] * left[other]).sum(axis=1).astype(np.float64)
    made = fair(seen, np.ones(len(seen), np.bool_), (one, other), cosine)
    own = seen.camera[one] == seen.camera[other]
    assert cosine[own].mean() < cosine[~own].mean() - 0.5 / each
    assert made[own].mean() == pytest.approx(made[~own].mean(), abs=4e-3)
    assert np.array_equal(made[~own], cosine[~own])


def test_who_is_quite_the_same_stays_so() -> None:
    seen = road(5).sightings
    same = np.ones(1)
    made = fair(seen, np.ones(len(seen), np.bool_), (np.array([0]), np.array([1])), same)
    assert made[0] == pytest.approx(1.0)
