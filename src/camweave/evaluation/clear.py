"""CLEAR: boxes missed, invented and swapped.

K. Bernardin and R. Stiefelhagen, "Evaluating Multiple Object Tracking Performance: The CLEAR MOT
Metrics", EURASIP Journal on Image and Video Processing, 2008.
"""

import numpy as np

from camweave.core.arrays import I64, Bool
from camweave.evaluation.matching import assign, contested_frames, frame_pairs, joined_key
from camweave.evaluation.overlap import TINY, Overlaps
from camweave.evaluation.scores import ClearScores

KEEP_PARTNER = 1000  # outweighs any overlap: a match of the frame before is kept where it can be
MOSTLY_TRACKED = 0.8  # share of an object's frames
MOSTLY_LOST = 0.2


def clear(pairs: Overlaps, *, iou_threshold: float) -> ClearScores:
    """CLEAR scores of one sequence; boxes match from `iou_threshold` on."""
    close = pairs.where(pairs.overlap >= iou_threshold - TINY)
    matched = _match(close)
    truth_row, result_row = close.truth_row[matched], close.result_row[matched]
    truth, result = close.truth_id[truth_row], close.result_id[result_row]
    frame = _numbered(_joint(close))[close.pair_frame[matched]]
    switches, fragments = _breaks(truth, result, frame)
    tracked = np.bincount(truth, minlength=close.truth_ids) / np.bincount(close.truth_id)
    mostly_tracked = int(np.sum(tracked > MOSTLY_TRACKED))
    mostly_lost = int(np.sum(tracked < MOSTLY_LOST))
    return ClearScores(
        tp=len(truth),
        fn=len(close.truth_id) - len(truth),
        fp=len(close.result_id) - len(truth),
        switches=switches,
        fragments=fragments,
        mostly_tracked=mostly_tracked,
        partly_tracked=close.truth_ids - mostly_tracked - mostly_lost,
        mostly_lost=mostly_lost,
        overlap_sum=float(close.overlap[matched].sum()),
    )


def _match(close: Overlaps) -> Bool:
    """Which pairs are matched: first those of the frame before, then those with most overlap."""
    chosen = np.ones(len(close.overlap), np.bool_)
    key, joint = joined_key(close), _joint(close)
    joint_frames, number = np.flatnonzero(joint), _numbered(joint)
    for frame in contested_frames(close):
        now = frame_pairs(close, frame)
        weight = close.overlap[now].copy()
        if number[frame] > 0:
            before = frame_pairs(close, int(joint_frames[number[frame] - 1]))
            weight += KEEP_PARTNER * np.isin(key[now], key[before][chosen[before]])
        chosen[now] = assign(close, frame, weight)
    return chosen


def _joint(close: Overlaps) -> Bool:
    """(F,) whether a frame holds both truth and result; the others are passed over."""
    return (np.diff(close.truth_offsets) > 0) & (np.diff(close.result_offsets) > 0)


def _numbered(joint: Bool) -> I64:
    """(F,) number of each joint frame among its like, from 0 on."""
    return np.cumsum(joint) - 1


def _breaks(truth: I64, result: I64, frame: I64) -> tuple[int, int]:
    """Switches and fragments: neighbours in a true object's row of matches that do not join."""
    order = np.lexsort((frame, truth))
    truth, result, frame = truth[order], result[order], frame[order]
    same = truth[1:] == truth[:-1]
    switches = np.sum(same & (result[1:] != result[:-1]))
    fragments = np.sum(same & (np.diff(frame) > 1))
    return int(switches), int(fragments)
