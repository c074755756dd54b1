"""A map of streets: straight carriageways along the axes, and the crossings where they meet."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from camweave.sources.synthetic.plan import Point, Signal

Axis = Literal["x", "y"]
Arm = Literal["east", "north", "west", "south"]
ARMS: Final[tuple[Arm, ...]] = ("east", "north", "west", "south")

LANE_WIDTH = 3.5  # m
ROUND = 2.7  # m: radius of a corner of the kerb
# Metres from where the other carriageway ends:
ZEBRA = (2.9, 5.9)  # where a zebra crossing begins and ends
STOP_LINE = 6.9
CLEAR = 6.2  # from here on the crossing is left
WALKWAY = 1.85  # m from the kerb to the middle of a sidewalk
STEP_DOWN = 2.7  # m from the kerb to where ways turn towards a zebra crossing
ARM_LENGTH = 9.0  # m that a street must go on beyond a crossing to be an arm of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Street:
    """A straight carriageway with as many lanes each way, and sidewalks; traffic keeps right."""

    name: str
    along: Axis
    at: float  # m, on the other axis: its middle
    span: tuple[float, float]  # m, on its own axis
    lanes: int = 1  # each way
    sidewalk: float = 3.2  # m; 0 where there is none

    @property
    def half(self) -> float:
        """Half the width of the carriageway, m."""
        return self.lanes * LANE_WIDTH

    def place(self, along: float, aside: float) -> Point:
        """The point `along` m on its own axis and at `aside` m on the other."""
        return (along, aside) if self.along == "x" else (aside, along)

    def lane(self, heading: int, number: int = 0) -> float:
        """Where on the other axis lane `number` (0 is at the kerb) of those heading 1 or -1 is."""
        out = (self.half - (number + 0.5) * LANE_WIDTH) * heading
        return self.at - out if self.along == "x" else self.at + out

    def towards(self, heading: int) -> Arm:
        """The way one looks who drives along it, heading 1 or -1."""
        if self.along == "x":
            return "east" if heading > 0 else "west"
        return "north" if heading > 0 else "south"


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """Where a street along x meets one along y; arms are those of the two that go on from there."""

    x: Street
    y: Street
    signal: int | None = None  # index into the town's signals; None: nobody need wait
    groups: Mapping[Arm, str]  # of the signal, for those who drive in this direction
    zebras: tuple[Arm, ...] = ARMS  # those that there are, of its arms

    @property
    def arms(self) -> tuple[Arm, ...]:
        """Directions in which a street leaves from here."""
        reach = {
            "east": self.x.span[1] - (self.y.at + self.y.half),
            "west": (self.y.at - self.y.half) - self.x.span[0],
            "north": self.y.span[1] - (self.x.at + self.x.half),
            "south": (self.x.at - self.x.half) - self.y.span[0],
        }
        return tuple(arm for arm in ARMS if reach[arm] > ARM_LENGTH)

    def other(self, street: Street) -> Street:
        """The street that this one meets here."""
        return self.y if street == self.x else self.x

    def along(self, street: Street, beyond: float) -> float:
        """On the street's own axis: `beyond` m after (below 0: before) the other's carriageway."""
        other = self.other(street)
        return other.at + (other.half + abs(beyond)) * (1 if beyond > 0 else -1)

    def zebra(self, arm: Arm) -> tuple[Point, Point]:
        """The two ends, on the sidewalks, of the crossing on foot over an arm; west or south first.

        Ways that hold the two one after the other wait there for the signal.
        """
        street = self.x if arm in {"east", "west"} else self.y
        middle = (ZEBRA[0] + ZEBRA[1]) / 2
        along = self.along(street, middle if arm in {"east", "north"} else -middle)
        away = street.half + STEP_DOWN
        return street.place(along, street.at - away), street.place(along, street.at + away)


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """Streets, where they cross, and the signals there."""

    streets: tuple[Street, ...]
    crossings: tuple[Crossing, ...] = ()
    signals: tuple[Signal, ...] = ()

    def crossings_on(self, street: Street) -> Iterator[Crossing]:
        """Those that lie on a street."""
        return (one for one in self.crossings if street in {one.x, one.y})

    def crossing(self, one: Street, other: Street) -> Crossing | None:
        """Where two streets meet; None where they do not."""
        pair = {one.name, other.name}
        return next((c for c in self.crossings if {c.x.name, c.y.name} == pair), None)
