"""Writes frames and rows to SQLite."""

import sqlite3
from collections.abc import Iterator
from itertools import chain, islice, pairwise
from typing import Any, Final

import numpy as np

from camweave.core.arrays import I64
from camweave.store.rows import Rows

FRAME: Final = "INSERT INTO frame (camera_id, epoch, frame, time) VALUES (?, ?, ?, ?)"
KNOWN: Final = "SELECT frame FROM frame WHERE camera_id = ? AND epoch = ? AND frame BETWEEN ? AND ?"
COLUMNS: Final = 11
ROW: Final = f"({', '.join('?' * COLUMNS)})"
POINT: Final = (
    "INSERT INTO track_point (camera_id, epoch, frame, track_id, time, "  # noqa: S608 - our own names
    f"x_min, y_min, x_max, y_max, score, class_id) VALUES {ROW}"
)
AT_ONCE: Final = 40  # rows of one statement: a quarter faster than one row each
POINTS: Final = f"{POINT}{f', {ROW}' * (AT_ONCE - 1)}"
PIECE: Final = 40_000  # rows that are Python's objects at one time


def write_rows(connection: sqlite3.Connection, rows: Rows, ids: I64) -> Rows:
    """Write the frames that are not there, with their rows; those.

    `ids` (C,) are the numbers of the cameras. A transaction has begun, so nobody else writes.
    """
    fresh = rows.only(_fresh(connection, rows, ids))
    camera = ids[fresh.camera]
    frames = (camera, fresh.epoch, fresh.frame, fresh.time)
    connection.executemany(FRAME, zip(*(each.tolist() for each in frames), strict=True))
    of = fresh.frame_of_row
    for start in range(0, len(fresh), PIECE):
        part = slice(start, start + PIECE)
        at = of[part]
        columns = (
            *(each[at] for each in (camera, fresh.epoch, fresh.frame)),
            fresh.track_id[part],
            fresh.time[at],
            *fresh.xyxy[part].T,
            fresh.score[part],
            fresh.class_id[part],
        )
        _insert(connection, [each.tolist() for each in columns])
    return fresh


def _fresh(connection: sqlite3.Connection, rows: Rows, ids: I64) -> I64:
    """The places of the frames that are not there."""
    fresh = np.ones(len(rows.frame), bool)
    turns = (np.diff(rows.camera) != 0) | (np.diff(rows.epoch) != 0)
    edges = [0, *(np.flatnonzero(turns) + 1).tolist(), len(rows.frame)]
    for start, stop in pairwise(edges):
        if start == stop:
            continue
        key = (int(ids[rows.camera[start]]), int(rows.epoch[start]))
        numbers = rows.frame[start:stop]
        found = connection.execute(KNOWN, (*key, int(numbers[0]), int(numbers[-1]))).fetchall()
        if found:
            fresh[start:stop] = ~np.isin(numbers, np.array(found, np.int64))
    return np.flatnonzero(fresh)


def _insert(connection: sqlite3.Connection, columns: list[list[Any]]) -> None:
    rows = len(columns[0])
    values: Iterator[Any] = chain.from_iterable(zip(*columns, strict=True))
    whole = (tuple(islice(values, AT_ONCE * COLUMNS)) for _ in range(rows // AT_ONCE))
    connection.executemany(POINTS, whole)
    single = (tuple(islice(values, COLUMNS)) for _ in range(rows % AT_ONCE))
    connection.executemany(POINT, single)
