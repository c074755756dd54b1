"""The site `crossroad`: a wide junction with signals that four cameras see from its corners."""

from camweave.sources.synthetic.itineraries import Leg, drive_along, stops_on_foot
from camweave.sources.synthetic.masonry import lamps, rectangle, reverse_of, trees
from camweave.sources.synthetic.paving import areas_of, lights_of, lines_of
from camweave.sources.synthetic.plan import (
    MIXED,
    SMALL,
    Area,
    Block,
    Building,
    CameraSpec,
    DriveRoute,
    Parked,
    Phase,
    Plan,
    Point,
    Post,
    Signal,
    Thing,
    WalkRoute,
)
from camweave.sources.synthetic.streets import WALKWAY, Crossing, Street, Town

END, SIDE_END = 150.0, 120.0  # m, where the world ends
AVENUE = Street(name="avenue", along="x", at=0.0, span=(-END, END), lanes=2, sidewalk=4.0)
LINDEN = Street(name="linden", along="y", at=0.0, span=(-SIDE_END, SIDE_END), sidewalk=3.4)
# Each approach has the junction to itself, so that all may turn left; then all walk.
SIGNAL = Signal(
    period=70.0,
    phases=(
        Phase("east", 0.0, 10.0), Phase("west", 13.0, 23.0), Phase("south", 26.0, 34.0),
        Phase("north", 37.0, 45.0), Phase("walk", 48.0, 54.0),
    ),
)  # fmt: skip
TOWN = Town(
    streets=(AVENUE, LINDEN),
    crossings=(
        Crossing(
            x=AVENUE,
            y=LINDEN,
            signal=0,
            groups={"east": "east", "west": "west", "north": "north", "south": "south"},
        ),
    ),
    signals=(SIGNAL,),
)


def crossroad_plan() -> Plan:
    """The whole site."""
    return Plan(
        areas=(*_grounds(), *areas_of(TOWN)),
        lines=lines_of(TOWN),
        things=(*_buildings(), *_greens(), *_furniture()),
        signals=TOWN.signals,
        drives=_drives(),
        walks=_walks(),
        sun=(235.0, 44.0),
    )


def crossroad_cameras() -> tuple[CameraSpec, ...]:
    """Four, one from each corner; all see the middle, each two arms."""
    return (
        CameraSpec(name="cam_a", position=(-17.5, -15.5, 7.6), look_at=(1.5, 1.0, 0.4),
                   field_of_view=70.0),
        CameraSpec(name="cam_b", position=(17.0, -16.0, 7.2), look_at=(-2.0, 1.5, 0.4), fps=12.5,
                   offset=0.7, drop=0.01, gain=1.07, white=(1.06, 1.0, 0.94), noise=2.6,
                   field_of_view=68.0),
        CameraSpec(name="cam_c", position=(17.5, 16.5, 7.8), look_at=(-1.0, -1.0, 0.4), fps=10.0,
                   offset=1.3, drop=0.02, gamma=1.1, white=(0.95, 1.0, 1.04), field_of_view=72.0),
        CameraSpec(name="cam_d", position=(-17.0, 17.0, 7.0), look_at=(1.0, -1.5, 0.4),
                   offset=0.3, gain=0.94, gamma=0.95, white=(1.0, 1.02, 0.96), noise=2.4,
                   field_of_view=70.0),
    )  # fmt: skip


def _grounds() -> tuple[Area, ...]:
    return (
        rectangle("paving", (-52.0, 0.0), (0.0, 14.5)),
        rectangle("paving", (0.0, 60.0), (0.0, 15.5)),
        rectangle("paving", (-60.0, 0.0), (-14.0, 0.0)),
        rectangle("grass", (10.5, 60.0), (-50.0, -11.0)),
        rectangle("paving", (12.0, 60.0), (-26.0, -23.0)),
        rectangle("paving", (24.0, 27.0), (-50.0, -11.0)),
    )


def _buildings() -> tuple[Building, ...]:
    rows: tuple[tuple[Point, tuple[float, float], float, tuple[int, int, int], bool], ...] = (
        ((-37.0, 32.0), (44.0, 30.0), 15.7, (148, 170, 198), True),
        ((-92.0, 30.0), (52.0, 26.0), 12.6, (170, 186, 198), True),
        ((38.0, 34.0), (48.0, 30.0), 18.8, (176, 182, 186), True),
        ((96.0, 31.0), (56.0, 26.0), 12.6, (130, 152, 196), False),
        ((-40.0, -31.0), (46.0, 28.0), 12.6, (128, 148, 188), True),
        ((-96.0, -31.0), (54.0, 26.0), 15.7, (166, 180, 188), False),
        ((98.0, -36.0), (60.0, 32.0), 12.6, (160, 176, 204), False),
        ((-23.0, 84.0), (26.0, 60.0), 12.6, (160, 180, 190), False),
        ((24.0, 88.0), (28.0, 58.0), 15.7, (140, 160, 190), False),
        ((-24.0, -86.0), (28.0, 64.0), 12.6, (158, 176, 206), False),
        ((26.0, -90.0), (28.0, 56.0), 12.6, (150, 170, 184), False),
    )
    return tuple(
        Building(center=center, size=size, height=height, colour=colour, shops=shops)
        for center, size, height, colour, shops in rows
    )


def _greens() -> tuple[Thing, ...]:
    park: list[Point] = [(16.0, -19.0), (21.0, -31.0), (34.0, -16.0), (33.0, -33.0), (44.0, -19.0),
                         (47.0, -34.0), (56.0, -15.0), (15.0, -38.0), (56.0, -28.0)]  # fmt: skip
    rows: list[Point] = [(sx * x, sy * 12.3) for x in (66.0, 82.0, 98.0)
                         for sx in (1, -1) for sy in (1, -1)]  # fmt: skip
    rows += [(34.0, 16.2), (50.0, 15.8), (-30.0, 15.6), (-52.0, 15.4), (-56.0, -12.6)]
    side: list[Point] = [(-7.9, y) for y in (34.0, 48.0, 62.0, -34.0, -50.0, -66.0)]
    side += [(7.9, y) for y in (40.0, 56.0, 72.0, -44.0, -60.0)]
    return (
        *trees(park, crown=2.5, height=8.0),
        *trees(rows, crown=1.6, height=6.4),
        *trees(side, crown=1.4, height=5.8),
        Block(center=(38.0, -12.2), size=(40.0, 0.9), height=0.9, colour=(56, 120, 76),
              style="hedge"),
        Block(center=(-41.0, 15.7), size=(3.4, 2.0), height=2.7, colour=(150, 176, 196),
              style="kiosk"),
    )  # fmt: skip


def _furniture() -> tuple[Thing, ...]:
    kerb = AVENUE.half + 0.35
    benches: list[Point] = [(28.5, -20.0), (28.5, -28.0), (20.0, -21.8), (36.0, -21.8)]
    return (
        *lights_of(TOWN),
        *lamps([(x, kerb) for x in (-26.0, -58.0, 24.0, 56.0)], 270.0),
        *lamps([(x, -kerb) for x in (-30.0, -62.0, 30.0, 62.0)], 90.0),
        *lamps([(-3.85, 30.0), (-3.85, -32.0)], 0.0),
        *lamps([(3.85, 44.0), (3.85, -46.0)], 180.0),
        *(Block(center=at, size=(1.8, 0.6), height=0.45, colour=(70, 104, 140)) for at in benches),
        Post(at=(21.0, kerb), kind="sign", height=2.4, facing=0.0),
        Parked(at=(-7.0, 78.0), heading=90.0, body="hatch", colour=(60, 70, 130)),
    )  # fmt: skip


def _drives() -> tuple[DriveRoute, ...]:
    ends = {AVENUE: END, LINDEN: SIDE_END}
    ways = (
        (Leg(AVENUE, 1), Leg(AVENUE, 1), 2.2), (Leg(AVENUE, 1, 1), Leg(AVENUE, 1, 1), 1.6),
        (Leg(AVENUE, -1), Leg(AVENUE, -1), 2.2), (Leg(AVENUE, -1, 1), Leg(AVENUE, -1, 1), 1.6),
        (Leg(LINDEN, 1), Leg(LINDEN, 1), 1.6), (Leg(LINDEN, -1), Leg(LINDEN, -1), 1.6),
        (Leg(AVENUE, 1), Leg(LINDEN, -1), 0.9), (Leg(AVENUE, 1, 1), Leg(LINDEN, 1), 0.9),
        (Leg(AVENUE, -1), Leg(LINDEN, 1), 0.9), (Leg(AVENUE, -1, 1), Leg(LINDEN, -1), 0.9),
        (Leg(LINDEN, 1), Leg(AVENUE, 1), 0.7), (Leg(LINDEN, 1), Leg(AVENUE, -1, 1), 0.7),
        (Leg(LINDEN, -1), Leg(AVENUE, -1), 0.7), (Leg(LINDEN, -1), Leg(AVENUE, 1, 1), 0.7),
    )  # fmt: skip
    out: list[DriveRoute] = []
    for first, last, rate in ways:
        legs = (first,) if first == last else (first, last)
        begin, end = -first.heading * ends[first.street], last.heading * ends[last.street]
        points, stops = drive_along(TOWN, legs, begin, end)
        out.append(
            DriveRoute(
                points=points,
                speed=11.5,
                per_minute=rate,
                radius=6.0,
                stops=stops,
                bodies=MIXED if len(legs) == 1 else SMALL,
            )
        )
    return tuple(out)


def _walks() -> tuple[WalkRoute, ...]:
    out: list[WalkRoute] = []
    for way, rate in _ways():
        out += [
            WalkRoute(points=points, per_minute=rate, spread=0.8, stops=stops_on_foot(TOWN, points))
            for points in (way, reverse_of(way))
        ]
    return tuple(out)


def _ways() -> tuple[tuple[tuple[Point, ...], float], ...]:
    crossing = TOWN.crossings[0]
    (sw_n, nw_s), (se_n, ne_s) = crossing.zebra("west"), crossing.zebra("east")
    (nw_e, ne_w), (sw_e, se_w) = crossing.zebra("north"), crossing.zebra("south")
    y, x = AVENUE.half + WALKWAY, LINDEN.half + WALKWAY
    far, up = END - 6, SIDE_END - 6
    left, right, low, high = -13.5, 13.5, -16.5, 16.5
    return (
        (((-far, y), (left, y), nw_e, ne_w, (right, y), (far, y)), 1.5),
        (((-far, -y), (left, -y), sw_e, se_w, (right, -y), (far, -y)), 1.3),
        (((-x, -up), (-x, low), sw_n, nw_s, (-x, high), (-x, up)), 1.0),
        (((x, -up), (x, low), se_n, ne_s, (x, high), (x, up)), 1.0),
        (((-far, y), (left, y), nw_e, ne_w, (12.0, 13.0), ne_s, se_n, (16.0, -15.0), (25.5, -24.5),
          (58.0, -24.5)), 1.1),
        (((-x, up), (-x, high), (-x, 13.5), nw_s, sw_n, (-12.5, -12.5), sw_e, se_w, (right, -y),
          (far, -y)), 1.1),
        (((25.5, -48.0), (25.5, -24.5), (16.0, -15.0), se_n, ne_s, (right, y + 2), (40.0, y + 4.5),
          (60.0, y)), 1.0),
        (((-46.0, -15.5), (-16.0, -y), sw_n, nw_s, (-16.0, y + 2.0), (-48.0, y + 4.0)), 1.0),
    )  # fmt: skip
