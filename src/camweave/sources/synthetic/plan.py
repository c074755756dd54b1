"""What a world is made of: ground, things that stand still, routes, signals and cameras. Data only.

Lengths are metres on a ground plane with x to the east, y to the north and z up; angles are
degrees, counter-clockwise from east; colours are BGR.
"""

from dataclasses import dataclass, field
from typing import Literal

Point = tuple[float, float]  # m
Colour = tuple[int, int, int]  # BGR, 0 to 255
Material = Literal["grass", "asphalt", "sidewalk", "paving", "kerb", "paint", "soil", "water"]
Body = Literal["sedan", "hatch", "suv", "van", "truck", "bus"]

Bodies = tuple[tuple[Body, float], ...]  # with their shares

MIXED: Bodies = (
    ("sedan", 0.4), ("hatch", 0.22), ("suv", 0.16), ("van", 0.12), ("truck", 0.06), ("bus", 0.04),
)  # fmt: skip
SMALL: Bodies = (("sedan", 0.4), ("hatch", 0.3), ("suv", 0.2), ("van", 0.1))
CLASS_NAMES = ("person", "car", "bus", "truck")


@dataclass(frozen=True, slots=True)
class Area:
    """A flat piece of ground."""

    material: Material
    outline: tuple[Point, ...]  # m


@dataclass(frozen=True, slots=True)
class Line:
    """A stripe on the ground: paint or kerb; dashed where `dash` is above 0."""

    points: tuple[Point, ...]  # m
    width: float  # m
    material: Material = "paint"
    dash: float = 0.0  # m
    gap: float = 0.0  # m


@dataclass(frozen=True, slots=True, kw_only=True)
class Building:
    """A house: a box with windows."""

    center: Point  # m
    size: tuple[float, float]  # m, along x and y
    height: float  # m
    colour: Colour
    shops: bool = False  # shop windows and awnings on the ground floor


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A trunk and a crown."""

    at: Point  # m
    height: float = 7.0  # m
    crown: float = 2.2  # m, radius
    clearance: float = 2.4  # m of bare trunk


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A lamp post, or a pole with a traffic signal that faces `facing`."""

    at: Point  # m
    kind: Literal["lamp", "signal", "sign"] = "lamp"
    height: float = 6.5  # m
    facing: float = 0.0  # degrees


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A low thing that hides what is behind it: hedge, wall, bench, kiosk, planter."""

    center: Point  # m
    size: tuple[float, float]  # m, along x and y
    height: float  # m
    colour: Colour
    style: Literal["plain", "hedge", "kiosk", "shelter"] = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """A vehicle that never moves; it hides others and is in nobody's truth."""

    at: Point  # m
    heading: float  # degrees
    body: Body = "sedan"
    colour: Colour = (120, 110, 105)


Thing = Building | Tree | Post | Block | Parked


@dataclass(frozen=True, slots=True)
class Phase:
    """The time of a signal's period in which a group may start."""

    group: str
    begin: float  # s
    end: float  # s


@dataclass(frozen=True, slots=True)
class Signal:
    """A fixed-time traffic light; a group also waits until the others have left the junction."""

    period: float  # s
    phases: tuple[Phase, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    """A line on a route at which its group waits for the signal; the junction ends at `until`."""

    signal: int  # index into the plan's signals
    group: str
    at: Point  # m, on the route
    until: Point  # m, on the route


@dataclass(frozen=True, slots=True)
class Fleet:
    """Vehicles of one owner: the same model, paint and stripe, so that looks tell none apart."""

    body: Body
    share: float  # of a route's vehicles
    paint: Colour = (236, 238, 238)
    stripe: Colour = (236, 238, 238)


@dataclass(frozen=True, slots=True, kw_only=True)
class DriveRoute:
    """A lane that vehicles follow from end to end."""

    points: tuple[Point, ...]  # m
    speed: float  # m/s, the limit
    per_minute: float  # vehicles that arrive
    radius: float = 7.0  # m, of its bends
    stops: tuple[Stop, ...] = ()
    bodies: Bodies = MIXED
    fleets: tuple[Fleet, ...] = ()  # the rest of the vehicles are of `bodies`


@dataclass(frozen=True, slots=True)
class Rest:
    """A place on a walk where some people stand for a while."""

    at: Point  # m, on the route
    share: float  # of those who pass
    least: float  # s
    most: float  # s


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkRoute:
    """A way that people take from end to end, each at a distance of its own from the middle."""

    points: tuple[Point, ...]  # m
    per_minute: float  # people, or pairs of them
    spread: float = 1.0  # m to either side
    radius: float = 1.2  # m, of its bends
    pairs: float = 0.15  # share of arrivals that are two who belong together
    stops: tuple[Stop, ...] = ()
    rests: tuple[Rest, ...] = ()


Route = DriveRoute | WalkRoute


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A whole site without its cameras."""

    areas: tuple[Area, ...]
    lines: tuple[Line, ...] = ()
    things: tuple[Thing, ...] = ()
    signals: tuple[Signal, ...] = ()
    drives: tuple[DriveRoute, ...] = ()
    walks: tuple[WalkRoute, ...] = ()
    sun: tuple[float, float] = (215.0, 48.0)  # degrees: where it stands, how high
    warm_up: float = 150.0  # s the world has lived before time 0

    @property
    def routes(self) -> tuple[Route, ...]:
        """Drives, then walks."""
        return (*self.drives, *self.walks)


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraSpec:
    """One camera: where it hangs, what it sees with, and what is wrong with it."""

    name: str
    position: tuple[float, float, float]  # m
    look_at: tuple[float, float, float]  # m
    field_of_view: float = 62.0  # degrees, across the width
    width: int = 640  # px
    height: int = 360  # px
    fps: float = 15.0  # frames/s
    offset: float = 0.0  # s to add to this camera's clock to get the site's time
    drop: float = 0.0  # share of frames that are never delivered
    gain: float = 1.0
    gamma: float = 1.0
    white: tuple[float, float, float] = (1.0, 1.0, 1.0)  # gains of blue, green, red
    noise: float = 2.0  # standard deviation of a pixel, levels
    vignette: float = 0.12  # share of light lost in the corners


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A world, its cameras, and for how long; equal scenarios give equal pictures and truth."""

    name: str
    plan: Plan = field(repr=False)
    cameras: tuple[CameraSpec, ...] = field(repr=False)
    seconds: float
    seed: int
