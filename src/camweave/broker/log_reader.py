"""Reads the log of a site's results, from its start or from any message on; many may at once."""

from collections import deque
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from camweave.broker.broker import Broker
from camweave.broker.client import Taken
from camweave.broker.errors import BrokerError
from camweave.broker.health import Numbers
from camweave.broker.stream_reader import OFFSET, Offset, StreamReader
from camweave.broker.subscription import Subscription
from camweave.broker.topology import Declaration, Topology

OWN: Final = 1  # numbers in a row that a broker takes for notes of its own, where a file begins


class LogReader(StreamReader):
    """Hands out messages with their numbers, which rise. Open it with `with`; one thread takes.

    It goes on over lost connections: nothing comes twice, and nothing is left out.
    """

    def __init__(
        self, broker: Broker, topology: Topology, start: int | datetime | None = None
    ) -> None:
        """`start`: the number of the first message; None: the first there is.

        With a date, it begins with what was sent about then, and never later.
        """
        log = topology.log
        super().__init__(broker, log, Declaration((topology.results,), (log,)))
        self._topology, self._start = topology, start
        self._next = start if isinstance(start, int) else None
        self._ready: deque[tuple[int, Taken, Subscription]] = deque()
        self._gone = ""
        self._taken = 0

    def __iter__(self) -> Iterator[tuple[int, Taken]]:
        """Messages as they come, until the reader or the broker is closed."""
        while not self._closed:
            if (entry := self.take(None)) is not None:
                yield entry

    def take(self, timeout: float | None = 0.0) -> tuple[int, Taken] | None:
        """The next message and its number; None where none comes within so many seconds.

        Raises:
            BrokerError: the log does not go back as far as it is to be read from.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._gone or self._ready, timeout)
            if self._gone:
                raise BrokerError(self._gone, denied=True)
            if not self._ready:
                return None
            number, taken, source = self._ready.popleft()
            self._taken += 1
        self._broker.call(lambda: source.ack(taken))
        return number, taken

    def numbers(self) -> Numbers:
        """What is under way."""
        return Numbers(ready=len(self._ready), taken=self._taken)

    def _offset(self) -> Offset:
        if self._next is not None:
            return self._next
        return "first" if self._start is None else self._start

    def _came(self, source: Subscription, taken: Taken) -> None:
        number = int(taken.headers[OFFSET])
        expected = number if self._next is None else self._next
        if number < expected:  # brokers count in pieces
            source.ack(taken)
            return
        with self._changed:
            if number > expected + OWN:
                self._gone = (
                    f"{self._broker.params.where}: the log of {self._topology.site} begins at "
                    f"message {number}: {number - expected} messages are gone"
                )
            self._next = number + 1
            self._ready.append((number, taken, source))
            self._changed.notify_all()
