"""What is learned of ways, and what is expected before."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camweave.core.arrays import F64
from camweave.core.frame import CameraId
from camweave.core.topology import Topology, Transition
from camweave.linking.paths.layout import Layout, expected, layout_of
from camweave.linking.paths.learning import (
    Ends,
    Ways,
    anytime,
    density,
    find_ways,
    make_transits,
    passages_by_gap,
)
from camweave.linking.paths.pairs import Pairs
from camweave.linking.transit import BINS, CLIP, GRID, SECONDS, STEP, Transits, warped

A, B, C = (CameraId(name) for name in "abc")
N = 40  # who leave a, and who come into b


def at(gaps: F64, weight: float = 1.0) -> F64:
    """(G,) passages that took so long."""
    place = np.round((warped(gaps) - GRID[0]) / STEP).astype(np.int64)
    return np.asarray(np.bincount(place, np.full(len(gaps), weight), BINS), np.float64)


def ends() -> Ends:
    nodes = np.arange(2 * N)
    camera, nowhere = (nodes >= N).astype(np.int64), np.full(2 * N, -1)
    return Ends((A, B, C), camera, camera, nowhere, nowhere, 1, 1000.0, 300.0)


def learned(gaps: F64, layout: Layout) -> Transits:
    """From a to b, one after the other, each after so long; all of them sure."""
    one = np.arange(N)
    pairs, sure = Pairs(one, one + N, np.zeros(N), gaps), np.ones(N)
    seen = passages_by_gap(ends(), pairs, sure)
    ways = find_ways(seen, np.zeros_like(seen), ends(), layout)
    return make_transits(ways, ends(), layout, pairs, sure)


def nats(transits: Transits, gap: float, source: int = 0, target: int = 1) -> float:
    told = transits.nats(np.array([source]), np.array([target]), np.array([gap]))
    return float(told[0])


NOTHING = layout_of((A, B, C), None, strict=False)


@settings(max_examples=50, deadline=None)
@given(
    gaps=st.lists(st.floats(0, 200), min_size=1, max_size=60),
    worth=st.floats(0.5, 20),
    drawn=st.booleans(),
)
def test_how_long_passages_take_is_a_density(gaps: list[float], worth: float, drawn: bool) -> None:
    shape = expected(5, 60, strict=False) if drawn else None
    told = density(at(np.array(gaps)), shape, worth)
    assert (told >= 0).all()
    assert np.trapezoid(told, SECONDS) == pytest.approx(1, abs=0.03)


def test_before_anything_is_seen_sooner_is_likelier() -> None:
    share = anytime(300.0)
    assert share.sum() == pytest.approx(1)
    per_second = share / np.gradient(SECONDS)
    later = per_second[(SECONDS > 0) & (SECONDS < 300)]
    assert (np.diff(later) < 0).all()
    assert share[SECONDS > 310].sum() == 0


def test_nats_fall_where_the_edge_of_a_drawn_window_is_passed() -> None:
    window = Transition(source=A, target=B, least=10, most=20)
    layout = layout_of((A, B, C), Topology(cameras=(A, B, C), transitions=(window,)), strict=False)
    transits = learned(np.full(N, 250.0), layout)  # nobody came in it: it is what was drawn
    inside, *outside = (nats(transits, gap) for gap in (15.0, 25.0, 30.0, 60.0))
    assert inside > outside[0] > outside[1] >= outside[2]


def test_both_usual_times_of_a_way_are_learned() -> None:
    """Those on foot take 90 s, those in cars 12 s."""
    rng = np.random.default_rng(1)
    gaps = np.where(np.arange(N) % 2, 12.0, 90.0) * rng.lognormal(0, 0.05, N)
    transits = learned(gaps, NOTHING)
    quick, between, slow = (nats(transits, gap) for gap in (12.0, 35.0, 90.0))
    assert min(quick, slow) > between + 0.5


def test_a_way_that_nobody_is_sure_of_is_open_and_worth_less_than_one_that_is_used() -> None:
    transits = learned(np.full(N, 20.0), NOTHING)
    assert nats(transits, 20.0) > nats(transits, 20.0, 0, 2) > -CLIP
    assert nats(transits, 20.0, 0, 2) > nats(transits, 200.0, 0, 2)


def test_where_nothing_was_seen_no_way_is_made_up() -> None:
    nobody = np.zeros((3, 3, BINS))
    assert len(find_ways(nobody, nobody, ends(), NOTHING).source) == 0


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1000))
def test_the_order_of_cameras_changes_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    seen = rng.gamma(0.05, 1.0, (3, 3, BINS))
    few = np.full((3, 3, BINS), 0.01)
    order = rng.permutation(3)
    moved = np.ix_(order, order)
    turned = np.argsort(order)
    nodes = rng.integers(0, 3, 50)
    nowhere = np.full(50, -1)
    one = Ends((A, B, C), nodes, nodes, nowhere, nowhere, 1, 1000.0, 300.0)
    other = Ends((A, B, C), turned[nodes], turned[nodes], nowhere, nowhere, 1, 1000.0, 300.0)
    first, second = find_ways(seen, few, one, NOTHING), find_ways(seen[moved], few, other, NOTHING)

    def told(ways: Ways, names: list[int]) -> dict[tuple[int, int], float]:
        ends_of = zip(ways.source.tolist(), ways.target.tolist(), ways.total.tolist(), strict=True)
        return {(names[a], names[b]): total for a, b, total in ends_of}

    assert told(first, [0, 1, 2]) == pytest.approx(told(second, order.tolist()))


def past(count: int) -> Transits:
    """A way from a to b and one from b to c are drawn; so many go from a to c, and none to b."""
    drawn = Topology(
        cameras=(A, B, C),
        transitions=(
            Transition(source=A, target=B, least=10.0, most=20.0),
            Transition(source=B, target=C, least=10.0, most=20.0),
        ),
    )
    nodes = np.arange(2 * N)
    camera, nowhere = np.where(nodes < N, 0, 2), np.full(2 * N, -1)
    where = Ends((A, B, C), camera, camera, nowhere, nowhere, 1, 1000.0, 300.0)
    one, gaps = np.arange(count), np.linspace(28.0, 33.0, count)
    pairs, layout = (
        Pairs(one, one + N, np.zeros(count), gaps),
        layout_of((A, B, C), drawn, strict=False),
    )
    seen = passages_by_gap(where, pairs, np.ones(count))
    ways = find_ways(seen, np.zeros_like(seen), where, layout)
    return make_transits(ways, where, layout, pairs, np.ones(count))


def test_a_camera_between_two_drawn_ways_may_have_missed_who_took_them() -> None:
    unseen = past(0)
    assert nats(unseen, 30.0, 0, 2) > nats(unseen, 3.0, 0, 2) + 1  # no sooner than both ways take
    assert nats(unseen, 30.0, 0, 2) < nats(unseen, 15.0, 0, 1) - 2  # nor as likely as either
    assert nats(past(20), 30.0, 0, 2) > nats(unseen, 30.0, 0, 2) + 2
    assert nats(unseen, 30.0, 2, 0) < nats(unseen, 30.0, 0, 2)  # and none goes back


def test_nobody_goes_past_a_camera_where_drawn_windows_are_walls() -> None:
    drawn = Topology(
        cameras=(A, B, C),
        transitions=(
            Transition(source=A, target=B, least=10.0, most=20.0),
            Transition(source=B, target=C, least=10.0, most=20.0),
        ),
    )
    loose, walls = (layout_of((A, B, C), drawn, strict=strict) for strict in (False, True))
    assert np.argwhere(loose.past).tolist() == [[0, 2]]
    assert not walls.past.any()
