"""Frames through a real broker: in order, to one worker each, bounded, and none forgotten."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from tests.support.broker_parts import (
    SOON,
    connected,
    frames_of,
    note,
    place,
    publisher,
    taken,
    waiting_in,
    worker,
)
from tests.support.rabbitmq import Node
from tests.support.waiting import until

from camweave.broker.broker import Broker
from camweave.broker.consumer import Consumer
from camweave.broker.dead_letters import discard, letters, put_back
from camweave.broker.topology import Bounds, Topology
from camweave.core.errors import FileFormatError
from camweave.core.frame import CameraId
from camweave.formats.messages.frames import read_frame

CAMERAS = [CameraId(f"cam{number}") for number in range(4)]
GATE = CAMERAS[0]


@contextmanager
def at_work(
    consumer: Consumer,
    name: str,
    into: list[tuple[str, CameraId, int]],
    *,
    pause: float = 0.002,
) -> Iterator[threading.Thread]:
    """Somebody who takes all that comes, in a thread, and writes down what."""

    def work() -> None:
        for delivery in consumer:
            into.append((name, *place(delivery)))
            time.sleep(pause)
            delivery.ack()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield thread
    finally:
        consumer.close()
        thread.join()


@pytest.mark.parametrize("partitions", [0, 8])
def test_two_workers_share_the_cameras_and_each_camera_has_one(
    node: Node, site: str, partitions: int
) -> None:
    topology = Topology(site=site, lossless=True, partitions=partitions)
    got: list[tuple[str, CameraId, int]] = []
    with ExitStack() as ends:
        one, two = (ends.enter_context(connected(node)) for _ in range(2))
        sender = ends.enter_context(publisher(one, topology, CAMERAS))
        first = ends.enter_context(worker(one, topology, CAMERAS, sharing=True))
        ends.enter_context(at_work(first, "first", got))
        for index in range(20):  # all are the first one's
            for camera in CAMERAS:
                sender.publish(note(camera, index), camera)
        until(lambda: len(got) == 80, within=SOON)
        second = ends.enter_context(worker(two, topology, CAMERAS, sharing=True))
        ends.enter_context(at_work(second, "second", got))
        for index in range(20, 400):
            for camera in CAMERAS:
                sender.publish(note(camera, index), camera)
        until(lambda: len(got) >= 1600, within=SOON)
    for camera in CAMERAS:
        own = [frame for _, of, frame in got if of == camera]
        assert own == list(range(400))
    late = {(name, camera) for name, camera, frame in got if frame > 350}
    assert len(late) == 4  # nobody takes another's camera
    if not partitions:
        assert [name for name, _ in late].count("second") == 2


def test_however_many_work_each_gets_the_same_share(node: Node, site: str) -> None:
    topology, many = Topology(site=site, lossless=True), [CameraId(f"c{n}") for n in range(8)]
    got: list[tuple[str, CameraId, int]] = []
    with ExitStack() as ends:
        sender = ends.enter_context(publisher(ends.enter_context(connected(node)), topology, many))
        for index in range(200):
            for camera in many:
                sender.publish(note(camera, index), camera)
        workers = []
        for number in range(4):
            broker = ends.enter_context(connected(node))
            workers.append(ends.enter_context(worker(broker, topology, many, sharing=True)))
            ends.enter_context(at_work(workers[-1], str(number), got, pause=0.03))
        until(lambda: [len(each.active) for each in workers] == [2, 2, 2, 2], within=SOON)
    for camera in many:  # in order, though it went from hand to hand
        own = [frame for _, of, frame in got if of == camera]
        assert own == list(range(len(own)))


def test_who_is_closed_lets_go_though_its_connection_stays(broker: Broker, site: str) -> None:
    topology = Topology(site=site, lossless=True)
    with publisher(broker, topology, [GATE]) as sender:
        for index in range(20):
            sender.publish(note(GATE, index), GATE)
        with worker(broker, topology, [GATE]) as first:
            assert taken(first, 3) == [(GATE, 0), (GATE, 1), (GATE, 2)]
        with worker(broker, topology, [GATE]) as second:
            assert frames_of(GATE, taken(second, 17)) == list(range(3, 20))
    assert broker.health().connections == 1


def test_sites_on_one_broker_have_nothing_to_do_with_each_other(broker: Broker, site: str) -> None:
    here, there = (Topology(site=f"{site}{end}", lossless=True) for end in "ab")
    with (
        publisher(broker, here, CAMERAS[:1]) as sender,
        worker(broker, here, CAMERAS[:1]) as mine,
        worker(broker, there, CAMERAS[:1]) as other,
    ):
        sender.publish(note(GATE, 0), GATE)
        assert taken(mine, 1) == [(GATE, 0)]
        assert other.take(0.2) is None


def test_live_the_newest_are_kept_and_only_while_they_are_new(broker: Broker, site: str) -> None:
    topology = Topology(site=site, lossless=False, bounds=Bounds(live=5, fresh=1.0))
    with publisher(broker, topology, CAMERAS[:2]) as sender:
        for index in range(50):
            sender.publish(note(GATE, index), GATE)
        sender.publish(note(CAMERAS[1], 0), CAMERAS[1])  # which a quick camera does not push out
        assert sender.flush(SOON)
        with worker(broker, topology, CAMERAS[:2]) as consumer:
            got = taken(consumer, 6)
            assert frames_of(GATE, got) == [45, 46, 47, 48, 49]
            assert frames_of(CAMERAS[1], got) == [0]
        sender.publish(note(GATE, 50), GATE)
        assert sender.flush(SOON)
        time.sleep(1.2)
        with worker(broker, topology, CAMERAS[:2]) as consumer:
            assert consumer.take(0.2) is None


def test_lossless_the_publisher_waits_and_no_more_than_that_waits_on_the_broker(
    broker: Broker, site: str
) -> None:
    topology = Topology(site=site, lossless=True, bounds=Bounds(waiting=20))
    sent: list[int] = []

    def send() -> None:
        for index in range(300):
            sender.publish(note(GATE, index), GATE)
            sent.append(index)

    with publisher(broker, topology, [GATE]) as sender:
        thread = threading.Thread(target=send, daemon=True)
        thread.start()
        queue = topology.partition_queues([GATE])[0].name
        until(lambda: sender.numbers().sent == 20, within=SOON)
        time.sleep(0.3)
        assert waiting_in(broker, queue) == 20
        assert len(sent) == 20 + 64  # and a window full of them waits here
        with worker(broker, topology, [GATE]) as consumer:
            assert frames_of(GATE, taken(consumer, 300)) == list(range(300))
        thread.join()


def test_a_frame_that_cannot_be_done_is_buried_with_the_reason_and_its_neighbours_live(
    broker: Broker, site: str
) -> None:
    topology = Topology(site=site, lossless=True)
    with (
        publisher(broker, topology, [GATE]) as sender,
        worker(broker, topology, [GATE]) as consumer,
    ):
        for index in range(10):
            sender.publish(note(GATE, index), GATE)
        done = []
        for _ in range(10):
            delivery = consumer.take(SOON)
            assert delivery is not None
            try:
                if place(delivery)[1] == 4:
                    read_frame(delivery.headers, delivery.body)
            except FileFormatError as error:
                delivery.reject(str(error))
            else:
                done.append(place(delivery)[1])
                delivery.ack()
        assert done == [0, 1, 2, 3, 5, 6, 7, 8, 9]
        until(lambda: len(letters(broker, topology)) == 1, within=SOON)
        letter = letters(broker, topology)[0]  # looking changes nothing
        assert letter.reason == "message: expected a schema camweave.KIND/VERSION, found none"
        assert (letter.id, letter.tries, letter.size) == ("cam0/4", 1, 1)
        assert letter.queue == topology.partition_queues([GATE])[0].name

        assert put_back(broker, topology, {"another"}) == 0
        assert put_back(broker, topology) == 1
        again = consumer.take(SOON)
        assert again is not None
        assert (place(again), again.body) == ((GATE, 4), b"x")
        assert again.headers.keys() == {"camera", "frame"}
        again.reject("still no good")
        until(lambda: len(letters(broker, topology)) == 1, within=SOON)
        assert discard(broker, topology) == 1
        assert letters(broker, topology) == []


def test_what_fails_is_tried_three_times_before_anything_else_of_its_camera(
    broker: Broker, site: str
) -> None:
    topology = Topology(site=site, lossless=True)
    with (
        publisher(broker, topology, [GATE]) as sender,
        worker(broker, topology, [GATE]) as consumer,
    ):
        for index in range(5):
            sender.publish(note(GATE, index), GATE)
        tried: list[int] = []
        while not tried or tried[-1] != 4:
            delivery = consumer.take(SOON)
            assert delivery is not None
            tried.append(place(delivery)[1])
            if tried[-1] == 2 or tried == [0, 1, 2, 2, 2, 3]:
                delivery.retry("the model is out of memory")
            else:
                delivery.ack()
        assert tried == [0, 1, 2, 2, 2, 3, 3, 4]
        until(lambda: len(letters(broker, topology)) == 1, within=SOON)
        letter = letters(broker, topology)[0]
        assert (letter.id, letter.tries) == ("cam0/2", 3)
        assert letter.reason == "the model is out of memory"


def test_a_frame_is_forgotten_when_what_came_of_it_has_arrived(broker: Broker, site: str) -> None:
    topology = Topology(site=site, lossless=True, bounds=Bounds(results=4))
    linker = topology.follower("linker")
    with (
        worker(broker, topology, [GATE]) as frames,
        publisher(broker, topology, [GATE]) as sender,
        Consumer(broker, topology, [linker], topology.following(linker)) as results,
    ):
        sender.publish(note(GATE, 0), GATE)
        delivery = frames.take(SOON)
        assert delivery is not None
        sent = sender.publish(note(GATE, 1), GATE)
        delivery.ack(after=sent)
        until(lambda: sent.arrived, within=SOON)
        assert taken(frames, 1) == [(GATE, 1)]
        assert results.take(0) is None
        until(lambda: not frames.numbers().ready, within=SOON)
    with worker(broker, topology, [GATE]) as frames:
        assert frames.take(0.3) is None
