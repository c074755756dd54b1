"""Results of a live run as they come: there is no log of these that could be read again."""

from collections.abc import Iterable
from secrets import token_hex
from typing import Final, Self

from camweave.broker.broker import Broker
from camweave.broker.client import Taken
from camweave.broker.consumer import Consumer
from camweave.broker.topology import Queue, Topology, key
from camweave.core.frame import CameraId

ROOM: Final = 1000  # messages that wait for us; of more, the oldest go, as live


class Tail:
    """Hands out what is told of these cameras from now on, as a `LogReader` does. Use `with`."""

    def __init__(self, broker: Broker, topology: Topology, cameras: Iterable[CameraId]) -> None:
        results = topology.results.name
        keys = [*map(key, cameras), key("*", "events")]
        queue = Queue(
            f"{results}.compiler.{token_hex(4)}",
            {"x-max-length": ROOM, "x-overflow": "drop-head"},
            tuple((results, each) for each in keys),
            exclusive=True,
        )
        self._consumer = Consumer(broker, topology, [queue], topology.following(queue))
        self._number = -1

    def __enter__(self) -> Self:
        """Begin.

        Raises:
            BrokerError: they cannot be asked for.
        """
        self._consumer.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._consumer.__exit__(*error)

    def take(self, timeout: float) -> tuple[int, Taken] | None:
        """The next message and its number; None where none comes within so many seconds."""
        delivery = self._consumer.take(timeout)
        if delivery is None:
            return None
        delivery.ack()
        self._number += 1
        return self._number, delivery.taken
