"""Messages that come again: to whom, in which order, and how many at once are in hand."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from tests.support.broker_parts import SOON, connected, note, place, publisher, taken, worker
from tests.support.cable import Cable
from tests.support.rabbitmq import Node
from tests.support.waiting import until

from camweave.broker.broker import Broker
from camweave.broker.consumer import Consumer
from camweave.broker.delivery import Delivery
from camweave.broker.topology import Topology
from camweave.core.frame import CameraId

GATE: Final = CameraId("gate")
CAMERAS: Final = [GATE, CameraId("yard"), CameraId("hall")]
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
        (*_, source) = consumer._subscriptions.values()
        consumer._broker.call(lambda: source.give_up("a test ends it"))
        again = all_in_hand(consumer)
        assert all(each.taken.redelivered for each in again)
        assert sorted(map(place, again)) == sorted(map(place, before))
        for each in (*before, *again):
            each.ack()


def test_what_somebody_left_and_newer_ones_overtook_is_not_tried_again(
    node: Node, site: str
) -> None:
    topology = Topology(site=site, lossless=False)
    send_ahead(node, topology, range(EACH))
    with connected(node) as other, worker(other, topology, [GATE]) as leaving:
        until(lambda: leaving.numbers().ready == EACH, within=SOON)
    with (
        connected(node) as broker,
        worker(broker, topology, [GATE], overtaken=by_more_than_one) as consumer,
    ):
        until(lambda: consumer.numbers().ready == EACH, within=SOON)
        assert taken(consumer, 2) == [(GATE, EACH - 2), (GATE, EACH - 1)]
        assert consumer.numbers().dropped == EACH - 2


def by_more_than_one(older: Mapping[str, Any], newer: Mapping[str, Any]) -> bool:
    """Whether a frame is no neighbour of another."""
    return int(newer["frame"] - older["frame"]) > 1


@contextmanager
def through_a_cable(node: Node) -> Iterator[tuple[Cable, Broker]]:
    """A connection that can be made silent, and soon notices."""
    with Cable(node.port) as cable, connected(node, port=cable.port, timeout=0.5) as broker:
        yield cable, broker


def send_ahead(node: Node, topology: Topology, frames: range) -> None:
    """Have these of the gate wait."""
    with connected(node) as broker, publisher(broker, topology, [GATE]) as sender:
        for index in frames:
            sender.publish(note(GATE, index), GATE)
        assert sender.flush(SOON)


def test_nothing_goes_past_one_that_came_again_while_the_broker_is_silent(
    node: Node, site: str
) -> None:
    topology = Topology(site=site, lossless=True)
    send_ahead(node, topology, range(1))
    with connected(node) as other, worker(other, topology, [GATE]) as leaving:
        assert leaving.take(SOON)
    send_ahead(node, topology, range(1, EACH))
    with through_a_cable(node) as (cable, broker), worker(broker, topology, [GATE]) as consumer:
        until(lambda: consumer.numbers().ready == EACH, within=SOON)
        with cable.silent():
            assert consumer.take() is None  # that it is tried again cannot be noted
            assert consumer.take() is None
        assert taken(consumer, EACH) == [(GATE, frame) for frame in range(EACH)]


def test_nothing_goes_past_one_that_cannot_be_buried_while_the_broker_is_silent(
    node: Node, site: str
) -> None:
    topology = Topology(site=site, lossless=True)
    send_ahead(node, topology, range(EACH))
    with through_a_cable(node) as (cable, broker), worker(broker, topology, [GATE]) as consumer:
        until(lambda: consumer.numbers().ready == EACH, within=SOON)
        with cable.silent():
            poison = consumer.take()
            assert poison is not None
            poison.reject("nothing can be done with it")
            assert consumer.take() is None
        assert taken(consumer, EACH) == [(GATE, frame) for frame in range(EACH)]
