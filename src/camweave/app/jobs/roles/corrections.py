"""What people said to a site's linker, so that what is said twice is done once."""

from collections.abc import Iterable

from camweave.core.events import Corrected, Event, Undone


class Corrections:
    """The corrections there were, by who said them and when: both are written down with them."""

    def __init__(self) -> None:
        self._number: dict[tuple[str, float | None], int] = {}

    def note(self, events: Iterable[Event]) -> None:
        """The corrections among these events are known from now on."""
        for event in events:
            if isinstance(event, Corrected):
                self._number[event.correction.who, event.correction.at] = event.seq
            elif isinstance(event, Undone):
                self._number[event.undo.who, event.undo.at] = event.seq

    def number(self, who: str, at: float) -> int | None:
        """The number of what somebody said at this time (s since 1970); None: it is new."""
        return self._number.get((who, at))
