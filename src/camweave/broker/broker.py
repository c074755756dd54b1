"""One connection to RabbitMQ, kept: made anew when it is lost, watched, with all that uses it."""

import asyncio
import logging
import sys
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import CancelledError as Cancelled
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from contextlib import suppress
from random import Random
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any, Final, Self, TypeVar

from camweave.broker.client import Channel, Wire, require_client
from camweave.broker.errors import BrokerClosed, BrokerError
from camweave.broker.health import Health, summed
from camweave.broker.params import BrokerParams
from camweave.broker.part import Part
from camweave.broker.topology import Declaration
from camweave.core.backoff import Backoff, Outages
from camweave.formats.tls import tls_context

log = logging.getLogger(__name__)

AGAIN: Final = 0.2  # s between two tries
ENDING: Final = 5.0  # s within which the thread ends
Answer = TypeVar("Answer")


class Broker:
    """Keeps a connection while its `with` block lasts, in one thread and loop of its own.

    What publishes and consumes are parts of it: they outlive connections.
    """

    def __init__(
        self, params: BrokerParams, backoff: Backoff | None = None, *, patience: float = 0.0
    ) -> None:
        """`patience`: s in which the first connection may fail, other than for good.

        Raises:
            MissingExtra: aio-pika is not installed.
            InputError: a certificate cannot be used.
        """
        require_client()
        if params.tls is not None:
            tls_context(params.tls, "broker")
        self.params = params
        self._outages, self._patience = Outages(backoff or Backoff(), monotonic()), patience
        self._chance = Random()  # noqa: S311 - when to knock again is no secret
        self._parts: list[Part] = []
        self._wire: Wire | None = None
        self._trouble, self._reported = "not connected yet", ""
        self._connections = self._healed = 0
        self._calls: deque[Callable[[], object]] = deque()  # for, and not done yet
        self._woken = False  # the loop is about to do them
        self._first: Future[None] = Future()  # the first connection, or why there is none
        self._ready = Event()
        self._thread = Thread(target=self._run, name="broker", daemon=True)

    def __enter__(self) -> Self:
        """Connect.

        Raises:
            BrokerError: it was not to be; the message says where and why.
        """
        self._thread.start()
        self._ready.wait()
        try:
            self._first.result()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(RuntimeError):  # the loop is closed already
            self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(ENDING)

    @property
    def connected(self) -> bool:
        """Whether there is a connection now."""
        return self._wire is not None

    @property
    def trouble(self) -> str:
        """Why there is none; empty: there is."""
        return self._trouble

    def call(self, function: Callable[[], object]) -> None:
        """Have something done on the loop, soon; from any thread, and for nothing after the end.

        What comes while the loop is on its way is done with it, in order: one wake-up for all.
        """
        self._calls.append(function)
        if not self._woken:
            self._woken = True
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._called)

    def ask(self, function: Callable[[Wire], Awaitable[Answer]]) -> Answer:
        """Do something on the connection that there is now, and wait for it.

        Raises:
            BrokerError: it failed, or there is no connection.
        """

        async def asked() -> Answer:
            if self._wire is None:
                raise BrokerError(f"{self.params.where}: {self._trouble}")
            return await function(self._wire)

        return self.do(asked)

    def persist(self, function: Callable[[Wire], Awaitable[Answer]]) -> Answer:
        """As `ask`, and again for a while where another try, or another connection, may do better.

        A stream that somebody else declares at the same moment ends who comes too early.

        Raises:
            BrokerError: it failed for good, or until the end.
        """
        until = monotonic() + self.params.timeout
        while True:
            try:
                return self.ask(function)
            except BrokerError as error:
                if error.denied or isinstance(error, BrokerClosed) or monotonic() > until:
                    raise
            sleep(AGAIN)

    def do(self, function: Callable[[], Coroutine[Any, Any, Answer]]) -> Answer:
        """Do something on the loop, and wait for it.

        Raises:
            BrokerError: it failed, or the broker was closed.
        """
        if not self._thread.is_alive():
            raise BrokerClosed
        told = asyncio.run_coroutine_threadsafe(function(), self._loop)
        try:
            return told.result(6 * self.params.timeout)
        except (Late, Cancelled):
            told.cancel()
            raise BrokerError(f"{self.params.where}: no answer") from None

    def add(self, part: Part) -> None:
        """Have a part work on this connection, and on those after it.

        Raises:
            BrokerError: it cannot, on the one that there is; the part is closed then.
        """

        async def begin(wire: Wire) -> None:
            self._parts.append(part)
            try:
                await part.attach(wire)
            except BaseException:
                await self._withdraw(part)  # and not closed: another try may do better
                raise

        try:
            self.persist(begin)
        except BaseException:
            part.close()
            raise

    def remove(self, part: Part) -> None:
        """A part is done."""

        async def end() -> None:
            await self._let_go(part)

        if self._thread.is_alive():
            with suppress(RuntimeError, Late):
                asyncio.run_coroutine_threadsafe(end(), self._loop).result(ENDING)

    def health(self) -> Health:
        """How it fares."""
        numbers = summed(part.numbers() for part in tuple(self._parts))
        slow = ""
        if numbers.oldest > self.params.degraded:
            slow = f"{self.params.where}: nothing is confirmed for {numbers.oldest:.0f} s"
        return Health(
            connected=self.connected,
            trouble=self._trouble or slow,
            connections=self._connections,
            healed=self._healed,
            numbers=numbers,
        )

    def _called(self) -> None:
        """Do what was called for."""
        self._woken = False  # first: who calls from now on and is not heard wakes us again
        while self._calls:
            self._calls.popleft()()

    def _run(self) -> None:
        """The thread."""
        with asyncio.Runner(loop_factory=_new_loop) as runner:
            self._loop = runner.get_loop()
            runner.run(self._keep())

    async def _keep(self) -> None:
        """Connect, and again, until the end."""
        self._end = asyncio.Event()
        self._began = monotonic()
        self._ready.set()
        while not self._end.is_set():
            try:
                await self._connection()
            except BrokerError as error:
                await self._pause(error)
            except Exception as error:  # whatever it is, it is no end
                log.debug("broker: unexpected", exc_info=True)
                await self._pause(BrokerError(f"{self.params.where}: {error!r}"))
        for part in self._parts:
            part.close()
        if not self._first.done():
            self._first.set_exception(BrokerClosed())

    async def _connection(self) -> None:
        """One connection from its making to its end."""
        wire = Wire(self.params)
        try:
            await wire.open()
            for part in list(self._parts):
                await part.attach(wire)
            self._stands(wire)
            await self._watch(wire)
        finally:
            self._wire = None
            for part in list(self._parts):
                await part.detach()
            await wire.close()

    def _stands(self, wire: Wire) -> None:
        """All is in place."""
        self._wire, self._trouble = wire, ""
        self._connections += 1
        self._outages.up(monotonic())
        log.info("broker: %s is there", self.params.where)
        self._reported = ""
        if not self._first.done():
            self._first.set_result(None)

    async def _watch(self, wire: Wire) -> None:
        """Until the connection is over, or is to be."""
        while not self._end.is_set():
            over = await _first_of(self.params.watch, self._end, wire.lost)
            if self._end.is_set():
                return
            if over:
                raise BrokerError(f"{self.params.where}: {wire.why or 'the connection is lost'}")
            for part in list(self._parts):
                if amiss := await part.watch():
                    self._healed += 1
                    raise BrokerError(f"{self.params.where}: {amiss}")

    async def _pause(self, error: BrokerError) -> None:
        """Tell why there is no connection, each reason once, and wait before the next try."""
        self._trouble = str(error)
        now = monotonic()
        if not self._first.done() and (error.denied or now - self._began >= self._patience):
            self._first.set_exception(error)
            self._end.set()
            return
        if self._reported != self._trouble:
            log.warning("broker: %s", self._trouble)
        self._reported = self._trouble
        pause = self._outages.down(now, chance=self._chance.random(), urgent=not error.denied)
        await _first_of(pause, self._end)

    async def _let_go(self, part: Part) -> None:
        part.close()
        await self._withdraw(part)

    async def _withdraw(self, part: Part) -> None:
        if part in self._parts:
            self._parts.remove(part)
        if self._wire is not None:
            await part.leave()
        await part.detach()


async def declare(channel: Channel, declaration: Declaration) -> None:
    """See that all of it is there.

    Raises:
        BrokerError: it cannot be, or is there with other settings.
    """
    for exchange in declaration.exchanges:
        await channel.declare_exchange(exchange)
    for queue in declaration.queues:
        await channel.declare(queue)


def _new_loop() -> asyncio.AbstractEventLoop:
    """The quicker kind, where there is one."""
    if sys.platform == "win32":
        return asyncio.new_event_loop()
    import uvloop

    return uvloop.new_event_loop()


async def _first_of(seconds: float, *events: asyncio.Event) -> bool:
    """Wait for any of these, so long at most; whether one came."""
    tasks = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        done, _ = await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
    return bool(done)
