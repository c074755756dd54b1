"""Messages that come again: to whom, in which order, and how many at once are in hand."""

from typing import Final

from tests.support.broker_parts import SOON, connected, note, place, publisher, worker
from tests.support.rabbitmq import Node
from tests.support.waiting import until

from camweave.broker.consumer import Consumer
from camweave.broker.delivery import Delivery
from camweave.broker.topology import Topology
from camweave.core.frame import CameraId

CAMERAS: Final = [CameraId("gate"), CameraId("yard"), CameraId("hall")]
EACH: Final = 4  # messages of a camera


def all_in_hand(consumer: Consumer) -> list[Delivery]:
    """All messages, none of them settled."""
    found = [consumer.take(SOON) for _ in range(EACH * len(CAMERAS))]
    assert None not in found
    return [each for each in found if each is not None]


def test_what_somebody_left_comes_by_itself_and_of_each_camera_in_turn(
    node: Node, site: str
) -> None:
    topology = Topology(site=site, lossless=True)
    with connected(node) as broker, publisher(broker, topology, CAMERAS) as sender:
        for camera in CAMERAS:
            for index in range(EACH):
                sender.publish(note(camera, index), camera)
        assert sender.flush(SOON)
        with connected(node) as other, worker(other, topology, CAMERAS) as leaving:
            all_in_hand(leaving)
        with worker(broker, topology, CAMERAS) as consumer:
            order, count = [], EACH * len(CAMERAS)
            until(lambda: consumer.numbers().ready == count, within=SOON)
            for _ in range(count):
                delivery = consumer.take(SOON)
                assert delivery is not None
                assert consumer.take() is None  # it is alone
                order.append(place(delivery))
                delivery.ack()
    frames = [frame for _, frame in order]
    assert sorted(order) == sorted((camera, frame) for camera in CAMERAS for frame in range(EACH))
    assert frames == sorted(frames)


def test_what_we_held_when_our_connection_was_lost_is_no_danger_to_us(
    node: Node, site: str
) -> None:
    topology = Topology(site=site, lossless=True)
    with (
        connected(node) as broker,
        publisher(broker, topology, CAMERAS) as sender,
        worker(broker, topology, CAMERAS) as consumer,
    ):
        for camera in CAMERAS:
            for index in range(EACH):
                sender.publish(note(camera, index), camera)
        before = all_in_hand(consumer)
        consumer._broker.call(lambda: consumer._give_up("a test ends it"))
        again = all_in_hand(consumer)
        assert all(each.taken.redelivered for each in again)
        assert sorted(map(place, again)) == sorted(map(place, before))
        for each in (*before, *again):
            each.ack()
