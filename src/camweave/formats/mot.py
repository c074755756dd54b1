"""MOTChallenge text: `frame,id,x,y,w,h,conf,...`, frames from 1 on the disk and from 0 inside.

Reads detections, ground truth and results of MOT15, 16, 17 and 20, separated by commas or
spaces, gzipped or not. What follows the sixth column depends on the year:

    7 columns    conf                       detections
    9            conf, class, visibility    ground truth of MOT16, 17, 20
    10           conf, -1, -1, -1           detections, results; or a place in 3-D (MOT15)
    10           conf, class, -1, -1        what `write_mot` writes
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from camweave.core.arrays import F32, F64, I32, I64
from camweave.core.detections import DetectionLog
from camweave.core.errors import FileFormatError
from camweave.core.frame import CameraId
from camweave.core.tracks import BoxTable, Tracklets
from camweave.formats.atomic import written_whole
from camweave.formats.members import MOST_FRAMES
from camweave.formats.seqinfo import SequenceInfo, find_sequence_info
from camweave.formats.text import read_text

Rows = F64  # (K, C) the numbers of a file, as they stand

FEWEST_COLUMNS, MOST_COLUMNS = 6, 16
FRAME, ID, BOX, CONF, CLASS, VISIBILITY = 0, 1, slice(2, 6), 6, 7, 8
TRUTH_COLUMNS, LONG_COLUMNS = 9, 10
LARGEST = 1e9  # of any number that must be whole


def read_mot(path: Path) -> BoxTable:
    """Ground truth or a result, in order of frame.

    Raises:
        FileFormatError: not such a file; the message begins with file:line.
    """
    rows = read_rows(path)
    class_id, visibility = class_and_visibility(rows)
    return BoxTable(
        frame=rows[:, FRAME].astype(np.int64) - 1,
        object_id=rows[:, ID].astype(np.int64),
        xyxy=to_xyxy(rows),
        score=confidence(rows),
        class_id=class_id,
        visibility=visibility,
    )


def read_mot_detections(
    path: Path,
    *,
    camera: CameraId,
    fps: float | None = None,
    width: int = 0,
    height: int = 0,
) -> DetectionLog:
    """Detections of one sequence. What is not given is taken from a `seqinfo.ini` beside them.

    Raises:
        FileFormatError: not such a file, or no frame rate given and none found.
    """
    rows = read_rows(path)
    info = find_sequence_info(path) or SequenceInfo()
    rate = fps or info.fps
    if rate is None:
        raise FileFormatError(
            f"{path}: the text says no frame rate and no seqinfo.ini is beside it; give it (--fps)"
        )
    frame = rows[:, FRAME].astype(np.int64) - 1
    count = max(int(frame.max(initial=-1)) + 1, info.frame_count or 0)
    class_id, _ = class_and_visibility(rows)
    return DetectionLog(
        camera=camera,
        fps=rate,
        width=width or info.width or 0,
        height=height or info.height or 0,
        frame_times=np.arange(count) / rate,
        frame=frame,
        xyxy=to_xyxy(rows),
        score=confidence(rows),
        class_id=np.maximum(class_id, 0),
    )


def to_xyxy(rows: Rows) -> F32:
    """(K, 4) px: left, top, right, bottom."""
    left_top, size = rows[:, 2:4], rows[:, 4:6]
    return np.concatenate([left_top, left_top + size], axis=1).astype(np.float32)


def confidence(rows: Rows) -> F32:
    """(K,) column 7, or 1 where there is none."""
    if rows.shape[1] <= CONF:
        return np.ones(len(rows), np.float32)
    return rows[:, CONF].astype(np.float32)


def class_and_visibility(rows: Rows) -> tuple[I32, F32]:
    """(K,) each; -1 and 1 where the file's columns do not say."""
    k, columns = rows.shape
    class_id, visibility = np.full(k, -1, np.int32), np.ones(k, np.float32)
    if columns == TRUTH_COLUMNS:
        return rows[:, CLASS].astype(np.int32), rows[:, VISIBILITY].astype(np.float32)
    if columns == LONG_COLUMNS and np.all(rows[:, CLASS + 1 :] == -1) and whole(rows[:, CLASS]):
        class_id = rows[:, CLASS].astype(np.int32)
    return class_id, visibility


def whole(column: F64) -> bool:
    """Whether all are whole numbers of a size that int32 holds."""
    return bool(np.all((column == np.floor(column)) & (np.abs(column) < LARGEST)))


def read_rows(path: Path) -> Rows:
    """(K, C) numbers of the file, in order of frame, each line known to be sound."""
    lines = read_text(path, "MOTChallenge lines").splitlines()
    first = next((line for line in lines if line.strip()), None)
    if first is None:
        return np.empty((0, LONG_COLUMNS))
    separator = "," if "," in first else None
    try:
        rows = np.loadtxt(lines, delimiter=separator, ndmin=2)
    except ValueError:
        rows = None
    if rows is None or not sound(rows):
        raise first_fault(path, lines, separator)
    if np.any(np.diff(rows[:, FRAME]) < 0):
        rows = rows[np.argsort(rows[:, FRAME], kind="stable")]
    return rows


def sound(rows: Rows) -> bool:
    """Whether every line could be one of a MOTChallenge file."""
    columns = rows.shape[1]
    return (
        FEWEST_COLUMNS <= columns <= MOST_COLUMNS
        and bool(np.isfinite(rows).all())
        and whole(rows[:, FRAME])
        and bool(rows[:, FRAME].min() >= 1 and rows[:, FRAME].max() <= MOST_FRAMES)
        and whole(rows[:, ID])
        and bool((rows[:, 4:6] >= 0).all() and (np.abs(rows[:, BOX]) < LARGEST).all())
        and (columns != TRUTH_COLUMNS or whole(rows[:, CLASS]))
    )


def first_fault(path: Path, lines: list[str], separator: str | None) -> FileFormatError:
    """Read line by line, slowly, to say which one is wrong and what was expected."""
    width = None
    for number, line in enumerate(lines, 1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        parts = text.split(separator)
        width = width or len(parts)
        fault = fault_of(parts, width)
        if fault:
            return FileFormatError(f"{path}:{number}: {fault}: {text[:80]!r}")
    return FileFormatError(f"{path}: not MOTChallenge text")


def fault_of(parts: list[str], width: int) -> str | None:
    """What is wrong with one line, or None."""
    if not FEWEST_COLUMNS <= len(parts) <= MOST_COLUMNS:
        return f"expected frame,id,x,y,w,h,conf,..., found {len(parts)} columns"
    if len(parts) != width:
        return f"expected {width} columns as in the lines before, found {len(parts)}"
    try:
        row = np.array([[float(part) for part in parts]])
    except ValueError:
        return "expected numbers"
    return None if sound(row) else fault_of_row(row)


def fault_of_row(row: Rows) -> str:
    """What is wrong with the numbers of one line that is known to be unsound."""
    if not np.isfinite(row).all():
        return "expected finite numbers"
    if not whole(row[:, FRAME]) or not 1 <= row[0, FRAME] <= MOST_FRAMES:
        return f"expected a frame number from 1 to {MOST_FRAMES}"
    if (row[:, 4:6] < 0).any():
        return "expected w and h of 0 or more"
    return "expected whole numbers for id and class, and sizes in px"


def write_mot(path: Path, tracklets: Tracklets) -> None:
    """Write a result: `frame(1-based),id,x,y,w,h,conf,class,-1,-1`, by frame, then by id.

    Raises:
        OutputError: the file could not be written.
    """
    t = tracklets
    order = np.lexsort((t.row_ids, t.frame))
    classes = np.repeat(t.class_id, np.diff(t.offsets))
    columns = (t.frame + 1, t.row_ids, *box_columns(t.xyxy), t.score, classes)
    write_lines(path, "%d,%d,%.3f,%.3f,%.3f,%.3f,%.5f,%d,-1,-1", columns, order)


def write_mot_truth(path: Path, table: BoxTable) -> None:
    """Write ground truth: `frame(1-based),id,x,y,w,h,flag,class,visibility`, as MOT17 does.

    Raises:
        OutputError: the file could not be written.
    """
    b = table
    columns = (b.frame + 1, b.object_id, *box_columns(b.xyxy), b.score, b.class_id, b.visibility)
    order = np.lexsort((b.object_id, b.frame))
    write_lines(path, "%d,%d,%.3f,%.3f,%.3f,%.3f,%d,%d,%.5f", columns, order)


def box_columns(xyxy: F32) -> npt.NDArray[np.float64]:
    """(4, K) x, y, w, h."""
    wide = xyxy.astype(np.float64)
    return np.concatenate([wide[:, :2], wide[:, 2:] - wide[:, :2]], axis=1).T


def write_lines(
    path: Path, line: str, columns: tuple[I64 | I32 | F32 | F64, ...], order: I64
) -> None:
    """One line a row, in this order."""
    rows = zip(*(column[order].tolist() for column in columns), strict=True)
    text = "".join([f"{line}\n" % row for row in rows])
    with written_whole(path) as part:
        part.write_text(text, encoding="ascii")
