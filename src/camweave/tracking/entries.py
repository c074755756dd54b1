"""The kernels that Python calls, and the array types that they are compiled for."""

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import from_dtype, types

from camweave.core.arrays import F32, F64, I32, I64
from camweave.ops import assignment
from camweave.ops.compiled import entry, inner
from camweave.tracking import kalman, rounds, table
from camweave.tracking.rounds import MEMORY, Desk, Memory, follow, lay_out, make_desk
from camweave.tracking.table import CONFIRMED, TRACK, UNNAMED, UNSEEN, Table, class_of, wider

TIME_FELL: Final = -1  # answers of `follow_frame` that say "nothing done"
TABLE_FULL: Final = -2

FIRST_TABLE: Final = 64  # tracks
PAGE: Final = 5  # int64 that a row of tracks takes


class Shown(NamedTuple):
    """Columns of tracks shown, one row each."""

    track_id: I64  # (C,)
    xyxy: F32  # (C, 4) px
    score: F32  # (C,)
    class_id: I32  # (C,)
    detection: I64  # (C,)


@inner
def columns(page: I64) -> Shown:
    """The columns of a page (PAGE, C): one array to hand over, instead of five."""
    rows = page.shape[1]
    xyxy = page[2:4].reshape(2 * rows).view(np.float32).reshape((rows, 4))
    score, class_id = page[4].view(np.float32)[:rows], page[4].view(np.int32)[rows:]
    return Shown(page[0], xyxy, score, class_id, page[1])


@inner
def _show(live: Table, memory: Memory, desk: Desk, shown: Shown, row: int) -> int:  # noqa: PLR0917 - a frame's all
    """Write the confirmed tracks of this frame down; the row after the last one.

    A track gets its id here, so that every id from 1 on is one that somebody has seen.
    """
    track_id, xyxy, score, class_id, detection = shown
    for i in range(memory.live):
        track = live[i]
        if track.phase != CONFIRMED or track.detection == UNSEEN:
            continue
        if track.track_id == UNNAMED:
            memory.named += 1
            track.track_id = memory.named
        one = desk.found[track.detection]
        for k in range(4):
            xyxy[row, k] = one.xyxy[k] + memory.smoothing * (track.xyxy[k] - one.xyxy[k])
        track_id[row], score[row], detection[row] = track.track_id, one.score, track.detection
        class_id[row] = class_of(track)
        row += 1
    return row


_PARTS = (assignment, kalman, rounds, table)


@entry(*_PARTS)
def follow_frame(  # noqa: PLR0917 - Numba takes columns apart faster than tuples of them
    live: Table,
    memory: npt.NDArray[np.void],
    xyxy: F32,
    score: F32,
    class_id: I32,
    time: float,
    page: I64,
    first: int,
) -> int:
    """One frame, shown from row `first` on; the row after the last one, or why nothing was done."""
    m = memory[0]
    if not m.time <= time < np.inf:
        return TIME_FELL
    most = m.live + len(score)
    if most > len(live):
        return TABLE_FULL
    desk = make_desk(len(score), most)
    lay_out(xyxy, score, class_id, m, desk)
    follow(live, m, time, desk)
    return _show(live, m, desk, columns(page), first)


@entry(*_PARTS, nogil=True)
def follow_log(  # noqa: PLR0917 - as above
    memory: npt.NDArray[np.void],
    times: F64,
    frame: I64,
    xyxy: F32,
    score: F32,
    class_id: I32,
    page: I64,
) -> int:
    """All frames of a log, from a new start, shown from row 0 on; the row after the last one.

    Here `detection` counts in the log, not in its frame.
    """
    shown = columns(page)
    m, live, desk, size = memory[0], np.empty(FIRST_TABLE, TRACK), make_desk(0, 0), 0
    row = last = 0
    for f in range(len(times)):
        first, before = last, row
        while last < len(frame) and frame[last] == f:
            last += 1
        most = m.live + last - first
        if most > size:
            size = 2 * most
            desk = make_desk(size, size)
        if most > len(live):
            live = wider(live, m.live, size)
        here = slice(first, last)
        lay_out(xyxy[here], score[here], class_id[here], m, desk)
        follow(live, m, times[f], desk)
        row = _show(live, m, desk, shown, row)
        for k in range(before, row):
            shown.detection[k] += first
    return row


@entry()
def rows_by_track(track_id: I64, tracks: int) -> tuple[I64, I64]:
    """Where each track's rows are, in their order: row numbers (K,) and offsets (tracks + 1,)."""
    offsets = np.zeros(tracks + 1, np.int64)
    for name in track_id:
        offsets[name] += 1
    for k in range(tracks):
        offsets[k + 1] += offsets[k]
    rows, place = np.empty(len(track_id), np.int64), offsets.copy()
    for row in range(len(track_id)):
        name = track_id[row] - 1
        rows[place[name]] = row
        place[name] += 1
    return rows, offsets


def _in(scalar: types.Type, axes: int = 1) -> types.Array:
    """Any layout, read only: every array of the right type converts to it."""
    return types.Array(scalar, axes, "A", readonly=True)


def _out(scalar: types.Type, axes: int = 1) -> types.Array:
    return types.Array(scalar, axes, "C")


_FOUND = (_in(types.float32, 2), _in(types.float32), _in(types.int32))
_PAGE = _out(types.int64, 2)
_TRACKS, _MEMORY = _out(from_dtype(TRACK)), _out(from_dtype(MEMORY))

SIGNATURES: Final[tuple[tuple[Any, Any], ...]] = (
    (follow_frame, (_TRACKS, _MEMORY, *_FOUND, types.float64, _PAGE, types.int64)),
    (follow_log, (_MEMORY, _in(types.float64), _in(types.int64), *_FOUND, _PAGE)),
    (rows_by_track, (_in(types.int64), types.int64)),
)
