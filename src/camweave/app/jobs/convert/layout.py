"""The camera layout text of vehicle_mtmc: rates, offsets, and who can follow whom after how long.

Sections `fps`, `scales`, `offset` hold one row per camera (or one row in all); `compatibility`,
`dtmin`, `dtmax` hold a square matrix. `#` begins a comment. Only `scales` may be missing.
"""

from dataclasses import dataclass, field
from math import isfinite, isnan
from pathlib import Path
from typing import Final

from camweave.core.errors import FileFormatError

ROWS: Final = ("fps", "scales", "offset")
MATRICES: Final = ("compatibility", "dtmin", "dtmax")
LARGEST: Final = 1 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Layout:
    """What a layout file says of n cameras, in its own order."""

    fps: tuple[float, ...]  # (n,) frames/s
    scales: tuple[float, ...]  # (n,) recorded seconds per real second
    offset: tuple[float, ...]  # (n,) s
    windows: dict[tuple[int, int], tuple[float, float]] = field(default_factory=dict)
    # from camera, to camera: least and most s between leaving and entering


def is_layout(text: str) -> bool:
    """Whether this is layout text: its first word is one of the section names."""
    words = [line.split("#")[0].strip() for line in text.splitlines()]
    first = next((word for word in words if word), "")
    return first.rstrip(":") in {*ROWS, *MATRICES}


def read_layout(path: Path) -> Layout:
    """The layout in a text file.

    Raises:
        FileFormatError: it cannot be read, or is no such layout; the line is named.
    """
    try:
        raw = path.read_bytes()[: LARGEST + 1]
    except OSError as error:
        raise FileFormatError(f"{path}: cannot be read: {error.strerror}") from None
    if len(raw) > LARGEST:
        raise FileFormatError(f"{path}: larger than 1 MiB, so no camera layout")
    return parse_layout(raw.decode("utf-8", "replace"), str(path))


def parse_layout(text: str, name: str) -> Layout:
    """The same from text; `name` stands for the file in messages."""
    tables = sections(text, name)
    for needed in ("fps", "compatibility", "dtmin", "dtmax"):
        if needed not in tables:
            raise FileFormatError(f"{name}: section {needed!r} is missing")
    fps = flat(tables["fps"])
    n = len(fps)
    scales = flat(tables.get("scales", [[1.0] * n]))
    offset = flat(tables.get("offset", [[0.0] * n]))
    for section, row in (("scales", scales), ("offset", offset)):
        if len(row) != n:
            raise FileFormatError(f"{name}: {section}: expected {n} numbers, got {len(row)}")
    for section in MATRICES:
        square = tables[section]
        if len(square) != n or any(len(row) != n for row in square):
            raise FileFormatError(f"{name}: {section}: expected {n} rows of {n} numbers")
    if min(fps, default=0) <= 0 or min(scales) <= 0:
        raise FileFormatError(f"{name}: fps and scales must be more than 0")
    return Layout(fps, scales, offset, windows(tables, name))


def sections(text: str, name: str) -> dict[str, list[list[float]]]:
    """Rows of numbers by section."""
    tables: dict[str, list[list[float]]] = {}
    rows: list[list[float]] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split("#")[0].replace(",", " ").split()
        if not words:
            continue
        title = words[0].rstrip(":")
        if title in {*ROWS, *MATRICES}:
            rows = tables.setdefault(title, [])
            words = words[1:]
        if rows is None:
            raise FileFormatError(f"{name}:{number}: expected a section: {', '.join(ROWS)} ...")
        if words:
            rows.append(numbers(words, f"{name}:{number}"))
    return tables


def numbers(words: list[str], place: str) -> list[float]:
    """One row."""
    try:
        row = [float(word) for word in words]
    except ValueError:
        raise FileFormatError(f"{place}: expected numbers, got {' '.join(words)[:60]!r}") from None
    if any(isnan(value) for value in row):
        raise FileFormatError(f"{place}: expected numbers, got nan")
    return row


def flat(rows: list[list[float]]) -> tuple[float, ...]:
    """Numbers written in a row, or one to a line."""
    return tuple(value for row in rows for value in row)


def windows(
    tables: dict[str, list[list[float]]], name: str
) -> dict[tuple[int, int], tuple[float, float]]:
    """The pairs that are compatible."""
    n = len(tables["compatibility"])
    found = {}
    for i in range(n):
        for j in range(n):
            if i == j or not tables["compatibility"][i][j]:
                continue
            least, most = tables["dtmin"][i][j], tables["dtmax"][i][j]
            if least > most:
                pair = f"camera {i} to {j}"
                raise FileFormatError(
                    f"{name}: {pair}: dtmin {least:g} is more than dtmax {most:g}"
                )
            if isfinite(least) or least < 0:
                found[i, j] = (least, most)
    return found
