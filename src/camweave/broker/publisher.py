"""Sends messages and knows which have arrived; sends again what may not have."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Condition
from time import monotonic
from typing import Final

from camweave.broker.broker import Broker, declare
from camweave.broker.client import Channel, Wire
from camweave.broker.errors import BrokerClosed, BrokerError
from camweave.broker.health import Numbers
from camweave.broker.reasons import most_bytes_in
from camweave.broker.rooms import AGAIN, Rooms
from camweave.broker.topology import Declaration, Lanes
from camweave.formats.messages.packed import MOST_BYTES, Packed

log = logging.getLogger(__name__)

WINDOW: Final = 64  # messages that the broker has not confirmed, at most
GLANCE: Final = 0.05  # s between looks for room where there was none
KNOWN: Final = 512  # messages of a key of which it is known since when they are under way


@dataclass(slots=True, eq=False)
class Sent:
    """A message that is on its way, or there."""

    packed: Packed
    key: str
    at: float  # s, when it was given to us
    keep: bool  # never drop it
    arrived: bool = False
    dropped: bool = False
    over: bool = False  # either of them; known on the loop
    then: list[Callable[[], None]] = field(default_factory=list)  # on the loop, once it is there


@dataclass(frozen=True, slots=True, kw_only=True)
class PublisherParams:
    """What becomes of messages while they cannot be sent."""

    lossless: bool = True  # who publishes waits; else nobody does, and the newest are kept
    window: int = WINDOW
    spool: int = 50  # messages of a key that are kept, live
    fresh: float = 2.0  # s that they are worth something, live


class Publisher:
    """Sends to one exchange, in order. Open it with `with`; one thread publishes.

    At the end of the block what is not sent yet is not sent any more: `flush` before it.

    What a broken connection left in doubt is sent again in the same order: a message may come
    twice, and none after one that was published later under the same key.
    """

    def __init__(
        self,
        broker: Broker,
        exchange: str,
        declaration: Declaration,
        params: PublisherParams | None = None,
        *,
        lanes: Lanes | None = None,
    ) -> None:
        """`lanes`: queues in which no more may wait than they say, lossless."""
        self._broker, self._exchange = broker, exchange
        self._declaration, self._params = declaration, params or PublisherParams()
        bounded = self._params.lossless and lanes is not None
        self._rooms = Rooms(lanes) if bounded and lanes is not None else None
        self._waiting: deque[Sent] = deque()
        self._out: dict[Sent, asyncio.Task[None]] = {}  # in the order of sending
        self._changed = Condition()
        self._channel: Channel | None = None
        self._measuring: asyncio.Task[None] | None = None
        self._low = asyncio.Event()
        self._closed = False
        self.most = MOST_BYTES  # of a body; fewer, where the broker says so
        self._sent = self._dropped = 0
        self._times: dict[str, deque[float]] = {}  # of each key: s, when its last were given to us
        self._confirmed = 0.0  # s, when last one was confirmed, or could not be

    def __enter__(self) -> "Publisher":
        """Declare what is sent to.

        Raises:
            BrokerError: that cannot be.
        """
        self._broker.add(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._broker.remove(self)

    def publish(self, packed: Packed, key: str, *, keep: bool = False) -> Sent:
        """Have a message sent. Lossless, this waits while the window is full; live, never.

        `keep`: it is not dropped either, however old it becomes. One that is larger than a
        message may be is dropped at once, and told in the log: a broker ends the channel of who
        sends it, again and again.

        Raises:
            BrokerClosed: the broker was closed meanwhile.
        """
        sent = Sent(packed, key, monotonic(), keep or self._params.lossless)
        with self._changed:
            if self._too_large(sent):
                return sent
            if self._params.lossless:
                self._changed.wait_for(self._takes)
            if self._closed:
                raise BrokerClosed
            self._waiting.append(sent)
            if not self._params.lossless:
                self._thin(key)
        self._broker.call(self._pump)
        return sent

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until all that was published has arrived, or was dropped; whether it has."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._idle, timeout)
            return self._idle

    def change(self, declaration: Declaration, lanes: Lanes | None = None) -> None:
        """Other queues from now on: cameras came or went.

        Raises:
            BrokerError: it cannot be declared.
        """

        async def changed(wire: Wire) -> None:
            channel = await wire.channel()
            await declare(channel, declaration)
            await channel.close()
            self._declaration = declaration
            if self._rooms is not None and lanes is not None:
                self._rooms.change(lanes)
                self._low.set()

        self._broker.ask(changed)

    def numbers(self) -> Numbers:
        """What is under way."""
        with self._changed:
            doubt = monotonic() - self._confirmed if self._out else 0.0
            return Numbers(
                waiting=len(self._waiting),
                unconfirmed=len(self._out),
                oldest=doubt,
                sent=self._sent,
                dropped=self._dropped,
            )

    def oldest(self, key: str, waiting: int) -> float:
        """S that the oldest message of a key is under way, where so many of it wait in a queue.

        Queues keep the order, so it is the last but so many; as far back as we remember.
        """
        with self._changed:
            times = self._times.get(key)
            return monotonic() - times[-min(waiting, len(times))] if waiting and times else 0.0

    def close(self) -> None:
        """Nothing is sent any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    async def attach(self, wire: Wire) -> None:
        """Declare, and send what waits."""
        channel = await wire.channel(confirms=True)
        await declare(channel, self._declaration)
        channel.on_closed(lambda why: self._failed(channel, "its channel is over", why))
        self._channel = channel
        if self._rooms is not None:
            self._low.set()
            self._measuring = asyncio.create_task(self._measure(wire, self._rooms))
        self._pump()

    async def detach(self) -> None:
        """What is in doubt waits again, in its order."""
        self._channel = None
        if self._measuring is not None:
            self._measuring.cancel()
        for task in self._out.values():
            task.cancel()
        with self._changed:
            self._waiting.extendleft(reversed(self._out))
            self._out.clear()
            for sent in [each for each in self._waiting if self._too_large(each)]:
                self._waiting.remove(sent)
            self._changed.notify_all()
        if self._rooms is not None:
            self._rooms.forget()

    async def leave(self) -> None:
        """Nothing more is sent."""
        channel = self._channel
        await self.detach()
        if channel is not None:
            await channel.close()

    async def watch(self) -> str:
        """Whether the broker has not confirmed anything for too long."""
        most = self._broker.params.confirm
        late = bool(self._out) and monotonic() - self._confirmed > most
        return f"nothing was confirmed for {most:.0f} s" if late else ""

    @property
    def _under_way(self) -> int:
        return len(self._waiting) + len(self._out)

    @property
    def _idle(self) -> bool:
        return not self._under_way

    def _takes(self) -> bool:
        return self._closed or self._under_way < self._params.window

    def _thin(self, key: str) -> None:
        """Let go of the oldest of a key where too many of it wait."""
        own = [sent for sent in self._waiting if sent.key == key and not sent.keep]
        for sent in own[: max(0, len(own) - self._params.spool)]:
            self._drop(sent)
            self._waiting.remove(sent)

    def _too_large(self, sent: Sent) -> bool:
        """Whether the broker would not take it; then it is dropped."""
        size = len(sent.packed.body)
        if size <= self.most:
            return False
        told = "broker: %s: left out of %s: a message of %.1f MB; at most %.1f MB are taken"
        log.error(told, sent.packed.id, self._exchange, size / 1e6, self.most / 1e6)
        self._drop(sent)
        return True

    def _drop(self, sent: Sent) -> None:
        sent.dropped = True
        self._dropped += 1
        self._broker.call(lambda: _tell(sent))

    def _pump(self) -> None:
        """Send what may be sent. On the loop."""
        while self._channel is not None and len(self._out) < self._params.window:
            with self._changed:
                sent = self._next()
                if sent is None:
                    return
                if not self._out:
                    self._confirmed = monotonic()
                self._out[sent] = asyncio.create_task(self._send(self._channel, sent))

    def _next(self) -> Sent | None:
        """The next that may be sent, off what waits; stale ones go on the way."""
        stale = monotonic() - self._params.fresh
        while self._waiting and not self._waiting[0].keep and self._waiting[0].at < stale:
            self._drop(self._waiting.popleft())
            self._changed.notify_all()
        if self._rooms is None:
            return self._waiting.popleft() if self._waiting else None
        for sent in self._waiting:
            if self._rooms.has(sent.key):
                self._waiting.remove(sent)
                self._rooms.sent(sent.key)
                if self._rooms.low(sent.key):
                    self._low.set()
                return sent
        if self._waiting:
            self._low.set()
        return None

    async def _send(self, channel: Channel, sent: Sent) -> None:
        packed = sent.packed
        try:
            await channel.publish(
                self._exchange,
                sent.key,
                packed.id,
                packed.headers,
                packed.body,
                mandatory=self._params.lossless,  # live, nobody need listen
            )
        except Exception as error:  # of any kind: what it means is one
            self._failed(channel, f"{type(error).__name__}: {error}"[:200], error)
        else:
            self._arrived(sent)

    def _arrived(self, sent: Sent) -> None:
        """The broker has it."""
        with self._changed:
            self._out.pop(sent, None)
            sent.arrived = True
            self._sent += 1
            self._times.setdefault(sent.key, deque(maxlen=KNOWN)).append(sent.at)
            self._confirmed = monotonic()
            if len(self._out) <= self._params.window // 2:  # who waits is woken for more than one
                self._changed.notify_all()
        if self._rooms is not None:
            self._rooms.arrived(sent.key)
        _tell(sent)
        self._pump()

    def _failed(self, channel: Channel, why: str, error: object) -> None:
        """It may be there or not: only another connection tells what it is worth."""
        self.most = min(self.most, most_bytes_in(error) or self.most)
        if channel is self._channel:
            self._channel = None
            channel.wire.give_up(f"a message to {self._exchange} was not taken ({why})")

    async def _measure(self, wire: Wire, rooms: Rooms) -> None:
        """Look how many wait, whenever half of the room that was seen is used."""
        channel = await wire.channel()
        try:
            while True:
                with suppress(TimeoutError):  # queues that are not there are looked for again
                    await asyncio.wait_for(self._low.wait(), AGAIN)
                self._low.clear()
                for queue in rooms.wanted(monotonic()):
                    rooms.looking(queue)
                    waiting = await channel.look(queue)
                    rooms.seen(queue, None if waiting is None else waiting.messages, monotonic())
                    if waiting is None:
                        channel = await wire.channel()
                self._pump()
                await asyncio.sleep(GLANCE)
        except BrokerError as error:
            wire.give_up(str(error))
        finally:
            await channel.close()


def _tell(sent: Sent) -> None:
    """Do what waited for it. On the loop."""
    sent.over = True
    for then in sent.then:
        then()
