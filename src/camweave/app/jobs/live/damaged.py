"""Renames a damaged store and finds the highest id in it, so that no id is given out twice."""

import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from camweave.core.errors import FileFormatError
from camweave.formats.atomic import cannot_write
from camweave.store.address import address_of

log = logging.getLogger(__name__)

IDS: Final = re.compile(rb'"(?:identity|into|alias)":(\d{1,15})|"next_id":(\d{1,15})')
OURS: Final = b"camera_state"  # the name of a table that only our stores have
PIECE: Final = 1 << 24  # bytes that are searched at one time
SEAM: Final = 64  # bytes by which two pieces overlap: no id is cut in two
PARTS: Final = ("", "-wal", "-shm")  # of a SQLite database


def put_aside(url: str, why: FileFormatError) -> int:
    """Rename a damaged store, log that, and return the highest id found in its bytes.

    Raises:
        FileFormatError: it is no file, or was never a store of ours; it is left alone.
    """
    address = address_of(url)
    if address.kind != "sqlite":
        raise why
    parts = [Path(f"{address.file}{end}") for end in PARTS]
    last, ours = 0, False
    for piece in _pieces([each for each in parts if each.is_file()]):
        ours |= OURS in piece
        found = (int(one or other) for one, other in IDS.findall(piece))
        last = max([last, *found])
    if not ours:
        raise why
    mark = f".damaged-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    for part, end in zip(parts, PARTS, strict=True):
        if part.exists():
            _rename(part, Path(f"{address.file}{mark}{end}"))
    kept = f"{address.file.name}{mark}"
    log.error("%s; kept as %s, who is who begins anew, with id %d", why, kept, last + 1)
    return last


def _pieces(files: list[Path]) -> Iterator[bytes]:
    for file in files:
        with file.open("rb") as read:
            before = b""
            while piece := read.read(PIECE):
                yield before + piece
                before = piece[-SEAM:]


def _rename(part: Path, kept: Path) -> None:
    try:
        part.rename(kept)
    except OSError as error:
        raise cannot_write(kept, error) from error
