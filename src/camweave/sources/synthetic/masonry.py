"""Pieces that sites are laid out of: streets, corners, crossings, rows of trees and lamps."""

from collections.abc import Iterator, Sequence

import numpy as np

from camweave.sources.synthetic.plan import Area, Line, Material, Point, Post, Tree

STRIPE, STRIPE_GAP = 0.5, 0.5  # m, of a zebra crossing


def rectangle(material: Material, x: tuple[float, float], y: tuple[float, float]) -> Area:
    """A rectangle from x[0] to x[1] and y[0] to y[1]."""
    return Area(material, ((x[0], y[0]), (x[1], y[0]), (x[1], y[1]), (x[0], y[1])))


def corner(at: Point, towards: tuple[int, int], radius: float) -> tuple[Area, Line]:
    """The rounded corner of a carriageway and its kerb; `towards` points into the sidewalk."""
    (x, y), (sx, sy) = at, towards
    angle = np.linspace(0, np.pi / 2, 10)
    arc = [
        (x + sx * radius * (1 - float(np.sin(a))), y + sy * radius * (1 - float(np.cos(a))))
        for a in angle
    ]
    return Area("asphalt", ((x, y), *arc)), Line(tuple(arc), 0.22, "kerb")


def zebra(x: tuple[float, float], y: tuple[float, float], *, along: str) -> Iterator[Line]:
    """White bars that run `along` "x" or "y", over the rectangle from x[0], y[0] to x[1], y[1]."""
    begin, end = y if along == "x" else x
    for low in np.arange(begin + 0.3, end - STRIPE + 0.1, STRIPE + STRIPE_GAP).tolist():
        middle = low + STRIPE / 2
        ends = (
            ((x[0], middle), (x[1], middle)) if along == "x" else ((middle, y[0]), (middle, y[1]))
        )
        yield Line(ends, STRIPE)


def lamps(places: Sequence[Point], facing: float) -> tuple[Post, ...]:
    """Lamp posts whose arms point to `facing` degrees."""
    return tuple(Post(at=place, facing=facing) for place in places)


def trees(places: Sequence[Point], *, height: float = 7.0, crown: float = 2.2) -> tuple[Tree, ...]:
    """Trees of about this size, no two alike."""
    return tuple(
        Tree(
            at=place,
            height=height * (0.88 + 0.06 * (number * 7 % 5)),
            crown=crown * (0.86 + 0.07 * (number * 3 % 5)),
        )
        for number, place in enumerate(places)
    )


def disc(center: Point, radius: float) -> tuple[Point, ...]:
    """A round outline."""
    angle = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    return tuple(
        (center[0] + radius * float(np.cos(a)), center[1] + radius * float(np.sin(a)))
        for a in angle
    )


def reverse_of(points: Sequence[Point]) -> tuple[Point, ...]:
    """The same way, walked from its end."""
    return tuple(reversed(points))
