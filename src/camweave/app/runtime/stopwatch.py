"""Wall time by named part of a job."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import TypeVar

T = TypeVar("T")


class Stopwatch:
    """Wall time by name from the moment it is made, and counts. Used by one thread."""

    def __init__(self) -> None:
        self._began = perf_counter()
        self.parts: dict[str, float] = defaultdict(float)  # s
        self.counts: dict[str, int] = defaultdict(int)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Add the time of this block to `name`."""
        began = perf_counter()
        try:
            yield
        finally:
            self.parts[name] += perf_counter() - began

    def waiting(self, name: str, items: Iterable[T]) -> Iterator[T]:
        """The same items; the time spent waiting for each goes to `name`."""
        iterator = iter(items)
        while True:
            with self.part(name):
                try:
                    item = next(iterator)
                except StopIteration:
                    return
            yield item

    @property
    def seconds(self) -> float:
        """Wall time since it was made."""
        return perf_counter() - self._began
