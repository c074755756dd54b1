"""Latitude and longitude as metres of a flat map around one place, and back."""

from typing import Final

import numpy as np

from camweave.core.arrays import F64

Origin = tuple[float, float]  # degrees: latitude, longitude

EQUATOR: Final = 6_378_137.0  # m, radius; with FLATTENING the ellipsoid of WGS 84
FLATTENING: Final = 1 / 298.257_223_563


def to_metres(origin: Origin) -> F64:
    """(3, 3): takes (latitude, longitude, 1) in degrees to metres east and north of `origin`.

    Within 10 km it errs by less than a thousandth (WGS 84, its radii of curvature).
    """
    latitude = np.radians(origin[0])
    squared = FLATTENING * (2 - FLATTENING)
    bulge = 1 - squared * np.sin(latitude) ** 2
    north = np.radians(EQUATOR * (1 - squared) / bulge**1.5)  # m of a degree of latitude
    east = np.radians(EQUATOR * np.cos(latitude) / np.sqrt(bulge))
    return np.array(
        [[0.0, east, -origin[1] * east], [north, 0.0, -origin[0] * north], [0.0, 0.0, 1.0]]
    )


def to_degrees(origin: Origin, metres: F64) -> F64:
    """Latitude and longitude (N, 2) of places (N, 2) m east and north of `origin`."""
    back = np.linalg.inv(to_metres(origin))
    return np.asarray(metres @ back[:2, :2].T + back[:2, 2])
