"""Objects in an image: what is painted of each, its outline and its box."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from camweave.core.arrays import F64, I32, U8, Bool
from camweave.sources.synthetic.optics import SUBPIXELS

Polygon = I32  # (n, 2) 1/16 px, as OpenCV draws it
Paint = tuple[Polygon, tuple[int, int, int]]


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """R objects of one kind, each of the same K polygons in the order of painting."""

    polygons: Sequence[I32]  # K of (R, n, 2), 1/16 px
    shown: Bool  # (R, K)
    outline: Sequence[bool]  # (K,) part of the outline, not only a detail on it
    colours: U8 | None  # (R, K, 3); None where nothing is to be painted
    orders: tuple[Sequence[int], Sequence[int]]  # of painting, usual and turned
    turned: Bool  # (R,)


def unroll(parts: Parts) -> tuple[list[list[Polygon]], list[list[Paint]], F64]:
    """Outlines, paint and boxes (R, 4) px of each row."""
    shown = parts.shown.tolist()
    whole = [
        [parts.polygons[k][row] for k, outer in enumerate(parts.outline) if outer and seen[k]]
        for row, seen in enumerate(shown)
    ]
    paint: list[list[Paint]] = []
    if parts.colours is not None:
        for row, (seen, colours) in enumerate(zip(shown, parts.colours.tolist(), strict=True)):
            order = parts.orders[1 if parts.turned[row] else 0]
            paint.append([(parts.polygons[k][row], tuple(colours[k])) for k in order if seen[k]])
    return whole, paint, _boxes(parts)


def _boxes(parts: Parts) -> F64:
    rows = len(parts.shown)
    low, high = np.full((rows, 2), np.inf), np.full((rows, 2), -np.inf)
    for k, outer in enumerate(parts.outline):
        if outer:
            seen = parts.shown[:, k, None]
            low = np.minimum(low, np.where(seen, parts.polygons[k].min(axis=1), np.inf))
            high = np.maximum(high, np.where(seen, parts.polygons[k].max(axis=1), -np.inf))
    return np.concatenate([low, high], axis=1) / SUBPIXELS + 0.5
