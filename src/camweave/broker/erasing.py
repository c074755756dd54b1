"""Takes a site off the broker."""

from collections.abc import Sequence

from camweave.broker.broker import Broker
from camweave.broker.client import Wire
from camweave.broker.topology import FOLLOWERS, Topology
from camweave.core.frame import CameraId


def erase(broker: Broker, topology: Topology, cameras: Sequence[CameraId]) -> None:
    """Delete a site's exchanges and queues with all that is in them, dead letters too.

    Whoever still publishes or consumes declares them again. Counts of tries go by themselves.

    Raises:
        BrokerError: the broker cannot be asked.
    """
    followers = [topology.follower(role) for role in FOLLOWERS]
    own = [topology.dead, topology.workers, topology.log]
    queues = [*topology.partition_queues(cameras), *followers, *own]

    async def delete(wire: Wire) -> None:
        channel = await wire.channel()
        for queue in queues:
            await channel.delete(queue.name)
        for exchange in (topology.frames, topology.results):
            await channel.delete_exchange(exchange.name)
        await channel.close()

    broker.persist(delete)
