"""The camera's own motion, as far as all paths share it.

Where a camera pans or shakes, all paths bend at the same time. What is common to the steps of all
paths, each less its own mean course, is taken to be the camera's; places are then told without it.
A recording is read so only if its paths turn out straighter for it.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.refinement.habits import Habits, learn
from camweave.refinement.pieces import Pieces, in_time, inside

FEWEST: Final = 3  # paths that must agree
STILL: Final = 2.0  # paths that a camera standing still is worth
COURSE: Final = 1.0  # s on either side that make a path's mean course
STRAIGHTER: Final = 0.06  # of the logarithm of the spread: less is no gain
TOLD_BY: Final = slice(1, 6)  # of the gaps: those too short or too long say little


@dataclass(frozen=True, slots=True, eq=False)
class Sway:
    """Where the camera has moved all places to, beyond its mean motion, at I instants."""

    time: F64  # (I,) s, rising
    moved: F64  # (I, 2) px

    def at(self, time: F64) -> F64:
        """(Q, 2) px at the times (Q,); between instants on the straight line."""
        if not len(self.time):
            return np.zeros((len(time), 2))
        return np.stack([np.interp(time, self.time, side) for side in self.moved.T], axis=1)


STEADY: Final = Sway(np.empty(0), np.empty((0, 2)))


def steadied(pieces: Pieces, window: float) -> tuple[Pieces, Sway, Habits]:
    """The pieces as a steady camera would have seen them, its sway, and the habits seen then."""
    habits = learn(pieces, window)
    sway = _common(pieces)
    calm = without(pieces, sway)
    calmer = learn(calm, window)
    gain = np.log(habits.spread[TOLD_BY, :2] / calmer.spread[TOLD_BY, :2]).mean()
    return (calm, sway, calmer) if gain > STRAIGHTER else (pieces, STEADY, habits)


def without(pieces: Pieces, sway: Sway) -> Pieces:
    """The same pieces, their places told without the camera's sway."""
    place = pieces.place.copy()
    place[:, :2] -= sway.at(pieces.time)
    return replace(pieces, place=place)


def _common(pieces: Pieces) -> Sway:
    """Steps that all paths share, one after another."""
    instants, number = np.unique(pieces.time, return_inverse=True)
    row = np.flatnonzero(inside(pieces))
    row = row[number[row] == number[row - 1] + 1]
    step = pieces.place[row, :2] - pieces.place[row - 1, :2]
    strange = step - _course(pieces, row) * (pieces.time[row] - pieces.time[row - 1])[:, None]
    steps = np.zeros((len(instants), 2))
    at, count = np.unique(number[row], return_counts=True)
    shrunk = np.where(count >= FEWEST, count / (count + STILL), 0.0)
    for axis in range(2):
        steps[at, axis] = shrunk * _medians(strange[:, axis], number[row], count)
    return Sway(instants, np.cumsum(steps, axis=0))


def _medians(values: F64, group: I64, count: I64) -> F64:
    """(G,) the median of each group's `count` of the values (R,), in rising order of groups."""
    ordered = values[np.lexsort((values, group))]
    first = np.cumsum(count) - count
    median: F64 = (ordered[first + (count - 1) // 2] + ordered[first + count // 2]) / 2
    return median


def _course(pieces: Pieces, row: I64) -> F64:
    """(R, 2) px/s: the mean velocity of each row's path around it."""
    piece, key = pieces.of_row[row], in_time(pieces, COURSE)
    first = np.maximum(np.searchsorted(key, key[row] - COURSE), pieces.offsets[piece])
    stop = np.searchsorted(key, key[row] + COURSE, side="right")
    last = np.minimum(stop, pieces.offsets[piece + 1]) - 1
    took = pieces.time[last] - pieces.time[first]
    velocity: F64 = (pieces.place[last, :2] - pieces.place[first, :2]) / took[:, None]
    return velocity
