"""Detections in a table with a header: as `track --csv` writes it, or with other usual names.

A box is left, top, right, bottom, or left, top, width, height; a row says its frame, from 0, or
its time in s, or both. Score (else 1) and class (a number, or a name) are taken where they are.
"""

from pathlib import Path
from typing import Final

import numpy as np

from camweave.core.arrays import F64
from camweave.core.detections import DetectionLog
from camweave.core.frame import CameraId
from camweave.formats.csv_rows import Table, is_number, names_of, table_of
from camweave.formats.found import Found, no_rate
from camweave.formats.text import read_text

# What a column may be called, in small letters.
FRAME: Final = ("frame", "frame_number", "frame_index", "frame_id", "frame_no", "image_id")
TIME: Final = ("time", "time_s", "seconds", "timestamp")
SCORE: Final = ("confidence", "score", "conf")
CLASS: Final = ("class", "class_name", "label", "category", "class_id", "category_id", "type")
CORNERS: Final = (
    ("x1", "y1", "x2", "y2"),
    ("x_min", "y_min", "x_max", "y_max"),
    ("xmin", "ymin", "xmax", "ymax"),
    ("left", "top", "right", "bottom"),
)
SIZED: Final = (
    ("bbox_topleft_x", "bbox_topleft_y", "bbox_width", "bbox_height"),
    ("bbox_left", "bbox_top", "bbox_width", "bbox_height"),
    ("bb_left", "bb_top", "bb_width", "bb_height"),
    ("left", "top", "width", "height"),
    ("x", "y", "w", "h"),
    ("x", "y", "width", "height"),
)


def is_header(line: str) -> bool:
    """Whether a line could be the header of such a table: words, none of them a number.

    >>> is_header("frame,x1,y1,x2,y2,score"), is_header("1,-1,10,20,30,40,0.9")
    (True, False)
    """
    words = names_of(line)
    return len(words) > 1 and not any(is_number(word) for word in words)


def read_csv_detections(path: Path, *, camera: CameraId, fps: float | None = None) -> DetectionLog:
    """All boxes of a table. The rate is the one given, else that of the times and frames in it.

    Raises:
        FileFormatError: no such table, a line that cannot be, or no frame rate to be had.
    """
    table = table_of(path, read_text(path, "a CSV table"))
    box = boxes(table)
    at, time = table.numbers(FRAME), table.numbers(TIME)
    if at is None and time is None:
        table.fail(f"no column for the frame ({', '.join(FRAME[:3])} ...) or the time ({TIME[0]})")
    rate = fps or rate_of(at, time)
    if rate is None:
        raise no_rate(path)
    score = table.numbers(SCORE)
    class_id, names = table.classes(CLASS)
    found = Found(
        path=path,
        place=table.place,
        unit="line",
        frame=frames_of(time, rate) if at is None else at,
        xyxy=box,
        score=np.ones(len(box)) if score is None else score,
        class_id=class_id,
        class_names=names,
        time=time,
    )
    return found.log(camera, rate)


def boxes(table: Table) -> F64:
    """(K, 4) left, top, right, bottom."""
    usable = [names for names in (*CORNERS, *SIZED) if set(names) <= set(table.header)]
    if not usable:
        table.fail("no columns for a box: x1,y1,x2,y2, or x,y,w,h")
    names = usable[0]
    box = np.column_stack([table.column(table.header.index(name)) for name in names])
    return box if names in CORNERS else with_corners(box)


def with_corners(box: F64) -> F64:
    """(K, 4) left, top, width, height to left, top, right, bottom."""
    return np.concatenate([box[:, :2], box[:, :2] + box[:, 2:]], axis=1)


def rate_of(frame: F64 | None, time: F64 | None) -> float | None:
    """Frames/s that the times speak of; None where they speak of none."""
    if time is None or not np.isfinite(time).all():
        return None
    at, first = np.unique(time, return_index=True)
    step = np.diff(at)
    if frame is not None:
        step = step / np.maximum(np.diff(frame[first]), 1)
    usual = float(np.median(step)) if len(step) else 0.0
    return round(1 / usual, 3) if usual > 0 else None


def frames_of(time: F64 | None, rate: float) -> F64:
    """(K,) the frame of each time, the first of them 0."""
    if time is None or not len(time):
        return np.empty(0)
    frame: F64 = np.round((time - time.min()) * rate)
    return frame
