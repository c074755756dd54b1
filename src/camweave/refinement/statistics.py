"""What can be said of each tracklet in numbers: how long, how fast, how steady."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F32, F64, I64, Bool
from camweave.core.tracks import Tracklets
from camweave.ops.boxes import area

AT_BORDER: Final = 0.01  # of the image's side: a box that near touches the border
FLAT: Final = 1.0  # px: least height of a box
FEW: Final = 3  # rows: fewer have no second difference


@dataclass(frozen=True, slots=True, eq=False)
class Statistics:
    """Of M tracklets, in their order; an empty one has zeros."""

    tracklet_id: I64  # (M,)
    duration: F64  # (M,) s from the first row to the last
    frames: I64  # (M,) rows
    coverage: F64  # (M,) share of the frames from first to last that have a row
    path: F64  # (M,) px, length of the way of the box's centre
    velocity: F64  # (M, 2) px/s, mean from the first row to the last
    speed: F64  # (M,) heights/s, path over duration
    jitter: F64  # (M,) heights, rms of how far each centre is from between its neighbours
    score: F64  # (M,) mean
    area: F64  # (M,) px², mean
    border: (
        F64  # (M,) share of rows that touch the border of the image; 0 while its size is unknown
    )


def statistics(tracklets: Tracklets) -> Statistics:
    """The statistics of one camera's tracklets; all rows count, filled ones too."""
    t = tracklets
    rows = np.diff(t.offsets)
    of_row = np.repeat(np.arange(len(t)), rows)
    some = np.maximum(rows, 1)
    boxes = t.xyxy.astype(np.float64)
    centre = (boxes[:, :2] + boxes[:, 2:]) / 2
    height = np.maximum(boxes[:, 3] - boxes[:, 1], FLAT)

    def total(values: F64 | F32) -> F64:
        return np.bincount(of_row, values, len(t)).astype(np.float64)

    duration, span, shift = _ends(t, centre)
    path = _path(centre, of_row, len(t))
    mean_height = np.maximum(total(height) / some, FLAT)
    lasted = np.maximum(duration, np.finfo(np.float64).tiny)
    moved = duration > 0
    return Statistics(
        tracklet_id=t.tracklet_id,
        duration=duration,
        frames=rows,
        coverage=rows / np.maximum(span, 1),
        path=path,
        velocity=np.where(moved[:, None], shift / lasted[:, None], 0.0),
        speed=np.where(moved, path / mean_height / lasted, 0.0),
        jitter=_jitter(t, centre, height),
        score=total(t.score) / some,
        area=total(area(t.xyxy)) / some,
        border=total(_at_border(t).astype(np.float64)) / some,
    )


def _ends(t: Tracklets, centre: F64) -> tuple[F64, I64, F64]:
    """Of each tracklet, from its first row to its last: s (M,), frames (M,) and px (M, 2)."""
    some = np.diff(t.offsets) > 0
    first, last = t.offsets[:-1][some], t.offsets[1:][some] - 1
    duration, frames = np.zeros(len(t)), np.zeros(len(t), np.int64)
    shift = np.zeros((len(t), 2))
    duration[some] = t.time[last] - t.time[first]
    frames[some] = t.frame[last] - t.frame[first] + 1
    shift[some] = centre[last] - centre[first]
    return duration, frames, shift


def _path(centre: F64, of_row: I64, count: int) -> F64:
    same = of_row[1:] == of_row[:-1]
    step = np.linalg.norm(np.diff(centre, axis=0), axis=1)[same]
    return np.bincount(of_row[1:][same], step, count).astype(np.float64)


def _jitter(t: Tracklets, place: F64, height: F64) -> F64:
    """From the straight line, in time, between the rows before and after."""
    of_row = np.repeat(np.arange(len(t)), np.diff(t.offsets))
    if len(of_row) < FEW:
        return np.zeros(len(t))
    same = of_row[2:] == of_row[:-2]
    span = np.where(same, t.time[2:] - t.time[:-2], 1.0)
    share = np.where(same, t.time[1:-1] - t.time[:-2], 0.0) / np.where(span > 0, span, 1.0)
    between = place[:-2] + share[:, None] * (place[2:] - place[:-2])
    off = np.square((place[1:-1] - between) / height[1:-1, None]).sum(axis=1)[same]
    owner = of_row[1:-1][same]
    number = np.bincount(owner, minlength=len(t))
    return np.asarray(np.sqrt(np.bincount(owner, off, len(t)) / np.maximum(number, 1)))


def _at_border(t: Tracklets) -> Bool:
    if not (t.width and t.height):
        return np.zeros(len(t.frame), np.bool_)
    size = np.array([t.width, t.height])
    near = AT_BORDER * size
    left_top = (t.xyxy[:, :2] <= near).any(axis=1)
    return np.asarray(left_top | (t.xyxy[:, 2:] >= size - near).any(axis=1))
