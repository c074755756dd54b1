"""What nobody could do anything with: kept with the reason, shown, put back or thrown away."""

import asyncio
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from camweave.broker.broker import Broker
from camweave.broker.client import Channel, Taken, Wire, plain_headers
from camweave.broker.topology import Topology

REASON: Final = "camweave-reason"
QUEUE: Final = "camweave-queue"
TRIES: Final = "camweave-tries"
DATE: Final = "camweave-date"
NOTES: Final = frozenset({REASON, QUEUE, TRIES, DATE})
LONGEST: Final = 500  # characters of a reason
LOOKS: Final = 50
APART: Final = 0.02  # s between them
DEATHS: Final = "x-death"  # where the broker notes what it did itself
BY_BROKER: Final = {
    "delivery_limit": "given out too often: whoever had it died, or lost the connection",
    "rejected": "rejected without a reason",
    "expired": "too old",
    "maxlen": "too many before it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A dead letter, but for its body."""

    id: str
    queue: str  # where it was taken from
    reason: str
    tries: int
    date: str  # ISO 8601, UTC; empty: the broker itself put it there
    headers: Mapping[str, Any]  # what it says of itself
    size: int  # bytes of the body


async def bury(channel: Channel, to: str, taken: Taken, letter: Letter) -> None:
    """Put a message to the dead letters; on return the broker has it there.

    Raises:
        BrokerError: the broker did not take it.
    """
    headers = plain_headers(taken.headers) | {
        REASON: letter.reason,
        QUEUE: letter.queue,
        TRIES: letter.tries,
        DATE: letter.date,
    }
    async with channel.wire.asked(f"queue {to}"):
        await channel.publish("", to, taken.id, headers, taken.body)


def dead(taken: Taken, queue: str, reason: str, tries: int) -> Letter:
    """A message that dies now."""
    return Letter(
        id=taken.id,
        queue=queue,
        reason=" ".join(reason.split())[:LONGEST],
        tries=tries,
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        headers=plain_headers(taken.headers),
        size=len(taken.body),
    )


def letters(broker: Broker, topology: Topology, most: int = 1000) -> list[Letter]:
    """The dead letters of a site, the oldest first; they stay where they are.

    Raises:
        BrokerError: the broker cannot be asked.
    """
    found: list[Letter] = []

    async def note(_: Channel, taken: Taken) -> bool:
        found.append(letter_of(taken))
        return False

    broker.ask(lambda wire: _through(wire, topology, most, note))
    return found


def put_back(broker: Broker, topology: Topology, ids: Container[str] | None = None) -> int:
    """Put dead letters back to where they were taken from; None: all. How many that were.

    They come behind what waits there. A frame that its camera has gone past changes nothing.

    Raises:
        BrokerError: the broker cannot be asked, or a queue is not there any more.
    """

    async def send(channel: Channel, taken: Taken) -> bool:
        letter = letter_of(taken)
        if not letter.queue or (ids is not None and letter.id not in ids):
            return False
        async with channel.wire.asked(f"queue {letter.queue}"):
            await channel.publish("", letter.queue, taken.id, letter.headers, taken.body)
        return True

    return broker.ask(lambda wire: _through(wire, topology, None, send))


def discard(broker: Broker, topology: Topology, ids: Container[str] | None = None) -> int:
    """Throw dead letters away; None: all. How many that were.

    Raises:
        BrokerError: the broker cannot be asked.
    """

    async def drop(_: Channel, taken: Taken) -> bool:
        return ids is None or taken.id in ids

    return broker.ask(lambda wire: _through(wire, topology, None, drop))


def letter_of(taken: Taken) -> Letter:
    """What a message among the dead letters tells of its end."""
    headers = plain_headers(taken.headers)
    deaths = taken.headers.get(DEATHS)
    death = deaths[0] if isinstance(deaths, list) and deaths else {}
    told = str(death.get("reason", ""))
    tries = headers.get(TRIES, death.get("count", 0))
    return Letter(
        id=taken.id,
        queue=str(headers.get(QUEUE, death.get("queue", ""))),
        reason=str(headers.get(REASON, BY_BROKER.get(told, told))),
        tries=tries if type(tries) is int else 0,
        date=str(headers.get(DATE, "")),
        headers={name: value for name, value in headers.items() if name not in NOTES},
        size=len(taken.body),
    )


async def _through(
    wire: Wire,
    topology: Topology,
    most: int | None,
    done: Callable[[Channel, Taken], Any],
) -> int:
    """Go through the dead letters once; those that are `done` with are gone after that."""
    channel = await wire.channel(confirms=True)
    count = 0
    waiting = (await channel.declare(topology.dead)).messages
    try:
        for _ in range(waiting if most is None else min(waiting, most)):
            taken = await channel.get(topology.dead.name)
            if taken is None:
                break
            if await done(channel, taken):
                await taken.ack()
                count += 1
    finally:
        await channel.close()  # what was not settled goes back
    await _are_back(wire, topology.dead.name, waiting - count)
    return count


async def _are_back(wire: Wire, queue: str, count: int) -> None:
    """Wait, not for long, until the broker has noticed that so many are free again."""
    channel = await wire.channel()
    for _ in range(LOOKS):
        waiting = await channel.look(queue)
        if waiting is None or waiting.messages >= count:
            break
        await asyncio.sleep(APART)
    await channel.close()
