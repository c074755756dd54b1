"""Takes messages from queues and hands them out, one after the other, until they are settled."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from threading import Condition
from time import monotonic
from typing import Any, Final

from camweave.broker.broker import Broker, declare
from camweave.broker.client import Channel, Taken, Wire
from camweave.broker.dead_letters import bury, dead
from camweave.broker.delivery import Delivery
from camweave.broker.errors import BrokerError
from camweave.broker.health import Numbers
from camweave.broker.publisher import Sent
from camweave.broker.share import Share
from camweave.broker.subscription import Subscription
from camweave.broker.topology import Declaration, Queue, Topology
from camweave.broker.tries import begun, forgotten

PREFETCH: Final = 32  # with 8, who takes from one busy queue waits for more half of the time
TRIES: Final = 3
ALONE: Final = "x-single-active-consumer"  # somebody else may be the one that a queue's go to


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsumerParams:
    """How messages are taken."""

    prefetch: int = PREFETCH  # of each queue, that are taken and not settled
    tries: int = TRIES  # after which a message goes to the dead letters
    sharing: bool = False  # leave as many queues to the others who work as is their share
    # of the headers of one that came again, and of one behind it: whether it is let go for that
    overtaken: Callable[[Mapping[str, Any], Mapping[str, Any]], bool] | None = None


class Consumer:
    """Hands out messages to one thread. Open it with `with`, and iterate or `take`.

    Those of a queue come in order. One that came before is handed out by itself: nothing else is
    in hand then. Where somebody died with it, it is tried twice more, and then buried.
    """

    def __init__(
        self,
        broker: Broker,
        topology: Topology,
        queues: Sequence[Queue],
        declaration: Declaration,
        *,
        params: ConsumerParams | None = None,
    ) -> None:
        self._broker, self._topology = broker, topology
        self._queues, self._declaration = tuple(queues), declaration
        self._params = params or ConsumerParams()
        self._ready: deque[Delivery] = deque()
        self._changed = Condition()
        self._hand: set[Delivery] = set()
        self._settled: deque[Delivery] = deque()  # to be acknowledged
        self._settling: set[Delivery] = set()  # out of hand, and not settled with the broker yet
        self._outlived: set[str] = set()  # had by us when a connection was lost
        self._subscriptions: dict[str, Subscription] = {}
        self._share: Share | None = None
        if self._params.sharing:
            mine, all_of_them = self._subscriptions.values, lambda: len(self._queues)
            self._share = Share(topology.workers.name, all_of_them, mine, self._leave)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._wire: Wire | None = None
        self._grave: Channel | None = None  # to the dead letters
        self._ledger: Channel | None = None  # where tries are counted
        self._channels: list[Channel] = []  # all but the subscriptions'
        self._closed = False
        self._taken = self._dead = self._dropped = 0

    def __enter__(self) -> "Consumer":
        """Declare what is taken from, and begin.

        Raises:
            BrokerError: that cannot be.
        """
        self._broker.add(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._broker.remove(self)

    def __iter__(self) -> Iterator[Delivery]:
        """Messages as they come, until the consumer or the broker is closed."""
        while not self._closed:
            if (delivery := self.take(None)) is not None:
                yield delivery

    def take(self, timeout: float | None = 0.0) -> Delivery | None:
        """The next message; None where none may be handed out within so many seconds."""
        until = None if timeout is None else monotonic() + timeout
        while True:
            left = None if until is None else max(0.0, until - monotonic())
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._next_fits(), left)
                if self._closed or not self._next_fits():
                    return None
                delivery = self._ready.popleft()
                if delivery.single:
                    self._give_turn(delivery.source)
                self._hand.add(delivery)
                delivery.source.held += 1
                self._taken += 1
            if not delivery.suspect:
                return delivery
            if self._overtaken(delivery):
                self._dropped += 1
                delivery.ack()
            elif self._fit_to_try(delivery):
                return delivery

    def follow(self, queues: Sequence[Queue], declaration: Declaration) -> None:
        """Take from these queues from now on, those that are among them already included.

        Raises:
            BrokerError: that cannot be.
        """

        async def changed(wire: Wire) -> None:
            channel = await wire.channel()
            await declare(channel, declaration)
            await channel.close()
            self._queues, self._declaration = tuple(queues), declaration
            names = {queue.name for queue in queues}
            for name in [name for name in self._subscriptions if name not in names]:
                await self._subscriptions.pop(name).end()
            await self._subscribe(wire)

        self._broker.ask(changed)

    def numbers(self) -> Numbers:
        """What is under way."""
        return Numbers(
            ready=len(self._ready), taken=self._taken, dead=self._dead, dropped=self._dropped
        )

    @property
    def active(self) -> tuple[str, ...]:
        """The queues from which messages come to us, not to another worker."""
        return tuple(name for name, each in tuple(self._subscriptions.items()) if each.active)

    def close(self) -> None:
        """Nothing is handed out any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    async def attach(self, wire: Wire) -> None:
        """Declare, and take."""
        self._wire, self._grave = wire, await wire.channel(confirms=True)
        self._ledger = await wire.channel(confirms=True)
        self._channels = [self._grave, self._ledger]
        await declare(self._grave, self._declaration)
        if self._share is not None:
            counting = await wire.channel()
            self._channels.append(counting)
            await self._share.begin(counting)
            self._begin(self._share.keep(counting))
        await self._subscribe(wire)

    async def detach(self) -> None:
        """What was taken comes again."""
        self._wire = self._grave = self._ledger = None
        self._outlive()
        for task in tuple(self._tasks):
            task.cancel()
        self._settled.clear()
        for subscription in self._subscriptions.values():
            subscription.over = True
            subscription.turn += 1
        with self._changed:
            self._ready.clear()
            self._subscriptions.clear()
            self._changed.notify_all()

    async def leave(self) -> None:
        """Take nothing any more; what was taken and not settled goes to who takes next."""
        subscriptions, channels = tuple(self._subscriptions.values()), tuple(self._channels)
        await self._ack_settled()
        await self.detach()
        for subscription in subscriptions:
            await subscription.end()
        for channel in channels:
            await channel.close()

    async def watch(self) -> str:
        """Whether nobody takes from a queue, or nothing comes although it should."""
        if self._wire is None:
            return ""
        channel = await self._wire.channel()
        for name, each in tuple(self._subscriptions.items()):
            if each.leaving:
                continue
            if (waiting := await channel.look(name)) is None:
                return f"queue {name}: it is gone"
            if waiting.consumers == 0 and not each.leaving:
                return f"queue {name}: nobody takes from it, though we should"
            quiet = monotonic() - max(each.last, each.since)
            mine = not each.first or ALONE not in each.queue.settings
            if mine and not each.held and waiting.messages and self._stuck(name, quiet):
                return f"queue {name}: {waiting.messages} are ready, none came for {quiet:.0f} s"
        await channel.close()
        return ""

    def _stuck(self, name: str, quiet: float) -> bool:
        with self._changed:
            idle = not any(each.queue == name for each in self._ready)
        return idle and quiet > self._broker.params.stuck

    def settle(self, delivery: Delivery, after: Sent | None) -> None:
        """It is done."""
        if self._out_of_hand(delivery):
            self._broker.call(lambda: self._settle(delivery, after))

    def bury(self, delivery: Delivery, reason: str) -> None:
        """It can never be done; until the broker has it, nothing that came behind goes past it."""
        if self._out_of_hand(delivery):
            self._dead += 1
            try:
                self._broker.do(lambda: self._bury(delivery, reason))
            except BrokerError as error:
                self._let_come_again(delivery.source, error)

    def retry(self, delivery: Delivery, reason: str) -> None:
        """It is to be handed out again."""
        if delivery.tries >= self._params.tries:
            self.bury(delivery, reason)
            return
        with self._changed:
            self._hand.discard(delivery)
            delivery.source.held -= 1
            delivery.tries += 1
            delivery.single = True
            self._ready.appendleft(delivery)
            self._changed.notify_all()

    def _out_of_hand(self, delivery: Delivery) -> bool:
        """Whether it was not settled yet; it is then."""
        with self._changed:
            new = not delivery.settled
            delivery.settled = True
            self._hand.discard(delivery)
            self._changed.notify_all()
        return new

    def _next_fits(self) -> bool:
        """Whether the next message may be handed out now; void ones go on the way."""
        while self._ready and not self._ready[0].valid:
            self._ready.popleft()
        if not self._ready or any(each.single for each in self._hand):
            return False
        return not (self._ready[0].single and self._hand)

    def _give_turn(self, source: Subscription) -> None:
        """What comes by itself comes of each queue in turn, so that all of them soon go on."""
        own = [each for each in self._ready if each.source is source]
        others = [each for each in self._ready if each.source is not source]
        self._ready = deque((*others, *own))

    def _overtaken(self, delivery: Delivery) -> bool:
        """Whether one that came again is let go for one behind it, and never tried again."""
        lets_go = self._params.overtaken
        if lets_go is None:
            return False
        with self._changed:
            behind = [each.headers for each in self._ready if each.source is delivery.source]
        return any(lets_go(delivery.headers, each) for each in behind)

    def _outlive(self) -> None:
        """A connection is lost, and we are not: it is not what we had that killed anybody."""
        with self._changed:
            had = {*self._ready, *self._hand, *self._settling}
            ours = [each for each in had if each.valid_to_settle and not each.suspect]
            known = {each.id for each in ours if each.id}
            self._outlived = known or self._outlived  # connections may be lost before anything came
            self._settling.clear()

    def _fit_to_try(self, delivery: Delivery) -> bool:
        """Note that one is tried that somebody may have died of; enough is enough."""
        delivery.suspect = False
        try:
            before = self._broker.do(lambda: self._note(delivery.taken))
        except BrokerError as error:
            self._out_of_hand(delivery)
            self._let_come_again(delivery.source, error)
            return False
        delivery.noted = True
        delivery.tries = before + 2  # the first was not noted
        if delivery.tries <= self._params.tries:
            return True
        delivery.tries -= 1  # this one is not begun
        told = f"taken {delivery.tries} times and never finished: whoever had it died"
        self.bury(delivery, told)
        return False

    async def _note(self, taken: Taken) -> int:
        if self._ledger is None:
            raise BrokerError("the connection is lost")
        return await begun(self._ledger, self._topology, taken)

    def _let_come_again(self, source: Subscription, error: BrokerError) -> None:
        """A message cannot be settled: it comes again, and what came behind must not go past it."""
        source.over = True
        self._broker.call(partial(source.give_up, str(error)))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Have something done on the loop, and hold on to it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _settle(self, delivery: Delivery, after: Sent | None) -> None:
        self._settling.add(delivery)
        if after is None or after.over:
            self._done(delivery)
        else:
            after.then.append(partial(self._done, delivery))

    def _done(self, delivery: Delivery) -> None:
        """Have it acknowledged, with all that are done by then. On the loop."""
        if not self._settled:
            self._begin(self._ack_settled())
        self._settled.append(delivery)

    async def _ack_settled(self) -> None:
        while self._settled:
            await self._ack(self._settled.popleft())

    async def _ack(self, delivery: Delivery) -> None:
        """The broker may forget it."""
        source = delivery.source
        if delivery.valid_to_settle:
            with suppress(Exception):  # it comes again, as the connection is over
                await delivery.taken.ack()
        with self._changed:
            self._settling.discard(delivery)
            source.held -= 1
            free = source.leaving and not source.held
        if free:
            self._begin(source.step_back())
        if delivery.noted and self._ledger is not None:
            with suppress(BrokerError):
                await forgotten(self._ledger, self._topology, delivery.taken)

    async def _bury(self, delivery: Delivery, reason: str) -> None:
        """To the dead letters first, then off its queue."""
        if self._grave is None or not delivery.valid_to_settle:
            return
        letter = dead(delivery.taken, delivery.queue, reason, delivery.tries)
        await bury(self._grave, self._topology.dead.name, delivery.taken, letter)
        await self._ack(delivery)

    async def _subscribe(self, wire: Wire) -> None:
        """Take from every queue that we do not take from yet."""
        for queue in self._queues:
            if queue.name not in self._subscriptions:
                made = Subscription(queue, wire, self._came, prefetch=self._params.prefetch)
                self._subscriptions[queue.name] = made
                await made.begin()

    def _came(self, source: Subscription, taken: Taken) -> None:
        """A message, on the loop."""
        if source.leaving:
            return
        if source.first and self._share is not None and self._share.full:
            self._leave(source)
            return
        delivery = Delivery(taken, source, self)
        delivery.suspect = delivery.single = taken.redelivered and taken.id not in self._outlived
        source.first = False
        with self._changed:
            self._ready.append(delivery)
            self._changed.notify_all()

    def _leave(self, source: Subscription) -> None:
        """Let a queue go as soon as nothing of it is in hand."""
        with self._changed:
            source.leaving = True
            free = not source.held
        if free:
            self._begin(source.step_back())
