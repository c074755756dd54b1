"""Whether a camera's own clock agrees with ours: said when that changes, and not in between."""

from typing import Final

WRONG: Final = 2.0  # s that a clock may be off, its pictures' way to us included
RIGHT: Final = 1.0  # s within which one that was wrong must come to be right


class ClockWatch:
    """Heeds how far a camera's clock is off. Remembers whether it was wrong."""

    def __init__(self) -> None:
        self._wrong = False

    def heed(self, error: float | None) -> str | None:
        """What is new, in words, of a clock that is `error` s behind ours; None: nothing is."""
        if error is None:
            return None
        wrong = abs(error) > (RIGHT if self._wrong else WRONG)
        if wrong == self._wrong:
            return None
        self._wrong = wrong
        side = "behind" if error > 0 else "ahead of"
        return f"its clock is {abs(error):.0f} s {side} ours" if wrong else "its clock agrees again"
