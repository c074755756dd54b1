"""What a likeness says, learned without a label, from many pairs or from hardly any."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camweave.core.arrays import F64
from camweave.linking.appearance import MOST
from camweave.linking.paths.curves import (
    COSINE,
    WIDTH,
    Looking,
    counts,
    learn_likeness,
    path_curve,
    placed,
    relearned,
)

NOTHING = counts(np.empty(0))


def drawn(count: int, mean: float, spread: float, seed: int = 0) -> F64:
    found: F64 = np.random.default_rng(seed).normal(mean, spread, count)
    return np.clip(found, -1, 1)


def nats(others: F64, candidates: F64, *at: float) -> F64:
    made = learn_likeness(counts(others), counts(candidates), 100)
    return made.curve.nats(np.array(at))


@pytest.mark.parametrize(("middle", "apart", "spread"), [(0.0, 0.5, 0.1), (0.7, 0.2, 0.05)])
def test_one_objects_likeness_is_found_on_any_embedders_scale(
    middle: float, apart: float, spread: float
) -> None:
    strangers = drawn(3000, middle, spread)
    mixed = np.concatenate([drawn(2000, middle, spread, 1), drawn(200, middle + apart, spread, 2)])
    made = learn_likeness(counts(strangers), counts(mixed), 250)
    assert made.same[0] == pytest.approx(middle + apart, abs=0.02)
    assert made.other[0] == pytest.approx(middle, abs=0.01)
    assert made.other[1] == pytest.approx(spread, abs=0.01)
    assert made.curve.nats(np.array([middle]))[0] < -1
    assert made.curve.nats(np.array([middle + apart]))[0] > 4


def test_with_hardly_a_pair_a_likeness_says_less() -> None:
    """Where two objects' likenesses lie is in doubt at first, and known after some pairs."""
    told = [
        nats(drawn(n, 0, 0.1), np.append(drawn(n, 0, 0.1, 1), drawn(n // 5, 0.6, 0.1, 2)), 0.6)[0]
        for n in (0, 2, 20)
    ]
    assert all(few < more for few, more in pairwise(told))


def test_without_a_meeting_the_candidates_tell_where_strangers_lie() -> None:
    """All pairs of a real embedder may be alike; that makes nobody one."""
    assert nats(np.empty(0), drawn(60, 0.7, 0.05), 0.7)[0] < 0
    assert nats(np.empty(0), drawn(60, 0.0, 0.05), 0.7)[0] > 1


def test_in_few_dimensions_a_likeness_may_be_an_accident() -> None:
    plain, flat = (learn_likeness(NOTHING, NOTHING, 2, dimension=d) for d in (128, 4))
    alike = np.array([0.7])
    assert flat.curve.nats(alike) < plain.curve.nats(alike)


@given(
    others=st.lists(st.floats(-1, 1), max_size=40),
    candidates=st.lists(st.floats(-1, 1), max_size=40),
    sure=st.lists(st.floats(-1, 1), max_size=60),
)
def test_more_alike_never_says_less_whatever_was_seen(
    others: list[float], candidates: list[float], sure: list[float]
) -> None:
    known = learn_likeness(counts(np.array(others)), counts(np.array(candidates)), 30)
    made = relearned(known, counts(np.array(candidates)), counts(np.array(sure)))
    for each in (known, made):
        told = each.curve.nats(COSINE)
        assert np.isfinite(told).all()
        assert np.all(np.diff(told) >= -1e-9)
        assert np.abs(told).max() <= MOST
        assert 0 < each.share < 1
        assert each.density.sum() * WIDTH < 1.01


def test_a_mean_of_many_pairs_says_more_than_one_pair() -> None:
    strangers = drawn(3000, 0, 0.12)
    mixed = np.concatenate([drawn(2000, 0, 0.12, 1), drawn(300, 0.5, 0.12, 2)])
    single = learn_likeness(counts(strangers), counts(mixed), 300)
    narrow = np.concatenate([strangers, drawn(3000, 0, 0.05, 3)])
    size = np.repeat([1.0, 16.0], 3000)
    curve = path_curve(narrow, size, single)
    one, many = curve.nats(np.array([0.4, 0.4]), np.log([1.0, 16.0]))
    assert many > one + 1


def test_fairer_pairs_that_are_few_change_nothing() -> None:
    known = learn_likeness(counts(drawn(500, 0, 0.1)), counts(drawn(500, 0, 0.1, 1)), 100)
    assert relearned(known, counts(drawn(10, 0.5, 0.1)), NOTHING) is known


def test_looks_that_tell_nobody_apart_are_explained_by_strangers_alone() -> None:
    """A mixture finds some "one object" in any noise; strangers alone explain that as well."""
    told = [learn_likeness(counts(drawn(5000, 0, 0.1)), counts(x), 100) for x in _candidates()]
    assert [each.shown for each in told] == [False, True]
    noise, real = told
    assert Looking(noise, noise).blind
    assert not Looking(noise, real).blind


def _candidates() -> tuple[F64, F64]:
    """Strangers alone; and with those of whom every twentieth is one object."""
    strangers = drawn(5000, 0, 0.1, 1)
    return strangers, np.concatenate([strangers, drawn(250, 0.5, 0.1, 2)])


def test_looks_that_show_less_than_good_ones_would_count_for_less() -> None:
    """Of many candidates some would be one object, were they as alike as one's looks mostly are."""
    strangers = drawn(3000, 0, 0.12)
    alike = [0.05, 0.2, 0.4]
    made = [
        learn_likeness(
            counts(strangers),
            counts(np.append(drawn(20_000, 0, 0.12, 1), drawn(200, mean, 0.12, 2))),
            300,
        )
        for mean in alike
    ]
    trust = [each.trust for each in made]
    assert trust[0] < 0.25
    assert trust[0] <= trust[1] < trust[2] == 1.0
    told = [each.curve.nats(np.array([-0.2, 0.5])) for each in made]
    assert all(each[0] < 0 for each in told)  # against one object they count in full
    assert 0 < told[0][1] < told[2][1] / 2


def test_few_pairs_are_believed_as_looks_mostly_are() -> None:
    assert learn_likeness(NOTHING, counts(np.array([0.1])), 2).trust == 1.0


def test_many_candidates_tell_where_strangers_lie_better_than_few_who_met() -> None:
    met, seen = counts(drawn(200, -0.02, 0.14)), counts(drawn(40_000, 0.0, 0.12, 1))
    moved = placed(met, seen, 300)
    mean = moved @ COSINE / moved.sum()
    spread = np.sqrt(moved @ np.square(COSINE - mean) / moved.sum())
    assert moved.sum() == pytest.approx(200)
    assert abs(mean) < 0.01 < abs(met @ COSINE / 200)
    assert spread == pytest.approx(0.12, abs=0.01)


def test_those_who_met_are_believed_where_many_candidates_may_be_one() -> None:
    met, seen = counts(drawn(2000, 0.0, 0.1)), counts(drawn(100, 0.5, 0.1, 1))
    moved = placed(met, seen, 60)
    assert abs(moved @ COSINE / moved.sum()) < 0.01


def test_strangers_that_are_moved_do_not_pile_up_at_the_end() -> None:
    """Two objects that look the same are rare, wherever most candidates lie."""
    met = counts(np.append(drawn(100, 0.0, 0.2), np.ones(8)))
    moved = placed(met, counts(drawn(10_000, -0.1, 0.1, 1)), 60)
    assert moved[-20:].sum() <= 8.0
    assert moved.sum() == pytest.approx(108)
