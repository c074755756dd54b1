"""Counts how often a message was begun that came again: by a queue of as many messages.

What the broker counts is how often a message was given out, to whoever died with it in the
hand, begun or not: its neighbours would be condemned with it.
"""

import hashlib

from camweave.broker.client import Channel, Taken
from camweave.broker.topology import Topology


async def begun(channel: Channel, topology: Topology, taken: Taken) -> int:
    """Note that a try begins; how many were noted before.

    Raises:
        BrokerError: the broker did not take the note.
    """
    queue = topology.tries_of(name_of(taken))
    before = (await channel.declare(queue)).messages
    async with channel.wire.asked(f"queue {queue.name}"):
        await channel.publish("", queue.name, "", {}, b"")
    return before


async def forgotten(channel: Channel, topology: Topology, taken: Taken) -> None:
    """The message is settled: its tries are of no interest any more.

    Raises:
        BrokerError: the broker did not hear it; after an hour it forgets by itself.
    """
    await channel.delete(topology.tries_of(name_of(taken)).name)


def name_of(taken: Taken) -> str:
    """What a message's tries are counted under."""
    return hashlib.sha256(taken.id.encode() or taken.body).hexdigest()[:32]
