"""A message that a broker would not take is left out with one line, and its neighbours arrive."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.support.broker_parts import SOON, connected, note, publisher, taken, worker
from tests.support.rabbitmq import Node

from camweave.broker.topology import Topology
from camweave.core.frame import CameraId
from camweave.formats.messages.packed import MOST_BYTES

GATE = CameraId("gate")


@contextmanager
def taking_at_most(node: Node, size: int) -> Iterator[None]:
    """Channels that are opened from now on take no message that is larger."""
    node.told("eval", f"application:set_env(rabbit, max_message_size, {size}).")
    try:
        yield
    finally:
        node.told("eval", f"application:set_env(rabbit, max_message_size, {MOST_BYTES}).")


@pytest.mark.parametrize("lossless", [True, False])
@pytest.mark.parametrize("limit", [MOST_BYTES, 100_000])
def test_what_is_too_large_is_left_out_and_told_once_and_the_rest_arrives_in_order(
    node: Node, site: str, caplog: pytest.LogCaptureFixture, limit: int, *, lossless: bool
) -> None:
    topology, large = Topology(site=site, lossless=lossless), bytes(limit + 1)
    with (
        taking_at_most(node, limit),
        connected(node) as broker,
        worker(broker, topology, [GATE]) as consumer,
        publisher(broker, topology, [GATE]) as sender,
        caplog.at_level(logging.ERROR, "camweave"),
    ):
        sent = [sender.publish(note(GATE, 0), GATE), sender.publish(note(GATE, 1, large), GATE)]
        sent += [sender.publish(note(GATE, frame), GATE) for frame in range(2, 6)]
        assert sender.flush(SOON)
        again = sender.publish(note(GATE, 6, large), GATE)
        sender.publish(note(GATE, 7), GATE)
        seen = list[int]()
        while 7 not in seen:  # what was on its way when the broker said so may come twice
            seen += [frame for _, frame in taken(consumer, 1)]
        assert sender.flush(SOON)
        assert sender.numbers().dropped == 2
    assert list(dict.fromkeys(seen)) == [0, 2, 3, 4, 5, 7]
    assert [each.arrived for each in sent] == [True, False, True, True, True, True]
    assert again.dropped
    lines = [each.getMessage() for each in caplog.records if "left out" in each.getMessage()]
    assert len(lines) == 2
    assert all("0.1 MB" in each or "16.8 MB" in each for each in lines)
