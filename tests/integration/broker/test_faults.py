"""A broker that is killed, frozen or full, and workers that die: nothing is lost or told twice."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.support.broker_parts import (
    SOON,
    connected,
    frames_of,
    note,
    place,
    publisher,
    taken,
    worker,
)
from tests.support.rabbitmq import Node
from tests.support.silent_consumers import cancel, deafen
from tests.support.waiting import until

from camweave.broker.broker import Broker
from camweave.broker.consumer import Consumer
from camweave.broker.dead_letters import letters
from camweave.broker.publisher import Publisher
from camweave.broker.seen import Seen
from camweave.broker.topology import Bounds, Topology
from camweave.core.frame import CameraId, Stamp

CAMERAS = [CameraId(f"cam{number}") for number in range(6)]
GATE = CAMERAS[0]
FRAMES = 200
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A node that is harmed, and is well again after each test."""
    with Node(tmp_path_factory.mktemp("victim")) as running:
        yield running


class Book:
    """What worker processes write down, each camera's frames new or again."""

    def __init__(self, file: Path) -> None:
        self._file = file
        file.touch()

    @property
    def frames(self) -> list[tuple[CameraId, int]]:
        words = [line.split() for line in self._file.read_text().splitlines()]
        return [(CameraId(each[0]), int(each[1])) for each in words if len(each) == 2]

    @property
    def ready(self) -> int:
        return self._file.read_text().count("ready\n")

    def worker(self, node: Node, site: str) -> subprocess.Popen[bytes]:
        """Another worker; it works when this returns."""
        before = self.ready
        command = [sys.executable, "-m", "tests.support.broker_worker", node.url, site]
        made = subprocess.Popen([*command, self._file, *CAMERAS], cwd=ROOT)
        until(lambda: self.ready > before or made.poll() is not None, within=SOON)
        return made


class Taking:
    """Takes all that comes, in a thread of its own, and keeps what is new of each camera."""

    def __init__(self, consumer: Consumer) -> None:
        self._consumer, self._seen = consumer, Seen()
        self.got: dict[CameraId, list[int]] = {camera: [] for camera in CAMERAS}
        self.last = 0.0  # s, when something new came
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        for delivery in self._consumer:
            camera, frame = place(delivery)
            if self._seen.new(Stamp(0.0, camera, frame)):
                self.got[camera].append(frame)
                self.last = time.monotonic()
            delivery.ack()


def send_all(sender: Publisher) -> None:
    """FRAMES of each camera, at some pace."""
    for index in range(FRAMES):
        for camera in CAMERAS:
            sender.publish(note(camera, index, bytes(20_000)), camera)
        time.sleep(0.004)


def test_when_the_broker_is_killed_nothing_is_lost_doubled_or_reordered(
    victim: Node, site: str
) -> None:
    topology = Topology(site=site, lossless=True)
    with (
        connected(victim) as sending,
        connected(victim) as working,
        publisher(sending, topology, CAMERAS) as sender,
        worker(working, topology, CAMERAS) as consumer,
    ):
        time.sleep(1.0)  # RabbitMQ 3.10 takes half a second to write down that a queue is there
        taking = Taking(consumer)
        thread = threading.Thread(target=send_all, args=(sender,), daemon=True)
        thread.start()
        until(lambda: len(taking.got[GATE]) > 40, within=SOON)
        victim.kill()
        until(lambda: not sending.connected and not working.connected, within=SOON)
        assert not sending.health().well
        victim.start()
        there = time.monotonic()
        until(lambda: taking.last > there, within=5.0)
        thread.join(SOON)
        assert sender.flush(SOON)
        whole = {camera: list(range(FRAMES)) for camera in CAMERAS}
        until(lambda: sum(map(len, taking.got.values())) == FRAMES * len(CAMERAS), within=SOON)
        assert taking.got == whole
        assert sending.health().connections == 2
        assert sending.health().well


def test_a_worker_that_is_killed_is_taken_over_from_in_order(
    victim: Node, site: str, tmp_path: Path
) -> None:
    topology, book = Topology(site=site, lossless=True), Book(tmp_path / "book")
    workers = [book.worker(victim, site) for _ in range(2)]
    with connected(victim) as broker, publisher(broker, topology, CAMERAS) as sender:
        for index in range(100):
            for camera in CAMERAS:
                sender.publish(note(camera, index), camera)
        until(lambda: len(book.frames) > 50, within=SOON)
        workers[0].kill()  # it has all of them, and some in its hands
        workers[0].wait()
        died, before = time.monotonic(), len(book.frames)
        until(lambda: len(book.frames) > before, within=5.0)
        assert time.monotonic() - died < 5.0
        until(lambda: book.frames.count((CAMERAS[-1], 99)) > 0, within=SOON)
        until(lambda: all((camera, 99) in book.frames for camera in CAMERAS), within=SOON)
        workers[1].kill()
        workers[1].wait()
        assert letters(broker, topology) == []
    seen = Seen()
    for camera in CAMERAS:
        new = [
            frame for frame in frames_of(camera, book.frames) if seen.new(Stamp(0.0, camera, frame))
        ]
        assert new == list(range(100))
    assert seen.repeated <= 8 * len(CAMERAS)  # what it held


def test_what_kills_workers_is_tried_three_times_and_its_neighbours_never_suffer(
    victim: Node, site: str, tmp_path: Path
) -> None:
    topology, book = Topology(site=site, lossless=True), Book(tmp_path / "book")
    with connected(victim) as broker, publisher(broker, topology, CAMERAS) as sender:
        for index in range(12):
            for camera in CAMERAS[:2]:
                deadly = camera == GATE and index == 3
                sender.publish(note(camera, index, b"poison" if deadly else b"x"), camera)
        assert sender.flush(SOON)
        process, deaths = book.worker(victim, site), 0
        while deaths < 4:
            until(lambda: process.poll() is not None or len(done(book)) == 23, within=SOON)  # noqa: B023 - waited for here
            if process.poll() is None:
                break
            deaths += 1
            process = book.worker(victim, site)
        process.kill()
        process.wait()
        assert deaths == 3
        assert len(done(book)) == 23
        found = letters(broker, topology)
        assert [each.id for each in found] == ["cam0/3"]
        assert found[0].reason == "taken 3 times and never finished: whoever had it died"
        assert found[0].tries == 3


def done(book: Book) -> set[tuple[CameraId, int]]:
    return set(book.frames)


def test_while_the_broker_is_frozen_live_goes_on_and_lossless_waits(
    victim: Node, site: str
) -> None:
    live = Topology(site=f"{site} live", lossless=False, bounds=Bounds(fresh=1.0))
    safe = Topology(site=f"{site} safe", lossless=True)
    with (
        connected(victim, degraded=1.0) as broker,
        publisher(broker, live, [GATE]) as quick,
        publisher(broker, safe, [GATE]) as careful,
        worker(broker, safe, [GATE]) as consumer,
    ):
        careful.publish(note(GATE, 0), GATE)
        assert taken(consumer, 1) == [(GATE, 0)]
        with victim.frozen():
            careful.publish(note(GATE, 1), GATE)
            began, slowest = time.monotonic(), 0.0
            for index in range(300):
                at = time.monotonic()
                quick.publish(note(GATE, index), GATE)
                slowest = max(slowest, time.monotonic() - at)
                time.sleep(0.01)
            assert slowest < 0.5
            assert quick.numbers().waiting + quick.numbers().unconfirmed <= 64 + 50
            until(lambda: not broker.health().well, within=3.0)
            assert time.monotonic() - began < 6.0
        assert taken(consumer, 1) == [(GATE, 1)]
        until(lambda: broker.health().well, within=SOON)
        assert quick.numbers().dropped > 100


def test_while_the_disk_is_full_nothing_is_lost_and_then_it_flows_at_once(
    victim: Node, site: str
) -> None:
    topology = Topology(site=site, lossless=True)
    with (
        connected(victim) as sending,
        connected(victim) as working,
        publisher(sending, topology, [GATE]) as sender,
        worker(working, topology, [GATE]) as consumer,
    ):
        with victim.without_disk():
            for index in range(20):
                sender.publish(note(GATE, index), GATE)
            assert not sender.flush(1.0)
            assert working.connected
        began = time.monotonic()
        assert frames_of(GATE, taken(consumer, 20)) == list(range(20))
        assert time.monotonic() - began < 2.0
        assert consumer.take(0.3) is None


@pytest.mark.parametrize("spoil", [cancel, deafen])
def test_a_connection_that_lost_its_consumer_is_made_anew(
    victim: Node, site: str, spoil: Callable[[Broker, Consumer], None]
) -> None:
    topology = Topology(site=site, lossless=True)
    with (
        connected(victim, watch=0.3, stuck=0.6) as broker,
        publisher(broker, topology, [GATE]) as sender,
        worker(broker, topology, [GATE]) as consumer,
    ):
        sender.publish(note(GATE, 0), GATE)
        assert taken(consumer, 1) == [(GATE, 0)]
        spoil(broker, consumer)
        for index in range(1, 20):
            sender.publish(note(GATE, index), GATE)
        assert frames_of(GATE, taken(consumer, 19)) == list(range(1, 20))
        assert broker.health().healed == 1
