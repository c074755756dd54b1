"""When a frame was taken: a stream's own stamps, laid on the site's clock."""

import math
from collections import deque
from typing import Final

WINDOW: Final = 10.0  # s: the quickest frame of this long says how far the two clocks are apart
RECENT: Final = 2.0  # s: where all of these came late, the way has become longer
SLACK: Final = 0.25  # s that all recent frames may be late before that is believed
ANOTHER_CLOCK: Final = 5.0  # s: nothing comes as late as this; the stamps have jumped
STRIKES: Final = 3  # so many longer ways in a row are none: the stamps run slow
STEP: Final = 1e-6  # s between frames at the least


class LeastOf:
    """The least value of the last `span` seconds; remembers only what can still become it."""

    def __init__(self, span: float) -> None:
        self._span = span
        self._kept: deque[tuple[float, float]] = deque()  # (time, value), both rising

    def add(self, time: float, value: float) -> float:
        """The least, this one included."""
        while self._kept and self._kept[-1][1] >= value:
            self._kept.pop()
        self._kept.append((time, value))
        while self._kept[0][0] < time - self._span:
            self._kept.popleft()
        return self._kept[0][1]

    def forget(self) -> None:
        """Begin anew."""
        self._kept.clear()


class StreamClock:
    """Times of one connection's frames, strictly rising. Remembers the quickest of late.

    A frame comes after it was taken, and never sooner: the quickest frames tell the distance of
    the two clocks, and whatever others are later by is the way's jitter. So the capture time is
    the stamp plus the least (arrival - stamp) of the last `WINDOW` seconds, which follows drift.
    What never varies, the shortest way itself, cannot be told from the stamps and stays in.

    Stamps that jump begin a new mapping, and so does a way that has become longer for good. Stamps
    that run slower than time look like a way that grows and grows, and are no clock (some cameras
    count frames and declare a rate): after `STRIKES` steps the arrival is taken instead.
    """

    def __init__(self) -> None:
        self._least = LeastOf(WINDOW)
        self._recent = LeastOf(RECENT)
        self._mapped_since = -math.inf  # s of arrival
        self._offset = math.inf  # s: the least arrival - stamp
        self._strikes = 0
        self._last = -math.inf

    @property
    def trusted(self) -> bool:
        """Whether the stamps are believed to count seconds."""
        return self._strikes < STRIKES

    def time_of(self, stamp: float | None, arrival: float, *, known: float | None = None) -> float:
        """Seconds of capture of the next frame, which arrived at `arrival` on the site's clock.

        Args:
            stamp: s on the stream's own clock; None: it has none.
            arrival: s.
            known: s, where somebody knows better.
        """
        mapped = arrival
        if stamp is not None and math.isfinite(stamp) and self.trusted:
            mapped = self._mapped(stamp, arrival)
        self._last = max(mapped if known is None else known, self._last + STEP)
        return self._last

    def _mapped(self, stamp: float, arrival: float) -> float:
        offset = arrival - stamp
        if offset > self._offset + ANOTHER_CLOCK:
            self._begin_anew(arrival)
        elif offset < self._offset - SLACK:
            self._strikes = 0  # the way was longer for a while, and is no more
        self._offset = self._least.add(arrival, offset)
        recent = self._recent.add(arrival, offset)
        if recent > self._offset + SLACK and arrival > self._mapped_since + RECENT:
            self._strikes += 1
            self._begin_anew(arrival)
            self._offset = self._least.add(arrival, offset)
        return min(stamp + self._offset, arrival)

    def _begin_anew(self, arrival: float) -> None:
        self._least.forget()
        self._recent.forget()
        self._mapped_since = arrival
