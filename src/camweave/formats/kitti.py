"""KITTI's tracking text: `frame id type truncated occluded alpha left top right bottom ...`.

17 columns, and an 18th, the score, in detections and results; frames from 0. A type becomes a
class name in small letters. `DontCare` marks a region in which nothing was labelled.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from camweave.core.arrays import F64, I32
from camweave.core.detections import DetectionLog
from camweave.core.frame import CameraId
from camweave.core.tracks import BoxTable
from camweave.formats.found import Found, no_rate, refuse_place
from camweave.formats.text import read_text

CLASSES: Final = (
    "car",
    "van",
    "truck",
    "pedestrian",
    "person_sitting",
    "cyclist",
    "tram",
    "misc",
)
UNLABELLED: Final = "dontcare"
NO_CLASS: Final = -1
COLUMNS: Final = (17, 18)  # without and with a score
FRAME, ID, TYPE, BOX, SCORE = 0, 1, 2, slice(6, 10), 17
LARGEST_ID: Final = 1e9


def is_kitti(line: str) -> bool:
    """Whether a line could be one of such a file: blanks between, and a type in third place.

    >>> is_kitti("0 1 Van -1 -1 -1 298.9 162.1 457.1 288.9 -1 -1 -1 -1000 -1000 -1000 -10 0.97")
    True
    >>> is_kitti("1 -1 100 50 20 40 0.9")
    False
    """
    parts = line.split()
    return len(parts) > TYPE and parts[TYPE][0].isalpha() and "," not in line


def read_kitti(path: Path) -> BoxTable:
    """Ground truth or a result, in order of frame; `class_id` counts `CLASSES`.

    Rows of `DontCare` have class -1, a score of 0 (they are not counted), and each an id below 0.

    Raises:
        FileFormatError: not such a file; the message begins with file:line.
    """
    found, object_id = read_rows(path)
    found.check()
    rows = np.argsort(found.frame, kind="stable")
    counted = found.class_id != NO_CLASS
    own_id = np.where(counted, object_id, -1 - np.arange(len(counted)))
    return BoxTable(
        frame=found.frame[rows].astype(np.int64),
        object_id=own_id[rows].astype(np.int64),
        xyxy=found.xyxy[rows].astype(np.float32),
        score=np.where(counted, found.score, 0)[rows].astype(np.float32),
        class_id=found.class_id[rows],
        visibility=np.ones(len(rows), np.float32),
    )


def read_kitti_detections(
    path: Path, *, camera: CameraId, fps: float | None = None
) -> DetectionLog:
    """Detections of one sequence, without `DontCare`; the second column is not looked at.

    Raises:
        FileFormatError: not such a file, or no frame rate given.
    """
    found, _ = read_rows(path)
    if fps is None:
        raise no_rate(path)
    return found.kept(found.class_id != NO_CLASS).log(camera, fps)


def read_rows(path: Path) -> tuple[Found, F64]:
    """Every row of the file, and what its second column says."""
    lines = read_text(path, "KITTI lines").splitlines()
    rows = [line.split() for line in lines]
    place = [number for number, parts in enumerate(rows, 1) if parts]
    rows = [parts for parts in rows if parts]
    check_columns(path, rows, place)
    numbers = to_numbers(path, rows, place)
    class_id, names = to_classes([parts[TYPE] for parts in rows])
    scored = bool(rows) and len(rows[0]) > SCORE
    found = Found(
        path=path,
        place=np.array(place, np.int64),
        unit="line",
        frame=numbers[:, FRAME],
        xyxy=numbers[:, BOX],
        score=numbers[:, SCORE] if scored else np.ones(len(rows)),
        class_id=class_id,
        class_names=names,
    )
    strange = ~(np.abs(numbers[:, ID]) < LARGEST_ID) | (numbers[:, ID] % 1 != 0)
    found.refuse(strange, "expected a whole number as id")
    return found, numbers[:, ID]


def check_columns(path: Path, rows: Sequence[Sequence[str]], place: Sequence[int]) -> None:
    """Refuse a line with too few or too many columns, or with others than the first."""
    width = len(rows[0]) if rows and len(rows[0]) in COLUMNS else None
    for parts, number in zip(rows, place, strict=True):
        if len(parts) not in COLUMNS:
            why = f"expected 17 or 18 columns as KITTI's tracking labels, found {len(parts)}"
            refuse_place(path, "line", number, why)
        if len(parts) != width:
            why = f"expected {width} columns as in the lines before, found {len(parts)}"
            refuse_place(path, "line", number, why)


def to_numbers(
    path: Path, rows: Sequence[Sequence[str]], place: Sequence[int]
) -> npt.NDArray[np.float64]:
    """(K, 18) the numbers of all columns that are looked at; 0 in the place of the others."""
    table = np.zeros((len(rows), max(COLUMNS)))
    used = [FRAME, ID, *range(BOX.start, BOX.stop), SCORE]
    for row, parts in enumerate(rows):
        for column in used[: len(parts) - max(COLUMNS) or None]:
            try:
                table[row, column] = float(parts[column])
            except ValueError:
                why = f"expected a number in column {column + 1}, found {parts[column][:40]!r}"
                refuse_place(path, "line", place[row], why)
    return table


def to_classes(types: Sequence[str]) -> tuple[I32, tuple[str, ...]]:
    """(K,) places in the names returned: KITTI's own first, then others that are met."""
    number = {name: at for at, name in enumerate(CLASSES)} | {UNLABELLED: NO_CLASS}
    for name in types:
        number.setdefault(name.lower(), len(number) - 1)
    class_id = np.array([number[name.lower()] for name in types], np.int32)
    return class_id, tuple(name for name, at in number.items() if at != NO_CLASS)
