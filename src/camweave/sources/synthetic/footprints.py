"""Rectangles on the ground, and the test of who can hide whom."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64

BEFORE: Final = 1  # the first can hide the second
BEHIND: Final = -1  # the second can hide the first
INSIDE: Final = 0  # their rectangles overlap, or the eye is between them


@dataclass(frozen=True, slots=True, eq=False)
class Footprints:
    """N rectangles on the ground."""

    center: F64  # (N, 2) m
    ahead: F64  # (N, 2) unit vector
    half: F64  # (N, 2) m: half the length along it, half the width across

    def __len__(self) -> int:
        return len(self.center)

    def __getitem__(self, rows: slice | np.ndarray | list[int]) -> "Footprints":
        """Only these rows."""
        return Footprints(self.center[rows], self.ahead[rows], self.half[rows])

    def local(self, points: F64) -> F64:
        """Points (N, P, 2) as metres ahead of and to the left of each middle (N, P, 2)."""
        away = points - self.center[:, None]
        cos, sin = self.ahead[:, None, 0], self.ahead[:, None, 1]
        return np.stack(
            [away[..., 0] * cos + away[..., 1] * sin, away[..., 1] * cos - away[..., 0] * sin],
            axis=2,
        )

    def corners(self) -> F64:
        """(N, 4, 2) m."""
        left = np.stack([-self.ahead[:, 1], self.ahead[:, 0]], axis=1)
        long, wide = self.ahead * self.half[:, :1], left * self.half[:, 1:]
        return self.center[:, None] + np.stack(
            [long + wide, long - wide, -long - wide, wide - long], axis=1
        )


def joined(*parts: Footprints) -> Footprints:
    """All of them in one."""
    nobody = np.empty((0, 2))
    return Footprints(
        np.concatenate([nobody, *(part.center for part in parts)]),
        np.concatenate([nobody, *(part.ahead for part in parts)]),
        np.concatenate([nobody, *(part.half for part in parts)]),
    )


def who_hides(one: Footprints, other: Footprints, eye: F64) -> I64:
    """BEFORE, BEHIND or INSIDE (N,) for each pair of rows, seen from `eye` (2,).

    A side of one rectangle that has the other wholly outside parts the two: who shares the eye's
    side of that line can only be the nearer one.
    """
    gap, side = _parted(other, one, eye)
    gap_back, side_back = _parted(one, other, eye)
    answer = np.where(gap >= gap_back, side, -side_back)
    # Where both are parted and the answers differ, the eye is between the two: nobody hides.
    differ = (gap > 0) & (gap_back > 0) & (side == side_back)
    return np.asarray(np.where((np.maximum(gap, gap_back) > 0) & ~differ, answer, INSIDE))


def _parted(base: Footprints, outside: Footprints, eye: F64) -> tuple[F64, I64]:
    """The widest gap (N,) m beyond a side of `base`, and BEFORE where the eye is beyond it too."""
    places = base.local(outside.corners())
    seen_from = base.local(np.broadcast_to(eye, (len(base), 1, 2)))[:, 0]
    gaps = np.concatenate([places.min(axis=1) - base.half, -base.half - places.max(axis=1)], axis=1)
    beyond = np.concatenate([seen_from > base.half, seen_from < -base.half], axis=1)
    widest = gaps.argmax(axis=1)
    rows = np.arange(len(base))
    return gaps[rows, widest], np.where(beyond[rows, widest], BEFORE, BEHIND)
