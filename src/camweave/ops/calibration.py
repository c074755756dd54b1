"""A calibrated camera over flat ground: image pixels to places on a plane, with their error."""

from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from camweave.core.arrays import F32, F64, Bool
from camweave.ops.ground import checked, to_ground, to_image
from camweave.ops.lenses import Lens

Unit = Literal["m", "degree", "unknown"]
"""Of a place: metres; latitude and longitude in degrees; or a grid of unknown step."""

STEP: Final = 0.5  # px to either side, for the slope of the map
HALF: Final = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Where on the plane an image point lies, and back.

    The homography's scale is such that ideal pixels that show the ground get a positive third
    coordinate; the others lie beyond the horizon and have no place.
    """

    homography: F64  # (3, 3) ideal pixels to places on the plane
    lens: Lens | None = None  # None: pixels are ideal as they are
    unit: Unit = "m"
    told: str = ""  # what it was read from, and what was taken for granted

    def __post_init__(self) -> None:
        object.__setattr__(self, "homography", checked(np.array(self.homography, np.float64)))
        self.homography.setflags(write=False)

    def to_ground(self, pixels: F64 | F32) -> F64:
        """Places (N, 2) of image points (N, 2); NaN on the horizon and beyond it."""
        ideal = self._ideal(pixels)
        places = to_ground(self.homography, ideal)
        return np.where(self._shows_ground(ideal)[:, None], places, np.nan)

    def to_image(self, places: F64) -> F64:
        """Image points (N, 2) of places (N, 2); NaN for a place behind the camera."""
        ideal = to_image(self.homography, places)
        taken = ideal if self.lens is None else self.lens.bent(ideal)
        return np.where(self._shows_ground(ideal)[:, None], taken, np.nan)

    def slope(self, pixels: F64 | F32) -> F64:
        """(N, 2, 2): by how much a place (first axis) moves per pixel across and down (second)."""
        at = np.asarray(pixels, np.float64)
        across, down = np.array([STEP, 0.0]), np.array([0.0, STEP])
        columns = [self.to_ground(at + d) - self.to_ground(at - d) for d in (across, down)]
        return np.stack(columns, axis=2) / (2 * STEP)

    def covariance(self, pixels: F64 | F32, noise: F64) -> F64:
        """(N, 2, 2) of the places of `pixels` (N, 2), by the slope of the map.

        Args:
            pixels: image points.
            noise: (N, 2) px, standard deviation across and down.
        """
        moved = self.slope(pixels) * noise[:, None, :]
        return np.asarray(np.einsum("nij,nkj->nik", moved, moved))

    def sigma(self, pixels: F64 | F32, noise: F64) -> F64:
        """(N,) standard deviation of a place to either side, on average over all directions."""
        spread = np.einsum("nii->n", self.covariance(pixels, noise)) / 2
        return np.asarray(np.sqrt(spread))

    def facing(self, pixels: F64 | F32) -> "Calibration":
        """The same map with its horizon such that most of `pixels` (N, 2) show the ground."""
        ideal = self._ideal(pixels)
        shown = self._shows_ground(ideal)[np.isfinite(ideal).all(axis=1)]
        return replace(self, homography=-self.homography) if shown.mean() < HALF else self

    def scaled(self, factor: float) -> "Calibration":
        """A map of known step: places times `factor` are metres."""
        return self.moved(np.diag([factor, factor, 1.0]), "m")

    def moved(self, places: F64, unit: Unit) -> "Calibration":
        """The same camera over other coordinates: `places` (3, 3) takes old ones to new."""
        return replace(self, homography=places @ self.homography, unit=unit)

    def _ideal(self, pixels: F64 | F32) -> F64:
        at = np.asarray(pixels, np.float64)
        return at if self.lens is None else self.lens.straight(at)

    def _shows_ground(self, ideal: F64) -> Bool:
        third = ideal @ self.homography[2, :2] + self.homography[2, 2]
        return np.asarray(third > 0)
