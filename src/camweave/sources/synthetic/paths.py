"""Ways over the ground: polylines with rounded corners, addressed by distance along them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from camweave.core.arrays import F64, I64
from camweave.sources.synthetic.plan import Point

GRAIN = 0.25  # m between samples
ARC_STEPS = 12
REACH = 4.0  # m: ways that stay farther apart do not meet


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """Several ways, sampled every `GRAIN` metres, flat: `offsets[p]` to `offsets[p + 1]`."""

    points: F64  # (Q, 2) m
    offsets: I64  # (P + 1,)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> F64:
        """(P,) m from end to end."""
        return (np.diff(self.offsets) - 1) * GRAIN

    def locate(self, path: I64, along: F64) -> F64:
        """Where (N, 2) one is on ways `path` (N,) after `along` (N,) m; straight on past an end."""
        first, last = self.offsets[path], self.offsets[path + 1] - 2
        at = along / GRAIN
        low = np.clip(first + np.floor(at).astype(np.int64), first, last)
        part = (at - (low - first))[..., None]
        return np.asarray(self.points[low] * (1 - part) + self.points[low + 1] * part)

    def direction(self, path: I64, along: F64, reach: float = 0.6) -> F64:
        """Unit vector (N, 2) in which the way goes there, seen over `reach` m to both sides."""
        way = self.locate(path, along + reach) - self.locate(path, along - reach)
        return np.asarray(way / np.maximum(np.hypot(way[..., 0], way[..., 1]), 1e-9)[..., None])

    def samples(self, path: int) -> F64:
        """The points (S, 2) of one way."""
        return self.points[self.offsets[path] : self.offsets[path + 1]]

    def distance_of(self, path: int, point: Point) -> float:
        """How far along the way the place nearest to `point` is, m."""
        gaps = ((self.samples(path) - np.array(point)) ** 2).sum(axis=1)
        return float(gaps.argmin() * GRAIN)


def lay_paths(ways: Sequence[tuple[Sequence[Point], float]]) -> Paths:
    """Ways from (corner points, radius of the bends in m)."""
    sampled = [_resample(_rounded(np.array(points, np.float64), radius)) for points, radius in ways]
    offsets = np.cumsum([0, *(len(points) for points in sampled)]).astype(np.int64)
    return Paths(np.concatenate(sampled) if sampled else np.empty((0, 2)), offsets)


@dataclass(frozen=True, slots=True, eq=False)
class Meetings:
    """For pairs of ways (i, j) that meet, at each sample of j: where it is along i, how far aside.

    Only pairs that come within `REACH` have a row of their own; row 0 stands for all others.
    """

    row: I64  # (P, P) of the pair (i, j)
    along: F64  # (K, S) m along i
    aside: F64  # (K, S) m; inf beyond REACH and past the end of j

    def of(self, viewer: I64, other: I64, along: F64) -> tuple[F64, F64]:
        """Along and aside for someone on `viewer` of one who is `along` m on `other`."""
        sample = np.rint(along / GRAIN).astype(np.int64).clip(0, self.along.shape[1] - 1)
        row = self.row[viewer, other]
        return self.along[row, sample], self.aside[row, sample]


def find_meetings(paths: Paths) -> Meetings:
    """The table of where ways touch, cross and merge."""
    count, most = len(paths), int(np.diff(paths.offsets).max(initial=1))
    row = np.zeros((count, count), np.int64)
    along, aside = [np.zeros(most)], [np.full(most, np.inf)]
    trees = [cKDTree(paths.samples(way)) for way in range(count)]
    for viewer in range(count):
        last = len(paths.samples(viewer)) - 1
        for other in range(count):
            found = trees[viewer].query(paths.samples(other), distance_upper_bound=REACH)
            gaps, nearest = np.asarray(found[0]), np.asarray(found[1])
            if not np.isfinite(gaps).any():
                continue
            row[viewer, other] = len(along)
            along.append(_padded(np.minimum(nearest, last) * GRAIN, most, 0.0))
            aside.append(_padded(gaps, most, np.inf))
    return Meetings(row, np.stack(along), np.stack(aside))


def _padded(values: F64, count: int, filler: float) -> F64:
    out = np.full(count, filler)
    out[: len(values)] = values
    return out


def _rounded(points: F64, radius: float) -> F64:
    out = [points[:1]]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        back, ahead = before - corner, after - corner
        cut = min(radius, float(np.hypot(*back)) / 2, float(np.hypot(*ahead)) / 2)
        start, end = corner + back / np.hypot(*back) * cut, corner + ahead / np.hypot(*ahead) * cut
        t = np.linspace(0, 1, ARC_STEPS)[:, None]  # a quadratic Bezier curve: no jump in direction
        out.append((1 - t) ** 2 * start + 2 * t * (1 - t) * corner + t**2 * end)
    out.append(points[-1:])
    return np.concatenate(out)


def _resample(points: F64) -> F64:
    steps = np.hypot(*np.diff(points, axis=0).T)
    far = np.concatenate([[0.0], np.cumsum(steps)])
    count = max(int(far[-1] / GRAIN), 1) + 1
    wanted = np.linspace(0, (count - 1) * GRAIN, count)
    columns = [np.interp(wanted, far, points[:, axis]) for axis in (0, 1)]
    return np.stack(columns, axis=1)
