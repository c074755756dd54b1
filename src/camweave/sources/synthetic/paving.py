"""What a map of streets looks like on the ground: asphalt, sidewalks, kerbs, paint and lights."""

from collections.abc import Iterator, Sequence

from camweave.sources.synthetic.masonry import corner, rectangle, zebra
from camweave.sources.synthetic.plan import Area, Line, Material, Post
from camweave.sources.synthetic.streets import (
    LANE_WIDTH,
    ROUND,
    STOP_LINE,
    ZEBRA,
    Arm,
    Crossing,
    Street,
    Town,
)

KERB, EDGE, MARK = 0.22, 0.35, 0.14  # m: widths of a kerb, a stop line, a line between lanes
SOLID = 14.0  # m before a stop line in which lanes are parted by a whole line
Span = tuple[float, float]


def areas_of(town: Town) -> tuple[Area, ...]:
    """Sidewalks, carriageways on top of them, and rounded corners."""
    walks = [
        _band("sidewalk", street, street.half + street.sidewalk)
        for street in town.streets
        if street.sidewalk
    ]
    ways = [_band("asphalt", street, street.half) for street in town.streets]
    corners = [area for area, _ in _corners(town)]
    return (*walks, *ways, *corners)


def lines_of(town: Town) -> tuple[Line, ...]:
    """Kerbs, the lines between lanes, stop lines and zebra crossings."""
    out = [line for _, line in _corners(town)]
    for street in town.streets:
        out += [*_kerbs(town, street), *_lane_lines(town, street)]
    for crossing in town.crossings:
        for arm in crossing.arms:
            out += _markings(crossing, arm)
    return tuple(out)


def lights_of(town: Town) -> tuple[Post, ...]:
    """A pole with a signal beside each stop line."""
    out: list[Post] = []
    for crossing in town.crossings:
        if crossing.signal is None:
            continue
        for arm in crossing.arms:
            street, sign = _arm(crossing, arm)
            along = crossing.along(street, sign * (STOP_LINE - 0.3))
            aside = street.half + 0.35
            right = sign if street.along == "x" else -sign
            facing = {"east": 0.0, "north": 90.0, "west": 180.0, "south": 270.0}[arm]
            place = street.place(along, street.at + right * aside)
            out.append(Post(at=place, kind="signal", height=3.6, facing=facing))
    return tuple(out)


def open_spans(span: Span, holes: Sequence[Span]) -> Iterator[Span]:
    """What is left of `span` without the holes."""
    low = span[0]
    for begin, end in sorted(holes):
        if begin > low:
            yield low, min(begin, span[1])
        low = max(low, end)
    if low < span[1]:
        yield low, span[1]


def _band(material: Material, street: Street, half: float) -> Area:
    across = (street.at - half, street.at + half)
    x, y = (street.span, across) if street.along == "x" else (across, street.span)
    return rectangle(material, x, y)


def _corners(town: Town) -> Iterator[tuple[Area, Line]]:
    for crossing in town.crossings:
        arms = crossing.arms
        for east in ("east", "west"):
            for north in ("north", "south"):
                if east in arms and north in arms:
                    sx, sy = (1 if east == "east" else -1), (1 if north == "north" else -1)
                    at = (
                        crossing.y.at + sx * crossing.y.half,
                        crossing.x.at + sy * crossing.x.half,
                    )
                    yield corner(at, (sx, sy), ROUND)


def _arm(crossing: Crossing, arm: Arm) -> tuple[Street, int]:
    """The street of an arm, and the sign of the direction in which it leaves."""
    street = crossing.x if arm in {"east", "west"} else crossing.y
    return street, 1 if arm in {"east", "north"} else -1


def _kerbs(town: Town, street: Street) -> Iterator[Line]:
    for side in (1, -1):
        if street.along == "x":
            arm: Arm = "north" if side > 0 else "south"
        else:
            arm = "east" if side > 0 else "west"
        holes = []
        for crossing in town.crossings_on(street):
            other = crossing.other(street)
            reach = other.half + ROUND
            if arm in crossing.arms:
                holes.append((other.at - reach, other.at + reach))
        aside = street.at + side * street.half
        for low, high in open_spans(street.span, holes):
            yield Line((street.place(low, aside), street.place(high, aside)), KERB, "kerb")


def _lane_lines(town: Town, street: Street) -> Iterator[Line]:
    inside = [
        (crossing.along(street, -STOP_LINE), crossing.along(street, STOP_LINE))
        for crossing in town.crossings_on(street)
    ]
    solid = [(low - SOLID, high + SOLID) for low, high in inside]
    for number in range(-street.lanes + 1, street.lanes):
        aside = street.at + number * LANE_WIDTH
        for low, high in open_spans(street.span, solid):
            yield Line(
                (street.place(low, aside), street.place(high, aside)), MARK, dash=3.0, gap=3.0
            )
        for (begin, _), (low, high) in zip(solid, inside, strict=True):
            for one, other in ((begin, low), (high, high + SOLID)):
                first, last = max(one, street.span[0]), min(other, street.span[1])
                if last > first:
                    yield Line((street.place(first, aside), street.place(last, aside)), MARK)


def _markings(crossing: Crossing, arm: Arm) -> Iterator[Line]:
    street, sign = _arm(crossing, arm)
    if arm in crossing.zebras:
        along = sorted(crossing.along(street, sign * edge) for edge in ZEBRA)
        across = (street.at - street.half, street.at + street.half)
        span = (along[0], along[1])
        x, y = (span, across) if street.along == "x" else (across, span)
        yield from zebra(x, y, along=street.along)
    if crossing.signal is not None:
        line = crossing.along(street, sign * STOP_LINE)
        side = sign if street.along == "x" else -sign
        end = street.at + side * (street.half - 0.2)
        yield Line((street.place(line, street.at), street.place(line, end)), EDGE)
