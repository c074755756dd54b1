"""The site `highway`: fast lanes one way, five views of them far apart, an exit and an entry."""

from collections.abc import Iterator

import numpy as np

from camweave.core.arrays import F64
from camweave.sources.synthetic.masonry import lamps, rectangle, trees
from camweave.sources.synthetic.paths import lay_paths
from camweave.sources.synthetic.plan import (
    Area,
    Block,
    Bodies,
    Building,
    CameraSpec,
    DriveRoute,
    Fleet,
    Line,
    Plan,
    Point,
    Post,
    Thing,
)

END = 900.0  # m, to both sides
LANE = 3.6  # m
LANES = (1.8, 5.4, 9.0)  # m from the right edge to their middles; the slowest is the first
RAMP = -1.8  # m: the middle of a fourth lane, on the right
SHOULDER, LEFT_EDGE = 2.6, 3 * LANE
EXIT, ENTRY = -200.0, 300.0  # m: where the fourth lane begins to leave, and where another joins
BEND = 40.0  # m that a bend takes from each side of its corner
LORRIES: Bodies = (
    ("truck", 0.42), ("van", 0.2), ("bus", 0.06), ("sedan", 0.16), ("hatch", 0.16),
)  # fmt: skip
CARS: Bodies = (
    ("sedan", 0.42),
    ("hatch", 0.2),
    ("suv", 0.24),
    ("van", 0.14),
)
# Lorries of one haulier, and hired cars: much alike, as on any motorway.
FLEETS = (
    Fleet("truck", 0.16, (206, 208, 208), (40, 40, 150)),
    Fleet("sedan", 0.14, (186, 188, 188), (186, 188, 188)),
    Fleet("van", 0.08),
)


def highway_plan() -> Plan:
    """The whole site."""
    return Plan(
        areas=tuple(_areas()),
        lines=tuple(_lines()),
        things=tuple(_things()),
        drives=_drives(),
        sun=(225.0, 50.0),
        warm_up=100.0,
    )


def highway_cameras() -> tuple[CameraSpec, ...]:
    """Five in the order of the traffic, beside and above it; no two see the same ground."""
    return (
        CameraSpec(name="cam_a", position=(-640.0, -5.5, 9.0), look_at=(-606.0, 3.4, 0.8),
                   field_of_view=52.0, fps=25.0),
        CameraSpec(name="cam_b", position=(-232.0, -6.0, 8.6), look_at=(-266.0, 4.2, 0.8), fps=20.0,
                   offset=0.45, drop=0.01, gain=1.07, white=(1.06, 1.0, 0.94), noise=2.8,
                   field_of_view=52.0),
        CameraSpec(name="cam_c", position=(150.0, -6.0, 9.2), look_at=(117.0, 4.2, 0.8), fps=25.0,
                   offset=0.9, gamma=1.1, white=(0.95, 1.0, 1.04), field_of_view=50.0),
        CameraSpec(name="cam_d", position=(480.0, -8.0, 9.0), look_at=(446.0, 2.4, 0.8), fps=15.0,
                   offset=0.2, drop=0.02, gain=0.94, white=(1.03, 1.0, 0.97), noise=3.0,
                   field_of_view=54.0),
        CameraSpec(name="cam_e", position=(640.0, 15.0, 8.8), look_at=(674.0, 3.6, 0.8), fps=20.0,
                   offset=1.3, gain=1.03, gamma=0.95, field_of_view=52.0),
    )  # fmt: skip


def _areas() -> Iterator[Area]:
    far = (-END - 500.0, END + 500.0)
    for middle in (_exit(), _entry()):
        yield from _ribbon(middle, 3.2)
    yield rectangle("asphalt", far, (-SHOULDER, LEFT_EDGE + 1.6))
    yield rectangle("asphalt", (EXIT - 130.0, EXIT + 60.0), (-LANE - 1.2, 0.0))
    yield rectangle("asphalt", (ENTRY - 60.0, far[1]), (-LANE - SHOULDER, 0.0))


def _ribbon(middle: tuple[Point, ...], half: float) -> Iterator[Area]:
    """A carriageway along a bent way, as four-sided pieces."""
    points = lay_paths([(middle, BEND)]).samples(0)[::16]
    way: F64 = np.gradient(points, axis=0)
    left = (
        np.stack([-way[:, 1], way[:, 0]], axis=1) / np.hypot(way[:, 0], way[:, 1])[:, None] * half
    )
    for one, other, a, b in zip(points, points[1:], left, left[1:], strict=False):
        quad = (one + a, other + b, other - b, one - a)
        yield Area("asphalt", tuple((float(x), float(y)) for x, y in quad))


def _exit() -> tuple[Point, ...]:
    """From the fourth lane down the ramp it becomes."""
    return (
        (EXIT - 30.0, RAMP), (EXIT + 60.0, RAMP), (EXIT + 160.0, -30.0), (EXIT + 205.0, -110.0),
        (EXIT + 210.0, -220.0),
    )  # fmt: skip


def _entry() -> tuple[Point, ...]:
    """Up the other ramp, to the end of the site."""
    return (
        (ENTRY - 195.0, -220.0), (ENTRY - 190.0, -110.0), (ENTRY - 145.0, -30.0),
        (ENTRY - 40.0, RAMP), (END, RAMP),
    )  # fmt: skip


def _lines() -> Iterator[Line]:
    far = (-END - 500.0, END + 500.0)
    yield Line(((far[0], LEFT_EDGE), (far[1], LEFT_EDGE)), 0.2)
    for aside in (LANE, 2 * LANE):
        yield Line(((-END, aside), (END, aside)), 0.16, dash=6.0, gap=9.0)
    yield Line(((far[0], 0.0), (EXIT - 130.0, 0.0)), 0.2)
    yield Line(((EXIT - 120.0, 0.0), (EXIT + 40.0, 0.0)), 0.3, dash=3.0, gap=3.0)
    yield Line(((EXIT - 118.0, -LANE), (EXIT + 40.0, -LANE)), 0.2)
    yield Line(((EXIT + 60.0, 0.0), (ENTRY - 60.0, 0.0)), 0.2)
    yield Line(((ENTRY - 20.0, 0.0), (END, 0.0)), 0.16, dash=6.0, gap=9.0)
    yield Line(((ENTRY - 30.0, -LANE), (far[1], -LANE)), 0.2)


def _things() -> Iterator[Thing]:
    steel, stone = (150, 152, 150), (140, 150, 156)
    for low in np.arange(-END - 200.0, END + 200.0, 50.0).tolist():
        yield Block(
            center=(low + 25.0, LEFT_EDGE + 2.0), size=(50.0, 0.12), height=0.75, colour=steel
        )
        if not EXIT - 180.0 <= low <= EXIT + 40.0 and not ENTRY - 130.0 <= low <= ENTRY - 30.0:
            aside = -SHOULDER - 0.4 - (LANE if low >= ENTRY - 30.0 else 0.0)
            yield Block(center=(low + 25.0, aside), size=(50.0, 0.12), height=0.75, colour=steel)
    for low in (-840.0, -640.0, 440.0, 660.0):
        yield Block(center=(low + 60.0, 24.0), size=(120.0, 0.4), height=3.6, colour=stone)
    yield from lamps([(x, LEFT_EDGE + 2.6) for x in np.arange(-850.0, 900.0, 70.0).tolist()], 270.0)
    groves = [(x + 9.0 * (n % 3), 27.0 + 5.0 * (n * 5 % 4))
              for n, x in enumerate(np.arange(-880.0, 900.0, 34.0).tolist())]  # fmt: skip
    groves += [(x + 7.0 * (n % 4), -20.0 - 6.0 * (n * 3 % 5))
               for n, x in enumerate(np.arange(-860.0, 900.0, 41.0).tolist())
               if not EXIT - 30.0 < x < ENTRY + 30.0]  # fmt: skip
    yield from trees(groves, crown=2.8, height=8.4)
    yield Building(center=(-560.0, 52.0), size=(70.0, 26.0), height=8.0, colour=(176, 186, 190))
    yield Building(center=(120.0, 56.0), size=(60.0, 30.0), height=11.0, colour=(160, 172, 186))
    yield Building(center=(720.0, -48.0), size=(54.0, 26.0), height=9.0, colour=(150, 168, 190))
    for x in (-596.0, -284.0, 100.0, 436.0, 690.0):
        yield Post(at=(x, LEFT_EDGE + 2.8), kind="sign", height=3.2, facing=180.0)


def _drives() -> tuple[DriveRoute, ...]:
    slow, middle, fast = LANES
    away = ((-END, slow), (EXIT - 120.0, slow), *_exit())
    return (
        _drive(((-END, slow), (END, slow)), 23.0, 7.0, LORRIES),
        _drive(((-END, middle), (END, middle)), 28.0, 11.0, CARS),
        _drive(((-END, fast), (END, fast)), 33.0, 7.0, CARS),
        _drive(away, 24.0, 3.5, CARS),
        _drive(_entry(), 24.0, 5.0, CARS),
    )


def _drive(points: tuple[Point, ...], speed: float, rate: float, bodies: Bodies) -> DriveRoute:
    return DriveRoute(
        points=points, speed=speed, per_minute=rate, radius=BEND, bodies=bodies, fleets=FLEETS
    )
