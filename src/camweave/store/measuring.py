"""The size of a store, and its rows by table."""

from typing import Any, Final

from sqlalchemy import func, select, text
from sqlalchemy.engine import Connection

from camweave.store.address import Address
from camweave.store.migrating import revision_of
from camweave.store.schema import metadata
from camweave.store.values import Info

ABOUT: Final = 100_000  # rows above which PostgreSQL's own estimate is used
# Bytes of a row on PostgreSQL with its indexes. Deleted rows free no space there, so the size of a
# table does not tell how much is in it.
POSTGRES_ROW: Final = {"track_point": 126, "frame": 120}

PAGES: Final = text(
    "SELECT (page_count - freelist_count) * page_size, page_count * page_size "
    "FROM pragma_page_count, pragma_freelist_count, pragma_page_size"
)
TABLES: Final = text(
    "SELECT relname AS name, reltuples AS rows, pg_total_relation_size(oid) AS bytes "
    "FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace "
    "AND relname = ANY(:names)"
)
OLDEST: Final = text(
    "SELECT run.began + (SELECT min(time) FROM frame WHERE frame.camera_id = camera.id) AS at "
    "FROM camera JOIN run ON run.id = camera.run_id"
)
NEWEST: Final = text(
    "SELECT run.began + (SELECT max(time) FROM frame WHERE frame.camera_id = camera.id) AS at "
    "FROM camera JOIN run ON run.id = camera.run_id"
)


def info(connection: Connection, address: Address) -> Info:
    """Size, content and versions of a store."""
    used, held = sizes(connection, address)
    first_last = ends(connection)
    return Info(
        engine=engine_name(connection),
        schema=revision_of(connection) or "",
        used=used,
        held=held,
        counts=counts(connection),
        oldest=None if first_last is None else first_last[0],
        newest=None if first_last is None else first_last[1],
    )


def sizes(connection: Connection, address: Address) -> tuple[int, int]:
    """Bytes of rows and indexes, and bytes taken from the disk."""
    if address.kind == "sqlite":
        used, held = connection.execute(PAGES).one()
        written_ahead = address.file.with_name(f"{address.file.name}-wal")
        return used, held + (written_ahead.stat().st_size if written_ahead.exists() else 0)
    tables = _tables(connection)
    held = sum(row.bytes for row in tables.values())
    used = held
    for name, size in POSTGRES_ROW.items():
        used += min(int(tables[name].rows * size) - tables[name].bytes, 0) * (
            tables[name].rows >= 0
        )
    return used, held


def counts(connection: Connection) -> dict[str, int]:
    """Rows by table."""
    postgres = connection.dialect.name == "postgresql"
    about = {name: int(row.rows) for name, row in _tables(connection).items()} if postgres else {}
    return {
        name: about[name]
        if about.get(name, 0) >= ABOUT
        else int(connection.scalar(select(func.count()).select_from(table)) or 0)
        for name, table in sorted(metadata.tables.items())
    }


def engine_name(connection: Connection) -> str:
    """The name and version of the database."""
    if connection.dialect.name == "sqlite":
        return f"SQLite {connection.scalar(text('SELECT sqlite_version()'))}"
    return f"PostgreSQL {str(connection.scalar(text('SHOW server_version'))).split()[0]}"


def _tables(connection: Connection) -> dict[str, Any]:
    names = sorted(metadata.tables)
    return {row.name: row for row in connection.execute(TABLES, {"names": names})}


def ends(connection: Connection) -> tuple[float, float] | None:
    """When the first and the last frame were captured, s since 1970; None where there is none."""
    first, last = (
        [row.at for row in connection.execute(each) if row.at is not None]
        for each in (OLDEST, NEWEST)
    )
    return (min(first), max(last)) if first else None
