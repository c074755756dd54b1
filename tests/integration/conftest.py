"""One RabbitMQ for all tests that leave it as it is; each test has a site of its own there."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.broker_parts import connected
from tests.support.rabbitmq import Node, certificate

from camweave.broker.broker import Broker

NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certificate for this machine."""
    folder = tmp_path_factory.mktemp("tls")
    certificate(folder)
    return folder


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory, tls: Path) -> Iterator[Node]:
    """A node that nobody harms."""
    with Node(tmp_path_factory.mktemp("rabbitmq"), tls=tls) as running:
        yield running


@pytest.fixture
def site() -> str:
    """The name of a site that nobody else has."""
    return f"site {next(NUMBERS)}"


@pytest.fixture
def broker(node: Node) -> Iterator[Broker]:
    """A connection to it."""
    with connected(node) as made:
        yield made
