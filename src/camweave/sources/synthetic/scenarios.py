"""Scenarios by name: small sites (`plaza`, `road`) and harder ones, each with its cameras."""

from dataclasses import replace
from functools import lru_cache
from math import isfinite
from threading import Lock

from camweave.core.errors import InputError
from camweave.core.nearest import did_you_mean
from camweave.sources.synthetic.campus import campus_cameras, campus_plan
from camweave.sources.synthetic.crossroad import crossroad_cameras, crossroad_plan
from camweave.sources.synthetic.highway import highway_cameras, highway_plan
from camweave.sources.synthetic.plan import CameraSpec, Plan, Scenario
from camweave.sources.synthetic.plaza import plaza_cameras, plaza_plan
from camweave.sources.synthetic.road import road_cameras, road_plan
from camweave.sources.synthetic.street import street_cameras, street_plan
from camweave.sources.synthetic.world import World, make_world

SCENARIOS = ("plaza", "road", "crossroad", "street", "campus", "highway")
DAY = 86400.0  # s
FASTEST = 120.0  # frames/s
SIDES = (96, 3840)  # px, least and most
SEEDS = 2**31
USUAL_CAMERAS = {"plaza": 4}  # where it is not all there are


def make_scenario(
    name: str,
    *,
    cameras: int | None = None,
    seconds: float = 20.0,
    seed: int = 1,
    size: tuple[int, int] = (640, 360),
    fps: float | None = None,
) -> Scenario:
    """A scenario's world and the first `cameras` of its cameras (all; of `plaza` 4, unless said).

    Args:
        name: one of SCENARIOS.
        cameras: how many.
        seconds: what each camera films, on its own clock.
        seed: another one, another life; the place stays the same.
        size: width and height of the pictures, px.
        fps: pictures a second of every camera; each its own, unless said.

    Raises:
        InputError: no such scenario, or a number out of its range.
    """
    plan, specs = _site(name)
    count = USUAL_CAMERAS.get(name, len(specs)) if cameras is None else cameras
    if not 1 <= count <= len(specs):
        raise InputError(f"scenario {name}: has 1 to {len(specs)} cameras, asked for {count}")
    if not (isfinite(seconds) and 0 < seconds <= DAY):
        raise InputError(
            f"scenario {name}: seconds must be above 0, up to {DAY:g}; got {seconds:g}"
        )
    if not 0 <= seed < SEEDS:
        raise InputError(f"scenario {name}: seed must be 0 to {SEEDS - 1}, got {seed}")
    width, height = size
    least, most = SIDES
    if not (least <= width <= most and least <= height <= most and width % 2 == height % 2 == 0):
        raise InputError(
            f"scenario {name}: width and height must be even, {least} to {most} px; "
            f"got {width}x{height}"
        )
    if fps is not None and not 0 < fps <= FASTEST:
        raise InputError(f"scenario {name}: fps must be above 0, up to {FASTEST:g}; got {fps:g}")
    chosen = tuple(
        replace(spec, width=width, height=height, fps=fps or spec.fps) for spec in specs[:count]
    )
    return Scenario(name=name, plan=plan, cameras=chosen, seconds=float(seconds), seed=seed)


def camera_of(scenario: Scenario, name: str) -> CameraSpec:
    """The scenario's camera of that name.

    Raises:
        InputError: it has none; the message names the nearest.
    """
    for spec in scenario.cameras:
        if spec.name == name:
            return spec
    names = [spec.name for spec in scenario.cameras]
    raise InputError(f"scenario {scenario.name}: no camera {name!r}{did_you_mean(name, names)}")


def world_of(scenario: Scenario) -> World:
    """The scenario's world, made once and shared by its cameras, whatever threads they run in."""
    with _MAKING:
        return _made(scenario)


_MAKING = Lock()  # else each of four cameras that begin at once would make a world of its own


@lru_cache(maxsize=4)
def _made(scenario: Scenario) -> World:
    last = max(spec.offset for spec in scenario.cameras)
    return make_world(scenario.plan, seed=scenario.seed, seconds=scenario.seconds + last + 1.0)


def most_cameras(name: str) -> int:
    """How many cameras a scenario has.

    Raises:
        InputError: no such scenario.
    """
    return len(_site(name)[1])


@lru_cache(maxsize=8)
def _site(name: str) -> tuple[Plan, tuple[CameraSpec, ...]]:
    match name:
        case "plaza":
            return plaza_plan(), plaza_cameras()
        case "road":
            return road_plan(), road_cameras()
        case "crossroad":
            return crossroad_plan(), crossroad_cameras()
        case "street":
            return street_plan(), street_cameras()
        case "campus":
            return campus_plan(), campus_cameras()
        case "highway":
            return highway_plan(), highway_cameras()
        case _:
            raise InputError(f"no scenario {name!r}{did_you_mean(name, SCENARIOS)}")
