"""Whether a camera's own clock agrees with ours; told only when that changes."""

from typing import Final

WRONG: Final = 2.0  # s that a clock may be off, its pictures' way to us included
RIGHT: Final = 1.0  # s within which one that was wrong must come to be right


class ClockWatch:
    """Watches how far a camera's clock is off. State: whether it was wrong."""

    def __init__(self) -> None:
        self._wrong = False

    def heed(self, error: float | None) -> str | None:
        """A line where a clock that is `error` s behind ours went wrong, or right; else None."""
        if error is None:
            return None
        wrong = abs(error) > (RIGHT if self._wrong else WRONG)
        if wrong == self._wrong:
            return None
        self._wrong = wrong
        side = "behind" if error > 0 else "ahead of"
        return f"its clock is {abs(error):.0f} s {side} ours" if wrong else "its clock agrees again"
