"""The best one-to-one matching of truth and result in one frame."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from camweave.core.arrays import F64, I64, Bool
from camweave.evaluation.overlap import Overlaps


def best_pairs(pairs: Overlaps, weight: F64) -> Bool:
    """Which pairs (S,) are matched when each frame's total weight is as large as can be."""
    chosen = np.ones(len(weight), np.bool_)
    for frame in contested_frames(pairs):
        now = frame_pairs(pairs, frame)
        chosen[now] = assign(pairs, frame, weight[now])
    return chosen


def contested_frames(pairs: Overlaps) -> list[int]:
    """Frames in which a box has more than one partner; elsewhere every pair is a match."""
    rivals = np.bincount(pairs.truth_row, minlength=len(pairs.truth_id))[pairs.truth_row]
    others = np.bincount(pairs.result_row, minlength=len(pairs.result_id))[pairs.result_row]
    frames: list[int] = np.unique(pairs.pair_frame[(rivals > 1) | (others > 1)]).tolist()
    return frames


def frame_pairs(pairs: Overlaps, frame: int) -> slice:
    """Where the pairs of a frame stand."""
    return slice(int(pairs.pair_offsets[frame]), int(pairs.pair_offsets[frame + 1]))


def assign(pairs: Overlaps, frame: int, weight: F64) -> Bool:
    """Which pairs of this frame are matched; `weight` is theirs alone.

    The whole matrix is solved, zeros too, because that is how TrackEval breaks ties.
    """
    rows = frame_pairs(pairs, frame)
    top, bottom = pairs.truth_offsets[frame : frame + 2]
    left, right = pairs.result_offsets[frame : frame + 2]
    truth, result = pairs.truth_row[rows] - top, pairs.result_row[rows] - left
    gain = np.zeros((bottom - top, right - left))
    gain[truth, result] = weight
    partner = np.full(bottom - top, -1)
    matched_truth, matched_result = linear_sum_assignment(gain, maximize=True)
    partner[matched_truth] = matched_result
    return np.asarray(partner[truth] == result)


def joined_key(pairs: Overlaps) -> I64:
    """(S,) one number for each couple of a true id and a result id."""
    return pairs.truth_id[pairs.truth_row] * pairs.result_ids + pairs.result_id[pairs.result_row]
