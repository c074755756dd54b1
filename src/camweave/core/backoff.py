"""How long to wait before what is out of reach is tried again: a camera, a broker, a store."""

from dataclasses import dataclass
from typing import Final

SPREAD: Final = 0.2  # share by which pauses differ, so that a hundred cameras do not knock at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """Pauses double from `first` to `quick`; an outage that lasts is looked at less often."""

    first: float = 0.25  # s
    quick: float = 2.0  # s at most, while the outage is young
    slow: float = 10.0  # s, when it is not
    rare: float = 60.0  # s, when it is old, and where only a person can mend it
    quick_for: float = 60.0  # s that an outage is young
    slow_for: float = 600.0  # s until it is old
    steady: float = 10.0  # s that a connection must hold to be the end of an outage


class Outages:
    """Counts the vain tries of one connection. Time comes in with the calls, in seconds."""

    def __init__(self, backoff: Backoff, now: float) -> None:
        self._backoff = backoff
        self._tries = 0
        self._down_since = now
        self._up_since: float | None = None

    def up(self, now: float) -> None:
        """A connection stands."""
        self._up_since = now

    def down(self, now: float, *, chance: float, urgent: bool = True) -> float:
        """A try failed or a connection is lost: seconds to wait before the next one.

        Args:
            now: s.
            chance: a random number from 0 to 1.
            urgent: whether time may mend it; a refused password is tried rarely.
        """
        if self._up_since is not None and now - self._up_since >= self._backoff.steady:
            self._tries, self._down_since = 0, now
        self._up_since = None
        self._tries += 1
        pause = self._pause(now - self._down_since) if urgent else self._backoff.rare
        return pause * (1 + SPREAD * (2 * chance - 1))

    def _pause(self, outage: float) -> float:
        if outage >= self._backoff.slow_for:
            return self._backoff.rare
        if outage >= self._backoff.quick_for:
            return self._backoff.slow
        return min(self._backoff.quick, self._backoff.first * 2.0 ** min(self._tries - 1, 30))
