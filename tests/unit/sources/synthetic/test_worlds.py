"""What the harder scenarios promise: who meets whom, what is alike, and that all keep the rules."""

from collections import Counter
from dataclasses import replace
from itertools import islice, pairwise

import cv2
import numpy as np
import pytest

from camweave.core.arrays import F64
from camweave.sources.synthetic.arrivals import drivers_of
from camweave.sources.synthetic.footprints import Footprints
from camweave.sources.synthetic.looks import PERSON
from camweave.sources.synthetic.plan import Block, Building, Plan, Scenario
from camweave.sources.synthetic.scenarios import make_scenario
from camweave.sources.synthetic.topology import returns, transitions
from camweave.sources.synthetic.world import Poses, World, make_world

HARDER = {"crossroad": 4, "street": 6, "campus": 12, "highway": 5}
SECONDS = 20.0


@pytest.fixture(scope="module", params=list(HARDER))
def site(request: pytest.FixtureRequest) -> Scenario:
    return make_scenario(request.param)


@pytest.fixture(scope="module")
def world(site: Scenario) -> World:
    return make_world(replace(site.plan, warm_up=50.0), seed=3, seconds=SECONDS)


def poses_of(world: World, step: float) -> Poses:
    times: F64 = np.arange(world.start, SECONDS, step)
    return world.at(times)


def test_all_cameras_are_there_unless_fewer_are_asked_for(site: Scenario) -> None:
    assert len(site.cameras) == HARDER[site.name]
    assert make_scenario(site.name, cameras=2).cameras == site.cameras[:2]


def test_cameras_differ_in_clock_rate_and_colour(site: Scenario) -> None:
    assert len({spec.offset for spec in site.cameras}) == len(site.cameras)
    assert len({spec.fps for spec in site.cameras}) > 1
    assert len({spec.white for spec in site.cameras}) > 1
    assert any(spec.drop > 0 for spec in site.cameras)


def test_no_two_vehicles_ever_share_ground(world: World) -> None:
    poses = poses_of(world, 0.5)
    poses = poses[world.looks.body[poses.actor] != PERSON]
    sizes = world.sizes[poses.actor]
    feet = Footprints(poses.xy, poses.heading, sizes[:, :2] / 2)
    corners = feet.corners().astype(np.float32)
    for moment in np.unique(poses.moment):
        rows = np.flatnonzero(poses.moment == moment)
        gaps = np.hypot(*(poses.xy[rows, None] - poses.xy[rows]).transpose(2, 0, 1))
        for one, other in np.argwhere(np.triu(gaps < 9.0, k=1)):
            pair = corners[rows[one]], corners[rows[other]]
            shared, _ = cv2.intersectConvexConvex(*pair)
            assert shared < 0.01, (poses.xy[rows[one]], poses.xy[rows[other]])


def test_nobody_is_run_over(world: World) -> None:
    poses = poses_of(world, 0.5)
    person = world.looks.body[poses.actor] == PERSON
    vehicles, people = poses[~person], poses[person]
    half = world.sizes[vehicles.actor] / 2
    for moment in np.unique(people.moment):
        here = vehicles.moment == moment
        away = people.xy[people.moment == moment][:, None] - vehicles.xy[here]
        ahead = np.abs((away * vehicles.heading[here]).sum(axis=2))
        left = np.sqrt(np.maximum((away**2).sum(axis=2) - ahead**2, 0.0))
        assert not ((ahead < half[here, 0]) & (left < half[here, 1])).any()


def test_nobody_goes_through_what_stands_there(world: World) -> None:
    poses = poses_of(world, 0.5)
    for thing in world.plan.things:
        match thing:
            case Building():  # people come out of its doors
                continue
            case Block():
                center, half = thing.center, np.array(thing.size) / 2
            case _:
                center, half = thing.at, np.full(2, 0.15)
        assert not (np.abs(poses.xy - center) < half).all(axis=1).any(), thing


def test_nobody_walks_in_the_water(world: World) -> None:
    poses = poses_of(world, 0.5)
    for area in world.plan.areas:
        if area.material == "water":
            outline = np.array(area.outline, np.float32)
            for place in poses.xy[world.looks.body[poses.actor] == PERSON]:
                assert cv2.pointPolygonTest(outline, place.tolist(), measureDist=False) < 0


def test_everybody_who_arrives_gets_going(world: World) -> None:
    far = [world.along[end - 1] for end in world.offsets[1:].tolist()]
    lives = np.diff(world.offsets)
    assert np.array(far)[lives > 600].min(initial=99.0) > 15.0


def test_a_third_of_the_campus_vehicles_look_the_same() -> None:
    looks = Counter(
        driver.look
        for number, route in enumerate(make_scenario("campus").plan.drives)
        for driver in islice(drivers_of(route, number, seed=5, start=0.0), 40)
    )
    (_, most), (_, next_most) = looks.most_common(2)
    assert 0.28 < most / looks.total() < 0.4
    assert next_most == 1


def test_the_views_of_the_street_and_the_highway_lie_apart_and_those_of_the_crossroad_overlap() -> (
    None
):
    street, highway = transitions(make_scenario("street")), transitions(make_scenario("highway"))
    crossroad = transitions(make_scenario("crossroad"))
    assert min(least for least, _ in (*street.values(), *highway.values())) >= 0
    assert len(crossroad) == 12
    assert max(least for least, _ in crossroad.values()) < 0


def test_the_street_leads_from_each_view_to_its_neighbours_only() -> None:
    names = [spec.name for spec in make_scenario("street").cameras]
    ways = {(one, other) for one, other in pairwise(names)}
    assert set(transitions(make_scenario("street"))) == ways | {(b, a) for a, b in ways}


def test_on_the_highway_all_go_one_way() -> None:
    assert all(one < other for one, other in transitions(make_scenario("highway")))


def test_some_come_back_to_a_gate_of_the_campus() -> None:
    assert "cam_a" in returns(make_scenario("campus", cameras=1))


def test_side_streets_let_some_leave_and_others_join() -> None:
    plan: Plan = make_scenario("street").plan
    begins = [route.points[0] for route in plan.drives]
    ends = [route.points[-1] for route in plan.drives]
    assert sum(abs(y) > 50 for _, y in begins) > 5
    assert sum(abs(y) > 50 for _, y in ends) > 5
