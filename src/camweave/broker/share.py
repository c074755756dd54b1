"""How many queues each of those who work takes from: its share, and no more."""

import asyncio
from collections.abc import Callable, Collection
from math import ceil
from typing import Final

from camweave.broker.client import Channel
from camweave.broker.errors import BrokerError
from camweave.broker.subscription import Subscription

COUNTING: Final = 1.0  # s from one count of those who work to the next


class Share:
    """Counts who works, and has queues beyond our share let go. On the loop."""

    def __init__(
        self,
        workers: str,
        queues: Callable[[], int],
        taken: Callable[[], Collection[Subscription]],
        let_go: Callable[[Subscription], None],
    ) -> None:
        """Who works takes from the queue `workers`; `queues` are to be shared, `taken` are ours."""
        self._workers, self._queues = workers, queues
        self._taken, self._let_go = taken, let_go
        self._most = queues()

    @property
    def full(self) -> bool:
        """Whether we have as many as we may."""
        return sum(each.active for each in self._taken()) >= self._most

    async def begin(self, channel: Channel) -> None:
        """Be counted, and count.

        Raises:
            BrokerError: the broker does not answer.
        """
        await channel.take(self._workers, lambda _: None, prefetch=1)
        await self._count(channel)

    async def keep(self, channel: Channel) -> None:
        """Count again and again."""
        while True:
            await asyncio.sleep(COUNTING)
            try:
                await self._count(channel)
            except BrokerError as error:
                channel.wire.give_up(str(error))
                return

    async def _count(self, channel: Channel) -> None:
        waiting = await channel.look(self._workers)
        workers = max(1, waiting.consumers if waiting else 1)
        self._most = ceil(self._queues() / workers)
        mine = [each for each in self._taken() if each.active and not each.leaving]
        mine.sort(key=lambda each: -each.held)  # those with nothing in hand are let go first
        for source in mine[self._most :]:
            self._let_go(source)
