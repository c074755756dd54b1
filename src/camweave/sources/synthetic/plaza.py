"""The site `plaza`: a junction with signals, four streets, and a square with a fountain."""

from itertools import pairwise

from camweave.sources.synthetic.masonry import (
    corner,
    disc,
    lamps,
    rectangle,
    reverse_of,
    trees,
    zebra,
)
from camweave.sources.synthetic.plan import (
    Area,
    Block,
    Body,
    Building,
    CameraSpec,
    DriveRoute,
    Line,
    Parked,
    Phase,
    Plan,
    Point,
    Post,
    Rest,
    Signal,
    Stop,
    Thing,
    WalkRoute,
)

MAIN, SIDE = 3.5, 3.3  # m, half widths of the carriageways
MAIN_WALK, SIDE_WALK = 6.7, 6.3  # m, where their sidewalks end
EAST_END, NORTH_END = 170.0, 130.0  # m, where the world ends
ZEBRA_MAIN, ZEBRA_SIDE = (6.2, 9.2), (6.4, 9.4)  # m from the middle
LINE_MAIN, LINE_SIDE = 10.2, 10.4  # m, stop lines
LANE_MAIN, LANE_SIDE = 1.75, 1.65  # m, middles of the lanes
BAY_WALK = -7.4  # m: the sidewalk's middle behind the parking bays
KERB = 6.0  # m from the middle: where ways step down to a crossing
FOUNTAIN = (31.0, 24.0)

SIGNAL = Signal(
    period=42.0,
    phases=(Phase("main", 0.0, 14.0), Phase("side", 17.0, 26.0), Phase("walk", 30.0, 35.0)),
)
ALL: tuple[tuple[Body, float], ...] = (
    ("sedan", 0.38), ("hatch", 0.22), ("suv", 0.16), ("van", 0.12), ("truck", 0.07), ("bus", 0.05),
)  # fmt: skip
SMALL: tuple[tuple[Body, float], ...] = (("sedan", 0.4), ("hatch", 0.3), ("suv", 0.2), ("van", 0.1))


def plaza_plan() -> Plan:
    """The whole site."""
    return Plan(
        areas=_areas(),
        lines=_lines(),
        things=_things(),
        signals=(SIGNAL,),
        drives=_drives(),
        walks=_walks(),
    )


def plaza_cameras() -> tuple[CameraSpec, ...]:
    """Eight: two over the junction, one over the square, one far down the street, then the rest."""
    return (
        CameraSpec(name="cam_a", position=(-12.5, -9.4, 6.8), look_at=(3.5, 2.5, 0.6)),
        CameraSpec(name="cam_b", position=(14.0, -13.0, 7.2), look_at=(-2.0, 4.0, 0.4), offset=0.8,
                   drop=0.01, gain=1.08, white=(1.06, 1.0, 0.94), noise=2.6),
        CameraSpec(name="cam_c", position=(16.0, 44.5, 6.8), look_at=(29.5, 21.0, 0.8), fps=12.5,
                   offset=0.4, gain=0.94, gamma=0.95, white=(0.93, 1.0, 1.05), field_of_view=66.0),
        CameraSpec(name="cam_d", position=(84.0, -10.4, 6.2), look_at=(106.0, 1.0, 0.5), fps=10.0,
                   offset=1.25, drop=0.02, gamma=1.12, white=(1.0, 1.02, 0.97), noise=3.0),
        CameraSpec(name="cam_e", position=(-86.0, 8.8, 6.4), look_at=(-109.0, -1.0, 0.5),
                   offset=0.6, gain=1.05, white=(0.96, 1.0, 1.04)),
        CameraSpec(name="cam_f", position=(48.0, 8.4, 6.4), look_at=(31.0, 25.0, 0.8), fps=12.5,
                   offset=0.2, gain=0.97, white=(1.04, 1.0, 0.98)),
        CameraSpec(name="cam_g", position=(-8.2, 62.0, 6.0), look_at=(0.5, 84.0, 0.5), fps=10.0,
                   offset=1.6, gamma=0.93, noise=2.8),
        CameraSpec(name="cam_h", position=(8.4, -60.0, 6.0), look_at=(-0.5, -82.0, 0.5),
                   offset=0.9, drop=0.01, gain=0.92, white=(1.05, 1.0, 0.95)),
    )  # fmt: skip


def _areas() -> tuple[Area, ...]:
    east, north = (-EAST_END, EAST_END), (-NORTH_END, NORTH_END)
    corners = [corner((sx * SIDE, sy * MAIN), (sx, sy), 2.7)[0] for sx in (1, -1) for sy in (1, -1)]
    return (
        rectangle("sidewalk", east, (-MAIN_WALK, MAIN_WALK)),
        rectangle("sidewalk", (-SIDE_WALK, SIDE_WALK), north),
        rectangle("paving", (SIDE_WALK, 54.0), (MAIN_WALK, 46.0)),
        rectangle("paving", (-50.0, -SIDE_WALK), (MAIN_WALK, 10.0)),
        rectangle("grass", (9.5, 15.0), (29.5, 40.0)),
        rectangle("grass", (41.0, 50.0), (36.0, 43.0)),
        rectangle("sidewalk", (58.0, 158.0), (-MAIN_WALK - 2.3, -MAIN_WALK)),
        rectangle("asphalt", (66.0, 150.0), (-MAIN - 2.2, -MAIN)),
        rectangle("asphalt", east, (-MAIN, MAIN)),
        rectangle("asphalt", (-SIDE, SIDE), north),
        Area("kerb", disc(FOUNTAIN, 3.2)),
        Area("water", disc(FOUNTAIN, 2.7)),
        *corners,
    )


def _lines() -> tuple[Line, ...]:
    out: list[Line] = []
    for side in (1, -1):
        for end in (1, -1):
            out.append(corner((end * SIDE, side * MAIN), (end, side), 2.7)[1])
            far, near = end * EAST_END, end * (SIDE + 2.7)
            out.append(Line(((near, side * MAIN), (far, side * MAIN)), 0.22, "kerb"))
            far, near = end * NORTH_END, end * (MAIN + 2.7)
            out.append(Line(((side * SIDE, near), (side * SIDE, far)), 0.22, "kerb"))
    for end in (1, -1):
        x0, x1 = sorted((end * ZEBRA_MAIN[0], end * ZEBRA_MAIN[1]))
        out += zebra((x0, x1), (-MAIN, MAIN), along="x")
        y0, y1 = sorted((end * ZEBRA_SIDE[0], end * ZEBRA_SIDE[1]))
        out += zebra((-SIDE, SIDE), (y0, y1), along="y")
        line = end * LINE_MAIN
        out.append(Line(((line, 0.0), (line, end * (MAIN - 0.2))), 0.35))
        line = end * LINE_SIDE
        out.append(Line(((0.0, line), (-end * (SIDE - 0.2), line)), 0.35))
        solid, far = end * (LINE_MAIN + 14), end * EAST_END
        out.append(Line(((end * LINE_MAIN, 0.0), (solid, 0.0)), 0.14))
        out.append(Line(((solid, 0.0), (far, 0.0)), 0.14, dash=3.0, gap=3.0))
        out.append(Line(((0.0, end * LINE_SIDE), (0.0, end * NORTH_END)), 0.14, dash=2.0, gap=2.5))
    bays = [66.0 + 6.0 * bay for bay in range(15)]
    out += [Line(((x, -MAIN - 2.2), (x, -MAIN)), 0.12) for x in bays]
    return tuple(out)


def _things() -> tuple[Thing, ...]:
    return (*_buildings(), *_greens(), *_furniture())


def _buildings() -> tuple[Building, ...]:
    rows: tuple[tuple[Point, tuple[float, float], float, tuple[int, int, int], bool], ...] = (
        ((-31.0, 23.0), (38.0, 25.0), 12.6, (150, 190, 214), True),
        ((-74.0, 24.0), (36.0, 30.0), 9.5, (122, 144, 196), False),
        ((-128.0, 24.0), (60.0, 28.0), 12.6, (176, 192, 200), False),
        ((-31.0, -21.0), (36.0, 22.0), 9.6, (132, 160, 176), True),
        ((-74.0, -24.0), (34.0, 28.0), 12.6, (168, 186, 206), False),
        ((-128.0, -24.0), (58.0, 28.0), 9.5, (120, 140, 170), True),
        ((32.0, 54.0), (46.0, 15.0), 12.6, (146, 174, 206), True),
        ((63.0, 28.0), (17.0, 36.0), 15.8, (160, 166, 172), True),
        ((100.0, 22.0), (48.0, 26.0), 9.5, (140, 178, 200), True),
        ((150.0, 22.0), (44.0, 26.0), 12.6, (168, 174, 182), False),
        ((66.0, -26.0), (26.0, 26.0), 12.6, (136, 150, 190), False),
        ((112.0, -25.0), (52.0, 24.0), 9.5, (170, 190, 204), False),
        ((160.0, -25.0), (34.0, 24.0), 12.6, (146, 164, 176), False),
        ((-21.0, 78.0), (24.0, 60.0), 12.6, (160, 180, 190), False),
        ((24.0, 96.0), (30.0, 50.0), 9.5, (126, 150, 190), True),
        ((-21.0, -80.0), (24.0, 70.0), 9.5, (158, 176, 206), False),
        ((24.0, -92.0), (30.0, 56.0), 12.6, (140, 166, 180), False),
    )
    return tuple(
        Building(center=center, size=size, height=height, colour=colour, shops=shops)
        for center, size, height, colour, shops in rows
    )


def _greens() -> tuple[Thing, ...]:
    square: list[Point] = [(13.5, 37.0), (13.0, 31.5), (43.0, 40.5), (47.8, 38.0),
                           (49.5, 13.5), (20.5, 13.8)]  # fmt: skip
    park: list[Point] = [(17.0, -16.0), (24.0, -11.0), (28.0, -22.0), (38.0, -13.0), (44.0, -24.0),
                         (20.0, -30.0), (34.0, -34.0), (49.0, -11.5), (12.0, -26.0)]  # fmt: skip
    street: list[Point] = [(x, 7.6) for x in (74.0, 92.0, 110.0, 128.0, 146.0)]
    street += [(x, -7.6) for x in (-58.0, -100.0, -120.0, -140.0)] + [(-98.5, 7.5), (-128.0, 7.5)]
    side: list[Point] = [(7.4, y) for y in (70.0, 94.0, -46.0, -76.0, -100.0)] + [(-7.6, -92.0)]
    return (
        *trees(square, crown=2.0, height=6.4),
        *trees(park, crown=2.6, height=8.0),
        *trees(street, crown=1.5, height=6.0),
        *trees(side, crown=1.4, height=5.8),
        Block(center=(33.0, -8.2), size=(34.0, 0.9), height=0.9, colour=(56, 120, 76),
              style="hedge"),
        Block(center=(46.0, 22.0), size=(3.0, 3.0), height=2.7, colour=(150, 176, 196),
              style="kiosk"),
    )  # fmt: skip


def _furniture() -> tuple[Thing, ...]:
    benches: list[Point] = [(22.8, 31.5), (33.5, 30.6), (36.0, 25.5), (31.0, 19.2)]
    kerb, line = 3.85, 9.9  # m: where posts stand
    facing = {(line, kerb): 0.0, (line, -kerb): 0.0, (-line, -kerb): 180.0, (-line, kerb): 180.0,
              (-3.65, 10.1): 90.0, (3.65, -10.1): 270.0}  # fmt: skip
    parked: list[tuple[float, Body, tuple[int, int, int]]] = [
        (69.2, "hatch", (40, 40, 150)), (81.0, "sedan", (150, 150, 152)),
        (99.2, "suv", (60, 58, 56)), (105.4, "sedan", (140, 90, 50)),
        (123.3, "van", (222, 226, 228)), (135.0, "hatch", (70, 100, 60)),
    ]  # fmt: skip
    return (
        *(Block(center=at, size=(1.8, 0.6), height=0.45, colour=(70, 104, 140)) for at in benches),
        *(Post(at=at, kind="signal", height=3.6, facing=angle) for at, angle in facing.items()),
        *lamps([(x, kerb) for x in (-22.0, 22.0, 62.0, 96.0, 126.0)], 270.0),
        *lamps([(x, -kerb) for x in (-30.0, 30.0, -96.0, -122.0)], 90.0),
        *lamps([(20.5, 33.5), (39.8, 33.0), (20.8, 19.0)], 315.0),
        *lamps([(-3.65, 80.0), (-3.65, -76.0)], 0.0),
        *lamps([(3.65, 38.0), (3.65, -34.0)], 180.0),
        Post(at=(14.2, kerb), kind="sign", height=2.4, facing=0.0),
        Post(at=(93.0, -6.1), kind="sign", height=2.4, facing=180.0),
        *(Parked(at=(x, -4.65), heading=0.0, body=body, colour=colour)
          for x, body, colour in parked),
    )  # fmt: skip


def _stop(group: str, at: Point, until: Point) -> tuple[Stop, ...]:
    return (Stop(0, group, at, until),)


def _drives() -> tuple[DriveRoute, ...]:
    m, s = LANE_MAIN, LANE_SIDE
    west, east = (-EAST_END, -m), (EAST_END, m)
    south, north = (s, -NORTH_END), (-s, NORTH_END)
    to_east, to_west = (EAST_END, -m), (-EAST_END, m)
    to_north, to_south = (s, NORTH_END), (-s, -NORTH_END)
    main, side = ZEBRA_MAIN[1] + 0.3, ZEBRA_SIDE[1] + 0.3
    ends = {to_east: (main, -m), to_west: (-main, m), to_north: (s, side), to_south: (-s, -side)}
    ways = (
        (west, None, to_east, "main", 4.2), (east, None, to_west, "main", 4.2),
        (south, None, to_north, "side", 3.0), (north, None, to_south, "side", 3.0),
        (west, (-s, -m), to_south, "main", 1.0), (east, (s, m), to_north, "main", 1.0),
        (south, (s, -m), to_east, "side", 1.0), (north, (-s, m), to_west, "side", 1.0),
    )  # fmt: skip
    lines = {
        west: (-LINE_MAIN, -m), east: (LINE_MAIN, m),
        south: (s, -LINE_SIDE), north: (-s, LINE_SIDE),
    }  # fmt: skip
    return tuple(
        DriveRoute(
            points=(begin, end) if bend is None else (begin, bend, end),
            speed=11.5,
            per_minute=rate,
            radius=5.0,
            stops=_stop(group, lines[begin], ends[end]),
            bodies=ALL if bend is None else SMALL,
        )
        for begin, bend, end, group, rate in ways
    )


def _walks() -> tuple[WalkRoute, ...]:
    out: list[WalkRoute] = []
    for way, rate, rests in _ways():
        out += [
            WalkRoute(
                points=points, per_minute=rate, spread=0.75, stops=_crossings(points), rests=rests
            )
            for points in (way, reverse_of(way))
        ]
    return tuple(out)


def _ways() -> tuple[tuple[tuple[Point, ...], float, tuple[Rest, ...]], ...]:
    y, x = 5.35, 5.0  # m, the middles of the sidewalks
    zx, zy = sum(ZEBRA_MAIN) / 2, sum(ZEBRA_SIDE) / 2
    far, up = EAST_END - 5, NORTH_END - 5
    by_fountain = Rest((26.5, 22.0), 0.4, 4.0, 20.0)
    return (
        (((-far, y), (-9.5, y), (-6, zy), (6, zy), (9.5, y), (far, y)), 1.5, ()),
        (((-far, -y), (-9.5, -y), (-6, -zy), (6, -zy), (9.5, -y), (56, -y), (63, BAY_WALK),
          (153, BAY_WALK), (160, -y), (far, -y)), 1.3, ()),
        (((x, -up), (x, -9.5), (zx, -6), (zx, 6), (x, 9.5), (x, up)), 1.1, ()),
        (((-x, -up), (-x, -9.5), (-zx, -6), (-zx, 6), (-x, 9.5), (-x, up)), 1.0, ()),
        (((18, 49), (22, 39), (26.5, 30), (26.5, 18), (33, 9), (50, y + 0.4), (far, y)), 1.6,
         (Rest((26.5, 24.0), 0.35, 4.0, 22.0),)),
        (((38, 49), (36, 36), (30, 30), (21, 26), (11, 13), (zx, 6), (zx, -6), (x, -9.5),
          (x, -up)), 1.3, ()),
        (((58, 27), (50, 27), (38, 22), (31, 13), (13, 7.8), (6, zy), (-6, zy), (-9.5, y),
          (-far, y)), 1.4, ()),
        (((28, 49), (28, 34), (22.2, 24), (28, 14.5), (39.5, 15), (43, 27), (38, 49)), 1.2,
         (by_fountain, Rest((36.0, 15.0), 0.3, 5.0, 25.0))),
    )  # fmt: skip


def _crossings(points: tuple[Point, ...]) -> tuple[Stop, ...]:
    """A stop before each kerb that the way steps down from, at a zebra crossing."""
    out: list[Stop] = []
    for one, other in pairwise(points):
        if one[1] == other[1] and abs(one[0]) == abs(other[0]) == KERB:
            kerb = SIDE + 0.5 if one[0] > 0 else -SIDE - 0.5
            out += _stop("walk", (kerb, one[1]), (-kerb, one[1]))
        if one[0] == other[0] and abs(one[1]) == abs(other[1]) == KERB:
            kerb = MAIN + 0.5 if one[1] > 0 else -MAIN - 0.5
            out += _stop("walk", (one[0], kerb), (one[0], -kerb))
    return tuple(out)
