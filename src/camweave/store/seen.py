"""What cameras saw, read again: rows of tracks as columns."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from sqlalchemy import text
from sqlalchemy.engine import Connection

from camweave.core.arrays import F32, I32, I64
from camweave.core.frame import CameraId, Stamp
from camweave.store.rows import NO_ROWS, Rows
from camweave.store.values import Visit

FRAMES: Final = text(
    "SELECT epoch, frame, time FROM frame "
    "WHERE camera_id = :camera AND time >= :since AND time < :until ORDER BY epoch, frame"
)
POINTS: Final = text(
    "SELECT frame, track_id, x_min, y_min, x_max, y_max, score, class_id FROM track_point "
    "WHERE camera_id = :camera AND epoch = :epoch AND frame BETWEEN :first AND :last "
    "ORDER BY frame, track_id"
)
# A path is found by its frames, each of which is one step: no index of tracks need be kept up.
PATH: Final = text(
    "SELECT p.epoch, p.frame, p.time, p.x_min, p.y_min, p.x_max, p.y_max, p.score, p.class_id "
    "FROM frame AS f JOIN track_point AS p ON p.camera_id = f.camera_id AND p.epoch = f.epoch "
    "AND p.frame = f.frame WHERE f.camera_id = :camera AND f.time BETWEEN :began AND :ended "
    "AND p.track_id = :track ORDER BY p.epoch, p.frame"
)
LAST: Final = text(
    "SELECT epoch, frame, time FROM frame WHERE camera_id = :camera "
    "ORDER BY epoch DESC, frame DESC LIMIT 1"
)
# Numbers rise; a tracklet is written when it has ended, or seconds after its latest frame.
LAST_TRACK: Final = text(
    "SELECT max(number) FROM (SELECT max(tracklet_id) AS number FROM tracklet "
    "WHERE camera_id = :camera UNION ALL "
    "SELECT max(p.track_id) FROM frame AS f JOIN track_point AS p ON p.camera_id = f.camera_id "
    "AND p.epoch = f.epoch AND p.frame = f.frame WHERE f.camera_id = :camera AND f.time > "
    "(SELECT max(time) FROM frame WHERE camera_id = :camera) - 60) AS known"
)


def read_rows(
    connection: Connection, name: CameraId, camera: int, *, since: float, until: float
) -> Rows:
    """What a camera saw from a time on until another."""
    asked = {"camera": camera, "since": since, "until": until}
    frames = connection.execute(FRAMES, asked).all()
    if not frames:
        return NO_ROWS
    epoch, frame = (np.array([row[at] for row in frames], np.int64) for at in (0, 1))
    starts = np.flatnonzero(np.diff(epoch, prepend=epoch[0] - 1))
    parts, offsets = [], [np.zeros(1, np.int64)]
    for start, stop in zip(starts, [*starts[1:], len(frame)], strict=True):
        numbers = frame[start:stop]
        number, *rest = _points(connection, camera, int(epoch[start]), numbers)
        offsets.append(offsets[-1][-1] + np.searchsorted(number, numbers, side="right"))
        parts.append(rest)
    track_id, xyxy, score, class_id = (np.concatenate(each) for each in zip(*parts, strict=True))
    return Rows(
        cameras=(name,),
        camera=np.zeros(len(frame), np.int64),
        epoch=epoch,
        frame=frame,
        time=np.array([row[2] for row in frames], np.float64),
        offsets=np.concatenate(offsets),
        track_id=track_id,
        xyxy=xyxy,
        score=score,
        class_id=class_id,
    )


def _points(connection: Connection, camera: int, epoch: int, numbers: I64) -> tuple[Any, ...]:
    """Frame, track id, box, score and class of the rows of these frames of an epoch."""
    first, last = int(numbers[0]), int(numbers[-1])
    asked = {"camera": camera, "epoch": epoch, "first": first, "last": last}
    columns = _columns(connection.execute(POINTS, asked).all(), 8)
    frame = np.array(columns[0], np.int64)
    own = np.isin(frame, numbers)  # clocks may step back: frames between two need not be asked for
    return (
        frame[own],
        np.array(columns[1], np.int64)[own],
        *(each[own] for each in _look(columns[2:])),
    )


def read_path(connection: Connection, camera: int, visit: Visit) -> Rows:
    """The frames in which a camera saw a tracklet, with nothing but its boxes."""
    asked = {
        "camera": camera,
        "track": visit.tracklet_id,
        "began": visit.began,
        "ended": visit.ended,
    }
    rows = connection.execute(PATH, asked).all()
    epochs, frames, times, *look = _columns(rows, 9)
    xyxy, score, class_id = _look(look)
    return Rows(
        cameras=(visit.camera,),
        camera=np.zeros(len(rows), np.int64),
        epoch=np.array(epochs, np.int64),
        frame=np.array(frames, np.int64),
        time=np.array(times, np.float64),
        offsets=np.arange(len(rows) + 1),
        track_id=np.full(len(rows), visit.tracklet_id),
        xyxy=xyxy,
        score=score,
        class_id=class_id,
    )


def _columns(rows: Sequence[Any], width: int) -> list[Any]:
    return list(zip(*rows, strict=True)) if rows else [()] * width


def _look(columns: Sequence[Any]) -> tuple[F32, F32, I32]:
    """Box, score and class."""
    *box, score, class_id = columns
    xyxy = np.ascontiguousarray(np.array(box, np.float32).T)
    return xyxy, np.array(score, np.float32), np.array(class_id, np.int32)


def last_frame(connection: Connection, name: CameraId, camera: int) -> Stamp | None:
    """The latest frame of a camera; None before its first."""
    row = connection.execute(LAST, {"camera": camera}).one_or_none()
    return None if row is None else Stamp(row.time, name, row.frame, row.epoch)


def last_track(connection: Connection, camera: int) -> int:
    """The highest number of a camera's tracks."""
    return int(connection.scalar(LAST_TRACK, {"camera": camera}) or 0)
