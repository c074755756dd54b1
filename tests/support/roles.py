"""Roles of a site in a test: as threads of its own process, or as processes that can be killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event as Flag
from threading import Thread

from tests.support.rabbitmq import Node
from tests.support.waiting import until

from camweave.app.jobs.live.live_site import Sight
from camweave.app.jobs.live.place import Look
from camweave.app.jobs.live.start import live_site
from camweave.app.jobs.roles.link_live import LinkedLive, run_link_live
from camweave.app.jobs.roles.publish import Published, PublishParams, run_publish
from camweave.app.jobs.roles.reaching import broker_at
from camweave.app.jobs.roles.resuming import run_in
from camweave.app.jobs.roles.work import Worked, WorkParams, run_work
from camweave.app.site.written import Written
from camweave.broker.broker import Broker
from camweave.broker.consumer import Consumer
from camweave.broker.topology import Topology
from camweave.core.events import Event
from camweave.core.frame import CameraId
from camweave.formats.messages.packed import Address
from camweave.store.store import open_store

CAMWEAVE = Path(sys.executable).with_name("camweave")
SOON = 60.0  # s in which a busy machine has worked on a small world
LOSSLESS = PublishParams(lossless=True, run="one", codec="raw")

Row = tuple[str, int, int, float, int, float, tuple[float, ...]]
"""Camera, epoch, frame, time, track, score, box."""


@dataclass
class Embedded:
    """What `live --lossless` makes of a site."""

    rows: list[Row] = field(default_factory=list)
    frames: int = 0
    events: list[Event] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)


def embedded(site: Path) -> Embedded:
    """Run it in this process."""
    told = Embedded()

    def heard(sight: Sight) -> None:
        told.frames += 1
        told.looks.append(sight.look)
        tracks, stamp = sight.look.tracks, sight.look.tracks.stamp
        for track, score, box in zip(
            tracks.track_id.tolist(), tracks.score.tolist(), tracks.xyxy.tolist(), strict=True
        ):
            row = (stamp.camera, stamp.epoch, stamp.index, stamp.time, track, score, tuple(box))
            told.rows.append(row)

    with live_site(
        Written.read(site), lossless=True, heard=heard, events=told.events.extend
    ) as ran:
        assert ran.running.wait(SOON)
        assert ran.running.failures == 0
    told.rows.sort()
    return told


def stored(url: str, site: str, run: str = "one") -> list[Row]:
    """All rows of a run in a store."""
    found: list[Row] = []
    with open_store(url, read_only=True) as store:
        known = run_in(store, Address(site, run))
        assert known is not None
        for camera in known.cameras:
            rows = store.tracks(known.id, camera.name)
            at = rows.frame_of_row
            found += [
                (camera.name, epoch, frame, time, track, score, tuple(box))
                for epoch, frame, time, track, score, box in zip(
                    rows.epoch[at].tolist(),
                    rows.frame[at].tolist(),
                    rows.time[at].tolist(),
                    rows.track_id.tolist(),
                    rows.score.tolist(),
                    rows.xyxy.tolist(),
                    strict=True,
                )
            ]
    return sorted(found)


def store_of(file: Path) -> str:
    """The address of the store beside a site file."""
    return f"sqlite:///{file.parent}/walk.db"


class Ear:
    """Hears all results of a site. Open it with `with`, before anything is published."""

    def __init__(self, broker: Broker, site: str) -> None:
        topology = Topology(site=site, lossless=True)
        queue = topology.follower("ear")
        self._consumer = Consumer(broker, topology, [queue], topology.following(queue))
        self.heard: dict[CameraId, list[int]] = {}  # frames, in order of arrival; -1: its end
        self.pictures = 0
        self._thread = Thread(target=self._hear, daemon=True)

    def __enter__(self) -> "Ear":
        self._consumer.__enter__()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._consumer.__exit__()

    @property
    def ended(self) -> int:
        """How many cameras have ended."""
        return sum(-1 in own for own in self.heard.values())

    def _hear(self) -> None:
        for delivery in self._consumer:
            self.pictures += delivery.body.endswith(b"\xff\xd9")
            own = self.heard.setdefault(delivery.headers["camera"], [])
            own.append(int(delivery.headers.get("frame", -1)))
            delivery.ack()


@contextmanager
def working(node: Node, count: int = 1) -> Iterator[list[Worked]]:
    """So many workers as threads; what each has done, once the block is over."""
    done: list[Worked] = []
    stop = Flag()

    def work() -> None:
        done.append(run_work(node.url, WorkParams(), stop=stop))

    threads = [Thread(target=work, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield done
    finally:
        stop.set()
        for thread in threads:
            thread.join(SOON)


def published(node: Node, site: Path, params: PublishParams = LOSSLESS) -> Published:
    """Publish all of a site."""
    return run_publish(Written.read(site), node.url, params)


@contextmanager
def process(node: Node, *words: object) -> Iterator[subprocess.Popen[str]]:
    """A role as a process of its own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("CAMWEAVE_")}
    started = subprocess.Popen(
        [CAMWEAVE, *map(str, words)],
        env={**kept, "CAMWEAVE_BROKER": node.url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield started
    finally:
        started.send_signal(signal.SIGKILL)
        started.communicate()


@contextmanager
def listening(node: Node, site: str) -> Iterator[Ear]:
    """An ear for a site's results."""
    with broker_at(node.url) as broker, Ear(broker, site) as ear:
        yield ear


def all_ended(ear: Ear, cameras: int) -> None:
    """Wait until so many cameras have ended."""
    until(lambda: ear.ended >= cameras, within=SOON)


class Linker:
    """`link-live` as a thread."""

    def __init__(self, node: Node, site: str) -> None:
        self.done: LinkedLive | None = None
        self.error: Exception | None = None
        self.stop = Flag()
        self._thread = Thread(target=self._link, args=(node, site), daemon=True)
        self._thread.start()

    def wait(self) -> LinkedLive:
        """What came of it, when it is over."""
        self._thread.join(SOON)
        if self.error is not None:
            raise self.error
        assert self.done is not None
        return self.done

    def _link(self, node: Node, site: str) -> None:
        try:
            self.done = run_link_live(node.url, site, stop=self.stop)
        except Exception as error:  # told by `wait`
            self.error = error


def events_in(url: str, site: str, run: str = "one") -> list[Event]:
    """All events of a site in a store: of a recording, or live."""
    with open_store(url, read_only=True) as store:
        known = run_in(store, Address(site, run))
        return [] if known is None else list(store.events(known.site))
