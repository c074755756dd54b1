"""How long the oldest message of a queue waits, as who sent it knows."""

import time
from time import monotonic

import pytest
from tests.support.broker_parts import SOON, note, publisher

from camweave.broker.broker import Broker
from camweave.broker.topology import Topology
from camweave.core.frame import CameraId

GATE, YARD = CameraId("gate"), CameraId("yard")


def test_of_n_messages_that_wait_the_last_but_n_is_the_oldest(broker: Broker, site: str) -> None:
    topology, sent = Topology(site=site, lossless=True), []
    with publisher(broker, topology, [GATE, YARD]) as sender:
        for index in range(3):
            sent.append(monotonic())
            sender.publish(note(GATE, index), GATE)
            time.sleep(0.1)
        assert sender.flush(SOON)
        for waiting in (1, 2, 3):
            expected = monotonic() - sent[-waiting]
            assert sender.oldest(GATE, waiting) == pytest.approx(expected, abs=0.05)
        assert sender.oldest(GATE, 4) == pytest.approx(sender.oldest(GATE, 3), abs=0.05)
        assert sender.oldest(GATE, 0) == 0
        assert sender.oldest(YARD, 2) == 0
