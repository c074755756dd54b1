"""Consumers that are gone, or deaf, on a connection that stands: as client libraries have had."""

from camweave.broker.broker import Broker
from camweave.broker.consumer import Consumer
from camweave.broker.subscription import Subscription


def cancel(broker: Broker, consumer: Consumer) -> None:
    """Nobody takes from its queue any more, and nobody tells."""
    (source,) = consumer._subscriptions.values()
    broker.ask(lambda _: _cancelled(source))


def deafen(_: Broker, consumer: Consumer) -> None:
    """What is taken gets lost, until no more is given."""
    (source,) = consumer._subscriptions.values()
    source._came = lambda *_: None


async def _cancelled(source: Subscription) -> None:
    channel = await source._channel._made.get_underlay_channel()  # type: ignore[union-attr]  # it has one
    await channel.basic_cancel(next(iter(channel.consumers)))
