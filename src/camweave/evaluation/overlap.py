"""Every pair of overlapping boxes of truth and result, as flat columns."""

from dataclasses import dataclass

import numpy as np

from camweave.core.arrays import F32, F64, I64, Bool
from camweave.core.tracks import BoxTable

TINY = np.finfo(np.float64).eps


@dataclass(frozen=True, slots=True, eq=False)
class Overlaps:
    """G truth boxes and P result boxes in F frames; S pairs of them overlap.

    Frames in which there is nothing at all are left out. Ids count from 0 without gaps.
    """

    truth_id: I64  # (G,)
    result_id: I64  # (P,)
    truth_offsets: I64  # (F + 1,) rows of each frame
    result_offsets: I64  # (F + 1,)
    pair_offsets: I64  # (F + 1,)
    truth_row: I64  # (S,) row of the truth box
    result_row: I64  # (S,) row of the result box
    overlap: F64  # (S,) intersection over union, above 0

    @property
    def truth_ids(self) -> int:
        """How many true objects there are."""
        return int(self.truth_id.max(initial=-1)) + 1

    @property
    def result_ids(self) -> int:
        """How many result ids there are."""
        return int(self.result_id.max(initial=-1)) + 1

    @property
    def pair_frame(self) -> I64:
        """(S,) the frame of every pair."""
        return np.repeat(np.arange(len(self.pair_offsets) - 1), np.diff(self.pair_offsets))

    def where(self, keep: Bool) -> "Overlaps":
        """The same boxes, with only these pairs counted as overlapping."""
        before = np.concatenate([[0], np.cumsum(keep)])
        return Overlaps(
            self.truth_id,
            self.result_id,
            self.truth_offsets,
            self.result_offsets,
            before[self.pair_offsets],
            self.truth_row[keep],
            self.result_row[keep],
            self.overlap[keep],
        )


def overlaps(truth: BoxTable, result: BoxTable) -> Overlaps:
    """Pair the boxes of two tables that share a frame and some area."""
    frames = np.union1d(truth.frame, result.frame)
    truth_offsets = _offsets(truth.frame, frames)
    result_offsets = _offsets(result.frame, frames)
    truth_row, result_row = _near_pairs(truth.xyxy, result.xyxy, truth_offsets, result_offsets)
    overlap = _overlap(
        truth.xyxy[truth_row].astype(np.float64), result.xyxy[result_row].astype(np.float64)
    )
    every = Overlaps(
        _numbered(truth.object_id),
        _numbered(result.object_id),
        truth_offsets,
        result_offsets,
        np.searchsorted(truth_row, truth_offsets).astype(np.int64),
        truth_row,
        result_row,
        overlap,
    )
    return every.where(overlap > 0)


def _offsets(frame: I64, frames: I64) -> I64:
    return np.append(np.searchsorted(frame, frames), len(frame)).astype(np.int64)


def _numbered(object_id: I64) -> I64:
    return np.unique(object_id, return_inverse=True)[1].astype(np.int64)


def _near_pairs(a: F32, b: F32, a_offsets: I64, b_offsets: I64) -> tuple[I64, I64]:
    """Rows of the boxes whose sides cross, in order of frame and row of `a`."""
    a_sides, b_sides = np.ascontiguousarray(a.T), np.ascontiguousarray(b.T)
    both = np.flatnonzero((np.diff(a_offsets) > 0) & (np.diff(b_offsets) > 0))
    starts = np.stack([a_offsets[both], a_offsets[both + 1], b_offsets[both], b_offsets[both + 1]])
    rows, cols = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for a0, a1, b0, b1 in starts.T.tolist():
        left, top, right, bottom = a_sides[:, a0:a1, None]
        their_left, their_top, their_right, their_bottom = b_sides[:, None, b0:b1]
        near = (left < their_right) & (their_left < right)
        near &= top < their_bottom
        near &= their_top < bottom
        row, col = near.nonzero()
        rows.append(row + a0)
        cols.append(col + b0)
    return np.concatenate(rows), np.concatenate(cols)


def _overlap(a: F64, b: F64) -> F64:
    """Intersection over union of row i of `a` and row i of `b`, (S,); 0 for a box without area."""
    near, far = np.maximum(a[:, :2], b[:, :2]), np.minimum(a[:, 2:], b[:, 2:])
    shared = np.maximum(far - near, 0).prod(axis=1)
    a_area, b_area = (a[:, 2:] - a[:, :2]).prod(axis=1), (b[:, 2:] - b[:, :2]).prod(axis=1)
    union = a_area + b_area - shared
    sound = (a_area > TINY) & (b_area > TINY) & (union > TINY)
    return np.where(sound, shared / np.where(sound, union, 1), 0)
