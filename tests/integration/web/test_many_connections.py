"""Connections of those who ask for nothing: they make room for others, and harm nobody."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from urllib.request import urlopen

import pytest
from tests.support.mjpeg_client import MjpegClient
from tests.support.small_show import GATE, SITE, filming
from tests.support.waiting import until

from camweave.app.runtime.showing import Showing
from camweave.web.app import make_app
from camweave.web.server import ServerParams, WebServer

MOST = 12


@pytest.fixture
def server() -> Iterator[tuple[WebServer, Showing]]:
    with (
        Showing(SITE) as showing,
        WebServer(make_app(showing), ServerParams(port=0, connections=MOST)) as server,
    ):
        yield server, showing


def connected(server: WebServer, ends: ExitStack, said: bytes = b"") -> socket.socket:
    made = ends.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=10))
    made.sendall(said)
    return made


def closed(connection: socket.socket) -> bool:
    connection.setblocking(False)
    with suppress(ConnectionError):
        try:
            while connection.recv(4096):
                pass
        except BlockingIOError:
            return False
    return True


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"GET / HT",
        b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab",
        b"GET /none HTTP/1.1\r\nHost: a\r\n\r\n",
    ],
)
def test_who_has_asked_for_nothing_for_longest_makes_room(
    server: tuple[WebServer, Showing], said: bytes
) -> None:
    web, showing = server
    with (
        filming(showing, began=time.time()),
        MjpegClient(f"{web.url}/{GATE}.mjpg") as viewer,
        ExitStack() as ends,
    ):
        parts = viewer.parts()
        next(parts)
        first = connected(web, ends, said)
        if said.startswith(b"GET /none"):
            assert b"404" in first.recv(1000)
        others = [connected(web, ends) for _ in range(MOST)]
        until(lambda: closed(first), within=5)
        assert sum(map(closed, others)) <= 1
        with urlopen(f"{web.url}/{GATE}.jpg", timeout=10) as answer:  # noqa: S310 - our own server
            assert answer.read(2) == b"\xff\xd8"
        next(parts)
