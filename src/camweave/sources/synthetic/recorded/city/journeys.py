"""Who drives and walks through a made-up city: journeys from gate to gate, and when they pass."""

from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import Final

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from camweave.core.arrays import F64, I64, Bool
from camweave.sources.synthetic.recorded.city.params import CityParams
from camweave.sources.synthetic.recorded.city.streets import Streets

TRAVEL: Final = 22  # first word of the seed
TASTES: Final = 6  # ways to weigh the streets; each journey follows one of them
TASTE: Final = 0.35  # of the logarithm of a street's cost
OUTSIDE: Final = -1  # the road that leads out of the city
WARM_UP: Final = 600.0  # s of life before time 0
PACE: Final = (1.0, 1.7)  # m/s on foot, least and most
SPREAD: Final = 0.12  # of the logarithm of a driver's speed, journey by journey
TRAFFIC: Final = 0.08  # and of the time that one street takes
STAY: Final = (5.6, 0.7)  # logarithm of the seconds of a long stop: mean and deviation
SHORTEST: Final = 120.0  # s between a journey and the one back; nobody is twice in a view
AWAY: Final = (4.6, 1.0)  # and the logarithm of the seconds beyond these
HOME: Final = 0.7  # share of those who come back that go to where they came from
HEADWAY: Final = 1.6  # s between two that leave a junction's arm one after the other
CROSSING: Final = 0.45  # share of a signal's period in which an arm may go


@dataclass(frozen=True, slots=True, eq=False)
class Passages:
    """P passages of objects through junctions, in order of object and time."""

    actor: I64  # (P,) who
    junction: I64  # (P,)
    before: I64  # (P,) junction it comes from, or OUTSIDE
    after: I64  # (P,) junction it goes to, or OUTSIDE
    arrive: F64  # (P,) s, at the stop line
    leave: F64  # (P,) s, from the stop line; later than `arrive` where it waits
    speed_in: F64  # (P,) m/s
    speed_out: F64  # (P,) m/s
    walks: Bool  # (A,)

    def __len__(self) -> int:
        return len(self.actor)


@dataclass(frozen=True, slots=True, eq=False)
class Routes:
    """R ways from gate to gate: `street[offsets[r] : offsets[r + 1]]` are the streets of one."""

    offsets: I64  # (R + 1,)
    street: I64  # (Q,)
    begin: I64  # (R,) gate
    end: I64  # (R,) gate


@dataclass(frozen=True, slots=True, eq=False)
class _Rides:
    """Journeys before anybody waits; P junctions passed, in order of journey."""

    actor: I64  # (P,)
    junction: I64  # (P,)
    before: I64  # (P,)
    after: I64  # (P,)
    speed_in: F64  # (P,)
    speed_out: F64  # (P,)
    ride: F64  # (P,) s to the actor's next junction; nan at the last


def travel(streets: Streets, params: CityParams, *, seconds: float, journeys: int) -> Passages:
    """What so many objects pass that set out between WARM_UP before 0 and `seconds`."""
    rng = np.random.default_rng([params.seed, TRAVEL])
    routes = find_routes(streets, rng)
    start = np.sort(rng.uniform(-WARM_UP, seconds, journeys))
    walks = rng.random(journeys) < params.people
    rides = _rides(streets, routes, walks, params, rng=rng)
    arrive, leave = _wait(streets, rides, start, walks)
    return Passages(
        actor=rides.actor,
        junction=rides.junction,
        before=rides.before,
        after=rides.after,
        arrive=arrive,
        leave=leave,
        speed_in=rides.speed_in,
        speed_out=rides.speed_out,
        walks=walks,
    )


def find_routes(streets: Streets, rng: np.random.Generator) -> Routes:
    """The quickest ways from every gate to every other, by several tastes."""
    count = len(streets.place)
    ends = zip(streets.source.tolist(), streets.target.tolist(), strict=True)
    street_of = {pair: street for street, pair in enumerate(ends)}
    ways: list[list[int]] = []
    gates: list[tuple[int, int]] = []
    for _ in range(TASTES):
        cost = streets.length / streets.speed * rng.lognormal(0.0, TASTE, len(streets.source))
        graph = coo_array((cost, (streets.source, streets.target)), shape=(count, count)).tocsr()
        came = dijkstra(graph, indices=streets.gates, return_predecessors=True)[1].tolist()
        for row, begin in enumerate(streets.gates.tolist()):
            for end in streets.gates.tolist():
                way = _trace(came[row], begin, end)
                if way:
                    ways.append([street_of[pair] for pair in way])
                    gates.append((begin, end))
    begin, end = np.array(gates, np.int64).T
    flat = np.array([street for way in ways for street in way], np.int64)
    lengths = np.cumsum([0, *(len(way) for way in ways)])
    return Routes(lengths.astype(np.int64), flat, begin, end)


def _trace(came: list[int], begin: int, end: int) -> list[tuple[int, int]]:
    """The streets, as pairs of junctions, from `begin` to `end`; none where no way leads there."""
    way: list[tuple[int, int]] = []
    while end != begin and came[end] >= 0:
        way.append((came[end], end))
        end = came[end]
    return way[::-1] if end == begin else []


def _rides(
    streets: Streets,
    routes: Routes,
    walks: Bool,
    params: CityParams,
    *,
    rng: np.random.Generator,
) -> _Rides:
    actors = len(walks)
    route = rng.integers(len(routes.begin), size=actors)
    back = np.flatnonzero(rng.random(actors) < params.revisits)
    actor = np.concatenate([np.arange(actors), back])
    taken = np.concatenate([route, _way_back(routes, route[back], rng)])
    order = np.argsort(actor, kind="stable")  # the way back comes after the way there
    actor, taken = actor[order], taken[order]
    count = routes.offsets[taken + 1] - routes.offsets[taken]
    trip = np.repeat(np.arange(len(taken)), count)
    begin = np.cumsum(count) - count
    street = routes.street[np.arange(len(trip)) - begin[trip] + routes.offsets[taken][trip]]
    own = np.where(walks, rng.uniform(*PACE, actors), rng.lognormal(0.0, SPREAD, actors))[actor]
    speed = own[trip] * np.where(walks[actor[trip]], 1.0, streets.speed[street])
    long = np.where(rng.random(len(trip)) < params.parks, rng.lognormal(*STAY, len(trip)), 0.0)
    ride = streets.length[street] / speed * rng.lognormal(0.0, TRAFFIC, len(trip)) + long
    # A trip passes one junction more than it has streets: at its end stands the time away.
    end = begin + count
    away = SHORTEST + rng.lognormal(*AWAY, len(taken))
    last = np.append(actor[1:] != actor[:-1], True)
    return _Rides(
        actor=np.repeat(actor, count + 1),
        junction=np.insert(streets.target[street], begin, streets.source[street[begin]]),
        before=np.insert(streets.source[street], begin, OUTSIDE),
        after=np.insert(streets.target[street], end, OUTSIDE),
        speed_in=np.insert(speed, begin, speed[begin]),
        speed_out=np.insert(speed, end, speed[end - 1]),
        ride=np.insert(ride, end, np.where(last, np.nan, away)),
    )


def _way_back(routes: Routes, route: I64, rng: np.random.Generator) -> I64:
    """For each route one that begins where it ends, and mostly leads to its begin."""
    choices: dict[tuple[int, ...], list[int]] = {}
    for number, pair in enumerate(zip(routes.begin.tolist(), routes.end.tolist(), strict=True)):
        choices.setdefault(pair, []).append(number)
        choices.setdefault(pair[:1], []).append(number)
    straight = (rng.random(len(route)) < HOME).tolist()
    out = []
    for number, home in zip(route.tolist(), straight, strict=True):
        begin, end = int(routes.begin[number]), int(routes.end[number])
        choice = (choices.get((end, begin)) if home else None) or choices.get((end,)) or [number]
        out.append(choice[int(rng.integers(len(choice)))])
    return np.array(out, np.int64)


def _wait(streets: Streets, rides: _Rides, start: F64, walks: Bool) -> tuple[F64, F64]:
    """When each junction is reached and left: who drives waits at signals and in queues."""
    period, junction = streets.period.tolist(), rides.junction.tolist()
    before, actor = rides.before.tolist(), rides.actor.tolist()
    ride, on_foot = rides.ride.tolist(), walks.tolist()
    first = np.searchsorted(rides.actor, np.arange(len(start))).tolist()
    events = list(zip(start.tolist(), first, strict=True))
    heapify(events)
    last: dict[tuple[int, int], float] = {}
    arrive, leave = [0.0] * len(actor), [0.0] * len(actor)
    while events:
        now, row = heappop(events)
        arrive[row] = leave[row] = now
        if not on_foot[actor[row]]:
            arm = (junction[row], before[row])
            go = _green(now, period[junction[row]], before[row])
            leave[row] = last[arm] = max(go, last.get(arm, -np.inf) + HEADWAY)
        if ride[row] == ride[row]:
            heappush(events, (leave[row] + ride[row], row + 1))
    return np.array(arrive), np.array(leave)


def _green(now: float, period: float, arm: int) -> float:
    """When an arm may go that is reached at `now`."""
    if not period:
        return now
    part = (now + (arm % 2) * period / 2) % period
    return now if part < CROSSING * period else now + period - part
