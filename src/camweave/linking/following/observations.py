"""What all views see of the ground: places with their error, instant by instant."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from camweave.core.arrays import F64, FLOAT64, I64, INT64, Bool, column


@dataclass(frozen=True, slots=True, eq=False)
class Observations:
    """P places seen, in order of instant. Within an instant no object is seen twice.

    An instant is one frame of one camera, or what stands for it.
    """

    instant: I64  # (P,) from 0, never falling
    time: F64  # (P,) s, on the site's clock
    camera: I64  # (P,)
    xy: F64  # (P, 2) m
    covariance: F64  # (P, 2, 2) m²
    noise: F64  # (P,) m²: of that, what is new in each frame of a camera, to either side
    sure: Bool  # (P,) may begin a track
    owner: I64  # (P,) the tracklet it is of, or -1 where nobody has followed it yet

    def __post_init__(self) -> None:
        p, put = len(self.time), object.__setattr__
        for name in ("instant", "camera", "owner"):
            put(self, name, column(name, getattr(self, name), INT64, p))
        put(self, "noise", column("noise", self.noise, FLOAT64, p))
        put(self, "time", column("time", self.time, FLOAT64, p))
        put(self, "xy", column("xy", self.xy, FLOAT64, p, 2))
        put(self, "covariance", column("covariance", self.covariance, FLOAT64, p, 2, 2))

    def __len__(self) -> int:
        return len(self.time)

    @property
    def area(self) -> float:
        """m²: the ground they lie on, at least one; the outermost tenth is not counted."""
        if not len(self):
            return 1.0
        low, high = np.quantile(self.xy, (0.05, 0.95), axis=0)
        return float(np.maximum(high - low, 1.0).prod())

    def instants(self) -> Iterator[tuple[float, slice]]:
        """Time and rows of each instant."""
        first = np.flatnonzero(np.r_[True, np.diff(self.instant) != 0][: len(self)])
        bounds = [*first.tolist(), len(self)]
        for begin, end in pairwise(bounds):
            yield float(self.time[begin]), slice(begin, end)
