"""Who arrives where and when: one random stream per route, so that routes do not disturb others."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.sources.synthetic.looks import Look, draw_of_fleet, draw_person, draw_vehicle
from camweave.sources.synthetic.plan import DriveRoute, WalkRoute

DRIVERS: Final = 1  # first word of a route's seed
WALKERS: Final = 2
SIDE_BY_SIDE = 0.75  # m between the two
LEAST_HEADWAY = 1.5  # s
PACES = (0.95, 1.6)  # m/s, slowest and fastest
HASTE, HASTE_SPREAD = (
    0.84,
    0.24,
)  # share of the limit that vehicles like to drive, and how it varies


@dataclass(frozen=True, slots=True)
class Driver:
    """A vehicle about to enter."""

    time: float  # s
    look: Look
    haste: float  # share of the limit it likes to drive


@dataclass(frozen=True, slots=True)
class Walker:
    """Somebody about to enter."""

    time: float  # s
    look: Look
    pace: float  # m/s
    aside: float  # m from the middle of the way, to the left
    behind: float  # m that it stays behind a stop line
    rest: tuple[int, float] | None  # which rest of the route, and for how many seconds


def drivers_of(route: DriveRoute, number: int, seed: int, start: float) -> Iterator[Driver]:
    """The vehicles of one route, for ever, in order of time from `start` s on."""
    rng = np.random.default_rng([seed, DRIVERS, number])
    time = start
    while route.per_minute > 0:
        time += LEAST_HEADWAY + _wait(rng, max(60 / route.per_minute - LEAST_HEADWAY, 0.1))
        look = draw_of_fleet(rng, route.fleets) or draw_vehicle(rng, route.bodies)
        yield Driver(time, look, haste=float(HASTE + HASTE_SPREAD * rng.random()))


def walkers_of(route: WalkRoute, number: int, seed: int, start: float) -> Iterator[Walker]:
    """The people of one route, for ever, in order of time from `start` s on."""
    rng = np.random.default_rng([seed, WALKERS, number])
    time = start
    while route.per_minute > 0:
        time += _wait(rng, 60 / route.per_minute)
        pace = float(PACES[0] + (PACES[1] - PACES[0]) * rng.random())
        aside = float((2 * rng.random() - 1) * route.spread)
        members = 2 if rng.random() < route.pairs else 1
        rest = _rest(rng, route)
        for member in range(members):
            step = SIDE_BY_SIDE if aside <= 0 else -SIDE_BY_SIDE
            behind = float(1.1 * rng.random())
            look = draw_person(rng)
            yield Walker(time, look, pace, aside + member * step, behind, rest)


def _rest(rng: np.random.Generator, route: WalkRoute) -> tuple[int, float] | None:
    for number, rest in enumerate(route.rests):
        stays, seconds = rng.random(2)
        if stays < rest.share:
            return number, float(rest.least + (rest.most - rest.least) * seconds)
    return None


def _wait(rng: np.random.Generator, mean: float) -> float:
    return float(-mean * np.log(1.0 - rng.random()))
