"""Ways through a map of streets: lanes driven one after the other, and where they must wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from camweave.sources.synthetic.plan import Point, Stop
from camweave.sources.synthetic.streets import CLEAR, STEP_DOWN, STOP_LINE, Crossing, Street, Town

ON_FOOT = "walk"  # the group of people at every signal
AT_KERB = 0.5  # m: people wait that far from the carriageway


@dataclass(frozen=True, slots=True)
class Leg:
    """One lane of a street, driven in one direction."""

    street: Street
    heading: int  # 1 or -1 along the street's own axis
    lane: int = 0  # 0 is at the kerb

    def at(self, along: float) -> Point:
        """The lane's middle there."""
        return self.street.place(along, self.street.lane(self.heading, self.lane))


def drive_along(
    town: Town, legs: Sequence[Leg], begin: float, end: float
) -> tuple[tuple[Point, ...], tuple[Stop, ...]]:
    """Corner points and stops of a drive from `begin` on the first leg to `end` on the last."""
    corners = [_turn(one, other) for one, other in pairwise(legs)]
    points = (legs[0].at(begin), *corners, legs[-1].at(end))
    stops: list[Stop] = []
    for number, leg in enumerate(legs):
        span = [_along(leg, point) for point in points[number : number + 2]]
        came = town.crossing(legs[number - 1].street, leg.street) if number else None
        after = legs[number + 1] if number + 1 < len(legs) else leg
        turn = town.crossing(leg.street, after.street) if after is not leg else None
        met = {
            leg.heading * crossing.other(leg.street).at: crossing
            for crossing in town.crossings_on(leg.street)
            if crossing is turn
            or (crossing is not came and _is_between(crossing.other(leg.street).at, span))
        }
        stops += [
            _stop(crossing, leg, after if crossing is turn else leg)
            for _, crossing in sorted(met.items())
            if crossing.signal is not None
        ]
    return points, tuple(stops)


def stops_on_foot(town: Town, points: Sequence[Point]) -> tuple[Stop, ...]:
    """A stop before each carriageway that the way crosses at a zebra crossing with a signal."""
    ends = {
        frozenset(crossing.zebra(arm)): (crossing, arm)
        for crossing in town.crossings
        if crossing.signal is not None
        for arm in crossing.arms
    }
    stops: list[Stop] = []
    for pair in pairwise(points):
        if frozenset(pair) in ends:
            crossing, _ = ends[frozenset(pair)]
            signal = crossing.signal if crossing.signal is not None else 0
            stops.append(Stop(signal, ON_FOOT, _inward(*pair), _inward(*reversed(pair))))
    return tuple(stops)


def _inward(one: Point, other: Point) -> Point:
    """From the end `one` of a zebra crossing towards the other, to the kerb."""
    (x0, y0), (x1, y1) = one, other
    step = STEP_DOWN - AT_KERB
    length = max(abs(x1 - x0), abs(y1 - y0))
    return x0 + (x1 - x0) / length * step, y0 + (y1 - y0) / length * step


def _turn(one: Leg, other: Leg) -> Point:
    mine = one.street.lane(one.heading, one.lane)
    return other.at(mine) if other.street.along != one.street.along else one.at(mine)


def _along(leg: Leg, point: Point) -> float:
    return point[0] if leg.street.along == "x" else point[1]


def _is_between(value: float, span: Sequence[float]) -> bool:
    return min(span) < value < max(span)


def _stop(crossing: Crossing, leg: Leg, after: Leg) -> Stop:
    line = crossing.along(leg.street, -leg.heading * STOP_LINE)
    clear = crossing.along(after.street, after.heading * CLEAR)
    group = crossing.groups[leg.street.towards(leg.heading)]
    signal = crossing.signal if crossing.signal is not None else 0
    return Stop(signal, group, leg.at(line), after.at(clear))
