"""`camweave live` over a restart, over changes of its file, and to its end, as processes."""

import json
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.request import urlopen

import pytest
from tests.e2e.conftest import CAMWEAVE, environment
from tests.support.rtsp.server import RtspServer
from tests.support.rtsp.walkers import street
from tests.support.waiting import until

from camweave.core.frame import CameraId
from camweave.store.store import open_store

SITE = """
site: street
cameras:
  - {name: west, source: 'WEST', stream: {open_timeout: 1, read_timeout: 2}}
  - {name: east, source: 'EAST', stream: {open_timeout: 1, read_timeout: 2}}
detector: {kind: motion, warm_up: 0.3}
embedder: histogram
live: {fps: 10}
store: sqlite:///kept/street.db
"""
WALKERS = 3
WITHIN = 60.0  # s; a machine that has time takes a tenth


class Process:
    """`camweave live` at work."""

    def __init__(self, site: Path) -> None:
        self.said: list[str] = []
        self._process = subprocess.Popen(
            [CAMWEAVE, "live", str(site), "--port", "0"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
        )
        self._hearing = Thread(target=self._hear, daemon=True)
        self._hearing.start()
        until(lambda: self.address is not None or self.status is not None, within=WITHIN)
        assert self.address is not None, self.said

    @property
    def address(self) -> str | None:
        found = re.search(r"http://127\.0\.0\.1:\d+", "".join(self.said))
        return found and found[0]

    @property
    def status(self) -> int | None:
        return self._process.poll()

    def get(self, path: str) -> Any:
        with urlopen(f"{self.address}{path}", timeout=30) as answer:  # noqa: S310 - our own server
            return json.load(answer)

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def end(self, number: int) -> float:
        """End it by a signal; the seconds that took."""
        began = time.monotonic()
        self.signal(number)
        self._process.wait(WITHIN)
        took = time.monotonic() - began
        self._hearing.join(WITHIN)
        return took

    def _hear(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as lines:
            for line in lines:
                self.said.append(line)


@contextmanager
def running(site: Path) -> Iterator[Process]:
    process = Process(site)
    try:
        yield process
    finally:
        if process.status is None:
            process.end(signal.SIGKILL)


@pytest.fixture
def cameras() -> Iterator[list[RtspServer]]:
    with RtspServer(street(0)) as west, RtspServer(street(1)) as east:
        yield [west, east]


@pytest.fixture
def site(tmp_path: Path, cameras: list[RtspServer]) -> Path:
    file = tmp_path / "site.yaml"
    west, east = (camera.url for camera in cameras)
    file.write_text(SITE.replace("WEST", west).replace("EAST", east))
    return file


def met(process: Process) -> dict[int, float]:
    """Who was seen in both cameras, and when last."""
    cards = process.get("/api/identities")
    return {card["global_id"]: card["last"] for card in cards if len(card["cameras"]) > 1}


@pytest.mark.slow  # who is who is learned first: 25 s
def test_who_was_known_before_the_process_was_killed_is_met_by_the_same_id_after(
    site: Path,
) -> None:
    with running(site) as first:
        until(lambda: len(met(first)) == WALKERS, within=WITHIN)
        time.sleep(3.5)  # s: looks of who is in view are kept every 3
        before = first.get("/api/stats")
        known = met(first)
        first.end(signal.SIGKILL)
    with running(site) as second:
        stats = second.get("/api/stats")
        assert stats["now"] > before["now"]
        assert stats["began"][:16] == before["began"][:16]  # the same clock, to the minute
        since = stats["now"]
        until(lambda: min(met(second).values()) > since + 2.0, within=WITHIN)
        cards = second.get("/api/identities")
        assert {card["global_id"] for card in cards} == set(known)
        assert all(set(card["cameras"]) == {"west", "east"} for card in cards)
        tracks = {(t["key"][0], t["key"][1]): t["global_id"] for t in second.get("/api/tracks")}
        assert set(tracks.values()) - {None} <= set(known)
        assert not [line for line in second.said if "store" in line]


def test_it_reads_its_file_again_and_ends_soon_whoever_hangs_on(
    site: Path, cameras: list[RtspServer]
) -> None:
    good = site.read_text()
    with running(site) as process, ExitStack() as ends:
        site.write_text(good.replace("site: street", "sight: street"))
        for _ in range(2):
            process.signal(signal.SIGHUP)
            until(lambda: bool(refused(process)), within=WITHIN)
        assert "site.yaml:2:1: sight: unknown key" in refused(process)
        more = good.replace(
            "detector:", f"  - {{name: far, source: '{cameras[0].url}'}}\ndetector:"
        )
        site.write_text(more)
        process.signal(signal.SIGHUP)
        until(lambda: len(process.get("/api/cameras")) == 3, within=WITHIN)
        assert process.get("/api/stats")["site_file"]["refused"] is None
        assert len([line for line in process.said if "not in force" in line]) == 1
        for path in ["/west.mjpg"] * 5 + ["/api/events"] * 3 + [""]:
            hang_on(process, path, ends)
        cameras[1].hang()
        cameras[1].kick()
        until(lambda: "reconnecting" in "".join(process.said), within=WITHIN)
        assert process.end(signal.SIGTERM) < 12  # s; below 3 on a machine that has time
        assert process.status == 130
    with open_store(f"sqlite:///{site.parent}/kept/street.db", read_only=True) as store:
        (run,) = store.runs()
        assert len(store.tracks(run.id, CameraId("west")).frame)


def refused(process: Process) -> str:
    return process.get("/api/stats")["site_file"]["refused"] or ""


def hang_on(process: Process, path: str, ends: ExitStack) -> None:
    """Ask for an answer without end, and never read it; or ask for nothing."""
    assert process.address is not None
    port = int(process.address.rpartition(":")[2])
    open_ = ends.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
    if path:
        open_.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        assert b"200" in open_.recv(16)
