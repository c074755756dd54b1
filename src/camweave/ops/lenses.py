"""What a lens does to straight lines: pixels as taken to those of an ideal pinhole, and back."""

from dataclasses import dataclass
from typing import Final, TypeAlias

import cv2
import numpy as np

from camweave.core.arrays import F64

STEPS: Final = 12  # of Newton: a radius is then right to the last bits
ROUNDS: Final = 30  # of mending an ideal point by what it misses; each mends most of it
LEAP: Final = 500.0  # px, in one round
ASTRAY: Final = 0.1  # px by which a point may miss itself there and back; else it has no place


@dataclass(frozen=True, slots=True, eq=False)
class BrownLens:
    """The model of Brown (1966) with OpenCV's order of coefficients: k1, k2, p1, p2, k3 ..."""

    intrinsics: F64  # (3, 3) px
    coefficients: F64  # (4,), (5,), (8,), (12,) or (14,)

    def straight(self, pixels: F64) -> F64:
        """Ideal pixels (N, 2) of those taken (N, 2); NaN where the model folds over itself."""
        if not len(pixels):
            return np.empty((0, 2))
        sound = np.asarray(np.isfinite(pixels).all(axis=1))
        points = np.where(sound[:, None], pixels, self.intrinsics[:2, 2])
        ideal = points.copy()
        for _ in range(ROUNDS):
            ideal = ideal + (points - self.bent(ideal)).clip(-LEAP, LEAP)
        astray = np.linalg.norm(self.bent(ideal) - points, axis=1)
        return np.where((sound & (astray < ASTRAY))[:, None], ideal, np.nan)

    def bent(self, ideal: F64) -> F64:
        """Pixels as taken (N, 2) of ideal ones (N, 2)."""
        if not len(ideal):
            return np.empty((0, 2))
        flat = np.column_stack([ideal, np.ones(len(ideal))]) @ np.linalg.inv(self.intrinsics).T
        zero = np.zeros(3)
        taken, _ = cv2.projectPoints(
            flat.reshape(-1, 1, 3), zero, zero, self.intrinsics, self.coefficients
        )
        return np.asarray(taken.reshape(-1, 2), np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class TsaiLens:
    """One radial term on the sensor: ideal = taken (1 + kappa r²), r in sensor units.

    R. Y. Tsai, "A versatile camera calibration technique", IEEE J. Robotics and Automation 1987.
    """

    center: F64  # (2,) px
    pitch: F64  # (2,) sensor units (mm) of a pixel, across and down
    kappa: float  # per sensor unit²

    def straight(self, pixels: F64) -> F64:
        """Ideal pixels (N, 2) of those taken (N, 2)."""
        off = (pixels - self.center) * self.pitch
        grown = 1 + self.kappa * np.square(off).sum(axis=1, keepdims=True)
        return np.where(grown > 0, self.center + off * grown / self.pitch, np.nan)

    def bent(self, ideal: F64) -> F64:
        """Pixels as taken (N, 2) of ideal ones (N, 2); NaN where there are none."""
        off = (ideal - self.center) * self.pitch
        far = np.linalg.norm(off, axis=1)
        radius = far.copy()
        for _ in range(STEPS):
            slope = 1 + 3 * self.kappa * np.square(radius)
            radius = radius - (radius * (1 + self.kappa * np.square(radius)) - far) / slope
        missed = np.abs(radius * (1 + self.kappa * np.square(radius)) - far) > TINY * (1 + far)
        share = np.divide(radius, far, out=np.ones_like(far), where=far > 0)
        return np.where(missed[:, None], np.nan, self.center + off * share[:, None] / self.pitch)


TINY: Final = 1e-9
Lens: TypeAlias = BrownLens | TsaiLens
