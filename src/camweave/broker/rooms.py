"""How much more may be sent, so that what waits on the broker stays bounded and nothing is lost.

A broker that refuses what is too much would take the next message and lose the order. So the
sender looks how many wait, and sends no more than there is room for.
"""

from collections import Counter
from math import inf
from typing import Final

from camweave.broker.topology import Lanes

AGAIN: Final = 5.0  # s from one look for a queue that is not there to the next


class Rooms:
    """The room in every queue, as last seen and less what was sent since. Time comes with calls."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes
        self._room: dict[str, float] = {}
        self._look: dict[str, float] = {}  # s, when a queue that is not there is looked for again
        self._out: Counter[str] = Counter()  # on their way to each queue
        self._unseen: Counter[str] = Counter()  # that the look at hand may not have seen

    def change(self, lanes: Lanes) -> None:
        """Other queues from now on."""
        self._lanes = lanes

    def forget(self) -> None:
        """All must be looked at again, and nothing is on its way."""
        self._room.clear()
        self._look.clear()
        self._out.clear()
        self._unseen.clear()

    def has(self, key: str) -> bool:
        """Whether one more message of this key may be sent."""
        return all(self._room.get(queue, 0) > 0 for queue in self._lanes.queues(key))

    def sent(self, key: str) -> None:
        """One was sent."""
        for queue in self._lanes.queues(key):
            self._room[queue] -= 1
            self._out[queue] += 1
            self._unseen[queue] += 1

    def low(self, key: str) -> bool:
        """Whether half of the room of this key is used."""
        half = self._lanes.most / 2
        return any(self._room.get(queue, 0) <= half for queue in self._lanes.queues(key))

    def arrived(self, key: str) -> None:
        """One is there."""
        for queue in self._lanes.queues(key):
            self._out[queue] -= 1

    def wanted(self, now: float) -> list[str]:
        """Queues to look at: half of their room is used, or it is not known whether they exist."""
        known = {queue for lane in self._lanes.of.values() for queue in lane}
        low = self._lanes.most / 2
        return [
            queue
            for queue in sorted(known | set(self._lanes.others))
            if self._room.get(queue, 0) <= low or now >= self._look.get(queue, inf)
        ]

    def looking(self, queue: str) -> None:
        """A look at this queue begins: what is on its way may be seen by it, or not."""
        self._unseen[queue] = self._out[queue]

    def seen(self, queue: str, waiting: int | None, now: float) -> None:
        """The look showed that so many wait there; None: there is no such queue."""
        if waiting is None:
            self._room[queue], self._look[queue] = inf, now + AGAIN
        else:
            self._look.pop(queue, None)
            self._room[queue] = self._lanes.most - waiting - self._unseen[queue]
