"""People: they walk their ways at their own pace, wait at signals, step aside for each other."""

from dataclasses import dataclass, field

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.sources.synthetic.arrivals import Walker, walkers_of
from camweave.sources.synthetic.junctions import Junctions
from camweave.sources.synthetic.movers import Movers
from camweave.sources.synthetic.paths import Paths, lay_paths
from camweave.sources.synthetic.plan import Plan

PULL, BRAKE = 1.2, 2.4  # m/s2
EAGERNESS = 1.6  # 1/s: speed wanted per metre that is left to a stop
SIGHT = 2.2  # m ahead within which others are walked around
ELBOW = 0.62  # m to the side that one likes to keep
ARM = 0.9  # m: one who is slower and this near ahead is not walked into
BESIDE = 0.35  # m behind, up to which others are still beside
ARRIVED, PASSED = 0.25, 0.5  # m before and behind the place of a rest
SIDEWAYS = 0.55  # m/s, the fastest step aside
HOMING = 0.35  # 1/s: back to one's own side of the way
OVERSHOOT = 0.5  # m past the spread of the way that stepping aside may go


@dataclass(slots=True)
class Crowd(Movers):
    """The people on foot now, as columns; the only thing here that changes."""

    number: I64 = field(default_factory=lambda: np.empty(0, np.int64))  # (N,) of the actor
    path: I64 = field(default_factory=lambda: np.empty(0, np.int64))
    along: F64 = field(default_factory=lambda: np.empty(0))  # m
    speed: F64 = field(default_factory=lambda: np.empty(0))  # m/s
    pace: F64 = field(default_factory=lambda: np.empty(0))  # m/s, wanted
    aside: F64 = field(default_factory=lambda: np.empty(0))  # m to the left of the middle
    home: F64 = field(default_factory=lambda: np.empty(0))  # m, where aside would like to be
    behind: F64 = field(default_factory=lambda: np.empty(0))  # m kept to a stop line
    rest_at: F64 = field(default_factory=lambda: np.empty(0))  # m along, -1 without a rest
    rest_left: F64 = field(default_factory=lambda: np.empty(0))  # s


class Walking:
    """Everybody on foot; `step` moves them by one step of time."""

    def __init__(self, plan: Plan, *, seed: int, start: float) -> None:
        self._plan = plan
        self.paths: Paths = lay_paths([(route.points, route.radius) for route in plan.walks])
        self._rests = [
            [self.paths.distance_of(p, rest.at) for rest in route.rests]
            for p, route in enumerate(plan.walks)
        ]
        self._spread = np.array([route.spread for route in plan.walks]) + OVERSHOOT
        self._sources = [walkers_of(r, n, seed, start) for n, r in enumerate(plan.walks)]
        self._next: list[Walker | None] = [next(source, None) for source in self._sources]
        self.crowd = Crowd()
        self.junctions = Junctions(self.paths, [route.stops for route in plan.walks])

    def arrivals(self, now: float, first_number: int) -> list[Walker]:
        """Those who enter now, put on their ways and numbered from `first_number` on."""
        entered: list[Walker] = []
        for path, source in enumerate(self._sources):
            walker = self._next[path]
            while walker is not None and walker.time <= now:
                self._enter(path, walker, first_number + len(entered))
                entered.append(walker)
                walker = self._next[path] = next(source, None)
        return entered

    def step(self, seconds: float, closed: frozenset[tuple[int, str]]) -> None:
        """Let `seconds` pass; groups at signals that are `closed` wait at their line."""
        crowd = self.crowd
        crowd.keep(crowd.along <= self.paths.lengths[crowd.path])
        if not len(crowd):
            return
        line = self.junctions.distance_to_line(crowd.path, crowd.along, closed)
        room = np.minimum(line - crowd.behind, self._to_rest(seconds))
        slower, sideways = self._around_others()
        wanted = np.clip(room * EAGERNESS, 0.0, crowd.pace) * slower
        change = np.clip(wanted - crowd.speed, -BRAKE * seconds, PULL * seconds)
        speed = np.maximum(crowd.speed + change, 0.0)
        drift = np.clip(sideways + HOMING * (crowd.home - crowd.aside), -SIDEWAYS, SIDEWAYS)
        drift *= np.minimum(speed / 0.6, 1.0)  # nobody glides sideways while standing
        limit = self._spread[crowd.path]
        # Rounded, so that the last bit of a sum on one machine grows to no difference on another.
        crowd.aside = _steady(np.clip(crowd.aside + drift * seconds, -limit, limit))
        crowd.along = _steady(crowd.along + (crowd.speed + speed) / 2 * seconds)
        crowd.speed = _steady(speed)

    def occupied(self) -> frozenset[tuple[int, str]]:
        """(signal, group) of the crossings that somebody is on."""
        crowd = self.crowd
        return self.junctions.occupied(crowd.path, crowd.along, crowd.along)

    def _enter(self, path: int, walker: Walker, number: int) -> None:
        rest_at, rest_left = -1.0, 0.0
        if walker.rest is not None:
            rest_at, rest_left = self._rests[path][walker.rest[0]], walker.rest[1]
        self.crowd.add(
            number=number,
            path=path,
            along=0.0,
            speed=walker.pace,
            pace=walker.pace,
            aside=walker.aside,
            home=walker.aside,
            behind=walker.behind,
            rest_at=rest_at,
            rest_left=rest_left,
        )

    def _to_rest(self, seconds: float) -> F64:
        """Metres to where each wants to stand; FAR when it wants to go on. Counts resting down."""
        crowd = self.crowd
        left = crowd.rest_at - crowd.along
        waits = (crowd.rest_left > 0) & (left > -PASSED)
        standing = waits & (left < ARRIVED)
        crowd.rest_left = crowd.rest_left - standing * seconds
        return np.where(waits, np.maximum(left, 0.0), np.inf)

    def _around_others(self) -> tuple[F64, F64]:
        """How much slower each goes (N,) 0 to 1, and how fast to the left (N,) m/s, for others."""
        crowd = self.crowd
        ahead_of = self.paths.direction(crowd.path, crowd.along)
        left_of = np.stack([-ahead_of[:, 1], ahead_of[:, 0]], axis=1)
        at = self.paths.locate(crowd.path, crowd.along) + left_of * crowd.aside[:, None]
        east, north = at[:, 0], at[:, 1]
        near = (east - east[:, None]) ** 2 + (north - north[:, None]) ** 2 < SIGHT**2
        me, other = np.nonzero(near & ~np.eye(len(at), dtype=bool))
        between = at[other] - at[me]
        ahead = (between * ahead_of[me]).sum(axis=1)
        left = (between * left_of[me]).sum(axis=1)
        in_way = np.abs(left) < ELBOW
        same_way = (ahead_of[me] * ahead_of[other]).sum(axis=1) > 0
        slow = same_way & (crowd.speed[other] < crowd.speed[me] + 0.05)
        blocked = in_way & slow & (ahead > 0) & (ahead < ARM)
        pushes = in_way & (ahead > -BESIDE)
        away = np.where(left > 0, -1.0, 1.0) * (ELBOW - np.abs(left)) / ELBOW * pushes
        push = np.bincount(me, away, len(at))
        slower: F64 = np.where(np.bincount(me, blocked, len(at)) > 0, 0.55, 1.0)
        return slower, np.asarray(0.9 * push, np.float64)


def _steady(values: F64) -> F64:
    return np.asarray(np.round(values, 6), np.float64)
