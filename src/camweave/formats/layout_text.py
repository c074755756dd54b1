"""Sections of numbers in a text file, each row with its line; the rows of a camera layout."""

from dataclasses import dataclass, field
from math import isinf, isnan
from typing import Final

from camweave.core.errors import FileFormatError, InputError
from camweave.core.frame import CameraId
from camweave.core.nearest import did_you_mean
from camweave.formats.camera_name import checked_camera

ROWS: Final = ("fps", "scales", "offset")
MATRICES: Final = ("compatibility", "dtmin", "dtmax")
USUAL: Final = {"scales": 1.0}  # what a camera gets where the section is missing
NAMES: Final = "cameras:"  # a comment that begins so names them
MOST: Final = 1000  # cameras


@dataclass(slots=True)
class Table:
    """One section."""

    line: int  # of its title, from 1
    rows: list[list[float]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)  # of each row


@dataclass(slots=True)
class Tables:
    """All sections of one file, asked for by name; what is wrong is told with its line."""

    name: str  # of the file
    tables: dict[str, Table] = field(default_factory=dict)
    names: list[str] | None = None  # of the cameras, where a comment tells them
    names_line: int = 0

    @property
    def count(self) -> int:
        """How many cameras there are: as many as rates."""
        return sum(len(row) for row in self._table("fps").rows)

    def line(self, section: str, j: int) -> int:
        """The line of a section's row j."""
        return self.tables[section].lines[j]

    def place(self, section: str, j: int) -> str:
        """`file:line` of a section's row j."""
        return f"{self.name}:{self.line(section, j)}"

    def row(self, section: str) -> tuple[float, ...]:
        """A number per camera, written in a row or one to a line.

        Raises:
            FileFormatError: too few, too many, or none that a camera can have.
        """
        if section not in self.tables and section in USUAL:
            return (USUAL[section],) * self.count
        table = self._table(section)
        values = tuple(value for row in table.rows for value in row)
        if len(values) != self.count or not values:
            wanted = self.count or "at least 1"
            message = f"{section}: expected {wanted} numbers, got {len(values)}"
            raise FileFormatError(f"{self.name}:{table.line}: {message}")
        for at, row in enumerate(table.rows):
            for value in row:
                if isinf(value) or (value <= 0 and section != "offset"):
                    wanted = "a number" if section == "offset" else "more than 0"
                    raise FileFormatError(
                        f"{self.place(section, at)}: {section} must be {wanted}, got {value:g}"
                    )
        return values

    def matrix(self, section: str) -> tuple[tuple[float, ...], ...]:
        """A number per pair of cameras.

        Raises:
            FileFormatError: not a row per camera of a number per camera.
        """
        table, n = self._table(section), self.count
        for at, row in enumerate(table.rows):
            if len(row) != n:
                message = (
                    f"{section}: expected {n} rows of {n} numbers, row {at + 1} has {len(row)}"
                )
                raise FileFormatError(f"{self.place(section, at)}: {message}")
            if section == "compatibility" and not set(row) <= {0.0, 1.0}:
                raise FileFormatError(f"{self.place(section, at)}: {section}: expected 0 or 1")
        if len(table.rows) != n:
            message = f"{section}: expected {n} rows of {n} numbers, got {len(table.rows)} rows"
            raise FileFormatError(f"{self.name}:{table.line}: {message}")
        return tuple(map(tuple, table.rows))

    def cameras(self) -> tuple[CameraId, ...]:
        """The cameras' names, or none.

        Raises:
            FileFormatError: not one per camera, one twice, or no names that cameras can have.
        """
        if self.names is None:
            return ()
        place = f"{self.name}:{self.names_line}"
        if len(self.names) != self.count or len(set(self.names)) != self.count:
            message = f"cameras: expected {self.count} different names, got {len(set(self.names))}"
            raise FileFormatError(f"{place}: {message}")
        try:
            return tuple(checked_camera(name) for name in self.names)
        except InputError as error:
            raise FileFormatError(f"{place}: {error}") from None

    def _table(self, section: str) -> Table:
        if section not in self.tables:
            raise FileFormatError(f"{self.name}: section {section!r} is missing")
        return self.tables[section]


def parse_tables(text: str, name: str) -> Tables:
    """The sections of layout text; `name` stands for the file in messages.

    Raises:
        FileFormatError: a line that is no section, row or comment; file and line are named.
    """
    tables, table = Tables(name), None
    for line, written in enumerate(text.splitlines(), 1):
        body, _, comment = written.partition("#")
        if comment.strip().startswith(NAMES) and tables.names is None:
            tables.names = comment.strip().removeprefix(NAMES).replace(",", " ").split()
            tables.names_line = line
        words = body.replace(",", " ").split()
        if words and not is_number(words[0]):
            table = opened(tables, words.pop(0).rstrip(":"), line)
        if words and table is None:
            sections = ", ".join((*ROWS, *MATRICES))
            raise FileFormatError(f"{name}:{line}: expected a section: {sections}")
        if words and table is not None:
            table.rows.append(numbers(words, f"{name}:{line}"))
            table.lines.append(line)
    refuse_crowds(tables)
    return tables


def opened(tables: Tables, title: str, line: int) -> Table:
    """A new section."""
    known = (*ROWS, *MATRICES)
    place = f"{tables.name}:{line}"
    if title not in known:
        what = "numbers or a section" if tables.tables else "a section"
        hint = did_you_mean(title, known)
        raise FileFormatError(f"{place}: expected {what}, got {title[:60]!r}{hint}")
    if title in tables.tables:
        first = tables.tables[title].line
        raise FileFormatError(f"{place}: section {title!r} comes twice (first on line {first})")
    tables.tables[title] = Table(line)
    return tables.tables[title]


def refuse_crowds(tables: Tables) -> None:
    """More cameras than a layout can have are another kind of file."""
    if "fps" in tables.tables and tables.count > MOST:
        line = tables.tables["fps"].line
        raise FileFormatError(f"{tables.name}:{line}: more than {MOST} cameras")


def is_number(word: str) -> bool:
    """Whether a word reads as a number."""
    try:
        float(word)
    except ValueError:
        return False
    return True


def numbers(words: list[str], place: str) -> list[float]:
    """One row."""
    wrong = next((word for word in words if not is_number(word) or isnan(float(word))), None)
    if wrong is not None:
        raise FileFormatError(f"{place}: expected numbers, got {wrong[:60]!r}")
    return [float(word) for word in words]
