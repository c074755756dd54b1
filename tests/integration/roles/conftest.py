"""A small world of three cameras, and the site file of a test over it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.postgres import Postgres
from tests.support.rabbitmq import Node
from tests.support.roles import Embedded, embedded
from tests.support.walk import film, write_site

from camweave.app.jobs.roles.joining import settled
from camweave.app.jobs.roles.reaching import broker_at, sites_of
from camweave.broker.sites import announce
from camweave.formats.messages.sites import SiteNotice


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


@pytest.fixture(autouse=True)
def nothing_stays(request: pytest.FixtureRequest) -> Iterator[None]:
    """A site that a test tells of is over when it ends: workers of later ones take them all."""
    node = request.getfixturevalue("node") if "node" in request.fixturenames else None
    before = {} if node is None else sites_on(node)
    yield
    if node is None:
        return
    with broker_at(node.url) as broker:
        for site, notice in sites_on(node).items():
            if site not in before:
                announce(broker, replace(notice, over=True))


def sites_on(node: Node) -> dict[str, SiteNotice]:
    """All sites that were told of and are not over."""
    with broker_at(node.url) as broker, sites_of(broker) as sites:
        settled(sites)
        return dict(sites.known)
