"""Media time: a container's time stamps become seconds of capture that never fall."""

from fractions import Fraction


class MediaClock:
    """Times of one stream's frames, the first at `offset`. Remembers the last one.

    A frame without a stamp comes one step after the one before. Where stamps jump back (files
    joined end to end), time goes on from there by one step, and `jumps` counts it.
    """

    def __init__(self, *, tick: Fraction, step: float, offset: float) -> None:
        self.jumps = 0
        self._tick = tick  # s that a stamp counts
        self._step = step  # s between frames, where nothing better is known
        self._offset = offset  # s
        self._origin: int | None = None  # the stamp that stands for `offset`
        self._last: float | None = None  # s

    def time_of(self, stamp: int | None) -> float:
        """Seconds of the next frame; call it once per frame, in order."""
        self._last = self._next(stamp)
        return self._last

    def _next(self, stamp: int | None) -> float:
        if stamp is None:
            return self._offset if self._last is None else self._last + self._step
        if self._origin is not None:
            ticks = stamp - self._origin
            # whole numbers until the last division: 1/25 is 0.04, however late it is
            time = self._offset + ticks * self._tick.numerator / self._tick.denominator
            if self._last is None or time >= self._last:
                return time
            self.jumps += 1
        return self._begin_at(stamp)

    def _begin_at(self, stamp: int) -> float:
        """Let this stamp stand for the next time, whatever it says."""
        time = self._offset if self._last is None else self._last + self._step
        self._origin = stamp - round((time - self._offset) / self._tick)
        return time
