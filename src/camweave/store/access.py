"""How a store's connections are used: one transaction at a time, and again where that may help."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from time import monotonic, sleep
from typing import Final, TypeVar

from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from camweave.store.address import Address
from camweave.store.engines import READING, engine_of
from camweave.store.failures import is_held, passes, told
from camweave.store.standstill import holders_ended

PAUSE: Final = 0.1  # s between two tries

T = TypeVar("T")


class Access:
    """Transactions with a store. What they do must be fit to be done again.

    While another process holds the store, or its server is gone, they wait up to `patience` s.
    """

    def __init__(self, address: Address, *, read_only: bool, patience: float) -> None:
        self.address, self.patience = address, patience
        self._engine = engine_of(address, read_only=read_only, patience=patience)
        dbapi = self._engine.dialect.dbapi
        driver = sqlite3.Error if dbapi is None else dbapi.Error
        self._errors: tuple[type[Exception], ...] = (SQLAlchemyError, driver)

    def close(self) -> None:
        """Let go of all connections; safe to call twice."""
        self._engine.dispose()

    def read(self, work: Callable[[Connection], T], *, again: bool = True) -> T:
        """What `work` finds, in a transaction that changes nothing.

        Raises:
            CamweaveError: the store cannot be read; a `JobError` may be gone later.
        """
        return self._repeated(work, reading=True, patience=self.patience if again else 0.0)

    def write(self, work: Callable[[Connection], T]) -> T:
        """Let `work` change the store, wholly or not at all.

        Raises:
            CamweaveError: as for `read`; nothing is written by half.
        """
        return self._repeated(work, reading=False, patience=self.patience)

    @contextmanager
    def open(self) -> Iterator[Connection]:
        """A transaction to read from for longer; nothing is done again."""
        try:
            with self._begun(reading=True) as connection:
                if self.address.kind == "postgresql":  # who takes it may be slow
                    connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
                yield connection
        except self._errors as error:
            raise told(error, self.address) from error

    @contextmanager
    def session(self) -> Iterator[Connection]:
        """A connection of its own without a transaction, which ends with the block."""
        try:
            with self._engine.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT")
                try:
                    yield connection
                finally:
                    connection.invalidate()  # else it is kept for the next who asks for one
        except self._errors as error:
            raise told(error, self.address) from error

    def statement(self, sql: str) -> None:
        """One that stands outside of transactions.

        Raises:
            CamweaveError: it failed.
        """
        try:
            with self._engine.connect() as connection:
                if self.address.kind == "sqlite":
                    raw = connection.connection.driver_connection
                    assert raw is not None  # noqa: S101 - it was connected
                    raw.execute(sql)
                else:
                    connection.execution_options(isolation_level="AUTOCOMMIT")
                    connection.execute(text(sql))
        except self._errors as error:
            raise told(error, self.address) from error

    def _repeated(self, work: Callable[[Connection], T], *, reading: bool, patience: float) -> T:
        deadline, held = monotonic() + patience, False
        while True:
            try:
                with (
                    self._begun(reading=reading) as connection,
                    holders_ended(self._engine, connection) if held else nullcontext(),
                ):
                    return work(connection)
            except self._errors as error:
                if monotonic() > deadline or not passes(error):
                    raise told(error, self.address) from error
                held = is_held(error)
            sleep(PAUSE)

    @contextmanager
    def _begun(self, *, reading: bool) -> Iterator[Connection]:
        with self._engine.connect() as connection:
            connection.execution_options(**{READING: reading})
            with connection.begin():
                yield connection
