"""Frame rate and jitter, as measured."""

from collections import deque
from itertools import islice, takewhile
from typing import Final

WINDOW: Final = 5.0  # s
ENOUGH: Final = 256  # of the newest frames tell the jitter, however many come
SETTLES: Final = 0.5  # s: what waited for a new connection comes all at once, and tells no rate
WORST: Final = 0.95  # share of frames that jitter speaks of


class Meter:
    """Rate and jitter over the last `window` seconds. Time comes in with the frames."""

    def __init__(self, window: float = WINDOW) -> None:
        self._window = window  # s
        self._seen: deque[tuple[float, float]] = deque()  # (arrival, arrival - capture), s
        self._first: float | None = None  # s: first arrival since `restart`
        self._began = 0.0  # s: the arrival from which on frames are counted
        self._jitter: float | None = 0.0  # s; None: to be told anew

    def restart(self) -> None:
        """Forget all: a new connection begins."""
        self._seen.clear()
        self._first, self._jitter = None, 0.0

    def see(self, *, captured: float, arrival: float) -> None:
        """Take in one frame; arrivals never fall."""
        if self._first is None:
            self._first = arrival
        if arrival < self._first + SETTLES:
            self._seen.clear()
            self._began = arrival
        self._seen.append((arrival, arrival - captured))
        self._jitter = None
        while self._seen[0][0] <= arrival - self._window:
            self._seen.popleft()

    def fps(self, now: float) -> float:
        """Frames/s that came in the window before `now`; it falls while none come."""
        if self._first is None:
            return 0.0
        begin = max(self._began, now - self._window)
        old = sum(1 for _ in takewhile(lambda each: each[0] <= begin, self._seen))
        last = self._seen[-1][0] if self._seen else begin
        # Between arrivals the count stands still, and time must not: else the rate would saw.
        span = max(last, now - self._gap()) - begin
        return (len(self._seen) - old) / span if span > 0 else 0.0

    def jitter(self) -> float:
        """Seconds by which frames are later than the quickest: the 95th percentile."""
        if self._jitter is None:  # asked far more often than frames come
            delays = sorted(delay for _, delay in islice(reversed(self._seen), ENOUGH))
            self._jitter = delays[int(WORST * (len(delays) - 1))] - delays[0]
        return self._jitter

    def _gap(self) -> float:
        """Seconds between two frames, on average."""
        if len(self._seen) < 2:  # noqa: PLR2004 - a gap has two ends
            return 0.0
        return (self._seen[-1][0] - self._seen[0][0]) / (len(self._seen) - 1)
