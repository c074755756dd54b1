"""How fast something goes over the ground, with its uncertainty, and which way."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F64, FLOAT64, column
from camweave.core.sightings import Paths

KMH: Final = 3.6  # km/h of 1 m/s
FEWEST: Final = 3  # places that a speed rests on
AROUND: Final = 360.0  # degrees
PRIOR: Final = 6.0  # degrees of freedom that the places' own sigma is worth
TINY: Final = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Speeds:
    """At each of the P places of paths; NaN where too little is known."""

    velocity: F64  # (P, 2) m/s
    kmh: F64  # (P,)
    sigma: F64  # (P,) km/h, standard deviation
    heading: F64  # (P,) degrees clockwise from north (the second axis), 0 to 360

    def __post_init__(self) -> None:
        p, put = len(self.kmh), object.__setattr__
        put(self, "velocity", column("velocity", self.velocity, FLOAT64, p, 2))
        for name in ("kmh", "sigma", "heading"):
            put(self, name, column(name, getattr(self, name), FLOAT64, p))


def speeds(paths: Paths, *, window: float = 2.0) -> Speeds:
    """Speed at each place: a line through the places within `window` s around it, by their sigma.

    What a map is off by is the same at both ends of a window: so how far the places lie from the
    line counts for `sigma` too. 95 of 100 true speeds lie within two of it.
    """
    velocity, sigma = np.full((len(paths.time), 2), np.nan), np.full(len(paths.time), np.nan)
    for n in range(len(paths.offsets) - 1):
        rows = paths.of(n)
        velocity[rows], sigma[rows] = _slopes(
            paths.time[rows], paths.xy[rows], paths.sigma[rows], window / 2
        )
    pace = np.linalg.norm(velocity, axis=1)
    heading = np.degrees(np.arctan2(velocity[:, 0], velocity[:, 1])) % AROUND
    return Speeds(velocity, pace * KMH, sigma * KMH, heading)


def _slopes(time: F64, xy: F64, sigma: F64, reach: float) -> tuple[F64, F64]:
    """Velocity (T, 2) m/s and its standard deviation (T,), by weighted lines around each time."""
    weight = 1 / np.square(sigma)
    if len(time):
        time, xy = time - time.mean(), xy - xy.mean(axis=0)  # sums of squares must not swamp it
    columns = np.column_stack(
        [np.ones_like(time), time, time**2, xy, xy * time[:, None], np.square(xy).sum(axis=1)]
    )
    total = np.vstack([np.zeros(8), np.cumsum(columns * weight[:, None], axis=0)])
    low = np.searchsorted(time, time - reach - TINY)
    high = np.searchsorted(time, time + reach + TINY)
    w, t, tt, x, y, tx, ty, square = (total[high] - total[low]).T
    spread = w * tt - t * t
    good = (high - low >= FEWEST) & (spread > TINY * np.maximum(w * tt, 1.0))
    safe, some = np.where(good, spread, 1.0), np.where(good, w, 1.0)
    velocity = np.stack([(w * tx - t * x) / safe, (w * ty - t * y) / safe], axis=1)
    middle = (np.stack([x, y], axis=1) - velocity * t[:, None]) / some[:, None]
    told = (middle * np.stack([x, y], axis=1) + velocity * np.stack([tx, ty], axis=1)).sum(axis=1)
    scatter = np.maximum(square - told, 0.0)
    free = np.maximum(2.0 * (high - low - 2), 0.0)
    variance = np.maximum(w, 0) / safe * (scatter + PRIOR) / (free + PRIOR)
    return np.where(good[:, None], velocity, np.nan), np.where(good, np.sqrt(variance), np.nan)
