"""How long a stretch of a route takes: the soonest and the latest, whatever the seed."""

from dataclasses import dataclass

import numpy as np

from camweave.core.arrays import F64
from camweave.sources.synthetic.arrivals import HASTE, HASTE_SPREAD, PACES
from camweave.sources.synthetic.paths import GRAIN, Paths
from camweave.sources.synthetic.plan import DriveRoute, Plan, Route, WalkRoute
from camweave.sources.synthetic.traffic import speed_limits

HELD_UP = 1.35  # how much longer others make a drive, besides the slowest ones' own limits
CROWDED = 1.25  # how much longer they make a walk
START = 8.0  # s to start at a green light, the queue ahead and one's own
QUEUE_PERIODS = 1.5, 1.0  # of a signal that vehicles, people may wait
QUEUE = 60.0, 3.0  # m before a line in which they may
NEAR = 1.0  # m: routes this near share a lane


@dataclass(frozen=True, slots=True, eq=False)
class Travel:
    """One route's times: soonest and latest at each of its Q samples, and where one may wait."""

    soonest: F64  # (Q,) s from the begin, never held up
    latest: F64  # (Q,) s, slow, without waits
    waits: tuple[tuple[float, float, float], ...]  # begin and end, m, of where; longest, s

    def between(self, one: float, other: float) -> tuple[float, float]:
        """Least and most seconds from `one` to `other` m; both below 0 where it lies behind."""
        low, high = min(one, other), max(one, other)
        first, last = round(low / GRAIN), round(high / GRAIN)
        waits = sum(longest for begin, end, longest in self.waits if begin < high and end > low)
        least = float(self.soonest[last] - self.soonest[first])
        most = float(self.latest[last] - self.latest[first]) + waits
        return (least, most) if other >= one else (-most, -least)


def travel_of(plan: Plan, paths: Paths) -> list[Travel]:
    """For each route: drives, then walks, as they lie in `paths`."""
    limits = [speed_limits(paths, number, route.speed) for number, route in enumerate(plan.drives)]
    slowest = _slowest_here(paths, limits)
    out: list[Travel] = []
    for number, route in enumerate(plan.routes):
        waits = _waits(plan, route, paths, number)
        if isinstance(route, DriveRoute):
            quick = limits[number] * (HASTE + HASTE_SPREAD)
            slow = slowest[number] * HASTE / HELD_UP
        else:
            quick = np.full(len(paths.samples(number)), PACES[1])
            slow = np.full(len(quick), PACES[0] / CROWDED)
        out.append(Travel(_clock(quick), _clock(slow), waits))
    return out


def _clock(speed: F64) -> F64:
    """Seconds from the begin to each sample."""
    return np.concatenate([[0.0], np.cumsum(GRAIN / speed[:-1])])


def _waits(
    plan: Plan, route: Route, paths: Paths, number: int
) -> tuple[tuple[float, float, float], ...]:
    out: list[tuple[float, float, float]] = []
    on_foot = isinstance(route, WalkRoute)
    for stop in route.stops:
        line = paths.distance_of(number, stop.at)
        longest = QUEUE_PERIODS[on_foot] * plan.signals[stop.signal].period + START
        out.append((line - QUEUE[on_foot], line + 1.0, longest))
    for rest in route.rests if isinstance(route, WalkRoute) else ():
        at = paths.distance_of(number, rest.at)
        out.append((at - 1.0, at + 1.0, rest.most))
    return tuple(out)


def _slowest_here(paths: Paths, limits: list[F64]) -> list[F64]:
    """At each sample of each drive the slowest limit of all who may be ahead in the same lane."""
    count = len(limits)
    samples = [paths.samples(number) for number in range(count)]
    if not count:
        return []
    ahead = [np.gradient(points, axis=0) for points in samples]
    points, ways = np.concatenate(samples), np.concatenate(ahead)
    octant = np.rint(np.arctan2(ways[:, 1], ways[:, 0]) / (np.pi / 4)).astype(np.int64) % 8
    cells = np.column_stack([np.floor(points / NEAR).astype(np.int64), octant])
    names, inverse = np.unique(cells, axis=0, return_inverse=True)
    least = np.full(len(names), np.inf)
    np.minimum.at(least, inverse.ravel(), np.concatenate(limits))
    here = least[inverse.ravel()]
    return np.split(here, np.cumsum([len(part) for part in samples])[:-1])
