"""Ticks from one detection to the next: a given number, or as few as the machine can keep up."""

from typing import Final

import numpy as np

from camweave.core.errors import InputError
from camweave.core.remembered import Remembered
from camweave.detection.every import Every

KIND: Final = "rhythm"
VERSION: Final = 1  # of what is remembered

MOST: Final = 8  # ticks
BUSY: Final = 0.9  # of the tick's length: work that takes more is done less often
IDLE: Final = 0.7  # of it: work that would take less, done more often, is
SHARE: Final = 0.1  # of the newest tick in what a tick takes on average
CALM: Final = 16  # ticks after a change, before the next


class Rhythm:
    """Adapts `every`, the ticks between two detections, so that a tick's work fits into a tick."""

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

    def remembered(self) -> Remembered:
        """The current `every`, and the average that it was chosen by."""
        counts = np.array([self.every, self._since], np.int64)
        return Remembered(KIND, VERSION, {"counts": counts, "takes": np.array([self._takes])})

    def resume(self, remembered: Remembered) -> None:
        """Go on where another one stopped.

        Raises:
            InputError: the state is of something else, of another fixed `every`, or damaged;
                nothing has changed then.
        """
        remembered.check(KIND, VERSION)
        every, since = remembered.array("counts", np.int64, 2).tolist()
        takes = float(remembered.array("takes", np.float64, 1)[0])
        if self._auto and not 1 <= every <= MOST:
            remembered.refuse(f"every {every} ticks")
        if not self._auto and every != self.every:
            raise InputError(
                f"rhythm: what is remembered looked every {every} ticks, here it is every "
                f"{self.every}. Go on with the same, or begin anew"
            )
        self.every, self._since, self._takes = every, since, takes

    def _change(self, every: int) -> None:
        self._takes *= self.every / every  # what is to be expected from now on
        self.every, self._since = every, 0
