"""When each true object was shown under which id, box by box."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from camweave.core.arrays import F64, I64, Bool
from camweave.core.errors import InputError
from camweave.core.tracks import BoxTable
from camweave.evaluation.matching import best_pairs
from camweave.evaluation.overlap import overlaps
from camweave.evaluation.tables import refuse_unusable

ABSENCE = 5.0  # s out of a camera's view, after which an object enters it anew


@dataclass(frozen=True, slots=True, eq=False)
class Sights:
    """Q shown boxes that are on true objects, in order of visit and time.

    A visit is an object's stay in one camera's view, to the last moment that it can be seen there.
    """

    object_id: I64  # (Q,)
    visit: I64  # (Q,) rising
    entered: F64  # (Q,) s, when the visit began: the object can be seen, shown or not
    left: F64  # (Q,) s, when it ended
    time: F64  # (Q,) s
    lasts: F64  # (Q,) s until the camera's next frame
    shown: I64  # (Q,) the id shown then; below 0: not yet decided

    @property
    def decided(self) -> Bool:
        """(Q,) whether an id was shown, and not only a number of the camera's own."""
        return np.asarray(self.shown >= 0)

    def where(self, keep: Bool) -> "Sights":
        """Only these rows."""
        return Sights(
            self.object_id[keep],
            self.visit[keep],
            self.entered[keep],
            self.left[keep],
            self.time[keep],
            self.lasts[keep],
            self.shown[keep],
        )


def sights_of(
    truth: Mapping[str, BoxTable],
    shown: Mapping[str, BoxTable],
    times: Mapping[str, F64],
    iou_threshold: float,
) -> Sights:
    """Match the boxes of every camera, frame by frame, as well as they overlap.

    Raises:
        InputError: a camera has no times, or a table cannot be scored.
    """
    parts, visits = [], 0
    for camera in sorted(shown):
        clock = times_of(camera, shown[camera], truth[camera], times)
        part = _of_camera(truth[camera], shown[camera], clock, iou_threshold)
        parts.append(np.concatenate([part[:1], part[1:2] + visits, part[2:]]))
        visits += len(truth[camera])
    rows = np.concatenate([np.empty((7, 0)), *parts], axis=1)
    order = np.lexsort((rows[4], rows[1]))
    object_id, visit, entered, left, time, lasts, shown_id = rows[:, order]
    whole = (column.astype(np.int64) for column in (object_id, visit, shown_id))
    named, number, ids = whole
    return Sights(named, number, entered, left, time, lasts, ids)


def times_of(camera: str, shown: BoxTable, truth: BoxTable, times: Mapping[str, F64]) -> F64:
    """The camera's clock.

    Raises:
        InputError: there is none, or a box is in a frame beyond it.
    """
    last = max(int(table.frame.max(initial=-1)) for table in (shown, truth))
    if camera not in times or last >= len(times[camera]):
        known = len(times.get(camera, ()))
        raise InputError(
            f"camera {camera!r}: boxes up to frame {last}, and times of {known} frames; "
            "give the time of every frame"
        )
    return np.asarray(times[camera], np.float64)


def durations(clock: F64) -> F64:
    """(F,) s from each frame to the next; the last one lasts as long as most."""
    if len(clock) < 2:  # noqa: PLR2004 - one frame has no next
        return np.zeros(len(clock))
    steps = np.diff(clock)
    return np.append(steps, np.median(steps))


def _of_camera(truth: BoxTable, shown: BoxTable, clock: F64, iou_threshold: float) -> F64:
    """(7, Q) the columns of `Sights`, in any order."""
    refuse_unusable("truth", truth)
    visit = _visits(truth, clock)
    pairs = overlaps(truth, shown)
    close = pairs.where(pairs.overlap >= iou_threshold)
    matched = best_pairs(close, close.overlap)
    mine, theirs = close.truth_row[matched], close.result_row[matched]
    time = clock[truth.frame]
    entered, left = np.full(len(truth), np.inf), np.full(len(truth), -np.inf)
    np.minimum.at(entered, visit, time)
    np.maximum.at(left, visit, (time + durations(clock)[truth.frame]))
    return np.stack(
        [
            truth.object_id[mine].astype(np.float64),
            visit[mine].astype(np.float64),
            entered[visit[mine]],
            left[visit[mine]],
            time[mine],
            durations(clock)[truth.frame[mine]],
            shown.object_id[theirs].astype(np.float64),
        ]
    )


def _visits(truth: BoxTable, clock: F64) -> I64:
    """(G,) the number of each true box's visit: a new one after `ABSENCE` s out of view."""
    order = np.lexsort((truth.frame, truth.object_id))
    object_id, time = truth.object_id[order], clock[truth.frame[order]]
    new = (np.diff(object_id) != 0) | (np.diff(time) > ABSENCE)
    visit = np.empty(len(truth), np.int64)
    visit[order] = np.concatenate([np.zeros(min(1, len(order)), np.int64), np.cumsum(new)])
    return visit
