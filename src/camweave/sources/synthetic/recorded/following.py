"""Tracklets of detections whose objects are known, with the faults of a tracker."""

from typing import Final

import numpy as np

from camweave.core.arrays import F32, F64, I64
from camweave.ops.compiled import entry, inner

TINY: Final = 1e-6  # s
OUT: Final = -1  # of no tracklet
NEW, GROWING, LOST = range(3)
WEAK: Final = 0.05  # score below which nothing is followed
LEAST: Final = 0.2  # overlap by score that is still the same object
LEAST_WEAK: Final = 0.6  # overlap, where the score is weak
PULL: Final = 0.1  # least share of a step by which the velocity follows


@inner
def _overlap(box: F64, other: F32) -> float:
    across = min(box[2], other[2]) - max(box[0], other[0])
    down = min(box[3], other[3]) - max(box[1], other[1])
    if across <= 0 or down <= 0:
        return 0.0
    both = (box[2] - box[0]) * (box[3] - box[1]) + (other[2] - other[0]) * (other[3] - other[1])
    shared: float = across * down / (both - across * down)
    return shared


@inner
def _drop(first: int, label: I64, count: int) -> int:
    """Forget the newest tracklet where nothing confirmed it; how many are left."""
    if first == OUT:
        return count
    label[first] = OUT
    return count - 1


@entry()
def follow(  # noqa: PLR0913, PLR0917, C901, PLR0915 - a kernel: columns and one loop
    object_id: I64,
    frame: I64,
    time: F64,
    xyxy: F32,
    score: F32,
    strong: float,
    birth: float,
    patience: float,
    label: I64,
) -> int:
    """Fill `label` (R,), the tracklet of each row, and return how many there are.

    Rows are in order of object and frame. It goes by ByteTrack's rules, except that nobody can be
    taken for another: a strong detection begins a tracklet, the next frame must confirm it, weak
    ones carry it on, and only a strong one near where it should be brings it back.
    """
    count, state, last, first = 0, NEW, -1, OUT
    rows = 0  # of the growing tracklet
    box, speed, at = np.zeros(4), np.zeros(4), np.zeros(4)
    label[:] = OUT
    for row in range(len(frame)):
        gone = last >= 0 and (
            object_id[row] != object_id[last] or time[row] - time[last] > patience
        )
        if gone or (first != OUT and frame[row] > frame[last] + 1):
            count = _drop(first, label, count)
            state, first = NEW, OUT
        if state != NEW:
            gap = time[row] - time[last]
            at[:] = box + speed * gap
            if frame[row] > frame[last] + 1:
                state = LOST
            near = _overlap(at, xyxy[row])
            kept = near * score[row] >= LEAST
            if score[row] < strong:
                kept = state == GROWING and first == OUT and near >= LEAST_WEAK
            if kept and score[row] >= WEAK:
                rows += 1
                pull = max(PULL, 1.0 / rows)
                for k in range(2):  # its middle moves evenly, its size does not
                    moved = xyxy[row, k] + xyxy[row, k + 2] - box[k] - box[k + 2]
                    speed[k] += pull * (moved / 2 / max(gap, TINY) - speed[k])
                    speed[k + 2] = speed[k]
                box[:] = xyxy[row]
                state, first, last = GROWING, OUT, row
                label[row] = count - 1
            elif score[row] >= birth:  # found where nobody looked for it
                count = _drop(first, label, count)
                state, first = NEW, OUT
        if state == NEW and score[row] >= birth:
            label[row] = count
            count += 1
            box[:] = xyxy[row]
            speed[:] = 0.0
            rows = 0
            state, first, last = GROWING, row, row
    return _drop(first, label, count)
