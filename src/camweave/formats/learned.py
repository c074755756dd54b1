"""`learned.json`: what a site's tracklets told of its clocks and of how its views lie together.

The windows and zones that were learned with it are in `topology.learned.yaml`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any, Final

import numpy as np

from camweave.core.arrays import F64
from camweave.core.errors import FileFormatError, InputError
from camweave.core.frame import CameraId
from camweave.core.plain_events import Unfit, read_real, read_whole
from camweave.formats.atomic import written_whole
from camweave.formats.camera_name import checked_camera
from camweave.formats.text import read_text
from camweave.ops.ground import checked

SCHEMA: Final = "camweave.learned/1"
MOST_BYTES: Final = 16 << 20
HOWS: Final = ("together", "both ways")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockOffset:
    """What to add to a camera's clock, that it agrees with those it is compared with."""

    camera: CameraId
    offset: float  # s to add
    sigma: float  # s, standard error; 0: the one that others are compared with; inf: unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockDifference:
    """What the objects that two cameras share say of their clocks."""

    one: CameraId
    other: CameraId
    ahead: float  # s to be added to the clock of `other`
    sigma: float  # s, standard error
    samples: int  # passages
    how: str  # "together": on the ground at the same time; or "both ways"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SharedView:
    """How the ground in one view lies to the same ground in another."""

    one: CameraId
    other: CameraId
    homography: F64  # (3, 3) px of `one` to px of `other`
    offset: float  # s to add to the times of `other`
    error: float  # of a box's height: median miss of tracklets that had no say in the fit
    samples: int  # tracklets that agree


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Learned:
    """Clocks and views as learned, and what could not be learned."""

    clocks: tuple[ClockOffset, ...] = ()
    differences: tuple[ClockDifference, ...] = ()
    views: tuple[SharedView, ...] = ()
    notes: tuple[str, ...] = ()  # a sentence each


def format_learned(learned: Learned) -> str:
    """The file's text: one clock, pair or view a line; `parse_learned` gives back the same.

    Raises:
        InputError: it holds what no such file can, such as a number that is none.
    """
    parts: dict[str, list[Any]] = {
        "clocks": [_plain(each) for each in learned.clocks],
        "differences": [_plain(each) for each in learned.differences],
        "views": [_plain(each) for each in learned.views],
        "notes": list(learned.notes),
    }
    sections = ",\n".join(f'"{name}": {_rows(rows)}' for name, rows in parts.items())
    text = f'{{"schema": "{SCHEMA}",\n{sections}}}\n'
    try:
        parse_learned(text, "learned.json")
    except FileFormatError as error:
        raise InputError(f"what was learned cannot be written: {error}") from None
    return text


def write_learned_file(path: Path, learned: Learned) -> None:
    """Write it whole.

    Raises:
        InputError: as `format_learned`.
        OutputError: the file could not be written.
    """
    text = format_learned(learned)
    with written_whole(path) as part:
        part.write_text(text, encoding="utf-8")


def read_learned(path: Path) -> Learned:
    """What such a file says.

    Raises:
        FileFormatError: it is none, or something in it cannot be; the message says where.
    """
    return parse_learned(read_text(path, "learned.json", MOST_BYTES), str(path))


def parse_learned(text: str, name: str) -> Learned:
    """The same from text; `name` stands for the file in messages."""
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FileFormatError(f"{name}: damaged: {str(error)[:80]}") from error
    if not isinstance(plain, dict) or plain.get("schema") != SCHEMA:
        has = plain.get("schema") if isinstance(plain, dict) else None
        raise FileFormatError(f"{name}: expected schema {SCHEMA}, found {str(has)[:60]!r}")
    rows = {key: _list(plain, key, name) for key in ("clocks", "differences", "views", "notes")}
    readers = {"clocks": _clock, "differences": _difference, "views": _view}
    made: dict[str, list[Any]] = {}
    for key, reader in readers.items():
        made[key] = []
        for at, row in enumerate(rows[key]):
            try:
                made[key].append(reader(row if isinstance(row, dict) else {}))
            except (Unfit, InputError) as error:
                raise FileFormatError(f"{name}: {key}[{at}]: {error}") from None
    return Learned(
        clocks=tuple(made["clocks"]),
        differences=tuple(made["differences"]),
        views=tuple(made["views"]),
        notes=tuple(map(str, rows["notes"])),
    )


def _rows(rows: list[Any]) -> str:
    return "[" + ",".join(f"\n{json.dumps(row)}" for row in rows) + "]"


def _plain(each: ClockOffset | ClockDifference | SharedView) -> dict[str, Any]:
    plain = {name: getattr(each, name) for name in each.__slots__}
    if isinstance(each, SharedView):
        plain["homography"] = each.homography.tolist()
    return {name: _number(value) for name, value in plain.items()}


def _number(value: Any) -> Any:  # noqa: ANN401 - any of JSON's types
    """The same; infinity, for which JSON has no number, as the text `inf`."""
    return "inf" if isinstance(value, float) and value == inf else value


def _list(plain: Mapping[str, Any], key: str, name: str) -> list[Any]:
    found = plain.get(key)
    if not isinstance(found, list):
        raise FileFormatError(f"{name}: {key}: expected a list, found {repr(found)[:60]}")
    return found


def _camera(row: Mapping[str, Any], key: str) -> CameraId:
    return checked_camera(str(row.get(key)))


def _sigma(row: Mapping[str, Any]) -> float:
    found = row.get("sigma")
    value = inf if found == "inf" else read_real(found)
    if value < 0:
        raise Unfit("a standard error of 0 or more", found)
    return value


def _clock(row: Mapping[str, Any]) -> ClockOffset:
    return ClockOffset(
        camera=_camera(row, "camera"), offset=read_real(row.get("offset")), sigma=_sigma(row)
    )


def _difference(row: Mapping[str, Any]) -> ClockDifference:
    how = row.get("how")
    if how not in HOWS:
        raise Unfit(f"how: one of {', '.join(HOWS)}", how)
    return ClockDifference(
        one=_camera(row, "one"),
        other=_camera(row, "other"),
        ahead=read_real(row.get("ahead")),
        sigma=_sigma(row),
        samples=read_whole(row.get("samples")),
        how=str(how),
    )


def _view(row: Mapping[str, Any]) -> SharedView:
    rows = row.get("homography")
    flat = [value for each in _lists(rows) for value in each]
    if len(flat) != 9:  # noqa: PLR2004 - three rows of three
        raise Unfit("homography: three rows of three numbers", rows)
    matrix = np.array([read_real(value) for value in flat], np.float64).reshape(3, 3)
    return SharedView(
        one=_camera(row, "one"),
        other=_camera(row, "other"),
        homography=checked(matrix),
        offset=read_real(row.get("offset")),
        error=read_real(row.get("error")),
        samples=read_whole(row.get("samples")),
    )


def _lists(rows: object) -> list[list[Any]]:
    """The same, where it is lists in a list; else none."""
    return [row for row in rows if isinstance(row, list)] if isinstance(rows, list) else []
