"""Visitors of a whole site who mean no good, or do not know better."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from select import select
from urllib.parse import urlsplit

import pytest
from tests.support.mjpeg_client import MjpegClient
from tests.support.staged_site import Stage
from tests.support.trial import nothing_left_behind, resident, trial

UNKNOWN = 10_000  # requests
LARGE = 100 << 20  # bytes
PIECE = 1 << 20  # bytes
ROOM = 24 << 20  # bytes: what is refused is not kept


@contextmanager
def line_to(stage: Stage) -> Iterator[socket.socket]:
    """A connection to its server."""
    where = urlsplit(stage.url)
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=20) as made:
        yield made


def test_viewers_that_never_read_cost_the_site_nothing(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    with nothing_left_behind(), trial(stage, caplog), ExitStack() as deaf:
        for _ in range(20):
            made = deaf.enter_context(line_to(stage))
            made.sendall(b"GET /gate.mjpg HTTP/1.1\r\nHost: localhost\r\n\r\n")
        with MjpegClient(f"{stage.url}/gate.mjpg") as client:
            parts = [part for part, _ in zip(client.parts(), range(20), strict=False)]
        assert max(part.age for part in parts[2:]) < 2.5  # s; 0.3 on a free machine


def test_ten_thousand_requests_for_unknown_cameras_cost_the_site_nothing(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    with nothing_left_behind(), trial(stage, caplog), line_to(stage) as line:
        at_once = 200
        for first in range(0, UNKNOWN, at_once):
            names = (f"/stream/cam_{first + more}" for more in range(at_once))
            wish = "".join(f"GET {name} HTTP/1.1\r\nHost: localhost\r\n\r\n" for name in names)
            line.sendall(wish.encode())
            answers = b""
            while answers.count(b'"}') < at_once:
                answers += line.recv(1 << 16)
            assert answers.count(b"HTTP/1.1 404 ") == at_once


@pytest.mark.parametrize("told", [True, False], ids=["of a told length", "in pieces"])
def test_a_hundred_megabytes_are_refused_and_not_kept(
    stage: Stage, caplog: pytest.LogCaptureFixture, *, told: bool
) -> None:
    length = f"Content-Length: {LARGE}" if told else "Transfer-Encoding: chunked"
    head = f"POST /api/search HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/jpeg\r\n{length}"
    memory = resident()
    with nothing_left_behind(), trial(stage, caplog), line_to(stage) as line:
        line.sendall(f"{head}\r\n\r\n".encode())
        began = time.monotonic()
        sent = 0 if told else pour(line)
        answer = line.recv(1 << 16)
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert sent < LARGE // 2
        assert time.monotonic() - began < 5
    assert resident() - memory < ROOM


def pour(line: socket.socket) -> int:
    """Send pieces until there is an answer; bytes that left."""
    piece, sent = bytes(PIECE), 0
    line.settimeout(2)
    while sent < LARGE and not select([line], [], [], 0)[0]:
        line.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
        sent += len(piece)
    return sent
