"""Who is not looked at could not have been linked."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.linking.live.live_world import A, B, C, line

from camweave.linking.live.calibration import prior
from camweave.linking.live.gallery import Gallery
from camweave.linking.live.reach import HOPELESS, Reachable, reachable
from camweave.linking.paths.layout import layout_of
from camweave.linking.transit import IMPOSSIBLE, Transits

CAMERAS = (A, B, C)


def drawn() -> Transits:
    """The prior of three cameras in a row, in which nobody hurries and nobody lingers."""
    nobody, _ = Gallery(CAMERAS).sightings(np.empty(0, np.int64))
    return prior(nobody, layout_of(CAMERAS, line(5.0, 20.0), strict=False)).transits


TRANSITS = drawn()
REACH: Reachable = reachable(TRANSITS, np.zeros((3, 3), np.bool_))


@given(st.integers(0, 2), st.integers(0, 2), st.floats(-50, 2000))
def test_whom_travel_time_leaves_a_hope_is_looked_at(source: int, target: int, gap: float) -> None:
    one, other, after = np.array([source]), np.array([target]), np.array([gap])
    if TRANSITS.nats(one, other, after)[0] > HOPELESS:
        assert REACH.of(one, other, after)[0]


def test_a_drawn_way_and_the_own_camera_are_open() -> None:
    a, b = np.array([0]), np.array([1])
    assert REACH.of(a, b, np.array([12.0]))[0]
    assert REACH.of(a, a, np.array([1.0]))[0]


def test_whose_views_overlap_may_be_in_both_at_one_time() -> None:
    together = np.zeros((3, 3), np.bool_)
    together[0, 1] = together[1, 0] = True
    a, b, gap = np.array([0]), np.array([1]), np.array([-300.0])
    walls = replace(TRANSITS, other=IMPOSSIBLE)
    assert not reachable(walls, np.zeros((3, 3), np.bool_)).of(a, b, gap)[0]
    assert reachable(walls, together).of(a, b, gap)[0]
