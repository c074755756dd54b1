"""Taking from one queue, on a channel of its own: so it can be let go whole, and in order."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from random import Random
from time import monotonic
from typing import Final

from camweave.broker.client import Channel, Taken, Wire
from camweave.broker.errors import BrokerError
from camweave.broker.topology import Queue

IDLE: Final = 5.0  # s without a message after which a queue is no load any more
APART: Final = 0.3  # s at most before who let a queue go waits for it again


class Subscription:
    """State of one queue on one connection: who takes from it, and what came."""

    def __init__(
        self,
        queue: Queue,
        wire: Wire,
        came: Callable[["Subscription", Taken], None],
        *,
        prefetch: int,
        arguments: Mapping[str, object] | None = None,
    ) -> None:
        self.queue, self._wire, self._came = queue, wire, came
        self._prefetch, self._arguments = prefetch, arguments
        self._channel: Channel | None = None
        self._chance = Random()  # noqa: S311 - who is first to wait again is no secret
        self._tasks: set[asyncio.Future[None]] = set()
        self.held = 0  # handed out, and not settled
        self.leaving = False  # it is being let go
        self.over = False  # its channel is, for good
        self.last = float("-inf")  # s, when something last came
        self.since = monotonic()  # s, when it began
        self.turn = 0  # rises with each channel: what came by an old one is void
        self.first = True  # nothing has come by this channel

    @property
    def active(self) -> bool:
        """Whether messages come: of those who wait for this queue, we are the one."""
        return not self.first and (self.held > 0 or monotonic() - self.last < IDLE)

    async def begin(self) -> None:
        """Take from the queue, or wait until whoever does lets it go.

        Raises:
            BrokerError: the queue cannot be taken from.
        """
        channel = await self._wire.channel()
        turn = self.turn
        channel.on_closed(lambda _: self._lost(turn))
        self._channel, self.first, self.leaving = channel, True, False
        self.since = monotonic()

        def took(taken: Taken) -> None:
            if turn == self.turn and not self.over:
                self.last = monotonic()
                self._came(self, taken)

        await channel.take(
            self.queue.name, took, prefetch=self._prefetch, arguments=self._arguments
        )

    def ack(self, taken: Taken) -> None:
        """Settle one that nobody has to hold. On the loop."""

        async def settled() -> None:
            with suppress(Exception):  # the connection is over
                await taken.ack()

        task = asyncio.ensure_future(settled())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def end(self) -> None:
        """Let it go: what is not settled goes back, all at once."""
        self.over = True
        self.turn += 1
        if self._channel is not None:
            await self._channel.close()

    async def step_back(self) -> None:
        """Let the next one who waits take over, and wait behind everybody."""
        self.turn += 1
        if self._channel is not None:
            await self._channel.close()
        await asyncio.sleep(APART * self._chance.random())
        if self.over:
            return
        try:
            await self.begin()
        except BrokerError as error:
            self.give_up(str(error))

    def give_up(self, why: str) -> None:
        """Have another connection made than the one it takes by. On the loop."""
        self._wire.give_up(why)

    def _lost(self, turn: int) -> None:
        """The broker closed the channel: the queue is gone, or a message was held too long."""
        if turn == self.turn and not self.over:
            self.give_up(f"queue {self.queue.name}: the broker ended our taking from it")
