from dataclasses import replace

import pytest

from camweave.core.errors import InputError
from camweave.sources.synthetic.address import is_synthetic, parse_address
from camweave.sources.synthetic.scenarios import SCENARIOS, camera_of, make_scenario


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_is_a_value(name: str) -> None:
    one, other = make_scenario(name, seconds=3, seed=2), make_scenario(name, seconds=3, seed=2)
    assert one == other
    assert hash(one) == hash(other)
    assert one != replace(one, seed=3)


@pytest.mark.parametrize("count", range(1, 9))
def test_the_plaza_has_one_to_eight_cameras_of_different_names(count: int) -> None:
    cameras = make_scenario("plaza", cameras=count).cameras
    assert len({spec.name for spec in cameras}) == count
    assert cameras == make_scenario("plaza", cameras=8).cameras[:count]


def test_without_a_number_the_plaza_has_four_cameras_and_the_road_one() -> None:
    assert len(make_scenario("plaza").cameras) == 4
    assert len(make_scenario("road").cameras) == 1


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"name": "plazza"}, "did you mean 'plaza'"),
        ({"name": "xyz"}, "known here: plaza, road, crossroad, street, campus, highway"),
        ({"cameras": 0}, "1 to 8 cameras, asked for 0"),
        ({"cameras": 9}, "1 to 8 cameras, asked for 9"),
        ({"name": "road", "cameras": 2}, "1 to 1 cameras"),
        ({"seconds": 0.0}, "seconds must be above 0"),
        ({"seconds": -3.0}, "seconds must be above 0"),
        ({"seconds": float("nan")}, "seconds must be above 0"),
        ({"seconds": 1e9}, "up to 86400"),
        ({"seed": -1}, "seed must be 0"),
        ({"seed": 2**40}, "seed must be 0"),
        ({"size": (0, 360)}, "got 0x360"),
        ({"size": (641, 360)}, "must be even"),
        ({"size": (10**6, 10**6)}, "96 to 3840 px"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(settings: dict[str, object], says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        make_scenario(**({"name": "plaza"} | settings))  # type: ignore[arg-type]  # on purpose
    assert "\n" not in str(caught.value)


def test_an_unknown_camera_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(InputError, match="did you mean 'cam_b'"):
        camera_of(make_scenario("plaza"), "camb")


def test_an_address_names_scenario_and_camera() -> None:
    scenario, camera = parse_address("synthetic:plaza/cam_h")
    assert (scenario.name, camera) == ("plaza", "cam_h")
    assert is_synthetic("synthetic:plaza/cam_h")
    assert not is_synthetic("plaza.mp4")


def test_an_address_may_say_how_long_and_how_large() -> None:
    scenario, _ = parse_address("synthetic:road/cam_a?seconds=7.5&seed=4&size=320x180&fps=8")
    assert scenario == make_scenario("road", seconds=7.5, seed=4, size=(320, 180), fps=8.0)
    assert [camera.fps for camera in scenario.cameras] == [8.0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("synthetic:plaza", "expected synthetic:SCENARIO/NAME"),
        ("synthetic:/cam_a", "expected synthetic:SCENARIO/NAME"),
        ("plaza/cam_a", "expected synthetic:SCENARIO/NAME"),
        ("synthetic:plaza/cam_z", "no camera 'cam_z'"),
        ("synthetic:plasa/cam_a", "did you mean 'plaza'"),
        ("synthetic:plaza/cam_a?speed=3", "unknown option 'speed'"),
        ("synthetic:plaza/cam_a?seconds=soon", "could not convert"),
        ("synthetic:plaza/cam_a?size=large", "invalid literal"),
        ("synthetic:plaza/cam_c?cameras=2", "no camera 'cam_c'"),
    ],
)
def test_an_address_that_means_nothing_says_why(text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        parse_address(text)
