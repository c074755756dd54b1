from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import pytest
from numpy.testing import assert_array_equal

from camweave.core.arrays import F64
from camweave.sources.synthetic.looks import PERSON
from camweave.sources.synthetic.plan import Block, Building, Parked, Scenario
from camweave.sources.synthetic.scenarios import make_scenario, world_of
from camweave.sources.synthetic.world import STEP, Poses, World, make_world


def times_of(world: World, seconds: float, step: float = 0.2) -> F64:
    return np.arange(world.start, seconds, step)


def rectangles(world: World, poses: Poses) -> list[tuple[tuple[float, float], ...]]:
    sizes = world.sizes[poses.actor]
    angle = np.degrees(np.arctan2(poses.heading[:, 1], poses.heading[:, 0]))
    return [
        ((x, y), (length, width), turn)
        for (x, y), (length, width, _), turn in zip(
            poses.xy.tolist(), sizes.tolist(), angle.tolist(), strict=True
        )
    ]


@pytest.fixture(scope="module")
def world(plaza: Scenario) -> World:
    return world_of(plaza)


def test_no_two_vehicles_ever_share_ground(world: World) -> None:
    poses = world.at(times_of(world, 6.0))
    poses = poses[world.looks.body[poses.actor] != PERSON]
    boxes = rectangles(world, poses)
    ends = np.searchsorted(poses.moment, np.arange(poses.moment[-1] + 2))
    for first, last in pairwise(ends):
        here = poses.xy[first:last]
        gaps = np.hypot(*(here[:, None] - here[None]).transpose(2, 0, 1))
        for one, other in np.argwhere(np.triu(gaps < 14.0, k=1)):
            shared, _ = cv2.rotatedRectangleIntersection(boxes[first + one], boxes[first + other])
            assert shared == cv2.INTERSECT_NONE, (poses.actor[first + one], here[one])


def test_nobody_is_run_over(world: World) -> None:
    poses = world.at(times_of(world, 6.0))
    person = world.looks.body[poses.actor] == PERSON
    vehicles, people = poses[~person], poses[person]
    sizes = world.sizes[vehicles.actor]
    for moment in range(int(poses.moment[-1]) + 1):
        cars = vehicles[vehicles.moment == moment]
        away = people.xy[people.moment == moment][:, None] - cars.xy
        ahead = np.abs((away * cars.heading).sum(axis=2))
        left = np.abs(away[..., 1] * cars.heading[:, 0] - away[..., 0] * cars.heading[:, 1])
        half = sizes[vehicles.moment == moment] / 2
        assert not ((ahead < half[:, 0]) & (left < half[:, 1])).any(), moment


def test_nobody_walks_or_drives_through_what_stands_there(world: World) -> None:
    poses = world.at(times_of(world, 6.0))
    for thing in world.plan.things:
        match thing:
            case Building():  # people come out of its doors
                continue
            case Block():
                center, half = thing.center, np.array(thing.size) / 2
            case Parked():
                center, half = thing.at, np.full(2, 0.9)
            case _:
                center, half = thing.at, np.full(2, 0.15)
        assert not (np.abs(poses.xy - center) < half).all(axis=1).any(), thing


def test_nobody_drives_or_walks_faster_than_it_may(world: World) -> None:
    person = world.looks.body == PERSON
    of_person = np.repeat(person, np.diff(world.offsets))
    limit = max(route.speed for route in world.plan.drives)
    assert world.speed[~of_person].max() <= 1.1 * limit
    assert world.speed[of_person].max() <= 1.7
    assert world.speed.min() >= 0.0


def test_nobody_jumps(world: World) -> None:
    for actor in range(0, len(world), 7):
        rows = slice(world.offsets[actor], world.offsets[actor + 1])
        along, speed = world.along[rows], world.speed[rows]
        assert np.abs(np.diff(along)).max(initial=0.0) <= (speed.max() + 0.2) * STEP
        assert np.abs(np.diff(world.aside[rows])).max(initial=0.0) < 0.1


def test_vehicles_and_people_are_both_there(world: World) -> None:
    poses = world.at(np.array([0.0, 5.0]))
    people = world.looks.body[poses.actor] == PERSON
    assert people.sum() > 20
    assert (~people).sum() > 10


def test_vehicles_stop_at_red_and_go_at_green(world: World) -> None:
    poses = world.at(times_of(world, 6.0, 1.0))
    stands = (world.looks.body[poses.actor] != PERSON) & (poses.speed < 0.1)
    assert stands.any()
    for actor in np.unique(poses.actor[stands])[:5]:
        rows = slice(world.offsets[actor], world.offsets[actor + 1])
        if world.offsets[actor + 1] - world.offsets[actor] > 700:
            assert world.speed[rows].max() > 3.0


def test_the_same_seed_gives_the_same_life(plaza: Scenario, world: World) -> None:
    again = make_world(plaza.plan, seed=plaza.seed, seconds=3.0)
    assert_array_equal(again.along[: again.offsets[1]], world.along[: again.offsets[1]])
    poses, same = again.at(np.array([2.5])), world.at(np.array([2.5]))
    assert_array_equal(poses.actor, same.actor)
    assert_array_equal(poses.xy, same.xy)


def test_another_seed_gives_another_life(plaza: Scenario, world: World) -> None:
    other = make_world(replace(plaza.plan, warm_up=30.0), seed=plaza.seed + 1, seconds=1.0)
    assert other.at(np.zeros(1)).xy.tolist() != world.at(np.zeros(1)).xy.tolist()


def test_more_cameras_do_not_change_the_world() -> None:
    one = world_of(make_scenario("road", cameras=1, seconds=1.0, seed=9))
    other = make_world(make_scenario("road").plan, seed=9, seconds=5.0)
    assert_array_equal(one.at(np.array([0.5])).xy, other.at(np.array([0.5])).xy)


def test_where_somebody_is_between_two_steps_lies_between_them(world: World) -> None:
    times = np.array([1.0, 1.05, 1.1])
    poses = world.at(times)
    for actor in np.unique(poses.actor):
        rows = np.flatnonzero(poses.actor == actor)
        if len(rows) == 3:
            middle = (poses.xy[rows[0]] + poses.xy[rows[2]]) / 2
            assert np.abs(poses.xy[rows[1]] - middle).max() < 0.05
