"""What vehicles are built of: flat faces in metres, x ahead, y to the left, z up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from camweave.core.arrays import F64
from camweave.sources.synthetic.looks import PAINT, ROOF, STRIPE

# Colours a face can have besides those of the look.
GLASS, TYRE, HUB, HEADLIGHT, TAILLIGHT, UNDER, PLATE, SHINE, SILL, SHADE = range(3, 13)
COLOURS = 13

ALWAYS, AHEAD, ASTERN = range(3)  # parts: ASTERN is drawn before AHEAD when seen from the front

Corner = tuple[float, float, float]
Profile = Sequence[tuple[float, float]]  # (x, z)
LEVEL = 0.9  # of an upright normal: a roof or a floor
GROUND_GAP = 0.12


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One flat convex polygon, seen from the side its normal points to."""

    points: F64  # (n, 3) m
    normal: F64  # (3,)
    colour: int
    detail: bool = False  # lies on another face: no part of the outline
    part: int = ALWAYS


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """One kind of vehicle."""

    length: float  # m
    width: float  # m
    height: float  # m
    wheelbase: float  # m
    faces: tuple[Face, ...]  # in the order of painting

    @property
    def corners(self) -> F64:
        """(8, 3) m: four corners on the ground, then four of the roof, for the shadow."""
        length, width = self.length / 2, self.width / 2
        low = [(length, width, 0), (length, -width, 0), (-length, -width, 0), (-length, width, 0)]
        top = [(0.6 * x - 0.1 * self.length, 0.8 * y, self.height) for x, y, _ in low]
        return np.array(low + top, np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coach:
    """The measures of a body with a cabin on top, m."""

    length: float
    width: float
    height: float
    belt: float  # where the windows begin
    hood: float  # from the front to the foot of the windscreen
    screen: float  # how far the windscreen leans back
    trunk: float = 0.05  # from the tail to the foot of the rear window
    rear: float = 0.1  # how far the rear window leans
    inset: float = 0.2  # how much narrower the roof is, each side
    nose: float = 0.72  # height of the front edge
    wheel: float = 0.33  # radius
    axles: float = 0.6  # wheelbase as a share of the length
    windows: tuple[tuple[float, float], ...] = ((0.06, 0.48), (0.53, 0.95))  # along a side
    band: tuple[float, float] = (0.5, 0.6)  # heights of the stripe


def polygon(
    points: Sequence[Corner], colour: int, *, detail: bool = False, part: int = ALWAYS
) -> Face:
    """A face whose points run counter-clockwise as seen from outside."""
    array = np.array(points, np.float64)
    normal = np.cross(array[1] - array[0], array[2] - array[0])
    return Face(array, normal / np.linalg.norm(normal), colour, detail, part)


def panel(quad: Sequence[Corner], window: tuple[float, float, float, float]) -> list[Corner]:
    """A piece of a quad: from u0 to u1 along its first edge, from v0 to v1 along its second."""
    a, b, c, d = (np.array(corner) for corner in quad)
    u0, u1, v0, v1 = window

    def at(u: float, v: float) -> Corner:
        x, y, z = ((1 - v) * ((1 - u) * a + u * b) + v * ((1 - u) * d + u * c)).tolist()
        return x, y, z

    return [at(u0, v0), at(u1, v0), at(u1, v1), at(u0, v1)]


def prism(
    profile: Profile, half_width: float, colour: int, *, part: int = ALWAYS
) -> Iterator[Face]:
    """A side profile (counter-clockwise seen from the right) pulled across the width."""
    for (x0, z0), (x1, z1) in zip(profile, [*profile[1:], profile[0]], strict=True):
        quad = [
            (x0, -half_width, z0), (x1, -half_width, z1), (x1, half_width, z1), (x0, half_width, z0)
        ]  # fmt: skip
        # Counter-clockwise seen from the right means outside is to the right of each edge.
        face = polygon(quad[::-1], colour, part=part)
        if face.normal[2] > -LEVEL:
            yield face
    yield polygon([(x, -half_width, z) for x, z in profile], colour, part=part)
    yield polygon([(x, half_width, z) for x, z in reversed(profile)], colour, part=part)


def wheels(places: Sequence[float], half_width: float, radius: float) -> Iterator[Face]:
    """Tyres and hubs on both sides, in dark arches."""
    for x in places:
        for side in (1.0, -1.0):
            rings = ((1.16, UNDER, 0.0), (1.0, TYRE, 0.01), (0.55, HUB, 0.02))
            for share, colour, out in rings:
                angles = side * np.linspace(2 * np.pi, 0, 12, endpoint=False)
                disc: list[Corner] = [
                    (
                        x + radius * share * float(np.cos(angle)),
                        side * (half_width + out),
                        radius + radius * share * float(np.sin(angle)),
                    )
                    for angle in angles
                ]
                yield polygon(disc, colour, detail=colour != TYRE)


def underbody(length: float, half_width: float, height: float) -> Iterator[Face]:
    """The dark below a vehicle."""
    end = length / 2 - 0.2
    profile = [(end, GROUND_GAP), (end, height), (-end, height), (-end, GROUND_GAP)]
    yield from prism(profile, half_width - 0.1, UNDER)


def lower_body(c: Coach) -> Iterator[Face]:
    """From the bumpers to the belt line, with lights, plates, stripe and shine."""
    end, w = c.length / 2, c.width / 2
    foot, tail = end - c.hood, -end + c.trunk
    profile = [
        (end - 0.06, 0.28), (end, 0.48), (end - 0.05, c.nose), (end - 0.2, c.nose + 0.08),
        (foot, c.belt), (tail, c.belt), (-end + 0.06, c.belt - 0.04), (-end, 0.55),
        (-end + 0.05, 0.3),
    ]  # fmt: skip
    yield from prism(profile, w, PAINT)
    for side in (1.0, -1.0):
        strips = ((0.28, 0.4, SILL), (*c.band, STRIPE), (c.belt - 0.15, c.belt - 0.06, SHINE))
        for low, high, colour in strips:
            ahead = min(end - 0.07, foot + 0.45 * c.hood if colour == SHINE else end - 0.07)
            strip = [(-end + 0.1, low), (ahead, low), (ahead, high), (-end + 0.1, high)]
            ordered = strip if side < 0 else strip[::-1]
            yield polygon([(x, side * (w + 0.005), z) for x, z in ordered], colour, detail=True)
    yield from _front(end, w, c.nose)
    yield from _tail(-end, w, c.belt)


def _front(x: float, w: float, top: float) -> Iterator[Face]:
    face: list[Corner] = [
        (x + 0.01, -w, 0.48), (x + 0.01, w, 0.48), (x - 0.03, w, top), (x - 0.03, -w, top)
    ]  # fmt: skip
    yield polygon(panel(face, (0.28, 0.72, 0.35, 0.95)), UNDER, detail=True)
    yield polygon(panel(face, (0.03, 0.25, 0.35, 1.0)), HEADLIGHT, detail=True)
    yield polygon(panel(face, (0.75, 0.97, 0.35, 1.0)), HEADLIGHT, detail=True)
    yield polygon(panel(face, (0.37, 0.63, 0.0, 0.4)), PLATE, detail=True)


def _tail(x: float, w: float, belt: float) -> Iterator[Face]:
    face: list[Corner] = [
        (x - 0.01, w, 0.5), (x - 0.01, -w, 0.5), (x + 0.03, -w, belt), (x + 0.03, w, belt)
    ]  # fmt: skip
    yield polygon(panel(face, (0.02, 0.24, 0.45, 0.9)), TAILLIGHT, detail=True)
    yield polygon(panel(face, (0.76, 0.98, 0.45, 0.9)), TAILLIGHT, detail=True)
    yield polygon(panel(face, (0.36, 0.64, 0.15, 0.5)), PLATE, detail=True)


def cabin(c: Coach) -> Iterator[Face]:
    """From the belt line to the roof: screens, side windows, roof."""
    end, base, top = c.length / 2, c.width / 2 - 0.04, c.width / 2 - c.inset
    foot, tail = end - c.hood, -end + c.trunk
    brow, nape = foot - c.screen, tail + c.rear
    screen: list[Corner] = [
        (foot, -base, c.belt), (foot, base, c.belt), (brow, top, c.height), (brow, -top, c.height)
    ]  # fmt: skip
    back: list[Corner] = [
        (tail, base, c.belt), (tail, -base, c.belt), (nape, -top, c.height), (nape, top, c.height)
    ]  # fmt: skip
    left: list[Corner] = [
        (foot, base, c.belt), (tail, base, c.belt), (nape, top, c.height), (brow, top, c.height)
    ]  # fmt: skip
    right: list[Corner] = [
        (tail, -base, c.belt), (foot, -base, c.belt), (brow, -top, c.height), (nape, -top, c.height)
    ]  # fmt: skip
    yield polygon(screen, PAINT)
    yield polygon(panel(screen, (0.05, 0.95, 0.06, 0.92)), GLASS, detail=True)
    yield polygon(back, PAINT)
    yield polygon(panel(back, (0.07, 0.93, 0.12, 0.86)), GLASS, detail=True)
    yield polygon(left, SHADE)
    yield polygon(right, SHADE)
    for low, high in c.windows:
        yield polygon(panel(left, (low, high, 0.1, 0.86)), GLASS, detail=True)
        yield polygon(panel(right, (1 - high, 1 - low, 0.1, 0.86)), GLASS, detail=True)
    roof = [(brow, top), (nape, top), (nape, -top), (brow, -top)]
    yield polygon([(x, y, c.height) for x, y in roof], ROOF)


def coach(c: Coach) -> Model:
    """A vehicle of one piece."""
    base = c.length * c.axles
    faces = [
        *underbody(c.length, c.width / 2, 0.42),
        *lower_body(c),
        *wheels([base / 2, -base / 2], c.width / 2, c.wheel),
        *cabin(c),
    ]
    return Model(c.length, c.width, c.height, base, tuple(faces))


def lorry(length: float, width: float, height: float) -> Model:
    """A cab with a box behind it."""
    end, w, cab = length / 2, width / 2, 1.9
    nose = end - cab
    side = [(end, 0.45), (end, 1.35), (end - 0.35, 2.35), (nose + 0.1, 2.4), (nose + 0.1, 0.45)]
    box = [(nose, 0.8), (nose, height), (-end, height), (-end, 0.8)]
    screen: list[Corner] = [
        (end + 0.01, -w, 1.35), (end + 0.01, w, 1.35), (end - 0.33, w, 2.35), (end - 0.33, -w, 2.35)
    ]  # fmt: skip
    ahead = [
        *prism(side, w - 0.05, PAINT, part=AHEAD),
        polygon(panel(screen, (0.06, 0.94, 0.06, 0.9)), GLASS, detail=True, part=AHEAD),
    ]
    astern = list(prism(box, w, ROOF, part=ASTERN))
    for out in (1.0, -1.0):
        band = [(-end + 0.3, 1.5), (nose - 0.3, 1.5), (nose - 0.3, 2.1), (-end + 0.3, 2.1)]
        window = [(nose + 0.5, 1.4), (end - 0.3, 1.4), (end - 0.55, 2.1), (nose + 0.5, 2.1)]
        order = slice(None, None, -1 if out > 0 else 1)
        stripe: list[Corner] = [(x, out * (w + 0.005), z) for x, z in band[order]]
        pane: list[Corner] = [(x, out * (w - 0.045), z) for x, z in window[order]]
        astern.append(polygon(stripe, STRIPE, detail=True, part=ASTERN))
        ahead.append(polygon(pane, GLASS, detail=True, part=AHEAD))
    ahead += [_with_part(face, AHEAD) for face in _front(end + 0.02, w - 0.05, 0.95)]
    astern += [_with_part(face, ASTERN) for face in _tail(-end, w, 1.3)]
    base = length * 0.58
    faces = [*underbody(length, w, 0.82), *wheels([base / 2, -base / 2], w, 0.45), *astern, *ahead]
    return Model(length, width, height, base, tuple(faces))


def _with_part(face: Face, part: int) -> Face:
    return Face(face.points, face.normal, face.colour, face.detail, part)


BUS_WINDOWS = tuple((0.02 + 0.12 * n, 0.125 + 0.12 * n) for n in range(8))

# In the order of looks.BODIES.
MODELS: tuple[Model, ...] = (
    coach(Coach(length=4.6, width=1.82, height=1.45, belt=0.92, hood=1.25, screen=0.75,
                trunk=0.75, rear=0.55, inset=0.27)),
    coach(Coach(length=4.0, width=1.76, height=1.5, belt=0.92, hood=0.95, screen=0.7,
                trunk=0.12, rear=0.5, inset=0.25)),
    coach(Coach(length=4.6, width=1.9, height=1.72, belt=1.06, hood=1.1, screen=0.6,
                trunk=0.12, rear=0.35, inset=0.24, nose=0.85, wheel=0.37)),
    coach(Coach(length=5.4, width=2.0, height=2.35, belt=1.2, hood=0.75, screen=0.8, rear=0.08,
                inset=0.14, nose=0.95, wheel=0.35, windows=((0.04, 0.25),), band=(0.72, 0.98))),
    lorry(7.6, 2.4, 3.2),
    coach(Coach(length=11.2, width=2.5, height=3.0, belt=1.3, hood=0.12, screen=0.2, rear=0.1,
                inset=0.1, nose=1.1, wheel=0.48, axles=0.55, windows=BUS_WINDOWS,
                band=(0.75, 1.05))),
)  # fmt: skip
