"""COCO results, as detectors write them: a list of `image_id, category_id, bbox, score`.

`image_id` is the frame, from 0; `bbox` is x, y, width, height. The list is walked entry by entry,
so that memory holds the text and the numbers, never a million Python objects.
"""

import json
import re
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np

from camweave.core.detections import DetectionLog
from camweave.core.errors import FileFormatError
from camweave.core.frame import CameraId
from camweave.formats.found import Found, no_rate, refuse_place
from camweave.formats.text import read_text

MOST_BYTES: Final = 512 << 20  # of text, unpacked: some 4 million boxes
BLANK: Final = re.compile(r"\s*")
BETWEEN: Final = re.compile(r"\s*,\s*")
SIDES: Final = 4
LARGEST_CATEGORY: Final = 1 << 31
COLUMNS: Final = 7  # frame, box, score, category


def read_coco_detections(path: Path, *, camera: CameraId, fps: float | None = None) -> DetectionLog:
    """All boxes of a results file; `class_id` is the `category_id`, which has no name here.

    Raises:
        FileFormatError: not such a list, an entry that cannot be, or no frame rate given.
    """
    text = read_text(path, "COCO results in JSON", MOST_BYTES)
    numbers = array("d")
    for at, entry in enumerate(entries(path, text), 1):
        numbers.extend(row_of(path, at, entry))
    if fps is None:
        raise no_rate(path)
    rows = np.frombuffer(numbers).reshape(-1, COLUMNS)
    left_top, size = rows[:, 1:3], rows[:, 3:5]
    return Found(
        path=path,
        place=np.arange(1, len(rows) + 1),
        unit="entry",
        frame=rows[:, 0],
        xyxy=np.concatenate([left_top, left_top + size], axis=1),
        score=rows[:, 5],
        class_id=rows[:, 6].astype(np.int32),
    ).log(camera, fps)


def entries(path: Path, text: str) -> Iterator[Any]:
    """Each entry of the list in a text, read when it is asked for."""
    decode = json.JSONDecoder().raw_decode
    at = after(BLANK, text, 0)
    if text[at : at + 1] != "[":
        raise FileFormatError(f"{path}: expected a list of results, found {kind_of(text, at)}")
    at = after(BLANK, text, at + 1)
    while text[at : at + 1] != "]":
        try:
            entry, at = decode(text, at)
        except (ValueError, RecursionError) as error:  # ValueError: broken, or a number too long
            raise broken(path, text, at, error) from error
        yield entry
        comma = BETWEEN.match(text, at)
        at = comma.end() if comma else after(BLANK, text, at)
        if not comma and text[at : at + 1] != "]":
            raise broken(path, text, at, None)


def after(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Where a pattern that fits anything ends."""
    found = pattern.match(text, at)
    return found.end() if found else at


def kind_of(text: str, at: int) -> str:
    """What stands where a list should."""
    if text[at : at + 1] != "{":
        return repr(text[at : at + 40]) if text[at:] else "nothing"
    keys = re.findall(r'"([A-Za-z_]\w*)"\s*:\s*[\[{]', text[at : at + 1_000_000])
    known = [key for key in dict.fromkeys(keys) if key in {"images", "annotations", "info"}]
    return "an object" + (f" with {', '.join(known)}: a data set, not results" if known else "")


def broken(path: Path, text: str, at: int, error: Exception | None) -> FileFormatError:
    """The line on which the JSON ends to be one."""
    at = error.pos if isinstance(error, json.JSONDecodeError) else at
    line = text.count("\n", 0, at) + 1
    what = "cut short" if at >= len(text.rstrip()) else "not JSON"
    return FileFormatError(f"{path}:{line}: {what}; expected a list of COCO results")


def row_of(path: Path, place: int, entry: object) -> tuple[float, ...]:
    """The numbers of one entry."""
    if not isinstance(entry, dict):
        refuse_place(path, "entry", place, f"expected an object, found {str(entry)[:40]!r}")
    box = entry.get("bbox")
    if not isinstance(box, list) or len(box) != SIDES or not all(map(is_number, box)):
        refuse_place(path, "entry", place, f"bbox: expected [x, y, w, h], found {str(box)[:60]}")
    frame, score = entry.get("image_id"), entry.get("score", 1.0)
    category = entry.get("category_id", 0)
    if not isinstance(frame, int):
        why = f"image_id: expected the number of a frame, from 0, found {frame!r:.60}"
        refuse_place(path, "entry", place, why)
    if not is_number(score):
        refuse_place(path, "entry", place, f"score: expected a number, found {score!r:.60}")
    if not isinstance(category, int) or not 0 <= category < LARGEST_CATEGORY:
        refuse_place(
            path, "entry", place, f"category_id: expected a number, found {category!r:.60}"
        )
    try:
        return (float(frame), *map(float, box), float(score), float(category))
    except OverflowError:
        refuse_place(path, "entry", place, "expected numbers of a usual size")


def is_number(value: object) -> bool:
    """Whether JSON wrote a number there."""
    return isinstance(value, int | float) and not isinstance(value, bool)
