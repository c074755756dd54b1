"""`journal.jsonl`: a site's identity events in the order they happened, appended and never changed.

The first line is a header, which tells the schema. Every other line is what was appended at once:
a list of events. So what a killed process leaves is a file of whole lines and at most one torn one,
the last; it was never acknowledged, and is dropped with a note. No operation is ever there by half.
"""

import fcntl
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from camweave.core.errors import FileFormatError, InputError, OutputError
from camweave.core.events import Event
from camweave.core.plain_events import event_of, plain_of
from camweave.formats.atomic import cannot_write, flush

KIND: Final = "journal"
VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a journal tells."""

    events: tuple[Event, ...]
    notes: tuple[str, ...] = ()  # what was dropped


NOTHING: Final = Recorded(())


def read_journal(path: Path) -> Recorded:
    """All of it; a last line that is not whole is dropped, and a note says so.

    Raises:
        FileFormatError: no such file, not a journal, of a newer version, or a line that is damaged
            or does not follow on the one before: the message begins with file:line.
    """
    recorded, _ = _read(path)
    return recorded


class Journal:
    """A journal to go on with: `with Journal(path) as journal: journal.append(events)`.

    What was appended outlives the process, `kill -9` included, and a loss of power.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.recorded = NOTHING  # what was there when it was opened, until the first `append`
        self._handle = -1

    def __enter__(self) -> Self:
        """Read what is there, begin where nothing is, and keep others from writing to it.

        Raises:
            FileFormatError: as `read_journal`.
            OutputError: it cannot be written, or another process writes to it.
        """
        try:
            self._open()
        except OSError as error:
            self.close()
            raise cannot_write(self.path, error) from error
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let others write to it; safe to call twice."""
        if self._handle >= 0:
            os.close(self._handle)
        self._handle = -1

    def append(self, events: Iterable[Event]) -> None:
        """Write events down, all of them or none; what was `recorded` is let go.

        Raises:
            OutputError: they could not be written; the journal is as it was.
        """
        plain = [plain_of(event) for event in events]
        self.recorded = NOTHING
        if plain:
            self._write(_line(plain))

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        self._lock()
        start = os.pread(self._handle, len(BEGINNING) + 1, 0)
        if BEGINNING.startswith(start):  # new, or its first line was torn
            os.ftruncate(self._handle, 0)
            self._write(BEGINNING)
            flush(self.path.parent)
        self.recorded, whole = _read(self.path)
        os.ftruncate(self._handle, whole)

    def _lock(self) -> None:
        """Be the only one that writes to it, and to the file that has its name now."""
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            taken = not os.path.samestat(os.fstat(self._handle), self.path.stat())
        except BlockingIOError:
            taken = True
        if taken:
            raise OutputError(
                f"cannot write {self.path}: another process writes to it; stop that one first"
            )

    def _write(self, data: bytes) -> None:
        before = os.fstat(self._handle).st_size
        try:
            left = memoryview(data)
            while left:  # a signal, or a full disk, can cut it
                left = left[os.write(self._handle, left) :]
            os.fsync(self._handle)
        except OSError as error:
            os.ftruncate(self._handle, before)
            raise cannot_write(self.path, error) from error


def _line(plain: Mapping[str, Any] | list[Any]) -> bytes:
    try:
        text = json.dumps(plain, allow_nan=False, separators=(",", ":"), default=_own)
        return text.encode() + b"\n"
    except (ValueError, TypeError) as error:
        raise InputError(f"journal: {error}: {repr(plain)[:100]}") from error


def _own(number: Any) -> Any:  # noqa: ANN401 - a number of NumPy's, and the same of Python's
    if not hasattr(number, "item"):
        raise TypeError(f"no JSON for {type(number).__name__}")
    return number.item()


BEGINNING: Final = _line({"schema": f"camweave.{KIND}/{VERSION}"})


def _read(path: Path) -> tuple[Recorded, int]:
    """What it tells, and how many of its bytes are whole lines."""
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise FileFormatError(f"{path}: no such file") from error
    except OSError as error:
        raise FileFormatError(f"{path}: cannot be read: {error.strerror or error}") from error
    lines = data.split(b"\n")
    torn = lines.pop()
    if not lines:
        raise FileFormatError(f"{path}: no whole line in it; expected a journal")
    _check_header(path, lines[0])
    events: list[Event] = []
    for number, line in enumerate(lines[1:], 2):
        events += _read_events(path, number, line, len(events))
    notes = (_note(path, len(lines) + 1, torn),) if torn else ()
    return Recorded(tuple(events), notes), len(data) - len(torn)


def _note(path: Path, number: int, torn: bytes) -> str:
    return f"{path}:{number}: {len(torn)} bytes of a line that was not finished; dropped"


def _check_header(path: Path, line: bytes) -> None:
    """See that it is a journal that we can read."""
    header = _parsed(path, 1, line)
    if not isinstance(header, dict):
        raise FileFormatError(f"{path}:1: expected a header, found {repr(header)[:60]}")
    schema = str(header.get("schema"))
    name, _, version = schema.rpartition("/")
    if name != f"camweave.{KIND}" or not version.isdecimal():
        want = f"camweave.{KIND}/{VERSION}"
        raise FileFormatError(f"{path}:1: expected schema {want}, found {schema[:60]!r}")
    if int(version) > VERSION:
        raise FileFormatError(
            f"{path}:1: {schema} was written by a newer camweave; this one reads up to {VERSION}"
        )


def _read_events(path: Path, number: int, line: bytes, seq: int) -> list[Event]:
    """The events of a line, the first of which follows on event `seq`."""
    found = _parsed(path, number, line)
    if not isinstance(found, list):
        raise FileFormatError(f"{path}:{number}: expected a list, found {repr(found)[:60]}")
    try:
        events = [event_of(each) for each in found]
    except InputError as error:
        raise FileFormatError(f"{path}:{number}: {error}") from error
    for want, event in enumerate(events, seq + 1):
        if event.seq != want:
            raise FileFormatError(
                f"{path}:{number}: expected event {want}, found {event.seq}: a line is missing, "
                "or there twice"
            )
    return events


def _parsed(path: Path, number: int, line: bytes) -> Any:  # noqa: ANN401 - JSON holds anything
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:  # not JSON, or not UTF-8
        raise FileFormatError(f"{path}:{number}: damaged: {str(error)[:80]}") from error
