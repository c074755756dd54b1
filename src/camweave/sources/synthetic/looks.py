"""How each one looks: body, size and colours, drawn once when it enters the world."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from camweave.core.arrays import F64, I64, U8
from camweave.sources.synthetic.plan import CLASS_NAMES, Body, Colour, Fleet

BODIES: tuple[Body, ...] = ("sedan", "hatch", "suv", "van", "truck", "bus")
PERSON = -1  # where a body is asked for
CLASS_OF_BODY = {"truck": CLASS_NAMES.index("truck"), "bus": CLASS_NAMES.index("bus")}
CAR_CLASS = CLASS_NAMES.index("car")

# What `Look.colours` holds, by place.
PAINT, ROOF, STRIPE = 0, 1, 2  # of a vehicle
SKIN, HAIR, TOP, LEGS, SHOES, EXTRA = range(6)  # of a person
SLOTS = 6

PLAIN, SKIRT, SHORTS, COAT = range(4)  # outfits
NO_BAG, BACKPACK, SHOPPING = range(3)

PAINTS: tuple[Colour, ...] = (
    (236, 238, 238), (196, 198, 198), (58, 55, 52), (112, 114, 116), (148, 84, 38), (96, 52, 24),
    (40, 36, 168), (28, 22, 104), (72, 96, 50), (48, 188, 232), (42, 118, 226), (150, 176, 190),
    (196, 160, 96), (110, 44, 92),
)  # fmt: skip
COMMON_PAINTS = 4  # white, silver, black and grey are half of all cars
COMMON_SHARE = 0.45
FLEET_PAINTS: tuple[Colour, ...] = ((40, 120, 40), (30, 40, 190), (170, 90, 20), (30, 160, 220))
TOPS: tuple[Colour, ...] = (
    (40, 40, 190), (170, 90, 30), (60, 140, 50), (40, 190, 230), (235, 235, 235), (45, 42, 40),
    (150, 60, 120), (60, 120, 235), (190, 170, 60), (120, 120, 125), (90, 60, 30), (170, 140, 235),
)  # fmt: skip
BOTTOMS: tuple[Colour, ...] = (
    (120, 78, 42), (70, 46, 28), (48, 46, 46), (104, 106, 108), (110, 140, 165), (190, 200, 205),
    (60, 80, 70),
)  # fmt: skip
SKINS: tuple[Colour, ...] = (
    (176, 200, 235),
    (150, 178, 222),
    (110, 145, 195),
    (70, 100, 150),
    (48, 66, 98),
)
HAIRS: tuple[Colour, ...] = (
    (30, 32, 36),
    (34, 52, 80),
    (60, 100, 140),
    (110, 165, 205),
    (170, 172, 175),
)
SHOE_COLOURS: tuple[Colour, ...] = ((40, 40, 42), (60, 80, 110), (225, 225, 225), (50, 50, 130))
CHANNEL_TOP = 255


@dataclass(frozen=True, slots=True)
class Look:
    """One of them: what it is and how it looks."""

    class_id: int  # index into CLASS_NAMES
    body: int  # index into BODIES, or PERSON
    scale: float  # of a vehicle against its model; of a person: height, m
    breadth: float  # of a person, 1 is usual
    outfit: int
    bag: int
    colours: tuple[Colour, ...]  # SLOTS of them


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """All of them, as columns; row a is object a + 1."""

    class_id: I64  # (A,)
    body: I64  # (A,) index into BODIES, or PERSON
    scale: F64  # (A,)
    breadth: F64  # (A,)
    outfit: I64  # (A,)
    bag: I64  # (A,)
    colours: U8  # (A, SLOTS, 3) BGR

    def __len__(self) -> int:
        return len(self.class_id)


def gather_looks(looks: Sequence[Look]) -> Looks:
    """Columns of `looks`, in their order."""

    def integers(values: Sequence[int]) -> I64:
        return np.array(values, np.int64)

    return Looks(
        class_id=integers([look.class_id for look in looks]),
        body=integers([look.body for look in looks]),
        scale=np.array([look.scale for look in looks], np.float64),
        breadth=np.array([look.breadth for look in looks], np.float64),
        outfit=integers([look.outfit for look in looks]),
        bag=integers([look.bag for look in looks]),
        colours=np.array([look.colours for look in looks], np.uint8).reshape(-1, SLOTS, 3),
    )


def draw_of_fleet(rng: np.random.Generator, fleets: Sequence[Fleet]) -> Look | None:
    """A vehicle of one of `fleets`, by their shares; None for the rest."""
    if not fleets:
        return None  # no number is drawn, so that sites without fleets live as they always did
    shares = np.cumsum([one.share for one in fleets])
    chosen = int(np.searchsorted(shares, rng.random(), side="right"))
    if chosen == len(fleets):
        return None
    fleet, empty = fleets[chosen], (0, 0, 0)
    return Look(
        class_id=CLASS_OF_BODY.get(fleet.body, CAR_CLASS),
        body=BODIES.index(fleet.body),
        scale=1.0,
        breadth=1.0,
        outfit=PLAIN,
        bag=NO_BAG,
        colours=(fleet.paint, fleet.paint, fleet.stripe, empty, empty, empty),
    )


def draw_vehicle(rng: np.random.Generator, bodies: Sequence[tuple[Body, float]]) -> Look:
    """A vehicle of one of `bodies` (with their shares), its paint, its roof and its stripe."""
    shares = np.cumsum([share for _, share in bodies])
    chosen = int(np.searchsorted(shares, rng.random() * shares[-1], side="right"))
    body = bodies[min(chosen, len(bodies) - 1)][0]
    common = rng.random() < COMMON_SHARE
    first, last = (0, COMMON_PAINTS) if common else (COMMON_PAINTS, len(PAINTS))
    paint = _shifted(rng, PAINTS[int(rng.integers(first, last))])
    fleet = _shifted(rng, _one_of(rng, FLEET_PAINTS))
    two_tone = rng.random() < 0.2  # noqa: PLR2004 - a share, named by what it is assigned to
    roof = _one_of(rng, PAINTS[:COMMON_PAINTS]) if two_tone else paint
    if body in {"bus", "truck"}:
        paint = fleet
        roof = _one_of(rng, PAINTS[:2])
    stripe = _one_of(rng, TOPS)
    empty = (0, 0, 0)
    return Look(
        class_id=CLASS_OF_BODY.get(body, CAR_CLASS),
        body=BODIES.index(body),
        scale=float(0.97 + 0.06 * rng.random()),
        breadth=1.0,
        outfit=PLAIN,
        bag=NO_BAG,
        colours=(paint, roof, stripe, empty, empty, empty),
    )


def draw_person(rng: np.random.Generator) -> Look:
    """Somebody, with clothes, hair and perhaps a bag."""
    height = 1.52 + 0.40 * (rng.random() + rng.random()) / 2
    outfit = int(np.searchsorted([0.62, 0.76, 0.88], rng.random()))
    bag = int(np.searchsorted([0.6, 0.82], rng.random()))
    skin = _shifted(rng, _one_of(rng, SKINS), spread=6)
    top = _shifted(rng, _one_of(rng, TOPS))
    legs = skin if outfit in {SKIRT, SHORTS} else _shifted(rng, _one_of(rng, BOTTOMS))
    return Look(
        class_id=CLASS_NAMES.index("person"),
        body=PERSON,
        scale=float(height),
        breadth=float(0.9 + 0.25 * rng.random()),
        outfit=outfit,
        bag=bag,
        colours=(
            skin,
            _shifted(rng, _one_of(rng, HAIRS), spread=8),
            top,
            legs,
            _one_of(rng, SHOE_COLOURS),
            _shifted(rng, _one_of(rng, TOPS + BOTTOMS)),
        ),
    )


def _one_of(rng: np.random.Generator, colours: Sequence[Colour]) -> Colour:
    return colours[int(rng.integers(len(colours)))]


def _shifted(rng: np.random.Generator, colour: Colour, spread: int = 14) -> Colour:
    """Nearly this colour, so that no two look quite alike."""
    blue, green, red = (
        int(np.clip(channel + shift, 0, CHANNEL_TOP))
        for channel, shift in zip(colour, rng.integers(-spread, spread + 1, 3), strict=True)
    )
    return blue, green, red
