"""Simple solids as paint: polygons, upright boxes, poles."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from camweave.core.arrays import F64
from camweave.sources.synthetic.footprints import Footprints
from camweave.sources.synthetic.ground_paint import project_polygon
from camweave.sources.synthetic.optics import HAZE, HAZE_DISTANCE, Optics
from camweave.sources.synthetic.plan import Colour
from camweave.sources.synthetic.sprites import Paint


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """One thing in one camera."""

    footprint: Footprints  # (1,)
    paint: list[Paint]
    shadow: list[F64]  # polygons (n, 3) m whose shadows fall on the ground


def painted(optics: Optics, points: F64, colour: F64 | Colour, normal: F64 | None) -> list[Paint]:
    """A polygon (n, 3) m as paint, shaded by its normal where it has one, and hazy when far."""
    polygon = project_polygon(optics.pinhole, points)
    if polygon is None:
        return []
    depth = max(float(optics.pinhole.to_camera(points)[:, 2].mean()), 0.0)
    light = np.array(colour, np.float64) * (1.0 if normal is None else float(optics.shade(normal)))
    light += (HAZE - light) * (1 - np.exp(-depth / HAZE_DISTANCE))
    blue, green, red = np.rint(light.clip(0, 255)).astype(int).tolist()
    return [(polygon, (blue, green, red))]


def box_faces(center: F64, half: F64, low: float, high: float) -> Iterator[tuple[F64, F64]]:
    """Points (4, 3) and outward normals of the top and sides of an upright box."""
    (cx, cy), (hx, hy) = center, half
    top = [(cx - hx, cy - hy), (cx + hx, cy - hy), (cx + hx, cy + hy), (cx - hx, cy + hy)]
    for (x0, y0), (x1, y1) in zip(top, [*top[1:], top[0]], strict=True):
        wall = np.array([(x0, y0, low), (x1, y1, low), (x1, y1, high), (x0, y0, high)])
        normal = np.array([y1 - y0, x0 - x1, 0.0])
        yield wall, normal / np.linalg.norm(normal)
    yield np.array([(x, y, high) for x, y in top]), np.array([0.0, 0.0, 1.0])


def is_seen(optics: Optics, points: F64, normal: F64) -> bool:
    """Whether the lens is on the outer side of a face."""
    return bool((optics.pinhole.center - points[0]) @ normal > 0)


def box_paint(
    optics: Optics, center: F64, half: F64, *, span: tuple[float, float], colour: Colour
) -> list[Paint]:
    """An upright box of one colour, from span[0] to span[1] m above the ground."""
    paint: list[Paint] = []
    for points, normal in box_faces(center, half, *span):
        if is_seen(optics, points, normal):
            paint += painted(optics, points, colour, normal)
    return paint


def square(center: tuple[float, float], half: tuple[float, float]) -> Footprints:
    """A footprint along the axes."""
    return Footprints(np.array([center], np.float64), np.array([[1.0, 0.0]]), np.array([half]))


def upright(at: tuple[float, float], span: tuple[float, float], radius: float) -> F64:
    """A thin upright plate (4, 3) m, for the shadow of a pole."""
    (x, y), (low, high) = at, span
    return np.array([(x - radius, y, low), (x + radius, y, low), (x + radius, y, high),
                     (x - radius, y, high)])  # fmt: skip


def pole(
    optics: Optics,
    at: tuple[float, float],
    *,
    span: tuple[float, float],
    radius: float,
    colour: Colour,
) -> list[Paint]:
    """A round pole: a plate that faces the lens, darker on the side away from the sun."""
    right = optics.pinhole.rotation[0] * radius
    foot, top = np.array([*at, span[0]]), np.array([*at, span[1]])
    lit = 1.0 if right @ optics.sun > 0 else -1.0
    whole = np.array([foot - right, foot + right, top + right, top - right])
    dark = np.array([foot - lit * right, foot, top, top - lit * right])
    dim: F64 = np.array(colour) * 0.72
    return [*painted(optics, whole, colour, None), *painted(optics, dark, dim, None)]
