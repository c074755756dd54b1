"""Collects the metrics of all parts of a process when somebody asks for them."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from camweave.core.station import Figure

Told: TypeAlias = Callable[[], Iterable[Figure]]
Trouble: TypeAlias = Callable[[], str | None]


class Board:
    """The metrics and troubles of all parts of a process. Any thread may ask."""

    def __init__(self) -> None:
        self._told: tuple[Told, ...] = ()
        self._troubles: tuple[Trouble, ...] = ()

    def add(self, told: Told, trouble: Trouble | None = None) -> None:
        """Add a part: a function for its metrics, and one that says why it is not healthy."""
        self._told += (told,)
        if trouble is not None:
            self._troubles += (trouble,)

    def figures(self) -> list[Figure]:
        """All of them, now; those of one name stand together."""
        return sorted((each for told in self._told for each in told()), key=lambda each: each.name)

    def trouble(self) -> str | None:
        """Why a part is not healthy, in one line; None where all are."""
        return next(filter(None, (trouble() for trouble in self._troubles)), None)
