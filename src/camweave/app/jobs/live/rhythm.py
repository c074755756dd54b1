"""How many ticks pass from one detection to the next: said, or as few as the machine can keep."""

from typing import Final

from camweave.detection.every import Every

MOST: Final = 8  # ticks
BUSY: Final = 0.9  # of a tick's time, that the work of a tick may take
IDLE: Final = 0.7  # of it, that the work would take with one tick fewer in between
SHARE: Final = 0.1  # of the newest tick in what a tick takes on average
CALM: Final = 16  # ticks after a change, before the next


class Rhythm:
    """Keeps `every` so small that a tick's work fits into a tick."""

    def __init__(self, every: Every, tick: float) -> None:
        """`tick` is the time from one to the next, s."""
        self.every = 1 if every == "auto" else every
        self._auto = every == "auto"
        self._tick = tick
        self._takes = 0.0  # s that a tick's work takes, on average
        self._since = 0  # ticks since the last change

    def felt(self, seconds: float) -> None:
        """A tick's work took so long."""
        self._takes += SHARE * (seconds - self._takes)
        self._since += 1
        if not self._auto or self._since < CALM:
            return
        if self._takes > BUSY * self._tick and self.every < MOST:
            self._change(self.every + 1)
        elif self.every > 1 and self._takes * self.every / (self.every - 1) < IDLE * self._tick:
            self._change(self.every - 1)

    def _change(self, every: int) -> None:
        self._takes *= self.every / every  # what is to be expected from now on
        self.every, self._since = every, 0
