"""Reads the log of a site's results, from its start or from any message on; many may at once.

The log is a stream: it is kept, as far as there is room, whoever has read it.
"""

from collections import deque
from collections.abc import Iterator
from datetime import datetime
from threading import Condition
from typing import Final, Self

from camweave.broker.broker import Broker
from camweave.broker.client import Taken, Wire
from camweave.broker.errors import BrokerError
from camweave.broker.health import Numbers
from camweave.broker.subscription import Subscription
from camweave.broker.topology import Topology

AHEAD: Final = 100  # messages that are fetched before they are asked for
OFFSET: Final = "x-stream-offset"
OWN: Final = 1  # numbers in a row that a broker takes for notes of its own, where a file begins


class LogReader:
    """Hands out messages with their numbers, which rise. Open it with `with`; one thread takes.

    It goes on over lost connections: nothing comes twice, and nothing is left out.
    """

    def __init__(
        self, broker: Broker, topology: Topology, start: int | datetime | None = None
    ) -> None:
        """`start`: the number of the first message; None: the first there is.

        With a date, it begins with what was sent about then, and never later.
        """
        self._broker, self._topology, self._start = broker, topology, start
        self._next = start if isinstance(start, int) else None
        self._ready: deque[tuple[int, Taken, Subscription]] = deque()
        self._changed = Condition()
        self._subscription: Subscription | None = None
        self._gone = ""
        self._closed = False
        self._taken = 0

    def __enter__(self) -> Self:
        """Begin.

        Raises:
            BrokerError: there can be no log.
        """
        self._broker.add(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._broker.remove(self)

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

    def close(self) -> None:
        """Nothing is handed out any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    async def attach(self, wire: Wire) -> None:
        """Go on where we are."""
        channel = await wire.channel()
        await channel.declare_exchange(self._topology.results)
        log = self._topology.log
        await channel.declare(log)
        await channel.close()
        start = self._next if self._next is not None else self._start
        arguments = {OFFSET: "first" if start is None else start}
        self._subscription = Subscription(
            log, wire, self._came, prefetch=AHEAD, arguments=arguments
        )
        await self._subscription.begin()

    async def detach(self) -> None:
        """What was fetched stays good."""
        if self._subscription is not None:
            self._subscription.over = True

    async def leave(self) -> None:
        """Take nothing any more."""
        if self._subscription is not None:
            await self._subscription.end()

    async def watch(self) -> str:
        """What is in the log comes, or the broker says that it does not."""
        return ""

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
