"""Reports the progress of a job to a callback."""

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

T = TypeVar("T")


class Progress(Protocol):
    """Hears what is being done. Called often, so it answers fast."""

    def __call__(self, task: str, done: int, total: int | None) -> None:
        """`done` of `total` frames of `task`; the total is None while unknown."""


def silent(task: str, done: int, total: int | None) -> None:
    """Tell nobody."""


def counted(items: Iterable[T], progress: Progress, task: str, total: int | None) -> Iterator[T]:
    """The same items, each told when it has been dealt with."""
    for done, item in enumerate(items, 1):
        yield item
        progress(task, done, total)
