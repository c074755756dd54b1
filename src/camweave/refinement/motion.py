"""Where a path is at its ends, and how it moves there: lines through its last second."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.refinement.pieces import Pieces, in_time, spread

STILL: Final = np.array([0.05, 0.05, 0.25]) ** 2  # s²: less spread in time tells no velocity
TICK: Final = 1e-6  # s: rounding of times
ROUGH: Final = 1e-6  # variance below which nothing is an outlier


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Straight paths at A instants."""

    place: F64  # (A, 3) centre x and y in px, logarithm of the height
    velocity: F64  # (A, 3) the same, each second

    def __getitem__(self, which: I64) -> "Lines":
        return Lines(self.place[which], self.velocity[which])


def last_lines(pieces: Pieces, window: float) -> Lines:
    """Each piece at its last row."""
    return lines_before(pieces, pieces.offsets[:-1], pieces.offsets[1:] - 1, window)


def first_lines(pieces: Pieces, window: float) -> Lines:
    """Each piece at its first row."""
    return lines_after(pieces, pieces.offsets[:-1], pieces.offsets[1:], window)


def lines_before(pieces: Pieces, first: I64, at: I64, window: float) -> Lines:
    """At the rows `at` (A,), from the `window` s before; no row of before `first` counts."""
    key = in_time(pieces, window)
    begin = np.searchsorted(key, key[at] - window - TICK)
    return fit(pieces, np.clip(begin, first, at), at + 1, at)


def lines_after(pieces: Pieces, at: I64, stop: I64, window: float) -> Lines:
    """At the rows `at` (A,), from the `window` s after; no row from `stop` on counts."""
    key = in_time(pieces, window)
    end = np.searchsorted(key, key[at] + window + TICK, side="right")
    return fit(pieces, at, np.clip(end, at + 1, stop), at)


def fit(pieces: Pieces, first: I64, stop: I64, at: I64) -> Lines:
    """Lines through the rows `first` to `stop` (A,) of each, told for the time of the row `at`.

    Twice: the second time those far off the first line count little.
    """
    owner, row = spread(first, stop)
    count = len(first)
    time = pieces.time[row] - pieces.time[at][owner]
    place = pieces.place[row]
    height = np.exp(_sums(place[:, 2], owner, count) / np.maximum(stop - first, 1))
    size = np.stack([height, height, np.ones(count)], axis=1)
    weight = np.ones(len(row))
    line = _weighted(owner, time, place, weight, count)
    off = (place - line.place[owner] - line.velocity[owner] * time[:, None]) / size[owner]
    off = np.square(off).sum(axis=1)
    usual = _sums(off, owner, count) / np.maximum(stop - first, 1) + ROUGH
    return _weighted(owner, time, place, 1 / (1 + off / (2 * usual[owner])), count)


def _weighted(  # noqa: PLR0917 - the columns of one fit
    owner: I64, time: F64, place: F64, weight: F64, count: int
) -> Lines:
    total = np.maximum(_sums(weight, owner, count), ROUGH)
    mean_time = _sums(weight * time, owner, count) / total
    apart = time - mean_time[owner]
    spread_of_time = _sums(weight * np.square(apart), owner, count)
    velocity, middle = np.empty((count, 3)), np.empty((count, 3))
    for axis in range(3):
        here = place[:, axis]
        middle[:, axis] = _sums(weight * here, owner, count) / total
        with_time = _sums(weight * apart * here, owner, count)
        velocity[:, axis] = with_time / (spread_of_time + STILL[axis])
    return Lines(middle - velocity * mean_time[:, None], velocity)


def _sums(values: F64, owner: I64, count: int) -> F64:
    return np.bincount(owner, values, count).astype(np.float64)
