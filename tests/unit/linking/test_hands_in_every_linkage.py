"""What people said stands in every linkage, whatever looks, times and windows say."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from tests.unit.linking.road_world import Road, road

from camweave.core.arrays import I64
from camweave.core.corrections import CannotLink, Constraint, MustLink
from camweave.core.errors import InputError
from camweave.core.identities import TrackletKey
from camweave.core.topology import Topology, Transition
from camweave.linking.link import Linked, link
from camweave.linking.params import LINKAGES, LinkParams

every_linkage = pytest.mark.parametrize("linkage", LINKAGES)


@pytest.fixture(scope="module")
def world() -> Road:
    return road(objects=12, every=12.0)


def windows(world: Road, least: float, most: float) -> Topology:
    names = world.sightings.cameras
    ways = [Transition(source=a, target=b, least=least, most=most) for a, b in pairwise(names)]
    return Topology(cameras=names, transitions=tuple(ways), strict=True)


def told(world: Road, linkage: Any, *said: Constraint, topology: Topology | None = None) -> Linked:
    params = LinkParams(linkage=linkage, min_similarity=0.3)
    return link(world.sightings, topology, params, said)


def key(world: Road, row: int) -> TrackletKey:
    seen = world.sightings
    return TrackletKey(seen.cameras[seen.camera[row]], int(seen.tracklet_id[row]))


def ends(world: Road, number: int) -> tuple[int, int]:
    """The rows of an object's first and last tracklet."""
    mine = np.flatnonzero(world.who == number)
    return int(mine[0]), int(mine[-1])


def trees(world: Road, made: Linked) -> I64:
    """How many links each identity has, by its number of tracklets."""
    identity = made.identities.identity
    row = {key(world, r): r for r in range(len(identity))}
    links = np.bincount([identity[row[each.one]] for each in made.identities.links],
                        minlength=identity.max() + 1)  # fmt: skip
    size = np.bincount(identity, minlength=identity.max() + 1)
    return np.asarray(links[size > 0] - size[size > 0])


@every_linkage
def test_whom_hands_hold_together_no_strict_window_parts(linkage: str, world: Road) -> None:
    one, other = ends(world, 0)[0], ends(world, 5)[1]
    nobody = windows(world, 9000.0, 9001.0)
    alone = told(world, linkage, topology=nobody).identities
    assert all(each.one.camera == each.other.camera for each in alone.links)
    held = MustLink(key(world, one), key(world, other))
    made = told(world, linkage, held, topology=nobody)
    assert made.identities.identity[one] == made.identities.identity[other]
    (by_hand,) = (each for each in made.identities.links if each.how == "hand")
    assert (by_hand.one, by_hand.other) == (held.one, held.other)
    gap = world.sightings.begin[other] - world.sightings.end[one]
    assert by_hand.gap == pytest.approx(gap)


@every_linkage
def test_a_link_by_hand_takes_the_place_of_the_linkers_own(linkage: str, world: Road) -> None:
    plain = told(world, linkage)
    said = [MustLink(each.other, each.one) for each in plain.identities.links]
    made = told(world, linkage, *said)
    np.testing.assert_array_equal(plain.identities.identity, made.identities.identity)
    assert {each.how for each in made.identities.links} == {"hand"}
    assert np.all(trees(world, made) == -1)


@every_linkage
def test_whom_hands_hold_apart_are_two(linkage: str, world: Road) -> None:
    plain = told(world, linkage).identities.identity
    both = np.flatnonzero(plain == plain[0])
    assert len(both) > 1
    one, other = int(both[0]), int(both[-1])
    made = told(world, linkage, CannotLink(key(world, one), key(world, other)))
    assert made.identities.identity[one] != made.identities.identity[other]
    assert np.all(trees(world, made) == -1)


@every_linkage
def test_strangers_held_together_stay_apart_from_whom_hands_say(linkage: str, world: Road) -> None:
    """One hand joins two paths, another parts their ends: a link in between gives way."""
    (one, first), (other, last) = ends(world, 0), ends(world, 5)
    made = told(
        world,
        linkage,
        MustLink(key(world, first), key(world, other)),
        CannotLink(key(world, one), key(world, last)),
    )
    identity = made.identities.identity
    assert identity[first] == identity[other]
    assert identity[one] != identity[last]


@every_linkage
def test_hands_that_contradict_each_other_are_refused_in_a_line(linkage: str, world: Road) -> None:
    a, b, c = (key(world, row) for row in (*ends(world, 0), ends(world, 5)[1]))
    with pytest.raises(InputError, match="both together and apart") as refused:
        told(world, linkage, MustLink(a, b), MustLink(b, c), CannotLink(c, a))
    assert "\n" not in str(refused.value)


@every_linkage
def test_hands_cannot_make_one_of_two_whom_a_camera_saw_at_once(linkage: str) -> None:
    world = road(objects=6, every=0.5)
    first = np.flatnonzero(world.sightings.camera == 0)
    pair = MustLink(key(world, int(first[0])), key(world, int(first[1])))
    with pytest.raises(InputError, match="were both seen by cam_0"):
        told(world, linkage, pair)
