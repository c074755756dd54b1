"""One node for all tests that leave it as it is; each test has a site of its own there."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.broker_parts import connected
from tests.support.postgres import Postgres
from tests.support.rabbitmq import Node
from tests.support.roles import Embedded, embedded
from tests.support.walk import film, write_site

from camweave.broker.broker import Broker

NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A node that nobody harms."""
    with Node(tmp_path_factory.mktemp("rabbitmq")) as running:
        yield running


@pytest.fixture
def site() -> str:
    """The name of a site that nobody else has."""
    return f"place {next(NUMBERS)}"


@pytest.fixture
def broker(node: Node) -> Iterator[Broker]:
    """A connection to it."""
    with connected(node) as made:
        yield made


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small world of three cameras: videos, and what is seen in them."""
    folder = tmp_path_factory.mktemp("walk")
    film(folder)
    return folder


@pytest.fixture(scope="session")
def expected(films: Path) -> Embedded:
    """What one process makes of it."""
    return embedded(write_site(films, films, "walk"))


@pytest.fixture
def file(tmp_path: Path, films: Path, site: str) -> Path:
    """A site file over that world, whose store has nothing in it."""
    return write_site(tmp_path, films, site)


@pytest.fixture
def on_postgres(file: Path) -> Iterator[tuple[Path, str]]:
    """The same site file with its store on PostgreSQL, and where that is."""
    with Postgres() as server:
        file.write_text(file.read_text().replace("sqlite:///walk.db", server.url))
        yield file, server.url
