"""Groups SQL statements for `executemany`, so that few round trips are needed."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

Statement = TypeVar("Statement", bound=Hashable)
Values = TypeVar("Values")


@dataclass(frozen=True, slots=True)
class Touched:
    """Which rows a statement changes, and which must exist before; named by any hashable values."""

    changed: tuple[Hashable, ...]
    needed: tuple[Hashable, ...] = ()


class Levels:
    """The level of each statement: how many groups must be executed before it."""

    def __init__(self) -> None:
        self._changed: dict[Hashable, int] = {}  # the last level that changed it
        self._used: dict[Hashable, int] = {}  # the last that changed or needed it

    def of(self, touched: Touched) -> int:
        """The level of the next statement: above all with which it must keep its order."""
        before = [self._used.get(each, -1) for each in touched.changed]
        before += [self._changed.get(each, -1) for each in touched.needed]
        level = 1 + max(before, default=-1)
        for each in touched.changed:
            self._changed[each] = self._used[each] = level
        for each in touched.needed:
            self._used[each] = max(level, self._used.get(each, -1))
        return level


def grouped(
    steps: Iterable[tuple[Statement, Values]],
    touched: Callable[[Statement, Values], Touched | None],
) -> Iterator[tuple[Statement, list[Values]]]:
    """Each statement with all values that may be executed at once.

    Steps that touch the same rows keep their order. `touched` says what a step touches; None: it
    may touch anything, so all steps keep their order with it.
    """
    levels = Levels()
    waiting: defaultdict[int, dict[Statement, list[Values]]] = defaultdict(dict)
    for statement, values in steps:
        known = touched(statement, values)
        if known is not None:
            waiting[levels.of(known)].setdefault(statement, []).append(values)
            continue
        yield from _in_order(waiting)
        waiting.clear()
        levels = Levels()
        yield statement, [values]
    yield from _in_order(waiting)


def _in_order(
    waiting: Mapping[int, Mapping[Statement, list[Values]]],
) -> Iterator[tuple[Statement, list[Values]]]:
    for level in sorted(waiting):
        yield from waiting[level].items()
