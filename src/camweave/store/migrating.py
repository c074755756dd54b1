"""The revision of a store's tables: which it has, and how it gets to the newest."""

from threading import Lock
from typing import Final

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from camweave.core.errors import InputError
from camweave.store.address import Address
from camweave.store.schema import HEAD, metadata

VERSIONS: Final = "alembic_version"
LOCK: Final = 0x63616D77  # of PostgreSQL: one process at a time makes or changes tables
ONE: Final = Lock()  # Alembic keeps what it is at in one place for all threads of a process


class EmptyStoreError(InputError):
    """Nothing was written to a store yet: it has no tables."""


def revision_of(connection: Connection) -> str | None:
    """The revision of its tables; None where there are none of ours."""
    if not inspect(connection).has_table(VERSIONS):
        return None
    found: str | None = connection.scalar(text(f"SELECT version_num FROM {VERSIONS}"))  # noqa: S608 - a constant
    return found


def refuse_other(found: str | None, address: Address) -> None:
    """See that tables are of the revision that this camweave writes.

    Raises:
        EmptyStoreError: there are none.
        InputError: they are older or newer.
    """
    if found is None:
        raise EmptyStoreError(f"store {address}: empty; nothing was written to it yet")
    if not found.isdecimal() or int(found) > int(HEAD):
        raise InputError(
            f"store {address}: written by a newer camweave (schema {found}; this one knows up to "
            f"{HEAD}). Upgrade camweave"
        )
    if found != HEAD:
        raise InputError(
            f"store {address}: written by an older camweave (schema {found}, now {HEAD}). "
            "Keep a copy, then: camweave db upgrade --store URL"
        )


def make(connection: Connection, address: Address) -> None:
    """Make the tables where nothing is.

    Raises:
        InputError: something else is.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    found = revision_of(connection)  # another process may have been faster
    if found is not None:
        refuse_other(found, address)
        return
    there = set(inspect(connection).get_table_names())
    taken = there if address.kind == "sqlite" else there.intersection(metadata.tables)
    if taken:
        raise InputError(
            f"store {address}: it holds another program's tables ({', '.join(sorted(taken)[:3])}); "
            "give the store a place of its own"
        )
    upgrade(connection, address)


def upgrade(connection: Connection, address: Address, to: str = HEAD) -> str | None:
    """Bring the tables to a revision, in the connection's transaction; the one they had before.

    Raises:
        InputError: they are newer than this camweave.
    """
    from alembic import command
    from alembic.config import Config

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    before = revision_of(connection)
    if before is not None and (not before.isdecimal() or int(before) > int(HEAD)):
        refuse_other(before, address)
    if before != to:
        config = Config()
        config.set_main_option("script_location", "camweave.store:migrations")
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        with ONE:
            command.upgrade(config, to)
    return before
