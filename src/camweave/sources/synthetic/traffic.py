"""Vehicles: they follow their lanes, each other, and the signals (intelligent driver model)."""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.sources.synthetic.arrivals import Driver, drivers_of
from camweave.sources.synthetic.junctions import Junctions
from camweave.sources.synthetic.movers import Movers
from camweave.sources.synthetic.paths import GRAIN, Meetings, Paths, find_meetings, lay_paths
from camweave.sources.synthetic.plan import DriveRoute, Plan
from camweave.sources.synthetic.vehicle_models import MODELS

PULL, BRAKE = 1.6, 2.2  # m/s2, comfortable
HARDEST = 7.0  # m/s2
YIELDING = 3.0  # m/s2: a signal that needs more than this is passed
NEAREST = 2.2  # m between bumpers in a queue
HEADWAY = 1.3  # s
MARGIN = 0.45  # m to the side that must stay free
BEND = 2.2  # m/s2 sideways
SAMPLES = np.linspace(-0.5, 0.5, 7)  # where along a vehicle others look at it
ENTRY_ROOM = 9.0  # m that must be free ahead of one that enters
FAR = 1e3  # m


@dataclass(slots=True)
class Fleet(Movers):
    """The vehicles on the road now, as columns; the only thing here that changes."""

    number: I64 = field(default_factory=lambda: np.empty(0, np.int64))  # (N,) of the actor
    path: I64 = field(default_factory=lambda: np.empty(0, np.int64))
    along: F64 = field(default_factory=lambda: np.empty(0))  # m, of its middle
    speed: F64 = field(default_factory=lambda: np.empty(0))  # m/s
    haste: F64 = field(default_factory=lambda: np.empty(0))
    length: F64 = field(default_factory=lambda: np.empty(0))  # m
    width: F64 = field(default_factory=lambda: np.empty(0))  # m


class Traffic:
    """Everybody who drives; `step` moves them by one step of time."""

    def __init__(self, plan: Plan, *, seed: int, start: float) -> None:
        self._plan = plan
        self.paths, self._meetings, self._limits = _lanes_of(plan.drives)
        self._sources = [drivers_of(r, n, seed, start) for n, r in enumerate(plan.drives)]
        self._next: list[Driver | None] = [next(source, None) for source in self._sources]
        self.fleet = Fleet()
        self.junctions = Junctions(self.paths, [route.stops for route in plan.drives])

    def arrivals(self, now: float, first_number: int) -> list[Driver]:
        """Those who enter now, put on their lanes and numbered from `first_number` on."""
        entered: list[Driver] = []
        for path, driver in enumerate(self._next):
            if driver is None or driver.time > now:
                continue
            if self._enter(path, driver, first_number + len(entered)):
                entered.append(driver)
                self._next[path] = next(self._sources[path], None)
        return entered

    def step(self, seconds: float, closed: frozenset[tuple[int, str]]) -> None:
        """Let `seconds` pass; groups at signals that are `closed` wait at their line."""
        fleet = self.fleet
        gone = fleet.along - fleet.length / 2 > self.paths.lengths[fleet.path]
        fleet.keep(~gone)
        if not len(fleet):
            return
        wanted = self._wanted_speed()
        gap, leader_speed = self._leader()
        line = self.junctions.distance_to_line(fleet.path, fleet.along + fleet.length / 2, closed)
        must = line > np.maximum(fleet.speed, 0) ** 2 / (2 * YIELDING)
        line = np.where(must, line + NEAREST - 0.4, FAR)
        pull = np.minimum(
            _follow(fleet.speed, wanted, gap, leader_speed),
            _follow(fleet.speed, wanted, line, np.zeros(len(fleet))),
        )
        speed = np.maximum(fleet.speed + pull * seconds, 0.0)
        # Rounded, so that the last bit of a sum on one machine grows to no difference on another.
        fleet.along = _steady(fleet.along + (fleet.speed + speed) / 2 * seconds)
        fleet.speed = _steady(speed)

    def occupied(self) -> frozenset[tuple[int, str]]:
        """(signal, group) of the junctions that somebody is inside of."""
        fleet = self.fleet
        half = fleet.length / 2
        return self.junctions.occupied(fleet.path, fleet.along - half, fleet.along + half)

    def _wanted_speed(self) -> F64:
        fleet = self.fleet
        at = np.rint(np.maximum(fleet.along, 0) / GRAIN).astype(np.int64)
        limits = [self._limits[p] for p in fleet.path]
        top = [limit[min(sample, len(limit) - 1)] for limit, sample in zip(limits, at, strict=True)]
        return np.array(top) * fleet.haste

    def _leader(self) -> tuple[F64, F64]:
        """Gap to the nearest one in the way (N,) m, and how fast that one goes the same way."""
        fleet = self.fleet
        count = len(fleet)
        meets = self._meetings.row[fleet.path[:, None], fleet.path] > 0
        viewer, other = np.nonzero(meets & ~np.eye(count, dtype=bool))
        where = fleet.along[other, None] + fleet.length[other, None] * SAMPLES  # (pairs, points)
        along, aside = self._meetings.of(fleet.path[viewer, None], fleet.path[other, None], where)
        room = (fleet.width[viewer] + fleet.width[other])[:, None] / 2 + MARGIN
        ahead = along - fleet.along[viewer, None]
        blocks = (aside < room) & (ahead > 0)
        gaps = np.full((count, count), FAR)
        gaps[viewer, other] = np.where(blocks, ahead - fleet.length[viewer, None] / 2, FAR).min(
            axis=1, initial=FAR
        )
        nearest = gaps.argmin(axis=1)
        rows = np.arange(count)
        heading = self.paths.direction(fleet.path, fleet.along)
        same_way = np.maximum((heading * heading[nearest]).sum(axis=1), 0.0)
        return gaps[rows, nearest], fleet.speed[nearest] * same_way

    def _enter(self, path: int, driver: Driver, number: int) -> bool:
        model = MODELS[driver.look.body]
        length, width = model.length * driver.look.scale, model.width * driver.look.scale
        fleet = self.fleet
        where = fleet.along[:, None] + fleet.length[:, None] * SAMPLES
        along, aside = self._meetings.of(np.array([[path]]), fleet.path[:, None], where)
        near = (aside < (fleet.width[:, None] + width) / 2 + MARGIN) & (along < length + ENTRY_ROOM)
        if near.any():
            return False
        speed = 0.8 * self._plan.drives[path].speed * driver.haste
        fleet.add(
            number=number,
            path=path,
            along=length / 2,
            speed=speed,
            haste=driver.haste,
            length=length,
            width=width,
        )
        return True


@lru_cache(maxsize=4)
def _lanes_of(drives: tuple[DriveRoute, ...]) -> tuple[Paths, Meetings, tuple[F64, ...]]:
    """Where the drives lead and meet, and how fast each may be at each sample."""
    paths = lay_paths([(route.points, route.radius) for route in drives])
    limits = (speed_limits(paths, number, route.speed) for number, route in enumerate(drives))
    return paths, find_meetings(paths), tuple(limits)


def _follow(speed: F64, wanted: F64, gap: F64, leader_speed: F64) -> F64:
    """Acceleration after Treiber, Hennecke and Helbing (2000), m/s2."""
    closing = speed * (speed - leader_speed) / (2 * np.sqrt(PULL * BRAKE))
    desired = NEAREST + np.maximum(speed * HEADWAY + closing, 0.0)
    free = 1 - (speed / np.maximum(wanted, 0.1)) ** 4
    pull = PULL * (free - (desired / np.maximum(gap, 0.1)) ** 2)
    return np.asarray(np.clip(pull, -HARDEST, PULL))


def speed_limits(paths: Paths, path: int, limit: float) -> F64:
    """Fastest speed at each sample of a way, slow enough for its bends, and braked for in time."""
    points = paths.samples(path)
    reach = 8  # samples: a bend is felt over 2 m to both sides
    before, after = np.roll(points, reach, axis=0), np.roll(points, -reach, axis=0)
    turn = _angle_between(points - before, after - points) / (reach * GRAIN)
    turn[:reach] = turn[-reach:] = 0.0
    top: F64 = np.minimum(limit, np.sqrt(BEND / np.maximum(turn, 1e-6)))
    for sample in range(len(top) - 2, -1, -1):
        top[sample] = min(top[sample], np.sqrt(top[sample + 1] ** 2 + 2 * PULL * GRAIN))
    return top


def _angle_between(one: F64, other: F64) -> F64:
    cross = one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]
    return np.asarray(np.abs(np.arctan2(cross, (one * other).sum(axis=1))))


def _steady(values: F64) -> F64:
    return np.asarray(np.round(values, 6), np.float64)
