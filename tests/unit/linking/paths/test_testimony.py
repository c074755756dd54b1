"""What ways say of a pair that helped to learn them."""

import numpy as np
import pytest

from camweave.core.arrays import F64
from camweave.core.frame import CameraId
from camweave.core.topology import Topology, Transition
from camweave.linking.paths.layout import Layout, layout_of
from camweave.linking.paths.learning import Ends, find_ways, make_transits, passages_by_gap
from camweave.linking.paths.pairs import Pairs
from camweave.linking.paths.testimony import Told, without_own

A, B = CameraId("a"), CameraId("b")
NOTHING = layout_of((A, B), None, strict=False)


def ends(count: int) -> Ends:
    """So many leave a, and as many come into b."""
    camera, nowhere = np.repeat([0, 1], count), np.full(2 * count, -1)
    return Ends((A, B), camera, camera, nowhere, nowhere, 1, max(30.0 * count, 1.0), 300.0)


def said(gaps: F64, weight: F64, layout: Layout = NOTHING) -> tuple[F64, F64]:
    """What ways say of these pairs, with what each told itself, and without."""
    n = len(gaps)
    where, pairs = ends(n), Pairs(np.arange(n), np.arange(n) + n, np.zeros(n), gaps)
    seen = passages_by_gap(where, pairs, weight)
    ways = find_ways(seen, np.zeros_like(seen), where, layout)
    transits = make_transits(ways, where, layout, pairs, weight)
    nats = transits.nats(np.zeros(n, np.int64), np.ones(n, np.int64), gaps)
    return nats, without_own(transits, ways, Told(where, pairs, seen, weight, weight))


@pytest.mark.parametrize("gap", [0.0, 5.0, 40.0])
def test_a_pair_alone_gives_itself_no_window(gap: float) -> None:
    """However sure it is by its looks, its travel time says what it would of anybody."""
    sure, doubted = (said(np.array([gap]), np.array([w])) for w in (1.0, 1e-9))
    assert sure[0][0] > doubted[0][0] + 0.8
    assert sure[1][0] == pytest.approx(doubted[1][0], abs=0.2)


def test_a_pair_is_judged_as_if_it_had_not_been_there() -> None:
    """Its own weight left out of the sums is as good as learning all anew without it."""
    gaps = np.random.default_rng(3).normal(20, 3, 40)
    quick = said(gaps, np.ones(40))[1]
    for k in range(0, 40, 8):
        others = np.ones(40)
        others[k] = 0
        assert quick[k] == pytest.approx(said(gaps, others)[1][k], abs=0.15)


def test_where_many_passed_one_more_or_less_says_the_same() -> None:
    gaps = np.random.default_rng(4).normal(20, 3, 400)
    with_own, without = said(gaps, np.ones(400))
    usual = np.abs(gaps - 20) < 6
    assert np.abs(with_own - without)[usual].max() < 0.2


def test_where_a_window_is_drawn_it_still_speaks_for_a_first_pair() -> None:
    drawn = Topology(
        cameras=(A, B), transitions=(Transition(source=A, target=B, least=15.0, most=25.0),)
    )
    layout = layout_of((A, B), drawn, strict=False)
    inside, outside = (said(np.array([gap]), np.ones(1), layout)[1][0] for gap in (20.0, 60.0))
    assert inside > outside + 3


def test_nobody_says_nothing() -> None:
    assert said(np.empty(0), np.empty(0))[1].shape == (0,)
