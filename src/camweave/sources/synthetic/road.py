"""The site `road`: a straight street with people on both sides, for one camera."""

from camweave.sources.synthetic.masonry import lamps, rectangle, reverse_of, trees
from camweave.sources.synthetic.plan import (
    Block,
    Building,
    CameraSpec,
    DriveRoute,
    Line,
    Parked,
    Plan,
    Point,
    Post,
    Thing,
    WalkRoute,
)

END = 110.0  # m, where the world ends
HALF, WALK_END = 3.6, 7.2  # m: half the carriageway, and where the sidewalks end
LANE = 1.8  # m


def road_plan() -> Plan:
    """The whole site."""
    along = (-END - 60, END + 60)
    kerbs = [Line(((along[0], y), (along[1], y)), 0.22, "kerb") for y in (-HALF, HALF)]
    dashes = Line(((along[0], 0.0), (along[1], 0.0)), 0.14, dash=3.0, gap=3.0)
    ways: list[tuple[Point, ...]] = []
    for y in (5.6, -5.6):
        way = ((-END, y), (END, y))
        ways += [way, reverse_of(way)]
    return Plan(
        areas=(
            rectangle("sidewalk", along, (-WALK_END, WALK_END)),
            rectangle("asphalt", along, (-HALF, HALF)),
        ),
        lines=(*kerbs, dashes),
        things=_things(),
        drives=(
            DriveRoute(points=((-END, -LANE), (END, -LANE)), speed=10.0, per_minute=8.0),
            DriveRoute(points=((END, LANE), (-END, LANE)), speed=9.5, per_minute=7.0),
        ),
        walks=tuple(WalkRoute(points=way, per_minute=1.6, pairs=0.0, spread=0.9) for way in ways),
        warm_up=150.0,
    )


def road_cameras() -> tuple[CameraSpec, ...]:
    """One, on a mast beside the street."""
    return (CameraSpec(name="cam_a", position=(-17.0, -10.5, 6.5), look_at=(1.5, 0.5, 0.8)),)


def _things() -> tuple[Thing, ...]:
    houses: list[tuple[float, tuple[int, int, int]]] = [
        (-84.0, (150, 176, 206)), (-40.0, (130, 150, 190)), (4.0, (172, 184, 196)),
        (48.0, (140, 172, 196)), (92.0, (160, 166, 184)),
    ]  # fmt: skip
    return (
        *(
            Building(center=(x, 21.0), size=(38.0, 22.0), height=9.5 + 3.1 * (n % 2),
                     colour=colour, shops=n % 2 == 0)
            for n, (x, colour) in enumerate(houses)
        ),
        *trees([(-6.0, 8.2), (10.0, 8.3), (26.0, 8.2), (42.0, 8.3)], crown=1.4, height=5.6),
        *trees([(8.0, -10.5), (22.0, -11.0), (36.0, -10.2), (50.0, -12.0)], crown=2.2),
        *lamps([(0.0, 3.95), (28.0, 3.95), (56.0, 3.95)], 270.0),
        Block(center=(32.0, -8.6), size=(44.0, 0.9), height=0.9, colour=(56, 120, 76),
              style="hedge"),
        Post(at=(6.5, -3.95), kind="sign", height=2.4, facing=180.0),
        Parked(at=(20.0, 9.4), heading=180.0, body="hatch", colour=(60, 70, 130)),
    )  # fmt: skip
