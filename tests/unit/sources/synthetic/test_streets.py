import numpy as np
import pytest

from camweave.sources.synthetic.itineraries import Leg, drive_along, stops_on_foot
from camweave.sources.synthetic.paving import areas_of, lights_of, lines_of, open_spans
from camweave.sources.synthetic.plan import Phase, Signal
from camweave.sources.synthetic.streets import Arm, Crossing, Street, Town

EAST_WEST = Street(name="long", along="x", at=10.0, span=(-100.0, 100.0), lanes=2)
STEM = Street(name="stem", along="y", at=-20.0, span=(-80.0, 10.0))
GROUPS: dict[Arm, str] = {"east": "main", "west": "main", "north": "side", "south": "side"}


@pytest.fixture
def town() -> Town:
    signal = Signal(30.0, (Phase("main", 0.0, 10.0), Phase("side", 12.0, 20.0)))
    meeting = Crossing(x=EAST_WEST, y=STEM, signal=0, groups=GROUPS)
    return Town(streets=(EAST_WEST, STEM), crossings=(meeting,), signals=(signal,))


def test_traffic_keeps_right() -> None:
    assert EAST_WEST.lane(1) < EAST_WEST.at < EAST_WEST.lane(-1)
    assert STEM.lane(-1) < STEM.at < STEM.lane(1)


def test_the_first_lane_is_at_the_kerb() -> None:
    assert EAST_WEST.lane(1, 0) < EAST_WEST.lane(1, 1) < EAST_WEST.at


def test_a_street_that_ends_at_another_has_no_arm_beyond_it(town: Town) -> None:
    assert town.crossings[0].arms == ("east", "west", "south")


def test_only_corners_between_two_arms_are_round(town: Town) -> None:
    corners = [area for area in areas_of(town) if len(area.outline) > 4]
    assert len(corners) == 2
    assert all(y <= EAST_WEST.at for area in corners for _, y in area.outline)


def test_a_kerb_is_open_where_a_street_leaves_and_whole_across_from_it(town: Town) -> None:
    kerbs = [line for line in lines_of(town) if line.material == "kerb" and len(line.points) == 2]
    along = [line for line in kerbs if line.points[0][1] == line.points[1][1]]
    south = [line for line in along if line.points[0][1] < EAST_WEST.at]
    north = [line for line in along if line.points[0][1] > EAST_WEST.at]
    assert (len(south), len(north)) == (2, 1)


def test_each_approach_has_its_light_on_the_right(town: Town) -> None:
    lights = {post.facing: post.at for post in lights_of(town)}
    assert set(lights) == {0.0, 180.0, 270.0}
    assert lights[180.0][1] < EAST_WEST.at < lights[0.0][1]
    assert lights[270.0][0] > STEM.at


def test_a_drive_turns_from_lane_to_lane_and_waits_where_it_must(town: Town) -> None:
    legs = (Leg(STEM, 1), Leg(EAST_WEST, -1, 1))
    points, stops = drive_along(town, legs, -80.0, -100.0)
    assert points == ((-18.25, -80.0), (-18.25, 11.75), (-100.0, 11.75))
    (stop,) = stops
    assert stop.group == "side"
    assert stop.at[0] == points[0][0]
    assert stop.at[1] < EAST_WEST.at - EAST_WEST.half
    assert stop.until[1] == points[-1][1]
    assert stop.until[0] < STEM.at - STEM.half


def test_a_drive_straight_on_stops_once_at_each_crossing(town: Town) -> None:
    _, stops = drive_along(town, (Leg(EAST_WEST, 1),), -100.0, 100.0)
    assert [stop.group for stop in stops] == ["main"]


def test_a_drive_that_ends_before_a_crossing_does_not_wait_for_it(town: Town) -> None:
    _, stops = drive_along(town, (Leg(EAST_WEST, 1),), -100.0, -60.0)
    assert stops == ()


def test_whoever_crosses_on_foot_waits_at_the_kerb_he_comes_to(town: Town) -> None:
    south, north = town.crossings[0].zebra("east")
    there = stops_on_foot(town, ((0.0, -5.0), south, north))
    back = stops_on_foot(town, (north, south, (0.0, -5.0)))
    assert [stop.group for stop in there + back] == ["walk", "walk"]
    assert there[0].at == back[0].until
    assert there[0].at[1] < EAST_WEST.at - EAST_WEST.half < there[0].until[1]


def test_a_way_past_a_zebra_crossing_does_not_wait(town: Town) -> None:
    south, _ = town.crossings[0].zebra("east")
    assert stops_on_foot(town, ((-50.0, south[1]), south, (50.0, south[1]))) == ()


def test_holes_are_cut_out_of_a_span() -> None:
    assert list(open_spans((0.0, 10.0), [(6.0, 7.0), (-1.0, 2.0), (9.5, 30.0)])) == [
        (2.0, 6.0),
        (7.0, 9.5),
    ]
    assert list(open_spans((0.0, 1.0), [])) == [(0.0, 1.0)]


def test_streets_that_do_not_meet_have_no_crossing(town: Town) -> None:
    other = Street(name="other", along="x", at=60.0, span=(0.0, 1.0))
    assert town.crossing(STEM, EAST_WEST) is town.crossings[0]
    assert town.crossing(STEM, other) is None
    assert np.allclose(town.crossings[0].along(STEM, -1.0), EAST_WEST.at - EAST_WEST.half - 1.0)
