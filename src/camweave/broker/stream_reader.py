"""What reads a stream has in common: one subscription at a time, over lost connections.

A stream keeps its messages, as far as there is room, whoever has read them.
"""

from abc import ABC, abstractmethod
from datetime import datetime
from threading import Condition
from typing import Final, Literal, Self, TypeAlias

from camweave.broker.broker import Broker, declare
from camweave.broker.client import Taken, Wire
from camweave.broker.health import Numbers
from camweave.broker.subscription import Subscription
from camweave.broker.topology import Declaration, Queue

AHEAD: Final = 100  # messages that are fetched before they are asked for
OFFSET: Final = "x-stream-offset"

Offset: TypeAlias = int | datetime | Literal["first"]


class StreamReader(ABC):
    """A part of a broker that reads one stream. Open it with `with`."""

    def __init__(self, broker: Broker, stream: Queue, declaration: Declaration) -> None:
        """`declaration`: what has to be there, the stream among it."""
        self._broker, self._stream, self._declaration = broker, stream, declaration
        self._changed = Condition()
        self._closed = False
        self._subscription: Subscription | None = None

    def __enter__(self) -> Self:
        """Begin to read.

        Raises:
            BrokerError: there can be no such stream.
        """
        self._broker.add(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._broker.remove(self)

    def numbers(self) -> Numbers:
        """What is under way."""
        return Numbers()

    def close(self) -> None:
        """Nothing is handed out any more: let go who waits."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    async def attach(self, wire: Wire) -> None:
        """Go on where we are."""
        channel = await wire.channel()
        await declare(channel, self._declaration)
        await channel.close()
        self._subscription = Subscription(
            self._stream, wire, self._came, prefetch=AHEAD, arguments={OFFSET: self._offset()}
        )
        await self._subscription.begin()

    async def detach(self) -> None:
        """Nothing comes by this connection; what was fetched stays good."""
        if self._subscription is not None:
            self._subscription.over = True

    async def leave(self) -> None:
        """Take nothing any more."""
        if self._subscription is not None:
            await self._subscription.end()

    async def watch(self) -> str:
        """What is in the stream comes, or the broker says that it does not."""
        return ""

    @abstractmethod
    def _offset(self) -> Offset:
        """From where on to read, on a connection that has just come about."""

    @abstractmethod
    def _came(self, source: Subscription, taken: Taken) -> None:
        """Take the next message. On the loop."""
