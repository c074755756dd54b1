"""Many viewers, slow ones, and such as mean no good: none of them harms another."""

import os
import resource
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from benchmarks.many_readers import open_streams, read_all
from tests.integration.web.conftest import Serve, Served
from tests.support.mjpeg_client import MjpegClient
from tests.support.small_show import counts_of, filming, wait_until

SECONDS = 3.0
LARGE = (640, 360)  # px: a picture of 110 kB or so
UNKNOWN = 10_000  # requests


def threads_of(process: int) -> int:
    return len(os.listdir(f"/proc/{process}/task"))  # noqa: PTH208 - one call to the system


def resident() -> int:
    """Bytes of memory that this process has."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def address_of(served: Served) -> tuple[str, int]:
    return served.server.params.host, served.server.port


@contextmanager
def deaf(served: Served, viewers: int) -> Iterator[list[socket.socket]]:
    """Viewers that ask, and then read nothing at all."""
    with ExitStack() as open_ends:
        made = []
        for _ in range(viewers):
            one = open_ends.enter_context(socket.create_connection(address_of(served)))
            one.sendall(b"GET /gate.mjpg HTTP/1.1\r\nHost: x\r\n\r\n")
            made.append(one)
        yield made


def test_200_viewers_get_every_picture_of_one_encoding(served: Served) -> None:
    with filming(served.showing, 10, began=served.began):
        before = time.monotonic(), counts_of(served.showing).encoded
        heard = read_all(address_of(served), ["/gate.mjpg"] * 200, SECONDS)
        encoded = counts_of(served.showing).encoded - before[1]
        seconds = time.monotonic() - before[0]
    assert encoded <= 10 * seconds + 3, "once for all of them"
    assert min(heard.parts) >= 0.6 * encoded * SECONDS / seconds, "on busy cores, too"
    assert max(heard.parts) <= encoded
    assert wait_until(lambda: served.audience.tally.viewers == 0)


def test_a_slow_viewer_sees_what_is_new_and_slows_nobody(served: Served) -> None:
    """200 kB/s where 1 MB/s would be needed."""
    with (
        filming(served.showing, 10, began=served.began, size=LARGE) as done,
        MjpegClient(f"{served.url}/gate.mjpg", rate=200_000) as slow,
    ):
        parts, end = [], time.monotonic() + 4
        for part in slow.parts():
            parts.append(part)
            if time.monotonic() > end:
                break
        before = done()
        heard = read_all(address_of(served), ["/gate.mjpg"], 1.5)
        shown = done() - before
    assert max(part.age for part in parts[2:]) < 3
    assert min(heard.parts) >= 0.6 * shown * 1.5 / 2
    assert served.audience.tally.skipped > 5


def test_viewers_that_never_read_cost_nobody_anything_and_are_cut_off(serve: Serve) -> None:
    served = serve(patience=1.0)
    files = open_files()
    with (
        filming(served.showing, 10, began=served.began, size=LARGE),
        deaf(served, 20) as silent,
        MjpegClient(f"{served.url}/gate.mjpg") as client,
    ):
        parts = [part for part, _ in zip(client.parts(), range(30), strict=False)]
        assert max(part.age for part in parts[2:]) < 2
        assert wait_until(lambda: served.audience.tally.cut == 20, 20)
        assert served.audience.tally.viewers == 1
        assert len(silent) == 20
    assert wait_until(lambda: open_files() <= files, 5)


def test_the_house_is_full_at_its_limit_and_has_room_again_when_one_goes(serve: Serve) -> None:
    served = serve(viewers=3)
    url = f"{served.url}/gate.mjpg"
    with open_streams(address_of(served), ["/gate.mjpg"] * 2), MjpegClient(url) as third:
        next(third.parts())
        with MjpegClient(url) as fourth:
            assert fourth.status == 503
            assert fourth.rest() == b"3 viewers are watching already; try again later\n"
        third.__exit__(None, None, None)
        assert wait_until(lambda: served.audience.tally.viewers == 2, 2)
        with MjpegClient(url) as fourth:
            assert fourth.status == 200
    assert served.audience.tally.refused == 1


def ask_for_unknown_cameras(served: Served, requests: int) -> None:
    """Many at once on one line, each of which must be refused."""
    at_once = 100
    with socket.create_connection(address_of(served), timeout=20) as line:
        for first in range(0, requests, at_once):
            names = (f"/stream/cam_{first + more}" for more in range(at_once))
            line.sendall("".join(f"GET {n} HTTP/1.1\r\nHost: x\r\n\r\n" for n in names).encode())
            answers = b""
            while answers.count(b'"}') < at_once:
                answers += line.recv(1 << 16)
            assert answers.count(b"HTTP/1.1 404 ") == at_once


@pytest.mark.slow
def test_ten_thousand_requests_for_cameras_that_are_not_there_leave_nothing_behind(
    served: Served,
) -> None:
    ask_for_unknown_cameras(served, 500)
    before = resident(), threads_of(os.getpid()), open_files()
    ask_for_unknown_cameras(served, UNKNOWN)
    assert resident() - before[0] < 8 << 20
    assert threads_of(os.getpid()) <= before[1]
    assert wait_until(lambda: open_files() <= before[2])
    assert served.audience.tally.viewers == 0
    assert counts_of(served.showing).encoded == 0


def test_who_does_not_ask_in_time_is_shown_the_door(served: Served) -> None:
    """One who says nothing, one who says it letter by letter, one who asked and lingers on."""
    with ExitStack() as open_ends:
        silent, dripping, lingering = (
            open_ends.enter_context(socket.create_connection(address_of(served), timeout=20))
            for _ in range(3)
        )
        lingering.sendall(b"GET /stream/none HTTP/1.1\r\nHost: x\r\n\r\n")
        assert lingering.recv(1 << 16).startswith(b"HTTP/1.1 404")
        gone, end = False, time.monotonic() + 10
        while not gone and time.monotonic() < end:
            time.sleep(0.1)
            try:
                dripping.sendall(b"G")
            except OSError:
                gone = True
        assert gone
        for line in (silent, lingering):
            with suppress(ConnectionResetError):
                assert line.recv(1) == b""


def test_viewers_that_come_and_go_leave_nothing_behind(served: Served) -> None:
    with filming(served.showing, 20, began=served.began):
        files, threads = open_files(), threading.active_count()
        for _ in range(10):
            with open_streams(address_of(served), ["/gate.mjpg"] * 10) as readers:
                for reader in readers:
                    reader.read()
        assert wait_until(lambda: served.audience.tally.viewers == 0)
        assert wait_until(lambda: counts_of(served.showing).watches == 0)
        assert wait_until(lambda: open_files() <= files)
        assert threading.active_count() <= threads


def test_the_server_stops_at_once_with_viewers_that_read(served: Served) -> None:
    with (
        filming(served.showing, 10, began=served.began),
        MjpegClient(f"{served.url}/gate.mjpg") as client,
    ):
        parts = client.parts()
        next(parts)
        assert stopped_within(served) < 2.5, "s; 0.3 s on a free machine"
        assert len(list(parts)) < 10, "a proper end, or this would raise"


def test_the_server_stops_at_once_with_viewers_that_read_nothing(served: Served) -> None:
    with filming(served.showing, 10, began=served.began, size=LARGE), deaf(served, 10):
        assert wait_until(lambda: served.audience.tally.viewers == 10)
        time.sleep(1)  # their buffers are full
        assert stopped_within(served) < 2.5, "s; 0.6 s on a free machine"
    assert served.audience.tally.viewers == 0


def stopped_within(served: Served) -> float:
    """Stop it; how long that took, in s."""
    began = time.monotonic()
    served.server.__exit__(None, None, None)
    return time.monotonic() - began
