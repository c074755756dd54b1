"""What stands and lies on the campus: halls, lawns, paths, trees, lamps, parked cars."""

from collections.abc import Iterator
from itertools import pairwise

from camweave.sources.synthetic.masonry import disc, lamps, rectangle, trees
from camweave.sources.synthetic.plan import (
    Area,
    Block,
    Body,
    Building,
    Colour,
    Parked,
    Point,
    Thing,
)

POND = (6.0, -34.5)


def campus_grounds() -> Iterator[Area]:
    """Lawns and paths; the roads come on top of them."""
    yield rectangle("paving", (-53.0, 53.0), (6.0, 79.0))
    yield rectangle("paving", (-53.0, -30.0), (79.0, 116.0))
    yield rectangle("paving", (30.0, 53.0), (79.0, 116.0))
    for sign in (1, -1):
        yield Area(
            "grass", tuple((sign * x, y) for x, y in ((10.0, 12.0), (33.0, 12.0), (10.0, 30.0)))
        )
        yield Area(
            "grass", tuple((sign * x, y) for x, y in ((44.0, 17.0), (46.0, 36.0), (22.0, 34.5)))
        )
        yield rectangle("grass", _sorted(sign * 14.0, sign * 33.0), (61.0, 69.0))
    for way, half in _paths():
        yield from _path(way, half)
    yield Area("soil", disc(POND, 4.9))
    yield Area("water", disc(POND, 4.2))


def campus_things() -> Iterator[Thing]:
    """Whatever hides those who pass behind it."""
    yield from _halls()
    yield from _greens()
    yield from _furniture()


def _sorted(one: float, other: float) -> tuple[float, float]:
    return min(one, other), max(one, other)


def _paths() -> Iterator[tuple[tuple[Point, ...], float]]:
    yield ((-60.0, -52.0), (-60.0, -6.0)), 2.2
    yield ((60.0, -49.0), (60.0, -6.0)), 2.2
    yield ((-58.0, -6.0), (-40.0, -14.0), (-4.0, -24.0), (34.0, -22.0), (60.0, -6.0)), 2.0
    yield ((-60.0, -48.0), (-36.0, -44.0), (-10.0, -26.0)), 1.8
    yield ((60.0, -46.0), (44.0, -30.0), (16.0, -24.0)), 1.8


def _path(way: tuple[Point, ...], half: float) -> Iterator[Area]:
    for (x0, y0), (x1, y1) in pairwise(way):
        length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
        lx, ly = -(y1 - y0) / length * half, (x1 - x0) / length * half
        yield Area("paving", ((x0 + lx, y0 + ly), (x1 + lx, y1 + ly), (x1 - lx, y1 - ly),
                              (x0 - lx, y0 - ly)))  # fmt: skip


def _halls() -> Iterator[Building]:
    rows: tuple[tuple[Point, tuple[float, float], float, Colour, bool], ...] = (
        ((-68.0, 58.0), (30.0, 70.0), 12.6, (120, 140, 186), False),
        ((68.0, 58.0), (30.0, 70.0), 12.6, (128, 148, 190), False),
        ((0.0, 92.0), (60.0, 26.0), 15.7, (170, 186, 200), False),
        ((-136.0, 62.0), (56.0, 84.0), 9.5, (176, 184, 190), False),
        ((136.0, 62.0), (56.0, 84.0), 12.6, (150, 170, 198), False),
        ((-62.0, 146.0), (64.0, 28.0), 12.6, (140, 160, 190), False),
        ((24.0, 147.0), (78.0, 28.0), 9.5, (166, 180, 190), True),
        ((138.0, 148.0), (70.0, 30.0), 15.7, (132, 152, 194), False),
        ((-142.0, -36.0), (60.0, 30.0), 12.6, (158, 176, 204), False),
        ((-60.0, -63.0), (46.0, 22.0), 15.7, (126, 146, 188), False),
        ((60.0, -60.0), (46.0, 22.0), 15.7, (134, 154, 194), False),
        ((142.0, -36.0), (60.0, 30.0), 12.6, (172, 184, 192), True),
        ((0.0, -86.0), (54.0, 18.0), 9.5, (164, 178, 186), False),
    )
    for center, size, height, colour, shops in rows:
        yield Building(center=center, size=size, height=height, colour=colour, shops=shops)


def _greens() -> Iterator[Thing]:
    quad: list[Point] = [(14.0, 14.5), (-13.0, 14.0), (30.0, 14.0), (42.0, 28.0), (-42.0, 33.0),
                         (17.0, 66.0), (-24.0, 65.0), (-17.0, 67.0)]  # fmt: skip
    park: list[Point] = [(-30.0, -20.0), (-18.0, -52.0), (10.0, -50.0), (28.0, -38.0),
                         (14.0, -14.0), (-12.0, -12.0), (36.0, -52.0), (-2.0, -58.0), (26.0, -60.0),
                         (55.0, -33.0), (67.0, -22.0), (70.0, -36.0), (30.0, -50.0)]  # fmt: skip
    road: list[Point] = [(x, -7.8) for x in (-160.0, -136.0, 122.0, 146.0, 170.0)]
    road += [(x, 7.8) for x in (-170.0, -146.0, -124.0, 130.0, 154.0)]
    road += [(x, 112.4) for x in (-72.0, -14.0, 8.0, 66.0, 130.0, 160.0)]
    road += [(sx * 102.2, y) for sx in (1, -1) for y in (28.0, 52.0, 76.0)]
    yield from trees(quad, crown=1.9, height=6.4)
    yield from trees(park, crown=2.6, height=8.2)
    yield from trees(road, crown=1.5, height=6.0)
    yield Block(
        center=(-20.0, 10.0), size=(30.0, 0.9), height=0.8, colour=(56, 120, 76), style="hedge"
    )
    yield Block(
        center=(20.0, 10.0), size=(30.0, 0.9), height=0.8, colour=(56, 120, 76), style="hedge"
    )


def _furniture() -> Iterator[Thing]:
    benches: list[Point] = [
        (-10.0, 60.0),
        (12.0, 58.0),
        (-0.5, -31.5),
        (12.0, -31.0),
        (46.0, -22.5),
        (40.5, -14.5),
    ]
    for at in benches:
        yield Block(center=at, size=(1.8, 0.6), height=0.45, colour=(70, 104, 140))
    yield Block(center=(50.5, -21.5), size=(3.6, 2.6), height=2.7, colour=(150, 176, 196),
                style="kiosk")  # fmt: skip
    yield Block(center=(2.6, 55.0), size=(1.6, 1.6), height=2.6, colour=(176, 184, 188))
    yield from lamps([(x, 3.85) for x in (-176.0, -142.0, -60.0, 0.0, 62.0, 142.0, 176.0)], 270.0)
    yield from lamps([(x, -3.85) for x in (-158.0, -76.0, 30.0, 78.0, 158.0)], 90.0)
    yield from lamps([(x, 116.2) for x in (-60.0, -20.0, 14.0, 60.0, 130.0)], 90.0)
    yield from lamps(
        [(-24.0, 40.0), (24.0, 48.0), (-22.0, -24.0), (56.5, -26.0), (44.0, -25.0)], 315.0
    )
    cars: list[tuple[Point, Body, Colour]] = [
        ((-128.0, 11.5), "hatch", (40, 40, 150)), ((-134.0, 11.5), "van", (222, 226, 228)),
        ((124.0, 11.5), "sedan", (150, 150, 152)), ((130.5, 11.5), "suv", (60, 58, 56)),
    ]  # fmt: skip
    for at, body, colour in cars:
        yield Parked(at=at, heading=90.0, body=body, colour=colour)
