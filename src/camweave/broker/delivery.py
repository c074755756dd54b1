"""One message that was handed out, and how whoever has it settles it."""

from collections.abc import Mapping
from typing import Any, Protocol

from camweave.broker.client import Taken
from camweave.broker.publisher import Sent
from camweave.broker.subscription import Subscription


class Settling(Protocol):
    """What takes back what was handed out."""

    def settle(self, delivery: "Delivery", after: Sent | None) -> None:
        """It is done."""

    def bury(self, delivery: "Delivery", reason: str) -> None:
        """It can never be done."""

    def retry(self, delivery: "Delivery", reason: str) -> None:
        """It is to be handed out again."""


class Delivery:
    """A message, in one thread's hands until it is settled, once, in one of three ways.

    Settling one of a connection that was lost meanwhile does nothing: it comes again.
    """

    def __init__(self, taken: Taken, source: Subscription, settling: Settling) -> None:
        self.taken = taken  # the message as it came
        self.source, self._turn, self._settling = source, source.turn, settling
        self.tries = 1  # that were begun, this one included
        self.single = False  # nothing else is handed out beside it
        self.suspect = False  # it came again: who had it may have died of it
        self.noted = False  # the broker counts its tries
        self.settled = False

    @property
    def id(self) -> str:
        """The same for the same message, however often it comes."""
        return self.taken.id

    @property
    def queue(self) -> str:
        """Where it came from."""
        return self.source.queue.name

    @property
    def headers(self) -> Mapping[str, Any]:
        """What it says of itself."""
        return self.taken.headers

    @property
    def body(self) -> bytes:
        """The rest of it."""
        return self.taken.body

    @property
    def claim(self) -> object:
        """The same for all that came while nobody else could have its queue."""
        return self.source, self._turn

    @property
    def valid_to_settle(self) -> bool:
        """Whether the way that it came by still stands."""
        return self._turn == self.source.turn and not self.source.over

    @property
    def valid(self) -> bool:
        """Whether it may be handed out: its queue is not being let go either."""
        return self.valid_to_settle and not self.source.leaving

    def ack(self, after: Sent | None = None) -> None:
        """It is done, or will be as soon as what was sent has arrived."""
        self._settling.settle(self, after)

    def reject(self, reason: str) -> None:
        """It can never be done: to the dead letters with it, and with the reason."""
        self._settling.bury(self, reason)

    def retry(self, reason: str) -> None:
        """It failed: it is handed out again, next; after the last try it is rejected."""
        self._settling.retry(self, reason)
