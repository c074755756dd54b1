"""Two ways between two cameras, each from a zone of its own to another, with its own window."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from tests.made_up import made_up, one_crop_each

from camweave.core.arrays import F64, I64
from camweave.core.errors import InputError
from camweave.core.frame import CameraId
from camweave.core.identities import Link
from camweave.core.sightings import Sightings
from camweave.core.topology import Topology, Transition, Zone
from camweave.formats.topology import format_topology, parse_topology
from camweave.linking.learned import learn_topology
from camweave.linking.link import Linked, link
from camweave.linking.params import LinkParams

A, B = CameraId("a"), CameraId("b")
LEFT, RIGHT = (0.0, 200.0), (440.0, 640.0)  # px, of a picture 640 px wide
SHORT, LONG = (5.0, 8.0), (20.0, 30.0)  # s
EACH = 30  # who take either way


def zone(camera: CameraId, name: str, side: tuple[float, float]) -> Zone:
    low, high = side
    outline = ((low, 0.0), (high, 0.0), (high, 360.0), (low, 360.0))
    return Zone(camera=camera, name=name, outline=outline)


ZONES = tuple(
    zone(camera, name, side) for camera in (A, B) for name, side in (("l", LEFT), ("r", RIGHT))
)
WAYS = tuple(
    Transition(source=A, target=B, least=least, most=most, exit_zone=name, entry_zone=name)
    for name, (least, most) in (("l", SHORT), ("r", LONG))
)
DRAWN = Topology(cameras=(A, B), transitions=WAYS, zones=ZONES)


def boxes(left: F64, rng: np.random.Generator) -> F64:
    """Boxes (N, 4) of those who are in the left zone, or the right one."""
    x = np.where(left, 100.0, 540.0) + rng.normal(0, 15, len(left))
    y = rng.uniform(150, 250, len(left))
    return np.column_stack([x - 10, y - 60, x + 10, y])


def walkers(gap: F64, out: I64, into: I64, seed: int = 1, *, noise: float) -> Sightings:
    """Each leaves a by its zone (0: left), and comes into b by its zone, after its gap."""
    rng, n = np.random.default_rng(seed), len(gap)
    begin = np.sort(rng.uniform(0, 25.0 * n, n))
    look = rng.normal(size=(n, 48))
    look = np.concatenate([look, look]) + noise * rng.normal(size=(2 * n, 48))
    times = np.concatenate([begin, begin + 6.0 + gap])
    nowhere = np.full(n, 2)
    places = [np.concatenate(each) for each in ((nowhere, into), (out, nowhere))]
    seen = [boxes(each == 0, rng) for each in places]
    look = (look / np.linalg.norm(look, axis=1, keepdims=True)).astype(np.float32)
    return made_up(
        np.repeat([0, 1], n),
        times,
        times + 6.0,
        cameras=(A, B),
        tracklet_id=np.tile(np.arange(n), 2),
        entry=seen[0],
        leave=seen[1],
        crops=one_crop_each(look, times),
    )


def town(seed: int, noise: float = 1.8) -> tuple[Sightings, I64, I64]:
    """Most take either way as long as it takes; the last three take 25 s by the short one.

    And the rows in which the former, then the latter, leave.
    """
    rng = np.random.default_rng(seed + 100)
    way = np.repeat([0, 1, 0], [EACH, EACH, 3])
    gap = np.concatenate([rng.uniform(*SHORT, EACH), rng.uniform(*LONG, EACH), np.full(3, 25.0)])
    order = rng.permutation(len(way))
    seen = walkers(gap[order], way[order], way[order], seed, noise=noise)
    return seen, np.flatnonzero(order < 2 * EACH), np.flatnonzero(order >= 2 * EACH)


def met(identity: I64, rows: I64) -> int:
    """How many of those who leave in these rows were found again."""
    return int((identity[rows] == identity[rows + len(identity) // 2]).sum())


def follows(linked: Linked) -> list[Link]:
    return [each for each in linked.identities.links if each.how == "follows"]


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_who_takes_too_long_by_the_short_way_is_not_linked(seed: int, *, strict: bool) -> None:
    seen, usual, late = town(seed)
    identity = link(seen, DRAWN, LinkParams(strict=strict)).identities.identity
    assert met(identity, usual) >= 2 * EACH - 4
    assert met(identity, late) == 0


def test_each_way_tells_its_own_window_with_its_zones() -> None:
    seen, usual, _ = town(0)
    told = {(each.edge, each.window) for each in follows(link(seen, DRAWN))}
    assert told == {("a/l -> b/l", SHORT), ("a/r -> b/r", LONG)}
    assert len(follows(link(seen, DRAWN))) >= len(usual) - 3


@pytest.mark.parametrize("strict", [False, True])
def test_zones_between_which_nothing_is_drawn_are_no_way(*, strict: bool) -> None:
    """They leave by the left and come by the right, in a time that both ways would allow."""
    rng = np.random.default_rng(1)
    way = np.repeat([0, 1, 0], [EACH, EACH, 3])
    into = np.repeat([0, 1, 1], [EACH, EACH, 3])
    gap = np.concatenate([rng.uniform(*SHORT, EACH), rng.uniform(*LONG, EACH), np.full(3, 7.0)])
    seen = walkers(gap, way, into, noise=1.8)
    identity = link(seen, DRAWN, LinkParams(strict=strict)).identities.identity
    assert met(identity, np.arange(2 * EACH)) >= 2 * EACH - 3
    assert met(identity, np.arange(2 * EACH, 2 * EACH + 3)) == 0


def test_the_order_of_transitions_and_zones_changes_nothing() -> None:
    seen, _, _ = town(1)
    anyhow = Transition(source=A, target=B, least=40.0, most=60.0)
    ways = (*WAYS, anyhow)
    linked = [
        link(seen, replace(DRAWN, transitions=order, zones=zones)).identities
        for order, zones in zip(list(permutations(ways))[::2], permutations(ZONES), strict=False)
    ]
    for each in linked[1:]:
        assert each.identity.tolist() == linked[0].identity.tolist()
        assert [link.evidence for link in each.links] == pytest.approx(
            [link.evidence for link in linked[0].links]
        )


def test_a_window_without_zones_holds_where_no_narrower_one_does() -> None:
    seen, usual, late = town(2, noise=1.0)
    open_ = replace(DRAWN, transitions=(*WAYS, Transition(source=A, target=B, least=20, most=30)))
    linked = link(seen, open_, LinkParams(strict=True))
    assert met(linked.identities.identity, usual) >= 2 * EACH - 3
    assert met(linked.identities.identity, late) == 3
    told = {each.one.tracklet_id: each.edge for each in follows(linked)}
    assert {told[row] for row in late.tolist()} == {"a -> b"}


def test_a_drawn_zone_that_is_missing_is_named() -> None:
    seen, _, _ = town(0)
    with pytest.raises(InputError, match="camera 'a' has no zone 'l'"):
        link(seen, replace(DRAWN, zones=ZONES[1:]))


def test_a_topology_that_was_written_and_read_links_the_same() -> None:
    seen, _, _ = town(0)
    again = parse_topology(format_topology(DRAWN), "topology.yaml")
    assert again.transitions == DRAWN.transitions
    first, second = (link(seen, each).identities for each in (DRAWN, again))
    assert first.identity.tolist() == second.identity.tolist()
    assert first.links == second.links


def test_what_is_learned_of_zones_links_by_them_again() -> None:
    """Zones are found, and a window for each pair of them; it is as good as what was drawn."""
    seen, usual, late = town(0, noise=1.0)
    known, _ = learn_topology(seen, link(seen).identities)
    by_zone = [each for each in known.transitions if each.exit_zone and each.entry_zone]
    assert len(by_zone) == 2
    exported = parse_topology(format_topology(known), "topology.learned.yaml")
    assert exported.transitions == known.transitions
    zoned = replace(exported, transitions=tuple(by_zone), strict=True)
    identity = link(seen, zoned).identities.identity
    assert met(identity, usual) >= 2 * EACH - 6
    assert met(identity, late) == 0
