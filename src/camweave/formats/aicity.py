"""AI City Challenge text: all cameras in one file, `CameraId Id FrameId X Y W H Xworld Yworld`.

Separated by spaces, tabs or commas; the last two columns may be missing. Frames count from 1 on
the disk (vehicles, 2019 to 2022; people 2023) or from 0 (people, 2024), and from 0 inside.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np

from camweave.core.arrays import F64
from camweave.core.errors import FileFormatError, InputError
from camweave.core.tracks import BoxTable
from camweave.formats.members import MOST_FRAMES
from camweave.formats.mot import box_columns, whole, write_lines
from camweave.formats.text import read_text

CAMERA, ID, FRAME, BOX, SIZE = 0, 1, 2, slice(3, 7), slice(5, 7)
FEWEST_COLUMNS, MOST_COLUMNS = 7, 9
PREFIX: Final = "c"  # the folders of the data set are named c001, c002 ...
LARGEST: Final = 1e9  # px


def read_aicity(path: Path, *, first_frame: int = 1) -> dict[str, BoxTable]:
    """The boxes of every camera, by its name as the data set's folders have it: `c041`.

    Args:
        path: a ground truth or a submission.
        first_frame: the number of the first frame, 1 or 0.

    Raises:
        FileFormatError: not such a file; the message begins with file:line.
    """
    lines = read_text(path, "AI City lines").splitlines()
    parsed = [_row(path, number, line, first_frame) for number, line in enumerate(lines, 1)]
    rows = np.array([row for row in parsed if row], np.float64).reshape(-1, 7)
    cameras = np.unique(rows[:, CAMERA]).astype(np.int64).tolist()
    return {
        camera_name(camera): _table(rows[rows[:, CAMERA] == camera], first_frame)
        for camera in cameras
    }


def write_aicity(path: Path, result: Mapping[str, BoxTable], *, first_frame: int = 1) -> None:
    """Write a submission: `camera id frame x y w h -1 -1`, by camera, frame and id.

    Raises:
        InputError: a camera's name ends in no number.
        OutputError: the file could not be written.
    """
    numbers = {camera: camera_number(camera) for camera in result}
    parts = [result[camera] for camera in sorted(result, key=lambda name: numbers[name])]
    camera = np.repeat(sorted(numbers.values()), [len(part) for part in parts])
    frame = np.concatenate([np.empty(0, np.int64), *(part.frame for part in parts)])
    names = np.concatenate([np.empty(0, np.int64), *(part.object_id for part in parts)])
    xyxy = np.concatenate([np.empty((0, 4), np.float32), *(part.xyxy for part in parts)])
    columns = (camera, names, frame + first_frame, *box_columns(xyxy))
    order = np.lexsort((names, frame, camera))
    write_lines(path, "%d %d %d %.2f %.2f %.2f %.2f -1 -1", columns, order)


def camera_name(number: int) -> str:
    """The data set's name of a camera.

    >>> camera_name(7)
    'c007'
    """
    return f"{PREFIX}{number:03}"


def camera_number(name: str) -> int:
    """The number that a camera's name ends in.

    >>> camera_number("c041")
    41

    Raises:
        InputError: it ends in none.
    """
    digits = name[len(name.rstrip("0123456789")) :]
    if not digits:
        raise InputError(f"camera {name!r}: AI City files want a number; rename it to, say, c001")
    return int(digits)


def _row(path: Path, number: int, line: str, first_frame: int) -> list[float] | None:
    """The first seven numbers of a line; None for one without any."""
    parts = line.replace(",", " ").split()
    if not parts:
        return None
    fault = _fault(parts, first_frame)
    if fault is not None:
        raise FileFormatError(f"{path}:{number}: {fault}: {line.strip()[:80]!r}")
    return [float(part) for part in parts[:FEWEST_COLUMNS]]


def _fault(parts: list[str], first_frame: int) -> str | None:
    if not FEWEST_COLUMNS <= len(parts) <= MOST_COLUMNS:
        return f"expected CameraId Id FrameId X Y W H Xworld Yworld, found {len(parts)} columns"
    try:
        row = np.array([float(part) for part in parts[:FEWEST_COLUMNS]])
    except ValueError:
        return "expected numbers"
    if not np.isfinite(row).all() or (np.abs(row[BOX]) >= LARGEST).any():
        return "expected finite numbers, and boxes in px"
    if not whole(row[: BOX.start]) or row[CAMERA] < 0:
        return "expected whole numbers for camera, id and frame"
    if not first_frame <= row[FRAME] < MOST_FRAMES:
        return f"expected a frame number from {first_frame} on"
    return "expected w and h of 0 or more" if (row[SIZE] < 0).any() else None


def _table(rows: F64, first_frame: int) -> BoxTable:
    rows = rows[np.argsort(rows[:, FRAME], kind="stable")]
    box = rows[:, BOX]
    k = len(rows)
    return BoxTable(
        frame=rows[:, FRAME].astype(np.int64) - first_frame,
        object_id=rows[:, ID].astype(np.int64),
        xyxy=np.concatenate([box[:, :2], box[:, :2] + box[:, 2:]], axis=1).astype(np.float32),
        score=np.ones(k, np.float32),
        class_id=np.full(k, -1, np.int32),
        visibility=np.ones(k, np.float32),
    )
