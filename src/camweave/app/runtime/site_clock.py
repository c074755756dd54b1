"""The one clock of a site: seconds since its start, which no change of the host's date moves."""

from datetime import UTC, datetime
from time import monotonic


class SiteClock:
    """Seconds since it was made. `began` says once, in UTC, what its 0 was."""

    def __init__(self) -> None:
        self.began = datetime.now(UTC)
        self._zero = monotonic()

    def now(self) -> float:
        """Seconds since the start; never falls, whatever happens to the host's date."""
        return monotonic() - self._zero
