from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from camweave.core.arrays import F64
from camweave.sources.synthetic.backdrop import make_backdrop, occluders_of
from camweave.sources.synthetic.painter import CHUNK, Painter
from camweave.sources.synthetic.plan import Block, Building, Parked, Post, Scenario, Tree
from camweave.sources.synthetic.scenarios import world_of
from camweave.sources.synthetic.truth import camera_truth

MakeScenario = Callable[..., Scenario]
TIMES = np.arange(6.0) * 0.5


def pictures(scenario: Scenario, times: F64 = TIMES) -> list[np.ndarray]:
    return list(Painter(world_of(scenario), scenario.cameras[0], seed=1).frames(times))


@pytest.fixture(scope="module")
def clean(small_scenario: MakeScenario) -> Scenario:
    return small_scenario(noise=0.0)


def test_pictures_have_the_size_of_the_camera(clean: Scenario) -> None:
    for picture in pictures(clean):
        assert picture.shape == (192, 320, 3)
        assert picture.dtype == np.uint8


def test_the_same_scenario_gives_the_same_bytes(small_scenario: MakeScenario) -> None:
    one, other = pictures(small_scenario()), pictures(small_scenario())
    assert_array_equal(np.stack(one), np.stack(other))


def test_pictures_do_not_depend_on_how_many_are_painted_at_once(clean: Scenario) -> None:
    times = np.arange(CHUNK + 3.0) * 0.1
    assert_array_equal(pictures(clean, times)[CHUNK + 1], pictures(clean, times[CHUNK + 1 :])[0])


def test_a_picture_is_the_callers_own(clean: Scenario) -> None:
    painter = Painter(world_of(clean), clean.cameras[0], seed=1)
    first = next(painter.frames(TIMES))
    before = first.copy()
    first[...] = 0
    assert_array_equal(next(painter.frames(TIMES)), before)


def test_objects_are_painted_where_the_truth_says(clean: Scenario) -> None:
    still = make_backdrop(clean.plan, clean.cameras[0]).image
    truth = camera_truth(world_of(clean), clean.cameras[0], TIMES)
    for frame, picture in enumerate(pictures(clean)):
        changed = np.abs(picture.astype(int) - still).max(axis=2) > 12
        for row in np.flatnonzero((truth.frame == frame) & (truth.visibility > 0.9)):
            left, top, right, bottom = np.rint(truth.visible[row]).astype(int)
            inside = changed[top:bottom, left:right]
            if inside.size > 60:
                assert inside.mean() > 0.3
                columns, rows = np.flatnonzero(inside.any(axis=0)), np.flatnonzero(inside.any(1))
                assert columns[0] <= 3
                assert columns[-1] >= inside.shape[1] - 4
                assert rows[0] <= 3


def test_what_no_object_and_no_shadow_touches_stays_as_it_was(clean: Scenario) -> None:
    still = make_backdrop(clean.plan, clean.cameras[0]).image
    for picture in pictures(clean):
        assert (picture[:20] == still[:20]).all()  # the sky
        assert (picture == still).all(axis=2).mean() > 0.6


def test_a_shadow_is_darker_ground_and_the_ground_is_never_brighter(clean: Scenario) -> None:
    still = make_backdrop(clean.plan, clean.cameras[0])
    truth = camera_truth(world_of(clean), clean.cameras[0], TIMES)
    dark = 0
    for frame, picture in enumerate(pictures(clean)):
        beside = np.ones(picture.shape[:2], bool)
        for left, top, right, bottom in truth.xyxy[truth.frame == frame].astype(int):
            beside[max(top - 2, 0) : bottom + 3, max(left - 2, 0) : right + 3] = False
        change = picture[beside].astype(int) - still.image[beside]
        assert change.max() <= 0
        dark += int((change < -15).sum())
    assert dark > 50


def test_behind_a_wall_the_picture_never_changes(small_scenario: MakeScenario, wall: Block) -> None:
    scenario = small_scenario(things=(wall,), noise=0.0)
    first, *others = pictures(scenario)
    box = occluders_of(scenario.plan, scenario.cameras[0])[0].box
    left, top, right, bottom = box
    for other in others:
        assert_array_equal(first[top:bottom, left:right], other[top:bottom, left:right])


def test_noise_has_the_strength_asked_for(small_scenario: MakeScenario) -> None:
    clean, noisy = (pictures(small_scenario(noise=n))[0].astype(float) for n in (0.0, 3.0))
    difference = (noisy - clean)[60:]
    assert 2.4 < difference.std() < 3.6
    assert abs(difference.mean()) < 0.2


def test_two_pictures_do_not_share_their_noise(small_scenario: MakeScenario) -> None:
    one, other = pictures(small_scenario(noise=3.0), np.array([0.0, 0.0]))
    assert (one != other).mean() > 0.5


def test_cameras_see_colours_their_own_way(small_scenario: MakeScenario) -> None:
    warm = small_scenario(noise=0.0, white=(0.8, 1.0, 1.0))
    plain = small_scenario(noise=0.0)
    blue = [pictures(s)[0][..., 0].astype(float).mean() for s in (warm, plain)]
    assert 0.75 < blue[0] / blue[1] < 0.85


def test_every_kind_of_thing_can_be_painted(small_scenario: MakeScenario) -> None:
    things = (
        Building(
            center=(0.0, 25.0), size=(30.0, 10.0), height=12.0, colour=(90, 120, 160), shops=True
        ),
        Tree(at=(-6.0, 8.0)),
        Post(at=(6.0, 4.0), facing=270.0),
        Post(at=(8.0, 4.0), kind="signal", height=3.6, facing=270.0),
        Post(at=(-8.0, 4.0), kind="sign", height=2.4, facing=270.0),
        Block(center=(0.0, 9.0), size=(4.0, 0.8), height=0.9, colour=(60, 120, 70), style="hedge"),
        Block(
            center=(9.0, 10.0), size=(3.0, 3.0), height=2.6, colour=(160, 180, 200), style="kiosk"
        ),
        Parked(at=(-10.0, 9.0), heading=20.0, body="van"),
    )
    scenario = small_scenario(things=things)
    bare = make_backdrop(small_scenario().plan, scenario.cameras[0]).image
    full = make_backdrop(scenario.plan, scenario.cameras[0])
    assert len(full.occluders) == len(things) + 1  # a tree is a trunk and a crown
    for one in full.occluders:
        left, top, right, bottom = one.box
        here = np.abs(full.image[top:bottom, left:right].astype(int) - bare[top:bottom, left:right])
        assert (here.max(axis=2)[one.mask > 0] > 8).mean() > 0.5


def test_a_still_picture_does_not_depend_on_its_sensor_noise(small_scenario: MakeScenario) -> None:
    scenario = small_scenario()
    spec = scenario.cameras[0]
    one, other = (make_backdrop(scenario.plan, replace(spec, noise=n)).image for n in (0.0, 9.0))
    assert_array_equal(one, other)
