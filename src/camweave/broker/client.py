"""The AMQP client, aio-pika, as this room needs it: the one file that knows it.

Nothing waits for ever: what is asked of the broker is answered in time, or is a `BrokerError`.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from camweave.broker.errors import BrokerError
from camweave.broker.params import BrokerParams
from camweave.broker.reasons import UNKNOWN_TO_IT, reason
from camweave.broker.topology import Exchange, Queue
from camweave.core.errors import MissingExtra
from camweave.formats.messages.packed import HeaderValue
from camweave.formats.tls import tls_context

PERSISTENT: Final = 2
CLOSING: Final = 2.0  # s


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a look at a queue shows."""

    messages: int  # ready, not with a consumer
    consumers: int


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """A message as it came, and how to settle it."""

    id: str
    headers: Mapping[str, Any]
    body: bytes
    exchange: str
    key: str
    redelivered: bool
    ack: Callable[[], Awaitable[None]]
    give_back: Callable[[], Awaitable[None]]


def require_client() -> None:
    """See that what talks to RabbitMQ is there.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        import aio_pika
    except ImportError as error:
        raise MissingExtra("broker: talking to RabbitMQ", "rabbitmq") from error
    del aio_pika


class Wire:
    """One connection, from its making to its end; `lost` is set when it is over."""

    def __init__(self, params: BrokerParams) -> None:
        """Nothing is connected yet.

        Raises:
            InputError: a certificate cannot be used.
        """
        self.params = params
        self.lost = asyncio.Event()
        self.why = ""  # we gave it up
        self._context = None if params.tls is None else tls_context(params.tls, "broker")
        for noisy in ("aio_pika", "aiormq"):  # what they tell is told again, in a line, as an error
            logging.getLogger(noisy).setLevel(logging.CRITICAL)

    async def open(self) -> None:
        """Connect, and be let in.

        Raises:
            BrokerError: it was not to be; the message says where and why.
        """
        import aio_pika
        from yarl import URL

        p = self.params
        url = URL.build(
            scheme="amqp" if p.tls is None else "amqps",
            user=p.user,
            password=p.password,
            host=p.host,
            port=p.port,
            path="/" + p.vhost.replace("%", "%25").replace("/", "%2F"),
            query={"heartbeat": str(p.heartbeat)},
            encoded=False,
        )
        del URL
        # Ours to close, however far it comes: one that is left to itself warns when it goes.
        self._made = aio_pika.Connection(
            url, ssl_context=self._context, client_properties={"connection_name": "camweave"}
        )
        async with self._asked(""):
            try:
                await self._made.connect()
            except ConnectionError as error:
                if p.tls is None or not isinstance(error.__cause__ or error, ConnectionResetError):
                    raise  # else its last word, that it does not know us, is lost with it
                raise BrokerError(f"{p.where}: it hangs up; {UNKNOWN_TO_IT}") from None
        self._made.close_callbacks.add(lambda *_: self.lost.set())

    def give_up(self, why: str) -> None:
        """It does not serve: another is to be made."""
        self.why = self.why or why
        self.lost.set()

    async def close(self) -> None:
        """Say goodbye; never waits for long."""
        self.lost.set()
        with suppress(Exception):
            async with asyncio.timeout(CLOSING):
                await self._made.close()

    async def channel(self, *, confirms: bool = False) -> "Channel":
        """A way of its own for one purpose; what is wrong there ends it alone."""
        async with self._asked("no channel"):
            made = await self._made.channel(publisher_confirms=confirms, on_return_raises=confirms)
            below = await made.get_underlay_channel()
        return Channel(made, below, self)

    @asynccontextmanager
    async def asked(self, what: str) -> AsyncIterator[None]:
        """Bound what is asked of the broker, and tell what goes wrong in a line."""
        async with self._asked(what):
            yield

    @asynccontextmanager
    async def _asked(self, what: str) -> AsyncIterator[None]:
        about = f"{self.params.where}: {what}: " if what else f"{self.params.where}: "
        try:
            async with asyncio.timeout(self.params.timeout):
                yield
        except BrokerError:
            raise
        except TimeoutError:
            told = f"no answer within {self.params.timeout:g} s"
            raise BrokerError(about + told) from None
        except Exception as error:
            told, denied = reason(error, self.params.user)
            raise BrokerError(about + told, denied=denied) from None


class Channel:
    """One channel of a connection."""

    def __init__(self, made: Any, below: Any, wire: Wire) -> None:  # noqa: ANN401 - aio-pika's
        """`below` is aiormq's own of it: what is done with every message is done there."""
        self._made, self._below, self.wire = made, below, wire
        self.confirms: bool = made.publisher_confirms

    @property
    def closed(self) -> bool:
        """Whether it is over."""
        return bool(self._made.is_closed)

    def on_closed(self, told: Callable[[object], None]) -> None:
        """Have it told when the channel is over, and why: an error, or None."""
        self._made.close_callbacks.add(lambda _, why=None: told(why))

    async def close(self) -> None:
        """Give it up; what was taken by it and not settled goes back to its queue."""
        with suppress(Exception):
            async with asyncio.timeout(CLOSING):
                await self._made.close()

    async def declare_exchange(self, exchange: Exchange) -> None:
        """See that it is there."""
        async with self.wire.asked(f"exchange {exchange.name}"):
            await self._made.declare_exchange(exchange.name, exchange.kind, durable=True)

    async def declare(self, queue: Queue) -> Waiting:
        """See that a queue is there, and bound."""
        async with self.wire.asked(f"queue {queue.name}"):
            made = await self._made.declare_queue(
                queue.name,
                durable=not queue.exclusive,
                exclusive=queue.exclusive,
                auto_delete=queue.exclusive,
                arguments=dict(queue.settings),
            )
            for exchange, key in queue.bindings:
                await made.bind(exchange, key)
        told = made.declaration_result
        return Waiting(told.message_count or 0, told.consumer_count or 0)

    async def look(self, name: str) -> Waiting | None:
        """How many wait; None where there is no such queue, and then the channel is over."""
        from aio_pika.exceptions import ChannelNotFoundEntity

        async with self.wire.asked(f"queue {name}"):
            try:
                told = (await self._made.declare_queue(name, passive=True)).declaration_result
            except ChannelNotFoundEntity:
                return None
        return Waiting(told.message_count or 0, told.consumer_count or 0)

    async def publish(  # noqa: PLR0917 - a message and where it goes
        self,
        exchange: str,
        key: str,
        name: str,
        headers: Mapping[str, Any],
        body: bytes,
        *,
        mandatory: bool = True,
    ) -> None:
        """Send, and wait until the broker has it; `mandatory`: no queue for it is an error.

        This waits as long as it takes: the caller bounds it.
        """
        from aiormq import spec

        about = spec.Basic.Properties(
            headers=dict(headers), delivery_mode=PERSISTENT, message_id=name
        )
        await self._below.basic_publish(
            body,
            exchange=exchange,
            routing_key=key,
            properties=about,
            mandatory=mandatory,
        )

    async def take(
        self,
        queue: str,
        take: Callable[[Taken], None],
        *,
        prefetch: int,
        arguments: Mapping[str, Any] | None = None,
    ) -> None:
        """Take from a queue: so many at once that are not settled."""
        async with self.wire.asked(f"queue {queue}"):
            await self._below.basic_qos(prefetch_count=prefetch)
            await self._below.basic_consume(
                queue, lambda message: take(taken(message)), arguments=dict(arguments or {})
            )

    async def get(self, queue: str) -> Taken | None:
        """One message; None where none is ready."""
        from aiormq import spec

        async with self.wire.asked(f"queue {queue}"):
            message = await self._below.basic_get(queue)
        return None if isinstance(message.delivery, spec.Basic.GetEmpty) else taken(message)

    async def purge(self, queue: str) -> int:
        """Take away all that waits; how many that was."""
        async with self.wire.asked(f"queue {queue}"):
            made = await self._made.get_queue(queue, ensure=False)
            return (await made.purge()).message_count or 0

    async def delete(self, queue: str) -> None:
        """Take a queue away, with all that is in it; it may be gone already."""
        async with self.wire.asked(f"queue {queue}"):
            await self._made.queue_delete(queue)

    async def delete_exchange(self, exchange: str) -> None:
        """Take an exchange away; it may be gone already."""
        async with self.wire.asked(f"exchange {exchange}"):
            await self._made.exchange_delete(exchange)


def taken(message: Any) -> Taken:  # noqa: ANN401 - aiormq's
    """A message of aiormq's as ours."""
    came, about, channel = message.delivery, message.header.properties, message.channel
    return Taken(
        id=str(about.message_id or ""),
        headers=about.headers or {},
        body=message.body,
        exchange=str(came.exchange or ""),
        key=str(came.routing_key or ""),
        redelivered=bool(came.redelivered),
        ack=partial(channel.basic_ack, came.delivery_tag, wait=False),
        give_back=partial(channel.basic_nack, came.delivery_tag),
    )


def plain_headers(headers: Mapping[str, Any]) -> dict[str, HeaderValue]:
    """Those that say what a message is; not those in which brokers note what became of it."""
    return {
        name: value
        for name, value in headers.items()
        if isinstance(value, str | int | float | bool) and not name.startswith("x-")
    }
