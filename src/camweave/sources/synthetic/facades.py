"""What a house shows to the street: windows, shops, awnings, doors, a cornice."""

from collections.abc import Iterator

import numpy as np

from camweave.core.arrays import F64
from camweave.sources.synthetic.plan import Building, Colour

STOREY = 3.1  # m
BAY = 2.7  # m between the middles of windows
FRAME: Colour = (206, 212, 216)
GLASSES: tuple[Colour, ...] = ((118, 98, 78), (138, 116, 92), (100, 84, 70), (150, 150, 140))
AWNINGS: tuple[Colour, ...] = ((46, 52, 168), (150, 96, 40), (60, 120, 60), (46, 150, 210))
Piece = tuple[F64, Colour, bool]  # points (n, 3) m, colour, shaded as the wall is


def building_faces(
    thing: Building, points: F64, normal: F64, *, bare: bool = False
) -> Iterator[Piece]:
    """What is painted on one wall or on the roof; bare, only what reaches the wall's edges."""
    if normal[2] > 0:
        yield _part(points, (0.03, 0.97, 0.03, 0.97)), (150, 150, 148), True
        return
    width = float(np.linalg.norm(points[1] - points[0]))
    floors, bays = max(int(thing.height / STOREY), 1), max(int(width / BAY), 1)
    rng = np.random.default_rng([round(abs(v) * 10) for v in (*thing.center, *points[0])])
    yield _part(points, (0, 1, 1 - 0.35 / thing.height, 1)), _toned(thing.colour, 1.12), True
    yield _part(points, (0, 1, 0, 0.5 / thing.height)), _toned(thing.colour, 0.7), True
    for floor in range(floors):
        low = floor * STOREY / thing.height
        high = (floor + 1) * STOREY / thing.height
        if floor == 0 and thing.shops:
            yield from _shops(points, bays, high, rng)
            continue
        for bay in range(0 if bare else bays):
            yield from _window(points, (bay / bays, (bay + 1) / bays, low, high), rng)


def _window(
    wall: F64, cell: tuple[float, float, float, float], rng: np.random.Generator
) -> Iterator[Piece]:
    u0, u1, v0, v1 = cell
    wide, tall = u1 - u0, v1 - v0
    box = (u0 + 0.27 * wide, u1 - 0.27 * wide, v0 + 0.3 * tall, v1 - 0.16 * tall)
    yield _part(wall, box), FRAME, True
    glass = GLASSES[int(rng.integers(len(GLASSES)))]
    left, right, low, high = box
    rim, middle = 0.025 * wide, (left + right) / 2
    up = 0.03 * tall
    yield _part(wall, (left + rim, middle - rim / 2, low + up, high - up)), glass, True
    yield _part(wall, (middle + rim / 2, right - rim, low + up, high - up)), glass, True


def _shops(wall: F64, bays: int, high: float, rng: np.random.Generator) -> Iterator[Piece]:
    for first in range(0, bays, 2):
        last = min(first + 2, bays)
        left, right = first / bays + 0.012, last / bays - 0.012
        glass = (left, right, 0.12 * high, 0.72 * high)
        yield _part(wall, glass), (92, 82, 74), True
        door = (left + 0.4 * (right - left), left + 0.56 * (right - left), 0.0, 0.72 * high)
        yield _part(wall, door), (70, 62, 56), True
        awning = AWNINGS[int(rng.integers(len(AWNINGS)))]
        sheet = _part(wall, (left, right, 0.7 * high, 0.9 * high))
        out = np.cross(wall[1] - wall[0], (0.0, 0.0, 1.0))
        sheet[:2] += out / np.linalg.norm(out) * 0.9  # its lower edge hangs over the pavement
        yield sheet, awning, False
        for stripe in range(1, 8, 2):
            a, b = stripe / 8, (stripe + 1) / 8
            yield _part(sheet, (a, b, 0, 1)), (226, 230, 232), False


def _part(quad: F64, cell: tuple[float, float, float, float]) -> F64:
    a, b, c, d = quad
    u0, u1, v0, v1 = cell
    corners = ((u0, v0), (u1, v0), (u1, v1), (u0, v1))
    return np.array(
        [(1 - v) * ((1 - u) * a + u * b) + v * ((1 - u) * d + u * c) for u, v in corners]
    )


def _toned(colour: Colour, tone: float) -> Colour:
    blue, green, red = (min(int(channel * tone), 255) for channel in colour)
    return blue, green, red
