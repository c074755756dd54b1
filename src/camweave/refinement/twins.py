"""Two tracklets on one object at one time: the rows of the one are a double of the other's."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F32, F64, I64, Bool
from camweave.core.tracks import Tracklets
from camweave.ops.boxes import area

LEAST_FRAMES: Final = 2  # in common


@dataclass(frozen=True, slots=True, eq=False)
class Twins:
    """Rows that say again what another tracklet says."""

    row: Bool  # (K,) it is a double
    of: I64  # (M,) number of the tracklet that each one doubles, or -1


def find_twins(tracklets: Tracklets, least: float) -> Twins:
    """Doubles: as long as both are there, the boxes overlap by `least` in the mean.

    Of two such tracklets the one with more rows keeps them all.
    """
    double = np.zeros(len(tracklets.frame), np.bool_)
    of = np.full(len(tracklets), -1)
    for one, other in _meetings(tracklets, least):
        longer, shorter = _longer_first(tracklets, one, other)
        if of[longer] != -1 or of[shorter] != -1:
            continue
        rows = _common(tracklets, longer, shorter)
        overlap = row_iou(tracklets.xyxy[rows[0]], tracklets.xyxy[rows[1]])
        if len(overlap) >= LEAST_FRAMES and overlap.mean() >= least:
            double[rows[1]] = True
            of[shorter] = longer
    return Twins(double, of)


def row_iou(a: F32, b: F32) -> F64:
    """Overlap of row i of `a` (N, 4) with row i of `b`: (N,)."""
    side = np.maximum(np.minimum(a[:, 2:], b[:, 2:]) - np.maximum(a[:, :2], b[:, :2]), 0)
    shared = side[:, 0].astype(np.float64) * side[:, 1]
    overlap: F64 = shared / np.maximum(area(a) + area(b) - shared, np.finfo(np.float32).tiny)
    return overlap


def _meetings(tracklets: Tracklets, least: float) -> list[tuple[int, int]]:
    """Tracklets that overlap so much in the first frame of the later one."""
    by_frame = np.argsort(tracklets.frame, kind="stable")
    frames = tracklets.frame[by_frame]
    start = tracklets.offsets[:-1][np.diff(tracklets.offsets) > 0]
    lo = np.searchsorted(frames, tracklets.frame[start])
    hi = np.searchsorted(frames, tracklets.frame[start], side="right")
    width = hi - lo
    begins = np.repeat(start, width)
    place = np.arange(len(begins)) + np.repeat(lo - (np.cumsum(width) - width), width)
    there = by_frame[place]
    near = (there != begins) & (row_iou(tracklets.xyxy[begins], tracklets.xyxy[there]) >= least)
    number = np.repeat(np.arange(len(tracklets)), np.diff(tracklets.offsets))
    met = np.sort(np.stack([number[begins[near]], number[there[near]]]), axis=0)
    return [(int(one), int(other)) for one, other in np.unique(met, axis=1).T]


def _longer_first(tracklets: Tracklets, one: int, other: int) -> tuple[int, int]:
    rows = np.diff(tracklets.offsets)
    start = tracklets.time[tracklets.offsets[:-1]]
    swap = (rows[one], -start[one]) < (rows[other], -start[other])
    return (other, one) if swap else (one, other)


def _common(tracklets: Tracklets, one: int, other: int) -> tuple[I64, I64]:
    """Rows of both in the frames that they share."""
    a, b = (slice(tracklets.offsets[m], tracklets.offsets[m + 1]) for m in (one, other))
    _, at, there = np.intersect1d(tracklets.frame[a], tracklets.frame[b], return_indices=True)
    return at + tracklets.offsets[one], there + tracklets.offsets[other]
