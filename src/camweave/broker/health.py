"""How a broker's connection fares, as a value: for /healthz and metrics."""

from collections.abc import Iterable
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What is under way, and what was done so far."""

    waiting: int = 0  # messages to be sent
    unconfirmed: int = 0  # sent, and not with the broker yet
    oldest: float = 0.0  # s, how long the oldest of those waits, while we could send it
    sent: int = 0  # that the broker has
    dropped: int = 0  # let go, live: never sent, or not tried again, as newer ones were there
    taken: int = 0  # messages that were handed out
    dead: int = 0  # of them, put to the dead letters
    ready: int = 0  # taken, and not handed out yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What there is to know at one moment."""

    connected: bool
    trouble: str  # why not, or what is slow; empty: all is well
    connections: int  # made so far; those beyond the first were made anew
    healed: int  # of them, given up by us: a consumer was gone, or nothing came
    numbers: Numbers

    @property
    def well(self) -> bool:
        """Whether nobody needs to look."""
        return self.connected and not self.trouble


def summed(told: Iterable[Numbers]) -> Numbers:
    """Those of many; of the oldest, the oldest.

    >>> summed([Numbers(sent=2, oldest=1.5), Numbers(sent=3)])
    Numbers(waiting=0, unconfirmed=0, oldest=1.5, sent=5, dropped=0, taken=0, dead=0, ready=0)
    """
    all_of = list(told)
    total = {f.name: sum(getattr(each, f.name) for each in all_of) for f in fields(Numbers)}
    return Numbers(**total | {"oldest": max((each.oldest for each in all_of), default=0.0)})
