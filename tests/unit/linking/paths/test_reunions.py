"""Whole paths put together by their looks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.made_up import made_up

from camweave.core.arrays import F32, I64, Bool
from camweave.linking.paths.contrast import GRID, learn_contrast, share_of_one
from camweave.linking.paths.meetings import meetings_of
from camweave.linking.paths.reunions import JOINS, Reunions, reuniting
from camweave.linking.paths.stepping import at_once

OBJECTS, VISITS, DIMENSION, LONG = 30, 6, 64, 4.0


class World:
    """Objects that come again and again; of each, every two visits are one path already."""

    def __init__(self, seed: int, noise: float) -> None:
        rng = np.random.default_rng(seed)
        who = rng.permutation(np.repeat(np.arange(OBJECTS), VISITS))
        begin = np.sort(rng.uniform(0, 300, len(who)))
        self.who = self._apart(who, begin)
        n = len(self.who)
        look = rng.normal(size=(OBJECTS, DIMENSION))
        vector = look[self.who] + noise * rng.normal(size=(n, DIMENSION))
        self.vector: F32 = (vector / np.linalg.norm(vector, axis=1, keepdims=True)).astype(
            np.float32
        )
        visit = np.zeros(n, np.int64)
        for each in range(OBJECTS):
            mine = np.flatnonzero(self.who == each)
            visit[mine] = np.arange(len(mine)) // 2
        self.label = self.who * VISITS + visit
        self.sightings = made_up(np.zeros(n), begin, begin + LONG, cameras=("a",), frames=40)

    @staticmethod
    def _apart(who: I64, begin: np.ndarray) -> I64:
        """Nobody comes while still there: such a visit is another object's."""
        last = np.full(OBJECTS, -np.inf)
        for row, time in enumerate(begin):
            if time < last[who[row]] + LONG + 0.5:
                who[row] = int(np.argmin(last))
            last[who[row]] = time
        return who

    def can_be_one(self, one: I64, other: I64) -> Bool:
        shared = np.minimum(self.sightings.end[one], self.sightings.end[other]) - np.maximum(
            self.sightings.begin[one], self.sightings.begin[other]
        )
        return np.asarray(shared <= 0)

    def can_be_next(self, one: I64, other: I64) -> Bool:
        return np.ones(np.broadcast(one, other).shape, np.bool_)

    def reunite(self, order: I64 | None = None) -> Reunions:
        met = meetings_of(self.sightings, self.vector)
        label = self.label if order is None else order[self.label]
        return at_once(reuniting(self.sightings, label, self.vector, met=met, laws=self))

    def joined(self, found: Reunions) -> I64:
        label = self.label.copy()
        for one, other in zip(found.one.tolist(), found.other.tolist(), strict=True):
            label[label == label[other]] = label[one]
        return label


def test_who_comes_again_is_known_again() -> None:
    world = World(1, noise=0.8)
    found = world.reunite()
    assert (world.who[found.one] == world.who[found.other]).mean() > 0.97
    assert len(np.unique(world.joined(found))) < 1.3 * OBJECTS


def test_those_who_look_like_nobody_stay_apart() -> None:
    world = World(2, noise=30.0)
    assert len(world.reunite().one) < 3


@settings(max_examples=10)
@given(seed=st.integers(0, 1000), noise=st.floats(0.3, 4.0))
def test_no_path_holds_two_who_were_there_at_once(seed: int, noise: float) -> None:
    world = World(seed, noise)
    label = world.joined(world.reunite())
    one, other = np.triu_indices(len(label), 1)
    same = label[one] == label[other]
    assert world.can_be_one(one[same], other[same]).all()


def test_how_paths_are_numbered_does_not_matter() -> None:
    world = World(3, noise=1.0)
    turned = np.random.default_rng(0).permutation(OBJECTS * VISITS)
    plain, other = world.joined(world.reunite()), world.joined(world.reunite(turned))
    assert np.array_equal(plain[:, None] == plain, other[:, None] == other)


def test_whoever_puts_paths_together_may_rest_between_any_few_joins() -> None:
    world = World(1, noise=0.8)
    met = meetings_of(world.sightings, world.vector)
    steps = reuniting(world.sightings, world.label, world.vector, met=met, laws=world)
    rests = sum(1 for _ in steps)
    assert rests > 5 + len(world.reunite().one) // JOINS


def test_without_looks_nobody_is_put_together() -> None:
    world = World(4, noise=1.0)
    world.vector = np.zeros((len(world.who), 0), np.float32)
    assert len(world.reunite().one) == 0


def test_a_mean_of_many_says_more_than_a_single_look() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.integers(1, 6, 2000).astype(np.float64), rng.integers(1, 6, 2000).astype(np.float64)
    strangers = rng.normal(0, np.sqrt(0.002 + 0.01 / (a * b)))
    own = rng.normal(0.3, 0.1, 500)
    contrast = learn_contrast((strangers, a, b), (own, np.ones(500)))
    assert contrast is not None
    alone, many = contrast.nats(np.full(2, 0.3), np.array([1.0, 5.0]), np.array([1.0, 5.0]))
    assert many > alone > 0
    rising = contrast.nats(np.linspace(0.05, 0.3, 20), np.full(20, 3.0), np.full(20, 3.0))
    assert (np.diff(rising) >= -1e-9).all()


def test_look_alikes_make_a_likeness_say_less() -> None:
    rng = np.random.default_rng(1)
    ones, own = np.ones(4000), (rng.normal(0.5, 0.08, 500), np.ones(500))
    plain = rng.normal(0, 0.1, 4000)
    alike = np.where(rng.random(4000) < 0.02, rng.normal(0.45, 0.08, 4000), plain)
    at = np.array([0.45]), np.ones(1), np.ones(1)
    without = learn_contrast((plain, ones, ones), own)
    with_them = learn_contrast((alike, ones, ones), own)
    assert without is not None
    assert with_them is not None
    assert with_them.nats(*at)[0] < without.nats(*at)[0] - 1


def test_too_little_to_learn_from_is_said() -> None:
    few = np.zeros(3)
    assert learn_contrast((few, few + 1, few + 1), (few, few + 1)) is None


@pytest.mark.parametrize("share", [0.1, 0.01])
def test_the_share_of_one_object_is_found_again(share: float) -> None:
    rng = np.random.default_rng(2)
    one = rng.random(100_000) < share
    x = np.where(one, rng.normal(3, 1, len(one)), rng.normal(0, 1, len(one)))
    nats = 3 * x - 4.5  # of two normal densities, 3 apart
    counts = np.histogram(nats, np.append(GRID - 0.125, GRID[-1] + 0.125))[0].astype(np.float64)
    assert share_of_one(counts) == pytest.approx(share, rel=0.2)
