"""The site `campus`: a loop of roads around halls and lawns, twelve cameras, a fleet of vans."""

from collections.abc import Iterator

from camweave.sources.synthetic.campus_grounds import campus_grounds, campus_things
from camweave.sources.synthetic.itineraries import Leg, drive_along, stops_on_foot
from camweave.sources.synthetic.masonry import reverse_of
from camweave.sources.synthetic.paving import areas_of, lights_of, lines_of
from camweave.sources.synthetic.plan import (
    Bodies,
    CameraSpec,
    DriveRoute,
    Fleet,
    Phase,
    Plan,
    Point,
    Rest,
    Signal,
    WalkRoute,
)
from camweave.sources.synthetic.streets import WALKWAY, Arm, Crossing, Street, Town

END = 200.0  # m: where the avenue and the north road end, at the gates
NORTH = 120.0  # m
SIDE = 95.0  # m: the two lanes that join the avenue and the north road
CORNER = 3.5  # m that a road goes on past the middle of one it bends into
AVENUE = Street(name="avenue", along="x", at=0.0, span=(-END, END))
ROAD = Street(name="north", along="x", at=NORTH, span=(-SIDE - CORNER, END), sidewalk=2.8)
WEST = Street(name="west", along="y", at=-SIDE, span=(0.0, NORTH + CORNER), sidewalk=2.8)
EAST = Street(name="east", along="y", at=SIDE, span=(0.0, NORTH), sidewalk=2.8)
GROUPS: dict[Arm, str] = {"east": "east", "west": "west", "north": "stem", "south": "stem"}
SIGNAL = Signal(
    period=58.0,
    phases=(
        Phase("east", 0.0, 12.0), Phase("west", 15.0, 26.0), Phase("stem", 29.0, 37.0),
        Phase("walk", 40.0, 45.0),
    ),
)  # fmt: skip
TOWN = Town(
    streets=(AVENUE, ROAD, WEST, EAST),
    crossings=(
        Crossing(x=AVENUE, y=WEST, signal=0, groups=GROUPS),
        Crossing(x=AVENUE, y=EAST, signal=1, groups=GROUPS),
        Crossing(x=ROAD, y=EAST, signal=2, groups=GROUPS),
        Crossing(x=ROAD, y=WEST, groups=GROUPS, zebras=()),
    ),
    signals=(SIGNAL, SIGNAL, SIGNAL),
)
OTHERS: Bodies = (("sedan", 0.42), ("hatch", 0.32), ("suv", 0.26))
VANS = (Fleet("van", 0.34),)  # a third of all vehicles, none to be told from another


def campus_plan() -> Plan:
    """The whole site."""
    return Plan(
        areas=(*campus_grounds(), *areas_of(TOWN)),
        lines=lines_of(TOWN),
        things=(*lights_of(TOWN), *campus_things()),
        signals=TOWN.signals,
        drives=tuple(_drives()),
        walks=tuple(_walks()),
        sun=(222.0, 46.0),
        warm_up=240.0,
    )


def campus_cameras() -> tuple[CameraSpec, ...]:
    """Twelve: the gates, the junctions, the lawn from two sides, paths and roads between them."""
    return (
        CameraSpec(name="cam_a", position=(-192.0, -8.4, 6.4), look_at=(-179.5, 2.2, 0.6),
                   field_of_view=60.0),
        CameraSpec(name="cam_b", position=(-110.0, -10.5, 7.0), look_at=(-96.0, 4.0, 0.5), fps=12.5,
                   offset=0.6, drop=0.01, gain=1.07, white=(1.06, 1.0, 0.94), field_of_view=66.0),
        CameraSpec(name="cam_c", position=(-36.0, 12.0, 7.5), look_at=(-25.6, 23.0, 0.0), fps=10.0,
                   offset=1.2, white=(0.95, 1.0, 1.04), field_of_view=68.0),
        CameraSpec(name="cam_d", position=(37.0, 67.0, 7.2), look_at=(27.4, 57.4, 0.0), fps=12.5,
                   offset=0.3, gamma=1.1, field_of_view=68.0, noise=2.6),
        CameraSpec(name="cam_e", position=(110.5, -10.0, 6.8), look_at=(96.5, 4.5, 0.5),
                   offset=0.9, gain=0.94, white=(1.0, 1.02, 0.96), field_of_view=66.0),
        CameraSpec(name="cam_f", position=(80.0, 130.5, 6.8), look_at=(94.5, 116.8, 0.5), fps=10.0,
                   offset=1.7, drop=0.02, noise=3.0, field_of_view=62.0),
        CameraSpec(name="cam_g", position=(24.0, 128.0, 6.0), look_at=(11.0, 115.6, 0.6), fps=12.5,
                   offset=0.5, field_of_view=57.0, gamma=0.94, white=(1.04, 1.0, 0.97)),
        CameraSpec(name="cam_h", position=(-108.0, 132.0, 7.0), look_at=(-91.0, 115.0, 0.5),
                   offset=1.1, gain=1.05, field_of_view=66.0),
        CameraSpec(name="cam_i", position=(192.0, 8.4, 6.2), look_at=(179.8, -2.0, 0.6), fps=10.0,
                   field_of_view=60.0, offset=0.2, drop=0.01, white=(0.94, 1.0, 1.05)),
        CameraSpec(name="cam_j", position=(-26.0, -14.0, 6.0), look_at=(-6.0, -34.0, 0.6),
                   offset=2.2, gain=0.96, field_of_view=66.0),
        CameraSpec(name="cam_k", position=(36.0, -12.0, 6.4), look_at=(50.0, -25.0, 0.6), fps=12.5,
                   offset=0.8, drop=0.02, gamma=1.08, noise=2.8, field_of_view=66.0),
        CameraSpec(name="cam_l", position=(-51.0, 72.0, 6.2), look_at=(-36.0, 92.0, 0.6), fps=10.0,
                   offset=1.5, white=(1.03, 1.0, 0.98), field_of_view=68.0),
    )  # fmt: skip


def _drives() -> Iterator[DriveRoute]:
    along, back = Leg(AVENUE, 1), Leg(AVENUE, -1)
    out, home = Leg(ROAD, 1), Leg(ROAD, -1)
    west_up, west_down, east_up, east_down = (
        Leg(WEST, 1),
        Leg(WEST, -1),
        Leg(EAST, 1),
        Leg(EAST, -1),
    )
    ways: tuple[tuple[tuple[Leg, ...], float], ...] = (
        ((along,), 1.7), ((back,), 1.7),
        ((along, west_up, out, east_down, back), 0.9),  # these four come back to their gate
        ((along, east_up, home, west_down, back), 0.6),
        ((back, east_up, home, west_down, along), 0.9),
        ((home, west_down, along, east_up, out), 0.5),
        ((along, west_up, out), 0.7), ((back, east_up, out), 0.7),
        ((home, west_down, back), 0.6), ((home, west_down, along), 0.4),
        ((home, east_down, back), 0.5), ((home, east_down, along), 0.5),
    )  # fmt: skip
    for legs, rate in ways:
        points, stops = drive_along(TOWN, legs, -legs[0].heading * END, legs[-1].heading * END)
        yield DriveRoute(points=points, speed=9.5, per_minute=rate, radius=5.0, stops=stops,
                         bodies=OTHERS, fleets=VANS)  # fmt: skip


def _walks() -> Iterator[WalkRoute]:
    west, east, north, _ = TOWN.crossings
    y, edge = AVENUE.half + WALKWAY, SIDE + 9.5
    far, top = END - 5.0, NORTH - 3.5 - WALKWAY
    over_west, over_east = west.zebra("north"), east.zebra("north")
    south_west, north_west = west.zebra("east")
    south_east, north_east = east.zebra("west")
    at_library, at_pond = Rest((6.0, 75.0), 0.5, 5.0, 40.0), Rest((-4.0, -30.0), 0.4, 5.0, 40.0)
    dorm_west, dorm_east, centre, library = (-60.0, -50.0), (60.0, -47.0), (-6.5, 38.0), (6.0, 75.0)
    behind = ((-20.0, 72.0), (-41.0, 82.0), (-41.0, 108.0), (-34.0, top), (34.0, top),
              (41.0, 108.0), (41.0, 82.0), (20.0, 70.0))  # fmt: skip
    yield from _both_ways(
        1.2, (-far, y), (-edge, y), *over_west, (-80.0, y), (-48.0, y), (-40.0, 13.0), centre,
        library, rest=at_library)  # fmt: skip
    yield from _both_ways(
        1.1, library, (7.0, 46.0), (40.0, 13.0), (48.0, y), (80.0, y), *over_east, (edge, y),
        (far, y))  # fmt: skip
    yield from _both_ways(
        1.0, dorm_west, (-60.0, -16.0), (-80.0, -y - 0.6), south_west, north_west, (-80.0, y),
        (-48.0, y), (-40.0, 13.0), centre, (30.0, 56.0), (52.0, 56.0))  # fmt: skip
    yield from _both_ways(
        1.2, (52.0, 48.0), (40.0, 40.0), (7.0, 34.0), (-30.0, 34.0), (-52.0, 48.0))  # fmt: skip
    yield from _both_ways(
        0.8, dorm_east, (60.0, -16.0), (78.0, -y - 0.6), south_east, north_east, (78.0, y),
        (48.0, y), (40.0, 13.0), (7.0, 46.0), *behind[:3:-1], (0.0, top + 0.5),
        (-88.0, top))  # fmt: skip
    yield _on_foot(  # round the library and back over the lawn
        1.3, (-52.0, 30.0), (-30.0, 34.0), centre, *behind, (7.0, 46.0), (0.0, 34.0),
        (-40.0, 13.0), (-48.0, y), (-78.0, y))  # fmt: skip
    yield from _both_ways(
        1.0, (-far, -y), (-edge, -y), (-60.0, -y), (-40.0, -14.0), (-4.0, -30.0), (34.0, -22.0),
        (60.0, -y), (edge, -y), (far, -y), rest=at_pond)  # fmt: skip
    yield _on_foot(  # round the pond
        1.0, dorm_west, (-36.0, -44.0), (-8.0, -36.0), (16.0, -46.0), (20.0, -26.0),
        (-4.0, -20.0), (-20.0, -30.0), (-36.0, -45.0), (-60.0, -51.0))  # fmt: skip
    yield from _both_ways(
        1.0, dorm_east, (44.0, -30.0), (16.0, -24.0), (-10.0, -28.0), (-36.0, -44.0), dorm_west,
        rest=at_pond)  # fmt: skip
    yield from _both_ways(
        0.9, (far, top), (edge, top), *reversed(north.zebra("south")), (80.0, top), (48.0, top),
        (41.0, 106.0), (41.0, 82.0), (24.0, 66.0), library)  # fmt: skip


def _both_ways(rate: float, *points: Point, rest: Rest | None = None) -> Iterator[WalkRoute]:
    yield _on_foot(rate, *points, rest=rest)
    yield _on_foot(rate, *reverse_of(points), rest=rest)


def _on_foot(rate: float, *points: Point, rest: Rest | None = None) -> WalkRoute:
    return WalkRoute(
        points=points,
        per_minute=rate,
        spread=0.8,
        stops=stops_on_foot(TOWN, points),
        rests=() if rest is None else (rest,),
    )
