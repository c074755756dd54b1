"""Entry and exit zones learned from where tracklets begin and end."""

import numpy as np
import pytest
from tests.made_up import made_up

from camweave.core.errors import InputError
from camweave.core.sightings import Sightings
from camweave.linking.possible import inside
from camweave.linking.zones import ZoneParams, learn_zones, zones_at

HEIGHT = 60.0  # px of every box


def walkers(entry: np.ndarray, leave: np.ndarray, cameras: tuple[str, ...] = ("a",)) -> Sightings:
    """Tracklets, spread over the cameras, with these foot points (N, 2) of begin and end."""
    n = len(entry)
    boxes = [
        np.column_stack([at[:, 0] - 10, at[:, 1] - HEIGHT, at[:, 0] + 10, at[:, 1]])
        for at in (entry, leave)
    ]
    camera, begin = np.sort(np.arange(n) % len(cameras)), np.arange(n)
    return made_up(camera, begin, begin + 5, cameras=cameras, entry=boxes[0], leave=boxes[1])


def around(place: tuple[float, float], count: int, seed: int, spread: float = 12.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(place, spread, (count, 2))


def test_two_doors_are_an_entry_and_an_exit() -> None:
    zones = learn_zones(walkers(around((50, 200), 80, 1), around((600, 300), 80, 2)))
    assert [(z.name, z.ways, z.origin) for z in zones] == [
        ("in1", "entry", "learned"),
        ("out1", "exit", "learned"),
    ]
    assert all(zone.samples > 60 for zone in zones)


def test_a_street_used_both_ways_has_two_zones_of_both_ways() -> None:
    west, east = around((30, 200), 60, 1), around((610, 200), 60, 2)
    zones = learn_zones(walkers(np.concatenate([west, east]), np.concatenate([east, west])))
    assert [zone.ways for zone in zones] == ["both", "both"]


def test_who_breaks_off_in_the_middle_is_in_no_zone() -> None:
    rng = np.random.default_rng(3)
    lost = rng.uniform((100, 100), (540, 340), (30, 2))
    leave = np.concatenate([around((600, 300), 70, 2), lost])
    seen = walkers(around((50, 200), 100, 1), leave)
    zones = learn_zones(seen)
    at = zones_at(seen, zones, "exit")
    assert (at[:70] >= 0).mean() > 0.9
    assert (at[70:] < 0).mean() > 0.8
    assert {zones[z].ways for z in at[at >= 0]} == {"exit"}


def test_a_long_border_is_cut_into_zones_that_tell_one_end_from_the_other() -> None:
    rng = np.random.default_rng(4)
    border = np.column_stack([rng.uniform(0, 640, 600), rng.normal(350, 3, 600)])
    zones = learn_zones(walkers(around((320, 100), 600, 1), border), ZoneParams(near=1.0))
    exits = [zone for zone in zones if zone.ways == "exit"]
    assert len(exits) > 1
    for zone in exits:
        x = [point[0] for point in zone.outline]
        assert max(x) - min(x) < 8 * HEIGHT


def test_the_zones_do_not_depend_on_the_order_of_the_cameras_tracklets() -> None:
    entry, leave = around((50, 200), 60, 1), around((600, 300), 60, 2)
    turned = np.random.default_rng(0).permutation(60)
    one = learn_zones(walkers(entry, leave))
    other = learn_zones(walkers(entry[turned], leave[turned]))
    assert {z.name: frozenset(z.outline) for z in one} == {
        z.name: frozenset(z.outline) for z in other
    }


def test_each_camera_has_zones_of_its_own_and_an_empty_one_has_none() -> None:
    entry, leave = around((50, 200), 120, 1), around((600, 300), 120, 2)
    zones = learn_zones(walkers(entry, leave, ("a", "b")))
    assert [zone.camera for zone in zones] == ["a", "a", "b", "b"]
    assert learn_zones(walkers(entry[:0], leave[:0])) == ()
    assert learn_zones(walkers(entry[:3], leave[:3])) == ()


def test_an_outline_holds_the_ends_that_it_was_learned_from() -> None:
    entry = around((50, 200), 80, 1)
    seen = walkers(entry, around((600, 300), 80, 2))
    (door, _) = learn_zones(seen)
    assert inside(door, seen.entry).sum() >= door.samples


def test_a_wrong_knob_is_named() -> None:
    with pytest.raises(InputError, match="zones: near"):
        ZoneParams(near=0)
