"""From tracks frame by frame to one tracklet per object."""

from collections.abc import Iterable
from itertools import repeat
from typing import Any, Final, NamedTuple

import numpy as np
from numba import types

from camweave.core.arrays import F32, F64, I32, I64
from camweave.core.frame import SourceInfo
from camweave.core.tracks import UNDETECTED, Tracklets, Tracks
from camweave.ops.compiled import entry, make_ready

FRAMES_TO_KEEP: Final = 1024  # before they are packed


class Rows(NamedTuple):
    """Tracks of many frames below one another, in order of time."""

    track_id: I64  # (K,)
    frame: I64  # (K,)
    time: F64  # (K,) s
    xyxy: F32  # (K, 4) px
    score: F32  # (K,)
    class_id: I32  # (K,) what the track was taken for, that far
    detection: I64  # (K,) row of the detection log, or UNDETECTED


class Collector:
    """Takes the tracks of each frame, and gives the tracklets that they make.

    Holds the rows themselves and at most FRAMES_TO_KEEP frames more.
    """

    def __init__(self) -> None:
        self._packed: list[Rows] = []
        self._frames: list[tuple[Tracks, int]] = []

    def add(self, tracks: Tracks, first_row: int = 0) -> None:
        """Take the next frame; `first_row` is where its detections begin in the detection log."""
        self._frames.append((tracks, first_row))
        if len(self._frames) == FRAMES_TO_KEEP:
            self._pack()

    def tracklets(self, info: SourceInfo, class_names: tuple[str, ...] = ()) -> Tracklets:
        """All that was taken so far."""
        self._pack()
        make_ready(*ROWS_BY_TRACK)
        rows = _join([_NO_ROWS, *self._packed])
        ids, count = np.unique(rows.track_id, return_inverse=True)
        return sort_by_track(rows._replace(track_id=count + 1), ids, info, class_names)

    def _pack(self) -> None:
        if self._frames:
            self._packed.append(_join([_rows(*frame) for frame in self._frames]))
            self._frames.clear()


def gather(
    frames: Iterable[Tracks],
    info: SourceInfo,
    class_names: tuple[str, ...] = (),
    first_rows: Iterable[int] = repeat(0),
) -> Tracklets:
    """The tracklets of a source whose tracks were found frame by frame.

    `first_rows` tells for every frame where its detections begin in the detection log, as
    `DetectionLog.frame_offsets` does; without a log, a row counts within its frame.
    """
    collector = Collector()
    for tracks, first_row in zip(frames, first_rows, strict=False):
        collector.add(tracks, first_row)
    return collector.tracklets(info, class_names)


def sort_by_track(
    rows: Rows, ids: I64, info: SourceInfo, class_names: tuple[str, ...]
) -> Tracklets:
    """Rows in order of time to rows in order of track, whose last word on its class counts.

    Here `rows.track_id` counts from 1 in the rising `ids` (M,), and every one of them has a row.
    """
    order, offsets = rows_by_track(rows.track_id, len(ids))
    return Tracklets(
        camera=info.camera,
        fps=info.fps,
        width=info.width,
        height=info.height,
        tracklet_id=ids,
        class_id=rows.class_id[order[offsets[1:] - 1]],
        offsets=offsets,
        frame=rows.frame[order],
        time=rows.time[order],
        xyxy=rows.xyxy[order],
        score=rows.score[order],
        detection=rows.detection[order],
        class_names=class_names,
    )


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


ROWS_BY_TRACK: Final[tuple[Any, Any]] = (  # the kernel, and what it is compiled for
    rows_by_track,
    (types.Array(types.int64, 1, "A", readonly=True), types.int64),
)


def _rows(tracks: Tracks, first_row: int) -> Rows:
    n, stamp = len(tracks), tracks.stamp
    shift = np.where(tracks.detection == UNDETECTED, 0, first_row)
    return Rows(
        tracks.track_id,
        np.full(n, stamp.index),
        np.full(n, stamp.time),
        tracks.xyxy,
        tracks.score,
        tracks.class_id,
        tracks.detection + shift,
    )


def _join(parts: list[Rows]) -> Rows:
    return Rows(*map(np.concatenate, zip(*parts, strict=True)))


_NO_ROWS = Rows(
    np.empty(0, np.int64),
    np.empty(0, np.int64),
    np.empty(0, np.float64),
    np.empty((0, 4), np.float32),
    np.empty(0, np.float32),
    np.empty(0, np.int32),
    np.empty(0, np.int64),
)
