"""A film and a camera that shows it."""

from collections.abc import Iterator

import pytest
from tests.support.rtsp.film import Film, numbered_film
from tests.support.rtsp.server import RtspServer


@pytest.fixture(scope="session")
def film() -> Film:
    return numbered_film()


@pytest.fixture
def camera(film: Film) -> Iterator[RtspServer]:
    with RtspServer(film) as server:
        yield server
