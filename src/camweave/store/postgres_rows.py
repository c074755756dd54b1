"""Writes frames and rows to PostgreSQL: many rows by binary COPY, few by INSERT.

A server waits for the rest of a COPY without limit: a client that stops in the middle keeps locks
on all that it has written. An INSERT arrives as a whole.

COPY knows no ON CONFLICT. It needs none: a frame is only ever written together with its rows, so
the rows of a new frame are new. Two writers of the same frame wait for each other at the frame.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from camweave.core.arrays import I64
from camweave.store.rows import Rows

FRAMES: Final = """
INSERT INTO frame (camera_id, epoch, frame, time)
SELECT * FROM unnest(%s::int4[], %s::int4[], %s::int8[], %s::float8[])
ON CONFLICT DO NOTHING RETURNING camera_id, epoch, frame
"""
FIELDS: Final = (
    ("camera_id", ">i4"), ("epoch", ">i4"), ("frame", ">i8"), ("track_id", ">i8"),
    ("time", ">f8"), ("x_min", ">f4"), ("y_min", ">f4"), ("x_max", ">f4"), ("y_max", ">f4"),
    ("score", ">f4"), ("class_id", ">i4"),
)  # fmt: skip
COPY: Final = (
    f"COPY track_point ({', '.join(name for name, _ in FIELDS)}) FROM STDIN (FORMAT BINARY)"
)
TYPES: Final = {"i4": "int4", "i8": "int8", "f8": "float8", "f4": "float4"}
INSERT: Final = (
    f"INSERT INTO track_point ({', '.join(name for name, _ in FIELDS)}) "  # noqa: S608 - our own names
    f"SELECT * FROM unnest({', '.join(f'%s::{TYPES[kind[1:]]}[]' for _, kind in FIELDS)})"
)
FEW: Final = 1000  # rows, up to which INSERT is used: what workers write at one time
RECORD: Final = np.dtype(
    [
        ("fields", ">i2"),
        *(each for name, kind in FIELDS for each in ((f"{name} bytes", ">i4"), (name, kind))),
    ]
)
HEADER: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)  # no flags, no extension
TRAILER: Final = b"\xff\xff"
PIECE: Final = 100_000  # rows in memory at one time


def write_rows(connection: Any, rows: Rows, ids: I64) -> Rows:  # noqa: ANN401 - psycopg's, an extra
    """Write the frames that are new, with their rows, and return these.

    `ids` (C,) are the numbers of the cameras in the store. Part of the connection's transaction.
    """
    with connection.cursor() as cursor:
        keys = (ids[rows.camera], rows.epoch, rows.frame)
        columns = [each.tolist() for each in (*keys, rows.time)]
        made = set(cursor.execute(FRAMES, columns).fetchall())
        if len(made) < len(rows.frame):
            own = zip(*columns[:3], strict=True)
            rows = rows.only(np.flatnonzero([key in made for key in own]))
        of = rows.frame_of_row
        if len(of) <= FEW:
            known = _columns(rows, ids, slice(0, len(of)), of)
            cursor.execute(INSERT, [known[name].tolist() for name, _ in FIELDS])
            return rows
        with cursor.copy(COPY) as copy:
            copy.write(HEADER)
            for start in range(0, len(rows), PIECE):
                part = slice(start, start + PIECE)
                copy.write(_records(rows, ids, part, of[part]))
            copy.write(TRAILER)
    return rows


def _columns(rows: Rows, ids: I64, part: slice, of: I64) -> dict[str, NDArray[Any]]:
    """Part of the rows by column name; `of` has the frame of each."""
    return {
        "frame": rows.frame[of],
        "track_id": rows.track_id[part],
        "time": rows.time[of],
        "camera_id": ids[rows.camera[of]],
        "epoch": rows.epoch[of],
        "score": rows.score[part],
        "class_id": rows.class_id[part],
        **dict(zip(("x_min", "y_min", "x_max", "y_max"), rows.xyxy[part].T, strict=True)),
    }


def _records(rows: Rows, ids: I64, part: slice, of: I64) -> bytes:
    """The same as binary COPY takes them."""
    columns = _columns(rows, ids, part, of)
    made = np.empty(len(of), RECORD)
    made["fields"] = len(FIELDS)
    for name, kind in FIELDS:
        made[f"{name} bytes"] = np.dtype(kind).itemsize
        made[name] = columns[name]
    return made.tobytes()
