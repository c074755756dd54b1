from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from camweave.core.errors import InputError
from camweave.core.frame import CameraId
from camweave.core.sightings import Sightings
from camweave.core.topology import Topology, Transition, Zone
from camweave.linking.params import LinkParams
from camweave.linking.possible import MOST_ZONES, inside, possible, reach_of

Make = Callable[[Sequence[Any]], Sightings]
Lay = Callable[..., Topology]
A, B = np.array([0]), np.array([1])


def can(sightings: Sightings, topology: Topology | None, **knobs: Any) -> bool:
    found = possible(sightings, topology, A, B, LinkParams(**knobs))
    assert found == possible(sightings, topology, B, A, LinkParams(**knobs))
    return bool(found[0])


def follow(sightings: Sightings, topology: Topology | None, *, walls: bool | None = None) -> bool:
    return bool(reach_of(sightings, topology, LinkParams(), walls=walls).follows(A, B)[0])


@pytest.mark.parametrize(
    ("other", "answer"),
    [
        ((11, 20), True),  # afterwards
        ((9.8, 20), True),  # 0.2 s of both at the seam
        ((9.6, 20), False),  # 0.4 s
        ((9.8, 9.9), False),  # short, but all of it beside the other
        ((10, 10), False),  # one frame, which the other is in, too
        ((0, 10), False),  # twins
        ((-5, 15), False),  # spans the other's whole life
    ],
)
def test_tracklets_of_one_camera_take_turns(
    make: Make, seen: Any, other: tuple[float, float], answer: bool
) -> None:
    two = make([seen("a", 0, 10), seen("a", *other)])
    assert can(two, None) is answer
    assert follow(two, None) is answer


def test_without_tolerance_not_even_one_instant_is_shared(make: Make, seen: Any) -> None:
    meeting = make([seen("a", 0, 10), seen("a", 10, 20)])
    assert not can(meeting, None, most_overlap=0.0)
    assert can(meeting, None, most_overlap=0.1)


def test_without_a_topology_cameras_may_see_one_object_at_any_time(make: Make, seen: Any) -> None:
    for begin in (-1e6, 5, 1e6):
        assert can(make([seen("a", 0, 10), seen("b", begin, begin + 3)]), None)


@pytest.mark.parametrize(
    ("begin", "possible", "follows"),
    [(17.9, False, False), (18, True, True), (22, True, True), (22.1, True, False)],
)
def test_a_window_says_how_soon_it_can_be_and_how_late_it_follows(  # noqa: PLR0917 - fixtures
    make: Make, seen: Any, laid: Lay, begin: float, possible: bool, follows: bool
) -> None:
    topology = laid(("a", "b", 8, 12))
    two = make([seen("a", 0, 10), seen("b", begin, 40)])
    assert can(two, topology) is possible
    assert follow(two, topology) is follows


def test_a_window_holds_its_own_ends_whatever_their_digits(
    make: Make, seen: Any, laid: Lay
) -> None:
    topology = laid(("a", "b", 0.1, 0.3))
    for end in np.arange(100) / 7:
        for gap in (0.1, 0.3):
            assert follow(make([seen("a", 0, end), seen("b", end + gap, 99)]), topology)


def test_a_window_has_a_direction(make: Make, seen: Any, laid: Lay) -> None:
    back = make([seen("b", 0, 10), seen("a", 20, 30)])
    assert not can(back, laid(("a", "b", 8, 12)))
    assert can(back, laid(("a", "b", 8, 12), ("b", "a", 8, 12)))


def test_what_lies_between_takes_its_time(make: Make, seen: Any, laid: Lay) -> None:
    chain = laid(("a", "b", 8, 12), ("b", "c", 5, 9))
    assert not can(make([seen("a", 0, 10), seen("c", 22.9, 30)]), chain)
    assert can(make([seen("a", 0, 10), seen("c", 23, 30)]), chain)
    assert not follow(make([seen("a", 0, 10), seen("c", 23, 30)]), chain)
    assert not can(make([seen("c", 0, 10), seen("a", 500, 510)]), chain)


def test_where_views_overlap_one_may_long_be_in_the_other(make: Make, seen: Any, laid: Lay) -> None:
    topology = laid(("a", "b", -2, 3))
    assert follow(make([seen("a", 0, 10), seen("b", 1, 9)]), topology)
    assert not can(make([seen("a", 0, 10), seen("b", 1, 7)]), topology)
    assert not follow(make([seen("a", 0, 10), seen("b", 14, 20)]), topology)


def test_two_cameras_that_do_not_overlap_never_show_one_object_at_once(
    make: Make, seen: Any, laid: Lay
) -> None:
    chain = laid(("a", "b", -2, 3), ("b", "c", -2, 3))
    assert not can(make([seen("a", 0, 10), seen("c", 9, 20)]), chain)


def test_windows_that_are_no_walls_forbid_only_to_be_in_two_places(
    make: Make, seen: Any, laid: Lay
) -> None:
    soft = laid(("a", "b", 8, 12), ("a", "c", -3, 3), strict=False)
    assert can(make([seen("a", 0, 10), seen("b", 500, 510)]), soft)
    assert can(make([seen("a", 0, 10), seen("b", 8.5, 12)]), soft)  # clocks may differ
    assert not can(make([seen("a", 0, 10), seen("b", 5, 12)]), soft)
    assert can(make([seen("a", 0, 10), seen("c", 5, 12)]), soft)
    assert not can(make([seen("a", 0, 10), seen("b", 8.5, 12)]), soft, strict=True)


def test_cameras_on_one_ground_plane_may_overlap(make: Make, seen: Any, laid: Lay) -> None:
    cameras = tuple(map(CameraId, "ab"))
    plane = Topology(
        cameras=cameras,
        transitions=laid(("a", "b", 8, 12)).transitions,
        homographies=dict.fromkeys(cameras, np.eye(3)),
    )
    assert can(make([seen("a", 0, 10), seen("b", 5, 12)]), plane)


SQUARE = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0))


def zoned(exit_zone: str | None, entry_zone: str | None) -> Topology:
    a, b = CameraId("a"), CameraId("b")
    return Topology(
        cameras=(a, b),
        transitions=(
            Transition(
                source=a,
                target=b,
                least=0,
                most=99,
                exit_zone=exit_zone,
                entry_zone=entry_zone,
            ),
        ),
        zones=(
            Zone(camera=a, name="other", outline=((50, 50), (60, 50), (55, 60))),
            Zone(camera=a, name="gate", outline=SQUARE),
            Zone(camera=b, name="gate", outline=SQUARE, ways="entry"),
            Zone(camera=b, name="out only", outline=SQUARE, ways="exit"),
        ),
        strict=True,
    )


def test_a_zone_is_left_and_entered_at_the_foot_point(make: Make, seen: Any) -> None:
    through = make([seen("a", 0, 10, exit=(5, 5)), seen("b", 20, 30, entry=(5, 5))])
    past = make([seen("a", 0, 10, exit=(5, 15)), seen("b", 20, 30, entry=(5, 5))])
    assert follow(through, zoned("gate", "gate"))
    assert not follow(past, zoned("gate", "gate"))
    assert follow(past, zoned(None, "gate"))
    assert not follow(through, zoned("other", None))
    assert not follow(through, zoned("gate", "out only"))
    assert can(past, zoned("gate", "gate"))  # another tracklet may have come between


def test_a_foot_point_is_in_a_zone_or_not() -> None:
    hook = Zone(
        camera=CameraId("a"),
        name="hook",
        outline=((0, 0), (30, 0), (30, 30), (20, 30), (20, 10), (0, 10)),
    )
    feet = np.array([(5, 5), (25, 25), (10, 20), (35, 5)], np.float32)
    boxes = np.column_stack([feet - (2, 30), feet + np.array([2, 0])])
    assert inside(hook, boxes).tolist() == [True, True, False, False]


def test_a_zone_that_is_not_there_is_named(make: Make, seen: Any) -> None:
    with pytest.raises(InputError, match=r"a -> b: camera 'b' has no zone 'gtae'"):
        can(make([seen("a", 0, 10), seen("b", 20, 30)]), zoned(None, "gtae"))


def test_a_camera_missing_from_the_topology_is_named(make: Make, seen: Any, laid: Lay) -> None:
    two = make([seen("a", 0, 10), seen("z", 20, 30)])
    with pytest.raises(InputError, match="camera 'z' has tracklets and is not in it"):
        can(two, laid(("a", "b", 8, 12)))


def test_a_camera_that_saw_nobody_may_lie_between(make: Make, seen: Any, laid: Lay) -> None:
    two = make([seen("a", 0, 10), seen("c", 30, 40)])
    assert can(two, laid(("a", "b", 8, 12), ("b", "c", 8, 12)))


def test_a_camera_with_too_many_zones_is_named(make: Make, seen: Any) -> None:
    a = CameraId("a")
    many = tuple(Zone(camera=a, name=str(z), outline=SQUARE) for z in range(MOST_ZONES + 1))
    with pytest.raises(InputError, match="more than 62 zones"):
        can(make([seen("a", 0, 10), seen("a", 20, 30)]), Topology(cameras=(a,), zones=many))


def test_a_window_tells_its_name(make: Make, seen: Any, laid: Lay) -> None:
    two = make([seen("a", 0, 10), seen("b", 20, 30), seen("b", 90, 99)])
    reach = reach_of(two, laid(("a", "b", 8, 12)), LinkParams())
    windows = reach.windows_of(np.array([1, 0, 0]), np.array([0, 2, 1]))
    assert windows.tolist() == [0, -1, 0]
    assert reach.passages[0] == ("a -> b", (8.0, 12.0))


def test_nobody_is_asked_about(make: Make) -> None:
    none = np.empty(0, np.int64)
    assert possible(make([]), None, none, none, LinkParams()).tolist() == []
