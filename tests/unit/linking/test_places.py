"""Places of exit and entry, and the zones that part them."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.made_up import made_up

from camweave.core.arrays import F64, I64
from camweave.core.frame import CameraId
from camweave.core.sightings import Sightings
from camweave.core.topology import Point, Topology, Transition, Zone
from camweave.linking.places import PLACES, learn_places
from camweave.linking.possible import zone_sets

A, B = CameraId("a"), CameraId("b")


def leaving(feet: F64, camera: I64 | int = 0) -> Sightings:
    """Tracklets that end, and begin, with their feet there (N, 2) px."""
    boxes = np.hstack([feet - np.array([10, 60]), feet + np.array([10, 0])])
    begin = np.arange(len(feet)) * 10.0
    where = np.broadcast_to(camera, len(feet))
    return made_up(where, begin, begin + 5, cameras=(A, B), entry=boxes, leave=boxes)


def square(camera: CameraId, name: str, low: Point, high: Point) -> Zone:
    corners = (low, (high[0], low[1]), high, (low[0], high[1]))
    return Zone(camera=camera, name=name, outline=corners)


DOOR = square(A, "door", (0.0, 0.0), (320.0, 360.0))
GATE = square(A, "gate", (200.0, 0.0), (640.0, 360.0))  # lies over the door in part
ZONES = DOOR, GATE


def site(*exits: str) -> Topology:
    ways = (Transition(source=A, target=B, least=1, most=9, exit_zone=name) for name in exits)
    return Topology(cameras=(A, B), transitions=tuple(ways), zones=ZONES)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000), count=st.integers(1, 80))
def test_no_place_is_in_two_zones_that_transitions_name(seed: int, count: int) -> None:
    feet = np.random.default_rng(seed).uniform((0, 60), (640, 360), (count, 2))
    seen = leaving(feet)
    places = learn_places(seen, site("door", "gate"))
    at, sets = places.leaving(seen), zone_sets(seen, ZONES, "exit")
    assert (at >= 0).all()
    assert at.max() < places.count
    for place in np.unique(at):
        assert len(np.unique(sets[at == place])) == 1
        assert places.exits.zones[0][place] == sets[at == place][0]


def test_zones_that_no_transition_names_part_nothing() -> None:
    seen = leaving(np.random.default_rng(1).uniform((0, 60), (640, 360), (100, 2)))
    plain, zoned = learn_places(seen), learn_places(seen, site())
    assert plain.leaving(seen).tolist() == zoned.leaving(seen).tolist()
    assert plain.count == zoned.count == PLACES


def test_a_few_tracklets_have_a_place_only_where_a_zone_says_so() -> None:
    seen = leaving(np.array([[100.0, 300.0], [500.0, 300.0]]))
    assert learn_places(seen).leaving(seen).tolist() == [-1, -1]
    one, other = learn_places(seen, site("door")).leaving(seen).tolist()
    assert -1 < one != other > -1


def test_who_leaves_by_zones_as_nobody_did_before_has_no_place() -> None:
    """Later tracklets, as of a live line, are put to the places that were learned."""
    rng = np.random.default_rng(2)
    places = learn_places(leaving(rng.uniform((0, 60), (190, 360), (50, 2))), site("door", "gate"))
    later = leaving(np.array([[100.0, 200.0], [250.0, 200.0]]))
    assert places.leaving(later)[0] >= 0
    assert places.leaving(later)[1] == -1


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000))
def test_the_order_of_tracklets_changes_no_place(seed: int) -> None:
    rng = np.random.default_rng(seed)
    feet = rng.uniform((0, 60), (640, 360), (60, 2))
    order = rng.permutation(60)
    one, other = leaving(feet), leaving(feet[order])
    first = learn_places(one, site("door")).leaving(one)
    assert learn_places(other, site("door")).leaving(other).tolist() == first[order].tolist()
