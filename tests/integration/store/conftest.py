"""Stores of a test's own, on both engines."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.support.postgres import Postgres

from camweave.store.store import Store, open_store

NAMES = count()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server for all tests, which leave it running."""
    with Postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Gives addresses of stores in which nothing is yet."""
    if request.param == "sqlite":
        return lambda: f"sqlite:///{tmp_path}/{next(NAMES)}.db"
    server: Postgres = request.getfixturevalue("postgres")
    return lambda: server.fresh(f"store_{next(NAMES)}")


@pytest.fixture(scope="module")
def stores(
    tmp_path_factory: pytest.TempPathFactory, postgres: Postgres
) -> Iterator[tuple[Store, Store]]:
    """One of each engine, for runs of many names."""
    folder = tmp_path_factory.mktemp("stores")
    with (
        open_store(f"sqlite:///{folder}/s.db") as sqlite,
        open_store(postgres.fresh(f"store_{next(NAMES)}")) as server,
    ):
        yield sqlite, server


@pytest.fixture
def url(place: Callable[[], str]) -> str:
    """The address of a store in which nothing is yet."""
    return place()


Found = tuple[list[str], list[tuple[Any, ...]]]


@pytest.fixture
def rows_of() -> Callable[..., Found]:
    """Names of columns, and rows, of a query, as somebody else's program asks it."""

    def ask(url: str, query: str, **values: object) -> Found:
        if url.startswith("sqlite"):
            with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
                found = connection.execute(query, values)
                return [each[0] for each in found.description], found.fetchall()
        with psycopg.connect(url) as connection:
            connection.execute("SET TimeZone TO UTC")
            asked = re.sub(r"(?<!:):(\w+)", r"%(\1)s", query.replace("%", "%%"))
            cursor = connection.execute(asked.encode(), values)
            return [each.name for each in cursor.description or ()], cursor.fetchall()

    return ask
