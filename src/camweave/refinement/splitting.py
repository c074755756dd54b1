"""Where a path is cut: after a gap, at a jump, and where it begins to look like somebody else."""

from typing import Final

import numpy as np
from scipy.ndimage import minimum_filter1d

from camweave.core.arrays import F64, Bool
from camweave.core.tracks import Tracklets
from camweave.refinement.evidence import motion_evidence
from camweave.refinement.habits import Habits, misses
from camweave.refinement.looks import Looks, likeness, nats
from camweave.refinement.motion import lines_after, lines_before
from camweave.refinement.params import RefineParams
from camweave.refinement.pieces import Pieces, inside

LEAST_ROWS: Final = 2  # on each side of a gap, to say anew who it was
STRIDE: Final = 3.0  # heights in one step: less is never a jump
GROWTH: Final = 1.0  # of the logarithm of the height
FRAMES: Final = 1.5  # a step longer than so many usual ones is a gap
SIDE: Final = 3  # crops on each side that are held against each other
NOISE: Final = (
    2.0  # standard deviations by which the sides of a cut differ more than each in itself
)


def gaps(pieces: Pieces, doubt: float) -> Bool:
    """(K,) rows that come more than `doubt` s after the row before them."""
    step = np.diff(pieces.time, prepend=pieces.time[:1])
    within = inside(pieces)
    usual = float(np.median(step[within])) if within.any() else 0.0
    marked = within & (step > max(doubt, FRAMES * usual))
    begins = marked | ~within
    first = np.flatnonzero(begins)
    short = np.diff(np.append(first, len(step))) < LEAST_ROWS
    beside = short | np.concatenate(([False], short[:-1]))
    marked[first[beside[: len(first)]]] = False
    return marked


def jumps(pieces: Pieces, habits: Habits, params: RefineParams) -> Bool:
    """(K,) rows that no body could have reached from where the rows before were."""
    within = inside(pieces)
    shift = np.abs(np.diff(pieces.place, axis=0, prepend=pieces.place[:1]))
    far = np.hypot(shift[:, 0], shift[:, 1]) > STRIDE * np.exp(pieces.place[:, 2])
    row = np.flatnonzero(within & (far | (shift[:, 2] > GROWTH)))
    piece = pieces.of_row[row]
    ends = lines_before(pieces, pieces.offsets[piece], row - 1, params.window)
    starts = lines_after(pieces, row, pieces.offsets[piece + 1], params.window)
    seen = misses(ends, starts, pieces.time[row] - pieces.time[row - 1])
    marked = np.zeros(len(within), np.bool_)
    marked[row[motion_evidence(seen, habits) < -params.jump]] = True
    return marked


def changed_looks(tracklets: Tracklets, pieces: Pieces, looks: Looks, params: RefineParams) -> Bool:
    """(K,) rows from which on a path looks like somebody else."""
    marked = np.zeros(len(pieces.row), np.bool_)
    look = tracklets.appearance
    if look is None:
        return marked
    at = np.full(len(tracklets.frame), -1)
    at[pieces.row] = np.arange(len(pieces.row))
    step = _stride(pieces)
    for m in np.flatnonzero(np.diff(look.offsets) >= 2 * params.least_crops).tolist():
        crops = look.of(m)
        row = at[look.row[crops]]
        seen = row >= 0
        embedding = look.embedding[crops][seen].astype(np.float64)
        for k in _breaks(embedding, looks, params):
            between = np.arange(row[seen][k - 1] + 1, row[seen][k] + 1)
            marked[between[np.argmax(step[between])]] = True
    return marked & inside(pieces)


def _breaks(embedding: F64, looks: Looks, params: RefineParams) -> list[int]:
    """The crops (E, D), by number, with which another object begins.

    Held against each other are the few crops before and after, so that who comes back is seen.
    """
    least, count = params.least_crops, len(embedding)
    k = np.arange(least, count - least + 1)
    summed = np.concatenate([np.zeros((1, embedding.shape[1])), np.cumsum(embedding, axis=0)])
    low, high = np.maximum(k - SIDE, 0), np.minimum(k + SIDE, count)
    alike = likeness(summed[k] - summed[low], summed[high] - summed[k])
    strange = nats(alike, looks.same, looks.other) < -params.looks
    lowest = alike <= minimum_filter1d(alike, 2 * least - 1, mode="nearest")
    each = embedding @ embedding.T
    return [
        cut
        for cut, a, b in zip(k.tolist(), low.tolist(), high.tolist(), strict=True)
        if strange[cut - least] and lowest[cut - least] and _two(each[a:b, a:b], cut - a)
    ]


def _two(alike: F64, cut: int) -> bool:
    """Whether the crops of either side are more like each other than like the other side's."""
    within = [_pairs(alike[:cut, :cut]), _pairs(alike[cut:, cut:])]
    own = np.concatenate(within)
    if not len(own):
        return True
    return bool(alike[:cut, cut:].mean() < own.mean() - NOISE * own.std())


def _pairs(alike: F64) -> F64:
    pairs: F64 = alike[np.triu_indices(len(alike), 1)]
    return pairs


def _stride(pieces: Pieces) -> F64:
    """(K,) how far each row is from the one before, in box heights, size included."""
    shift = np.diff(pieces.place, axis=0, prepend=pieces.place[:1])
    shift[:, :2] /= np.exp(pieces.place[:, 2:])
    stride: F64 = np.linalg.norm(shift, axis=1)
    return stride
