"""The clock of a site: seconds since its start, independent of the host's date."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from math import isfinite
from time import monotonic


class SiteClock:
    """Seconds since it was made, or since a clock that it goes on from was.

    `began` says once, in UTC, what its 0 was.
    """

    def __init__(self, gone: float = 0.0) -> None:
        """`gone` s have passed since its 0."""
        self.began = datetime.now(UTC) - timedelta(seconds=gone)
        self._zero = monotonic() - gone

    def now(self) -> float:
        """Seconds since its 0; never falls, whatever happens to the host's date."""
        return monotonic() - self._zero


class MediaClock:
    """The clock of recordings that run as fast as can be: what they have come to is now."""

    began = datetime.fromtimestamp(0, UTC)  # times are those of media

    def __init__(self, reached: Callable[[], float]) -> None:
        self._reached = reached

    def now(self) -> float:
        """S of media; 0 before the first frame."""
        reached = self._reached()
        return reached if isfinite(reached) else 0.0
