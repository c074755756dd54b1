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


@pytest.fixture
def hasty(camera: RtspServer) -> RtspServer:
    """A camera whose time runs ten times as fast: who opens it need not wait for a key picture."""
    camera.rate(250, nominal_stamps=True)
    return camera
