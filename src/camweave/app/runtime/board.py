"""What a process tells of itself in numbers: every part of it adds what it has to tell."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from camweave.core.station import Figure

Told: TypeAlias = Callable[[], Iterable[Figure]]
Trouble: TypeAlias = Callable[[], str | None]


class Board:
    """Gathers figures from whoever has some, when somebody looks. Any thread may."""

    def __init__(self) -> None:
        self._told: tuple[Told, ...] = ()
        self._troubles: tuple[Trouble, ...] = ()

    def add(self, told: Told, trouble: Trouble | None = None) -> None:
        """Have these figures told from now on, and what keeps the work from being done."""
        self._told += (told,)
        if trouble is not None:
            self._troubles += (trouble,)

    def figures(self) -> list[Figure]:
        """All of them, now; those of one name stand together."""
        return sorted((each for told in self._told for each in told()), key=lambda each: each.name)

    def trouble(self) -> str | None:
        """Why the work is not done, in a line; None where it is."""
        return next(filter(None, (trouble() for trouble in self._troubles)), None)
