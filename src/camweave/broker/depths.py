"""How much waits in queues: for metrics, and for people."""

from collections.abc import Iterable, Mapping

from camweave.broker.broker import Broker
from camweave.broker.client import Waiting, Wire


def depths(broker: Broker, queues: Iterable[str]) -> Mapping[str, Waiting]:
    """What waits in each of these queues, and how many take from it; those that exist.

    Of a queue with a single active consumer, that one is counted.

    Raises:
        BrokerError: the broker cannot be asked.
    """

    async def look(wire: Wire) -> Mapping[str, Waiting]:
        found, channel = {}, await wire.channel()
        for queue in queues:
            waiting = await channel.look(queue)
            if waiting is None:
                channel = await wire.channel()
            else:
                found[queue] = waiting
        await channel.close()
        return found

    return broker.persist(look)
