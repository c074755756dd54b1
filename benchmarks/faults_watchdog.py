"""A connection that stands and gives nothing: how long until the watchdog makes it anew."""

import time
from typing import Final

from tests.support.broker_parts import SOON, connected, note, publisher, worker
from tests.support.rabbitmq import Node
from tests.support.silent_consumers import cancel, deafen
from tests.support.waiting import until

from camweave.broker.topology import Topology
from camweave.core.frame import CameraId

GATE: Final = CameraId("gate")
WAYS: Final = {
    "nobody takes: watchdog (F29)": cancel,
    "nothing comes: watchdog (F29)": deafen,
}
WITHIN: Final = 60.0  # s


def watchdog_seconds(node: Node) -> dict[str, float]:
    """S from the moment at which a consumer is gone to the first message after that."""
    found = {}
    for number, (promise, spoil) in enumerate(WAYS.items()):
        topology = Topology(site=f"watched {number}", lossless=True)
        with (
            connected(node) as broker,
            publisher(broker, topology, [GATE]) as sender,
            worker(broker, topology, [GATE]) as consumer,
        ):
            sender.publish(note(GATE, 0), GATE)
            taken = consumer.take(SOON)
            assert taken is not None
            taken.ack()
            spoil(broker, consumer)
            began = time.monotonic()
            for index in range(1, 20):
                sender.publish(note(GATE, index), GATE)
            until(lambda: consumer.take(0.0) is not None, within=WITHIN)
            found[promise] = time.monotonic() - began
    return found
