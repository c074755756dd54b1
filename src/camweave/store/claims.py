"""A lock per live site: one process at a time gives out its identities."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Final
from zlib import crc32

from sqlalchemy import text
from sqlalchemy.engine import Connection

from camweave.core.errors import OutputError
from camweave.store.access import Access
from camweave.store.migrating import LOCK

PATIENCE: Final = 3.0  # s in which a server notices that the last holder is gone
PAUSE: Final = 0.2  # s between two tries

# A database may hold several stores, each in a schema of its own.
TAKE: Final = text("SELECT pg_try_advisory_lock(:ours, hashtext(current_schema() || '/' || :site))")


@contextmanager
def claimed(access: Access, site: str) -> Iterator[None]:
    """Hold the claim to a site until the block, the process or its connection ends.

    Raises:
        OutputError: another process holds it.
    """
    if access.address.kind == "sqlite":
        with _locked(Path(f"{access.address.file}-{crc32(site.encode()):08x}.lock"), site):
            yield
        return
    with access.session() as connection:
        until = monotonic() + PATIENCE
        while not _taken(connection, site):
            if monotonic() > until:
                raise _refused(site)
            sleep(PAUSE)
        yield


def _taken(connection: Connection, site: str) -> bool:
    return bool(connection.scalar(TAKE, {"ours": LOCK, "site": site}))


@contextmanager
def _locked(path: Path, site: str) -> Iterator[None]:
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise OutputError(f"store: cannot write {path}: {error.strerror}") from error
    try:
        _lock(handle, site)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, site: str) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise _refused(site) from None


def _refused(site: str) -> OutputError:
    return OutputError(
        f"store: another process watches site {site}, and keeps it here; stop that one first, or "
        "give this one another store"
    )
