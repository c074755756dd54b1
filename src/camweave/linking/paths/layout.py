"""What a drawn topology expects of the ways between cameras, before anything was seen."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F64, Bool
from camweave.core.frame import CameraId
from camweave.core.topology import Topology
from camweave.linking.transit import BINS, SECONDS

SOFT: Final = 0.1  # of a window's length that an edge of it is blurred by
SOFTEST: Final = 1.0  # s, at least


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Drawn windows between C cameras."""

    drawn: Bool  # (C, C)
    least: F64  # (C, C) s; the least of several windows
    most: F64  # (C, C) s
    shape: F64  # (C, C, G) what share of passages is expected at each gap
    strict: bool

    def __bool__(self) -> bool:
        return bool(self.drawn.any())


def layout_of(cameras: tuple[CameraId, ...], topology: Topology | None, *, strict: bool) -> Layout:
    """The layout of these cameras; nothing is drawn where there is no topology."""
    c = len(cameras)
    drawn = np.zeros((c, c), np.bool_)
    least, most = np.full((c, c), np.inf), np.full((c, c), -np.inf)
    shape = np.zeros((c, c, BINS))
    at = {camera: number for number, camera in enumerate(cameras)}
    for each in topology.transitions if topology else ():
        if each.source not in at or each.target not in at:
            continue
        a, b = at[each.source], at[each.target]
        drawn[a, b] = True
        least[a, b], most[a, b] = min(least[a, b], each.least), max(most[a, b], each.most)
        shape[a, b] += expected(each.least, each.most, strict=strict)
    shape /= np.maximum(shape.sum(axis=2, keepdims=True), 1e-12)
    walls = strict or bool(topology and topology.strict)
    return Layout(drawn, least, most, shape, walls and bool(drawn.any()))


def expected(least: float, most: float, *, strict: bool) -> F64:
    """(G,) share of passages at each gap: level within the window, its edges blurred."""
    length = np.gradient(SECONDS)
    if strict:
        inside = ((least - length / 2 <= SECONDS) & (most + length / 2 >= SECONDS)) * length
    else:
        blur = max(SOFT * (most - least), SOFTEST)
        inside = length / (1 + np.exp(np.clip((least - SECONDS) / blur, -60, 60)))
        inside /= 1 + np.exp(np.clip((SECONDS - most) / blur, -60, 60))
    share: F64 = inside / max(inside.sum(), 1e-12)
    return share
