"""Connections to a store: how each engine is asked for what the store promises.

SQLite: written ahead (WAL), so that readers never wait; flushed with every commit (FULL), since
what is written is acknowledged to others afterwards; writing begins with BEGIN IMMEDIATE, since a
reader that turns into a writer is refused at once instead of waiting.
"""

import sqlite3
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import QueuePool

from camweave.core.errors import InputError, MissingExtra, OutputError
from camweave.store.address import Address

READING: Final = "camweave_reading"  # option of a connection that only reads
CHECKPOINT: Final = 8000  # pages written ahead (32 MB), after which they go into the file
CACHE: Final = 16_384  # KiB of pages in memory, a connection
WIRE: Final = "utf8"  # whatever a database keeps its text in
ANSWER: Final = 5  # s within which a server takes a connection
SILENT: Final = 10  # s after which a connection without an answer is given up

TCP: Final = {
    "connect_timeout": ANSWER,
    "keepalives_idle": ANSWER,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": SILENT * 1000,
    "application_name": "camweave",
    "client_encoding": WIRE,
}
GUARD: Final = {
    "tcp_keepalives_idle": ANSWER,
    "tcp_keepalives_interval": 2,
    "tcp_keepalives_count": 3,
    "tcp_user_timeout": SILENT * 1000,
}
PAUSED: Final = 3  # s that a writer may do nothing in the middle of a transaction
WAITING: Final = 2  # s that a writer waits for another's locks, before it tries again


def engine_of(address: Address, *, read_only: bool, patience: float) -> Engine:
    """What makes connections; none is made yet.

    Raises:
        InputError: it is only to be read, and is not there.
        OutputError: its folder cannot be made.
        MissingExtra: what talks to PostgreSQL is not installed.
    """
    if address.kind == "sqlite":
        return _sqlite(address, read_only=read_only, patience=patience)
    return _postgresql(address, read_only=read_only)


def _sqlite(address: Address, *, read_only: bool, patience: float) -> Engine:
    path = address.file
    if read_only and not path.exists():
        raise InputError(f"store {address}: no such file")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"store {address}: its folder cannot be made: {error.strerror}") from None
    place = f"file:{quote(str(path.absolute()))}?mode={'ro' if read_only else 'rwc'}"

    def connect() -> sqlite3.Connection:
        made = sqlite3.connect(
            place, uri=True, timeout=patience, isolation_level=None, check_same_thread=False
        )
        try:
            _prepare(made, read_only=read_only)
        except BaseException:
            made.close()
            raise
        return made

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, hide_parameters=True)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, *, read_only: bool) -> None:
    if not read_only:
        connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT}")
    connection.execute(f"PRAGMA cache_size = -{CACHE}")


def _begin(connection: Connection) -> None:
    reads = connection.get_execution_options().get(READING, False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _postgresql(address: Address, *, read_only: bool) -> Engine:
    try:
        import psycopg
    except ImportError as error:
        raise MissingExtra("a store on PostgreSQL", "postgres") from error
    del psycopg
    given: dict[str, Any] = {key: kept for key, kept in TCP.items() if key not in address.url.query}
    engine = create_engine(
        address.url, connect_args=given, pool_pre_ping=True, hide_parameters=True
    )
    event.listen(engine, "connect", _guard)
    event.listen(engine, "connect", _only_read if read_only else _hurry)
    return engine


def _guard(connection: Any, _: object) -> None:  # noqa: ANN401 - psycopg's, an extra
    """Have the server let go of our locks soon, should this machine die in a transaction."""
    with connection.cursor() as cursor:
        for name, value in GUARD.items():
            cursor.execute(f"SET {name} = {value}")
    connection.commit()


def _hurry(connection: Any, _: object) -> None:  # noqa: ANN401 - psycopg's, an extra
    """Have the server let go of our locks, should this process stand still in a transaction."""
    connection.execute(f"SET idle_in_transaction_session_timeout = {PAUSED * 1000}")
    connection.execute(f"SET lock_timeout = {WAITING * 1000}")
    connection.commit()


def _only_read(connection: Any, _: object) -> None:  # noqa: ANN401 - psycopg's, an extra
    connection.read_only = True
