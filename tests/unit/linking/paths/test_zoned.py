"""Ways parted by zone: what each place says of the time that it takes."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.linking.test_linking_by_zone import DRAWN, LONG, SHORT, WAYS, A, B, walkers

from camweave.core.arrays import F64, I64
from camweave.core.topology import Topology, Transition
from camweave.linking.paths.layout import Layout, expected, layout_of
from camweave.linking.paths.learning import Ends, find_ways, make_transits, passages_by_gap
from camweave.linking.paths.pairs import Pairs
from camweave.linking.paths.zoned import by_zones
from camweave.linking.places import Places, learn_places
from camweave.linking.transit import CLIP, GRID, SECONDS, Transits, marks, warped

N = 40
WAY = np.arange(N) % 2  # 0: by the left, 1: by the right
GAP = np.where(WAY == 0, 6.5, 25.0)


def learned(topology: Topology, weight: float = 1.0) -> tuple[Transits, tuple[I64, I64], Layout]:
    """From who takes either way, each as long as it takes; and their places of exit and entry."""
    seen = walkers(GAP, WAY, WAY, noise=0.5)
    places: Places = learn_places(seen, topology)
    layout = layout_of(seen.cameras, topology, strict=False, places=places)
    at = places.leaving(seen), places.entering(seen)
    ends = Ends((A, B), seen.camera, seen.camera, *at, places.count, 1000.0, 300.0)
    one, odds = np.arange(N), np.full(N, weight)
    pairs = Pairs(one, one + N, np.zeros(N), GAP)
    passages = passages_by_gap(ends, pairs, odds)
    ways = find_ways(passages, np.zeros_like(passages), ends, layout)
    transits = make_transits(ways, ends, layout, pairs, odds)
    return by_zones(transits, layout, ends, pairs, odds), (at[0][:N], at[1][N:]), layout


def nats(told: Transits, gap: float, out: int, into: int) -> float:
    query = (np.array([each]) for each in (0, 1, gap, out, into))
    return float(told.nats(*query)[0])


@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_each_two_zones_are_judged_by_their_own_window(weight: float) -> None:
    told, (out, into), _ = learned(DRAWN, weight)
    left, right = (int(np.flatnonzero(way == WAY)[0]) for way in (0, 1))
    short = out[left], into[left]
    long = out[right], into[right]
    assert nats(told, 6.5, *short) > nats(told, 25.0, *short) + 3
    assert nats(told, 25.0, *long) > nats(told, 6.5, *long) + 3


def test_zones_between_which_nothing_is_drawn_have_no_way_at_any_time() -> None:
    told, (out, into), _ = learned(DRAWN)
    across = out[WAY == 0][0], into[WAY == 1][0]
    usual = nats(told, 25.0, out[WAY == 1][0], into[WAY == 1][0])
    for gap in (1.0, 6.5, 25.0, 100.0):
        assert nats(told, gap, *across) == nats(told, 1000.0, *across) < usual - 3


def test_who_left_nobody_knows_where_is_judged_by_all_windows() -> None:
    told, _, _ = learned(DRAWN)
    assert min(nats(told, gap, -1, -1) for gap in (6.5, 25.0)) > nats(told, 60.0, -1, -1) + 2


@settings(max_examples=60, deadline=None)
@given(gap=st.floats(-20, 400), out=st.integers(-1, 15), into=st.integers(-1, 15))
def test_a_ways_row_bounds_what_any_places_say(gap: float, out: int, into: int) -> None:
    """Who looks only at likely pairs asks that row first."""
    told = TOLD  # learned once
    out, into = min(out, told.ended.shape[1] - 2), min(into, told.fresh.shape[1] - 2)
    row = told.edge[0, 1]
    most = max(
        np.interp(warped(np.array([gap])), GRID, told.flow[row])[0]
        + told.leaving[row].max()
        + told.entering[row].max(),
        told.other,
    )
    bound = min(most - told.ended[0].min() - told.fresh[1].min(), CLIP)
    assert nats(told, gap, out, into) <= bound + 1e-6


TOLD = learned(DRAWN)[0]


def test_without_zones_nothing_is_parted() -> None:
    plain = Transition(source=A, target=B, least=SHORT[0], most=LONG[1])
    told, _, layout = learned(Topology(cameras=(A, B), transitions=(plain,), zones=DRAWN.zones))
    assert layout.zoned == ()
    assert told.zoned is None


def test_the_order_of_transitions_changes_no_layout() -> None:
    ways = (*WAYS, Transition(source=A, target=B, least=2.0, most=3.0, exit_zone="l"))
    shapes = [
        layout_of((A, B), Topology(cameras=(A, B), transitions=each), strict=False).shape
        for each in permutations(ways)
    ]
    assert all((each == shapes[0]).all() for each in shapes)


@settings(max_examples=50, deadline=None)
@given(least=st.floats(-50, 500), length=st.floats(0, 500), strict=st.booleans())
def test_what_a_window_expects_is_a_share_and_lies_in_it(
    least: float, length: float, *, strict: bool
) -> None:
    share = expected(least, least + length, strict=strict)
    assert share.sum() == pytest.approx(1)
    assert (share >= 0).all()
    middle = float(share @ SECONDS)
    near = 5 + 0.02 * abs(least)  # marks lie further apart, the later
    assert least - near <= middle <= least + length + near


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-60, 7200), min_size=1, max_size=20))
def test_the_mark_of_a_gap_is_the_nearest(gaps: list[float]) -> None:
    asked: F64 = np.array(gaps)
    apart = np.abs(GRID[:, None] - warped(asked))
    assert apart[marks(asked), np.arange(len(asked))] == pytest.approx(apart.min(axis=0))
