"""A CSV table, asked for its columns by the names that they may have."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

import numpy as np

from camweave.core.arrays import F64, I32, I64
from camweave.core.errors import FileFormatError
from camweave.formats.found import numbered_classes, refuse_place

DELIMITERS: Final = ",;\t"
LONGEST_HEADER: Final = 300  # characters that a message shows


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """K rows of text below a header of names, all of one width."""

    path: Path
    line: int  # of the header, from 1
    header: tuple[str, ...]  # in small letters
    rows: Sequence[Sequence[str]]
    place: I64  # (K,) line of each row, from 1

    def fail(self, why: str) -> NoReturn:
        """Refuse the header."""
        shown = ",".join(self.header)[:LONGEST_HEADER]
        raise FileFormatError(f"{self.path}:{self.line}: {why}; the header is {shown!r}")

    def named(self, names: Sequence[str]) -> int | None:
        """The place of the first column that has one of these names."""
        return next((self.header.index(name) for name in names if name in self.header), None)

    def numbers(self, names: Sequence[str]) -> F64 | None:
        """(K,) a column of numbers; None where it is absent."""
        column = self.named(names)
        return None if column is None else self.column(column)

    def column(self, column: int) -> F64:
        """(K,) the numbers of one column."""
        cells = [row[column] for row in self.rows]
        try:
            return np.array(cells, np.float64)
        except ValueError:
            bad = next(at for at, cell in enumerate(cells) if not is_number(cell))
            why = f"{self.header[column]}: expected a number, found {cells[bad][:40]!r}"
            refuse_place(self.path, "line", int(self.place[bad]), why)

    def classes(self, names: Sequence[str]) -> tuple[I32, tuple[str, ...]]:
        """(K,) and the names that they count; 0 where there is no such column."""
        column = self.named(names)
        if column is None:
            return np.zeros(len(self.rows), np.int32), ()
        return numbered_classes([row[column].strip() for row in self.rows])


def table_of(path: Path, text: str) -> Table:
    """The table in a text; empty lines are passed over.

    Raises:
        FileFormatError: there is nothing, or a line of another width than the header.
    """
    lines = text.splitlines()
    first = next((at for at, line in enumerate(lines) if line.strip()), None)
    if first is None:
        raise FileFormatError(f"{path}: the file is empty")
    header = names_of(lines[first])
    reader = csv.reader(lines[first + 1 :], delimiter=delimiter_of(lines[first]))
    rows, place = [], []
    for row in reader:
        number = first + 1 + reader.line_num
        if any(cell.strip() for cell in row):
            if len(row) != len(header):
                why = f"expected {len(header)} columns as in the header, found {len(row)}"
                refuse_place(path, "line", number, why)
            rows.append(row)
            place.append(number)
    return Table(path, first + 1, header, rows, np.array(place, np.int64))


def delimiter_of(line: str) -> str:
    """What stands between the names of a header."""
    return max(DELIMITERS, key=line.count)


def names_of(line: str) -> tuple[str, ...]:
    """The names of a header, in small letters.

    >>> names_of("Frame; X1 ;'y1'")
    ('frame', 'x1', 'y1')
    """
    return tuple(word.strip(" \"'").lower() for word in line.split(delimiter_of(line)))


def is_number(text: str) -> bool:
    """Whether it is one."""
    try:
        float(text)
    except ValueError:
        return False
    return True
