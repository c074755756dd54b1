"""The site `street`: one long street, six views of it far apart, side streets between them."""

from collections.abc import Iterator
from itertools import pairwise

from camweave.sources.synthetic.itineraries import Leg, drive_along, stops_on_foot
from camweave.sources.synthetic.masonry import lamps, rectangle, reverse_of, trees
from camweave.sources.synthetic.paving import areas_of, lights_of, lines_of
from camweave.sources.synthetic.plan import (
    MIXED,
    SMALL,
    Area,
    Bodies,
    Building,
    CameraSpec,
    DriveRoute,
    Phase,
    Plan,
    Point,
    Signal,
    Thing,
    WalkRoute,
)
from camweave.sources.synthetic.streets import STEP_DOWN, WALKWAY, Arm, Crossing, Street, Town

VIEWS = 6
APART = 160.0  # m from where one camera's view begins to where the next one's does
DEEP = 60.0  # m that a view is long
BEGINS = tuple(APART * number - 450.0 for number in range(VIEWS))  # m
END, SIDE_END = 520.0, 80.0  # m: where the world ends
HIGH = Street(name="high", along="x", at=0.0, span=(-END, END))
# Side streets leave by turns to the south and to the north, each between two views.
SIDES = tuple(
    Street(
        name=f"side_{number}",
        along="y",
        at=begin + 110.0,
        span=(-SIDE_END, 0.0) if number % 2 == 0 else (0.0, SIDE_END),
        sidewalk=2.8,
    )
    for number, begin in enumerate(BEGINS[:-1])
)
LONGEST = 3  # side streets further on: where those leave who came by another
GROUPS: dict[Arm, str] = {"east": "main", "west": "main", "north": "side", "south": "side"}
TOWN = Town(
    streets=(HIGH, *SIDES),
    crossings=tuple(
        Crossing(x=HIGH, y=side, signal=number, groups=GROUPS)
        for number, side in enumerate(SIDES)
    ),
    signals=tuple(
        Signal(
            period=period,
            phases=(Phase("main", 0.0, period - 24.0),
                    Phase("side", period - 21.0, period - 14.0),
                    Phase("walk", period - 11.0, period - 7.0)),
        )
        for period in (44.0, 52.0, 47.0, 56.0, 49.0)
    ),
)  # fmt: skip
SLOW: Bodies = (("truck", 0.7), ("van", 0.3))


def street_plan() -> Plan:
    """The whole site."""
    return Plan(
        areas=(*_grounds(), *areas_of(TOWN)),
        lines=lines_of(TOWN),
        things=(*_buildings(), *_greens(), *_furniture()),
        signals=TOWN.signals,
        drives=tuple(_drives()),
        walks=tuple(_walks()),
        sun=(200.0, 46.0),
        warm_up=240.0,
    )


def street_cameras() -> tuple[CameraSpec, ...]:
    """Six in a row from west to east; no two see the same ground."""
    a, b, c, d, e, f = BEGINS
    return (
        CameraSpec(name="cam_a", position=(a - 5.0, -8.0, 6.6), look_at=(a + 10.0, 4.6, 0.6),
                   field_of_view=66.0),
        CameraSpec(name="cam_b", position=(b + DEEP, 8.0, 6.2), look_at=(b + DEEP - 15, -4.2, 0.8),
                   fps=12.5, offset=0.8, drop=0.01, gain=1.08, white=(1.06, 1.0, 0.94), noise=2.6,
                   field_of_view=66.0),
        CameraSpec(name="cam_c", position=(c - 4.0, 8.0, 6.8), look_at=(c + 11.0, -4.8, 0.4),
                   fps=10.0, offset=1.6, drop=0.02, gamma=1.1, white=(0.94, 1.0, 1.05),
                   field_of_view=68.0),
        CameraSpec(name="cam_d", position=(d + DEEP, -8.0, 6.4), look_at=(d + DEEP - 15, 4.4, 0.6),
                   offset=0.4, gain=0.93, gamma=0.95, field_of_view=66.0, noise=2.4),
        CameraSpec(name="cam_e", position=(e - 4.0, -8.0, 6.0), look_at=(e + 11.0, 4.8, 0.8),
                   fps=12.5, offset=1.1, gain=1.04, white=(0.97, 1.0, 1.03), field_of_view=66.0),
        CameraSpec(name="cam_f", position=(f - 4.0, 8.0, 6.9), look_at=(f + 11.0, -4.6, 0.5),
                   fps=10.0, offset=2.1, drop=0.01, white=(1.04, 1.0, 0.96), noise=3.0,
                   field_of_view=67.0),
    )  # fmt: skip


def _grounds() -> tuple[Area, ...]:
    return (rectangle("paving", (-END, END), (-8.6, 8.6)),)


def _buildings() -> Iterator[Building]:
    tones: tuple[tuple[int, int, int], ...] = (
        (148, 170, 198), (128, 148, 188), (172, 184, 194), (136, 150, 196), (166, 174, 184),
        (158, 176, 206), (140, 164, 182), (176, 190, 204),
    )  # fmt: skip
    for side in (1, -1):
        cuts = [street.at for street in SIDES if street.span[1 if side > 0 else 0] != 0.0]
        edges = [-END - 30.0, *cuts, END + 30.0]
        for block, (low, high) in enumerate(pairwise(edges)):
            begin, end = low + 8.5, high - 8.5
            count = max(round((end - begin) / 46.0), 1)
            wide = (end - begin) / count
            for house in range(count):
                pick = 5 * block + 3 * house + (2 if side > 0 else 0)
                depth = 18.0 + 4.0 * (pick % 3)
                yield Building(
                    center=(begin + (house + 0.5) * wide, side * (8.8 + depth / 2)),
                    size=(wide - 0.4, depth),
                    height=9.5 + 3.1 * (pick * 7 % 4),
                    colour=tones[pick % len(tones)],
                    shops=pick % 3 != 1,
                )


def _greens() -> tuple[Thing, ...]:
    """Trees across the street from each camera, and on both sides between two views."""
    north: list[float] = []
    south: list[float] = []
    for number, begin in enumerate(BEGINS):
        across, own = (north, south) if number in {0, 3, 4} else (south, north)
        across += [begin + step for step in (6.0, 20.0, 34.0, 48.0, 70.0, 84.0, 136.0)]
        own += [begin + step for step in (76.0, 90.0, 130.0, 143.0)]
    return (
        *trees([(x, 7.7) for x in north], crown=1.3, height=5.8),
        *trees([(x, -7.7) for x in south], crown=1.3, height=5.6),
    )


def _furniture() -> tuple[Thing, ...]:
    kerb = HIGH.half + 0.35
    return (
        *lights_of(TOWN),
        *lamps([(begin + step, kerb) for begin in BEGINS for step in (18.0, 46.0)], 270.0),
        *lamps([(begin + step, -kerb) for begin in BEGINS for step in (32.0, 78.0)], 90.0),
    )


def _drive(
    legs: tuple[Leg, ...], rate: float, bodies: Bodies = SMALL, *, speed: float = 12.0
) -> DriveRoute:
    first, last = legs[0], legs[-1]
    begin = first.street.span[0 if first.heading > 0 else 1]
    end = last.street.span[1 if last.heading > 0 else 0]
    points, stops = drive_along(TOWN, legs, begin, end)
    return DriveRoute(
        points=points, speed=speed, per_minute=rate, radius=5.0, stops=stops, bodies=bodies
    )


def _drives() -> Iterator[DriveRoute]:
    for heading in (1, -1):
        yield _drive((Leg(HIGH, heading),), 2.2, MIXED)
        yield _drive((Leg(HIGH, heading),), 0.35, SLOW, speed=6.0)
    for number, side in enumerate(SIDES):
        out = -1 if number % 2 == 0 else 1  # the way one leaves by it
        into = Leg(HIGH, -out)  # whoever drives this way turns right into it
        for heading in (1, -1):
            yield _drive((Leg(side, -out), Leg(HIGH, heading)), 0.45)
        yield _drive((into, Leg(side, out)), 0.8)
        for later, other in enumerate(SIDES):
            away = later - number
            exits = -1 if later % 2 == 0 else 1
            if away and (away > 0) == (exits < 0) and abs(away) <= LONGEST:
                heading = 1 if away > 0 else -1
                legs = (Leg(side, -out), Leg(HIGH, heading), Leg(other, exits))
                yield _drive(legs, 0.4)


def _walks() -> Iterator[WalkRoute]:
    far = END - 6.0
    spans = [
        (1, -far, far, 0.5), (-1, -far, far, 0.5),
        (-1, -far, 0, 0.7), (-1, 0, 2, 0.8), (-1, 2, 4, 0.8), (-1, 4, far, 0.7),
        (1, -far, 1, 0.7), (1, 1, 3, 0.8), (1, 3, far, 0.7), (-1, 0, 4, 0.4),
    ]  # fmt: skip
    for side, begin, end, rate in spans:
        way = tuple(_way(side, begin, end))
        for points in (way, reverse_of(way)):
            stops = stops_on_foot(TOWN, points)
            yield WalkRoute(points=points, per_minute=rate, spread=0.75, stops=stops)


def _way(side: int, begin: float, end: float) -> Iterator[Point]:
    """Along one side's sidewalk; an end that is an index is that side street, else it is m."""
    aside = side * (HIGH.half + WALKWAY)
    edges = [_corner(place, sign) for place, sign in ((begin, 1), (end, -1))]
    if isinstance(begin, int):
        yield edges[0], side * 45.0
    yield edges[0], aside
    for crossing in TOWN.crossings:
        arm: Arm = "north" if side > 0 else "south"
        if arm in crossing.arms and edges[0] < crossing.y.at < edges[1]:
            west, east = crossing.zebra(arm)
            yield from ((west[0] - STEP_DOWN, aside), west, east, (east[0] + STEP_DOWN, aside))
    yield edges[1], aside
    if isinstance(end, int):
        yield edges[1], side * 45.0


def _corner(place: float, sign: int) -> float:
    """Where along the street a way begins (sign 1) or ends (-1)."""
    if not isinstance(place, int):
        return place
    street = SIDES[place]
    return street.at + sign * (street.half + WALKWAY)
