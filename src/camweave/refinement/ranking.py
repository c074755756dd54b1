"""Which tracklets show most: long, without gaps, in the middle of the picture, steady."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.core.errors import InputError
from camweave.core.tracks import Tracklets
from camweave.refinement.statistics import Statistics, statistics

STEADY: Final = 0.02  # heights of jitter at which smoothness is a half


@dataclass(frozen=True, slots=True, kw_only=True)
class RankParams:
    """What counts how much; weights need not add up to 1. The defaults are the specification's."""

    duration: float = 0.4
    coverage: float = 0.3
    centre: float = 0.2
    smoothness: float = 0.1

    def __post_init__(self) -> None:
        weights = self.weights
        if not (np.isfinite(weights).all() and (weights >= 0).all() and weights.sum() > 0):
            raise InputError(f"rank: expected weights of 0 or more, not all 0, got {weights}")

    @property
    def weights(self) -> F64:
        """(4,) in the order of `Ranking.parts`."""
        return np.array([self.duration, self.coverage, self.centre, self.smoothness])


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """M tracklets, the best first."""

    tracklet_id: I64  # (M,)
    number: I64  # (M,) of the tracklet in its `Tracklets`
    mark: F64  # (M,) 0 to 1, the weighted mean of the parts
    parts: F64  # (M, 4) 0 to 1 each: duration, coverage, centre, smoothness
    statistics: Statistics  # what it was told from, in the order of the `Tracklets`


def rank(tracklets: Tracklets, params: RankParams | None = None) -> Ranking:
    """Rank one camera's tracklets; of equal ones the lower id comes first.

    Duration counts against the longest, the centre by how near boxes are to the middle of the
    image (of all boxes, while its size is unknown).
    """
    told = statistics(tracklets)
    longest = max(float(told.duration.max(initial=0)), np.finfo(np.float64).tiny)
    smooth = np.where(told.frames > 0, STEADY / (STEADY + told.jitter), 0.0)
    parts = np.stack([told.duration / longest, told.coverage, _centre(tracklets), smooth], axis=1)
    weights = (params or RankParams()).weights
    mark = parts @ weights / weights.sum()
    order = np.lexsort((tracklets.tracklet_id, -mark))
    return Ranking(tracklets.tracklet_id[order], order, mark[order], parts[order], told)


def _centre(t: Tracklets) -> F64:
    """(M,) 1 in the middle of the image to 0 in its corners, in the mean of the rows."""
    if not len(t.frame):
        return np.zeros(len(t))
    low, high = np.zeros(2), np.array([t.width, t.height], np.float64)
    if not high.all():
        low, high = t.xyxy[:, :2].min(axis=0), t.xyxy[:, 2:].max(axis=0)
    middle, half = (low + high) / 2, np.maximum(high - low, 1) / 2
    place = (t.xyxy[:, :2].astype(np.float64) + t.xyxy[:, 2:]) / 2
    off = np.linalg.norm((place - middle) / half, axis=1) / np.sqrt(2)
    rows = np.diff(t.offsets)
    near = np.bincount(np.repeat(np.arange(len(t)), rows), 1 - np.minimum(off, 1), len(t))
    return np.asarray(near / np.maximum(rows, 1))
