"""What a worker has in hand: every frame of a recording, and of a live camera the newest."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest
from tests.support.broker_parts import SOON, connected, publisher, waiting_in, worker
from tests.support.rabbitmq import Node
from tests.support.waiting import until

from camweave.app.jobs.roles.hand import Hand
from camweave.app.jobs.roles.work_tally import WorkTally
from camweave.broker.broker import Broker
from camweave.broker.topology import Topology
from camweave.core.frame import CameraId, Stamp
from camweave.formats.messages.ends import EndOfStream, pack_end
from camweave.formats.messages.frames import SentFrame, pack_frame
from camweave.formats.messages.packed import Address

GATE, YARD = CAMERAS = CameraId("gate"), CameraId("yard")
FPS: Final = 10.0
FRAMES: Final = 8  # of each camera: all come with the consumer's first
PICTURE: Final = b"\xff\xd8\xff\xd9"


@contextmanager
def hand_of(broker: Broker, topology: Topology) -> Iterator[tuple[Hand, WorkTally]]:
    """Takes what waits in the queues."""
    tally = WorkTally(topology.site, None)
    with worker(broker, topology, CAMERAS) as consumer:
        until(lambda: consumer.numbers().ready == len(CAMERAS) * FRAMES, within=SOON)
        yield Hand(consumer, tally, live=not topology.lossless), tally


def send_all(broker: Broker, topology: Topology) -> None:
    """FRAMES messages of each camera: of the gate, the last is its end."""
    address = Address(topology.site, "one")
    with publisher(broker, topology, CAMERAS) as sender:
        for camera in CAMERAS:
            for index in range(FRAMES):
                stamp = Stamp(index / FPS, camera, index)
                packed = pack_frame(SentFrame(address, stamp, (4, 4), "jpeg", PICTURE))
                if (camera, index) == (GATE, FRAMES - 1):
                    packed = pack_end(EndOfStream(address, camera, 0, index, "end of stream"))
                sender.publish(packed, camera)
        assert sender.flush(SOON)


def all_of(hand: Hand) -> list[tuple[str, int]]:
    """What comes of it, settled: camera and frame, an end's as -1."""
    hand.take(SOON)
    found = []
    while own := list(hand.next()):
        assert len({each.headers["camera"] for each in own}) == len(own)
        for each in own:
            found.append((each.headers["camera"], each.headers.get("frame", -1)))
            each.ack()
    return sorted(found)


@pytest.mark.parametrize("lossless", [True, False])
def test_live_the_newest_frames_of_a_camera_and_its_end_are_worked_on(
    node: Node, site: str, *, lossless: bool
) -> None:
    topology = Topology(site=site, lossless=lossless)
    with connected(node) as broker:
        send_all(broker, topology)
        with hand_of(broker, topology) as (hand, tally):
            found = all_of(hand)
            queues = [queue.name for queue in topology.partition_queues(CAMERAS)]
            until(lambda: not any(waiting_in(broker, name) for name in queues), within=SOON)
    least = {"gate": 0, "yard": 0} if lossless else {"gate": FRAMES - 4, "yard": FRAMES - 3}
    frames = [("gate", index) for index in range(least["gate"], FRAMES - 1)]
    frames += [("yard", index) for index in range(least["yard"], FRAMES)]
    assert found == sorted([*frames, ("gate", -1)])
    dropped = {
        dict(each.labels)["camera"]: each.value
        for each in tally.figures()
        if each.name == "frames_dropped_total"
    }
    assert dropped == {camera: count for camera, count in least.items() if count}
