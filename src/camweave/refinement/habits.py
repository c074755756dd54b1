"""What a recording teaches about itself: how far its objects stray from their course.

Long pieces are cut where nobody was lost, and the far side is predicted as if somebody had been.
So a crowd of dancers is known to be unpredictable, and a road to be a road, without a knob.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.refinement.motion import Lines, first_lines, last_lines, lines_after, lines_before
from camweave.refinement.pieces import Pieces, in_time

GAPS: Final = np.array([0.04, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2])  # s
PRIOR: Final = 10.0  # looks that what is expected of any recording is worth
CARRY: Final = 0.9  # share of a velocity that lasts
SPREAD: Final = np.array([0.05, 0.04, 0.04, 0.25, 0.15])  # of the five misses, at once
PER_SECOND: Final = np.array([0.25, 0.12, 0.06, 0.2, 0.1])  # and more with each second
LEAST_ROWS: Final = 5  # of a path on each side of a cut
MOST_CUTS: Final = 2000  # for each gap
ONE_SIGMA: Final = 0.683  # share of a normal distribution within one standard deviation
FLOOR: Final = 0.01  # below this a spread is not told from 0
STRANGERS: Final = np.array([5.0, 1.5, 0.3])  # apart, in heights, and in the logarithm of height
MEETINGS: Final = 100.0  # pairs that these are worth
INSTANTS: Final = 200  # at which strangers are looked at
LEAST_PACE: Final = np.array([0.2, 0.1])  # heights/s by which strangers' velocities differ


@dataclass(frozen=True, slots=True, eq=False)
class Misses:
    """How Q pairs of an end and a later start differ; lengths are in box heights."""

    gap: F64  # (Q,) s
    shift: F64  # (Q, 2) from the end to the start
    course: F64  # (Q, 2) that shift, if both kept their mean velocity
    size: F64  # (Q,) logarithm of later height over earlier
    pace: F64  # (Q, 2) heights/s, later velocity less the earlier


@dataclass(frozen=True, slots=True, eq=False)
class Habits:
    """How paths of one recording go on, and how those of two objects differ.

    Misses are five: x, y, logarithm of height, velocity in x, in y; lengths in box heights.
    """

    carry: F64  # (G,) share of the velocity that lasts through each of `GAPS`
    spread: F64  # (G, 5) scale of the misses
    strangers: F64  # (5,) scale of the same differences between two objects
    births: float  # paths that begin each second

    def at(self, gap: F64) -> tuple[F64, F64]:
        """Carry (Q,) and spread (Q, 5) for gaps (Q,) s; beyond all, places are vaguer."""
        where, known = np.log(np.maximum(gap, GAPS[0])), np.log(GAPS)
        carry = np.interp(where, known, self.carry)
        spread = np.exp(
            np.stack([np.interp(where, known, column) for column in np.log(self.spread).T], axis=1)
        )
        spread[:, :2] *= np.maximum(gap / GAPS[-1], 1)[:, None]
        return carry, spread

    def lasts(self, stray: float) -> float:
        """The longest gap, in s, through which paths stray `stray` heights or less to the side."""
        within = np.flatnonzero(self.spread[:, 0] <= stray)
        if not len(within):
            return 0.0
        last = int(within[-1])
        if last == len(GAPS) - 1:
            return float(GAPS[-1] * stray / self.spread[-1, 0])
        near, far = np.log(self.spread[last : last + 2, 0])
        return float(
            GAPS[last] * (GAPS[last + 1] / GAPS[last]) ** ((np.log(stray) - near) / (far - near))
        )


def learn(pieces: Pieces, window: float) -> Habits:
    """The habits of a recording; what it cannot tell is as in any other."""
    curves = [_at_gap(pieces, float(gap), window) for gap in GAPS]
    carry = np.array([carry for carry, _ in curves])
    spread = np.maximum.accumulate(np.stack([spread for _, spread in curves]), axis=0)
    span = float(np.ptp(pieces.time)) if len(pieces.time) else 0.0
    return Habits(carry, spread, _strangers(pieces, window), max(len(pieces), 1) / max(span, 1.0))


def misses(ends: Lines, starts: Lines, gap: F64) -> Misses:
    """Compare ends with starts (Q,) that come `gap` s later."""
    height = np.exp((ends.place[:, 2] + starts.place[:, 2]) / 2)[:, None]
    return Misses(
        gap=gap,
        shift=(starts.place - ends.place)[:, :2] / height,
        course=(ends.velocity + starts.velocity)[:, :2] / 2 * gap[:, None] / height,
        size=starts.place[:, 2] - ends.place[:, 2],
        pace=(starts.velocity - ends.velocity)[:, :2] / height,
    )


def astray(seen: Misses, carry: F64 | float) -> F64:
    """(Q, 5) the misses, where the course was kept with this share of the velocity."""
    kept = np.broadcast_to(np.asarray(carry, np.float64), seen.gap.shape)[:, None]
    return np.column_stack([seen.shift - kept * seen.course, seen.size, seen.pace])


def _at_gap(pieces: Pieces, gap: float, window: float) -> tuple[float, F64]:
    """Carry and spread for one gap, leaning on what is expected where there is little to see."""
    expected = SPREAD + PER_SECOND * gap
    before, after = _made_gaps(pieces, gap)
    if not len(before):
        return CARRY, expected
    piece = pieces.of_row[before]
    ends = lines_before(pieces, pieces.offsets[piece], before, window)
    starts = lines_after(pieces, after, pieces.offsets[piece + 1], window)
    seen = misses(ends, starts, pieces.time[after] - pieces.time[before])
    cells = np.stack([piece, (pieces.time[before] // (gap + window)).astype(np.int64)])
    looks = np.unique(cells, axis=1).shape[1]  # cuts that share no row
    own = looks / (looks + PRIOR)
    carry = own * _carry(seen) + (1 - own) * CARRY
    scale = _scale(astray(seen, carry)) + FLOOR
    return carry, np.exp(own * np.log(scale) + (1 - own) * np.log(expected))


def _made_gaps(pieces: Pieces, gap: float) -> tuple[I64, I64]:
    """Rows before and after a gap of this length, cut into pieces that have none there."""
    key = in_time(pieces, gap)
    after = np.minimum(np.searchsorted(key, key + gap - 1e-6), max(len(key) - 1, 0))
    before = np.arange(len(key))
    length = key[after] - key
    near = np.abs(length - gap) < max(0.3 * gap, 1.01 * _step(pieces))
    piece = pieces.of_row
    deep = before - pieces.offsets[piece] >= LEAST_ROWS - 1
    deep &= pieces.offsets[piece + 1] - after >= LEAST_ROWS
    fit = np.flatnonzero(near & deep & (length > 0))
    fit = fit[:: max(1, len(fit) // MOST_CUTS)]
    return before[fit], after[fit]


def _step(pieces: Pieces) -> float:
    """S from a row to the next, as a rule."""
    steps = np.diff(pieces.time)
    forward = steps[steps > 0]
    return float(np.median(forward)) if len(forward) else 0.0


def _carry(seen: Misses) -> float:
    """The share of the velocity that explains the shifts best; fast ones do not rule."""
    weight = 1 / (0.05 + np.square(seen.course).sum(axis=1))
    square = float((np.square(seen.course).sum(axis=1) * weight).sum())
    if square <= 0:
        return CARRY
    return float(np.clip(((seen.course * seen.shift).sum(axis=1) * weight).sum() / square, 0, 1.1))


def _scale(values: F64) -> F64:
    """Scale of each column of (Q, C), whatever its tails."""
    return np.asarray(np.quantile(np.abs(values), ONE_SIGMA, axis=0))


def _strangers(pieces: Pieces, window: float) -> F64:
    """(5,) how far apart two objects are that are seen at one time, and how much they differ."""
    instants = np.unique(pieces.time)
    instants = instants[:: max(1, len(instants) // INSTANTS)]
    order = np.argsort(pieces.time, kind="stable")
    bounds = np.searchsorted(pieces.time[order], instants)
    stops = np.searchsorted(pieces.time[order], instants, side="right")
    pairs = [_pairs(order[a:b]) for a, b in zip(bounds.tolist(), stops.tolist(), strict=True)]
    one, other = np.concatenate([np.empty((2, 0), np.int64), *pairs], axis=1)
    apart = pieces.place[one] - pieces.place[other]
    apart[:, :2] /= np.exp((pieces.place[one] + pieces.place[other])[:, 2:] / 2)
    own = len(one) / (len(one) + MEETINGS)
    seen = _scale(apart) + FLOOR if len(one) else STRANGERS
    place = np.exp(own * np.log(seen) + (1 - own) * np.log(STRANGERS))
    return np.concatenate([place, _pace(pieces, window)])


def _pairs(rows: I64) -> I64:
    """(2, n (n - 1) / 2) every two of the rows."""
    return np.asarray(rows[np.stack(np.triu_indices(len(rows), 1))])


def _pace(pieces: Pieces, window: float) -> F64:
    """(2,) heights/s by which two objects' velocities differ."""
    if not len(pieces):
        return LEAST_PACE
    every = (last_lines(pieces, window), first_lines(pieces, window))
    pace = np.concatenate([e.velocity[:, :2] / np.exp(e.place[:, 2:]) for e in every])
    return np.asarray(np.maximum(_scale(pace) * np.sqrt(2), LEAST_PACE))
