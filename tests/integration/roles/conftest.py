"""A small world of three cameras, and the site file of a test over it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.postgres import Postgres
from tests.support.roles import Embedded, embedded
from tests.support.walk import film, write_site


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
