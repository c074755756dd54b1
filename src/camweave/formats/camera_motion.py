"""Camera motion as text, the GMC files of BoT-SORT and UCMCTrack: one line a frame.

    frame  a  b  x  c  d  y

apart by tabs, blanks or commas: a point (u, v) of the frame before lies at (a u + b v + x,
c u + d v + y) in this one, in px of the whole picture. The published files count frames from 0,
with "no motion" in line 0. Files that count from 1 are read too: their first line says so.
"""

import re
from pathlib import Path
from typing import Final

import numpy as np

from camweave.core.arrays import F64, FLOAT64, column
from camweave.core.errors import FileFormatError, ShapeError
from camweave.formats.atomic import written_whole
from camweave.formats.members import MOST_FRAMES
from camweave.formats.text import read_text

COLUMNS: Final = 7
BETWEEN: Final = re.compile(r"[\s,]+")
NO_MOTION: Final = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))


def read_camera_motion(path: Path, frames: int | None = None) -> F64:
    """The motion (F, 2, 3) from each frame before; frames that the file leaves out have none.

    Args:
        path: the file; gzipped where its name ends in .gz.
        frames: F, where it is known: the file must not end sooner, and more is left unread.

    Raises:
        FileFormatError: no such file, or a line that cannot be; the message names it.
    """
    lines = enumerate(read_text(path, "lines of frame a b x c d y").splitlines(), 1)
    rows = [_row(path, number, line) for number, line in lines if line.partition("#")[0].strip()]
    if not rows:
        raise FileFormatError(f"{path}: no motion in it. Expected lines of frame a b x c d y")
    table = np.array(rows)
    first, last = int(table[0, 0]), int(table[-1, 0])
    if first > 1:
        raise FileFormatError(f"{path}:1: expected frame 0 or 1 first, found {first}")
    fallen = np.flatnonzero(np.diff(table[:, 0]) <= 0)
    if len(fallen):
        raise FileFormatError(f"{path}: frame {int(table[fallen[0] + 1, 0])} is out of order")
    count = last - first + 1
    if frames is not None and count < frames:
        raise FileFormatError(f"{path}: ends after {count} frames, of {frames} in the recording")
    motion = np.tile(np.array(NO_MOTION), (count, 1, 1))
    motion[table[:, 0].astype(np.int64) - first] = table[:, 1:].reshape(-1, 2, 3)
    return motion[:frames]


def write_camera_motion(path: Path, motion: F64) -> None:
    """Write the motion (F, 2, 3), exact: `read_camera_motion` gives back the same bits.

    Raises:
        ShapeError: another shape, or a number that is not finite.
        OutputError: the file could not be written.
    """
    checked: F64 = column("camera_motion", motion, FLOAT64, len(motion), 2, 3)
    if not np.isfinite(checked).all():
        raise ShapeError("camera_motion: expected finite numbers")
    numbers = checked.reshape(-1, COLUMNS - 1).tolist()
    text = "".join("\t".join((str(f), *map(repr, row))) + "\n" for f, row in enumerate(numbers))
    with written_whole(path) as part:
        part.write_text(text, encoding="ascii")


def _row(path: Path, number: int, line: str) -> tuple[float, ...]:
    """The numbers of one line, known to be sound."""
    words = BETWEEN.split(line.partition("#")[0].strip(", \t"))
    try:
        row = tuple(float(word) for word in words)
    except ValueError:
        row = ()
    whole = len(row) == COLUMNS and bool(np.isfinite(row).all()) and row[0] == int(row[0])
    if not whole or not 0 <= row[0] <= MOST_FRAMES:
        raise FileFormatError(
            f"{path}:{number}: expected frame a b x c d y, seven finite numbers: {line[:80]!r}"
        )
    return row
