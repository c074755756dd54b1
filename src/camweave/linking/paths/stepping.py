"""Work cut into steps: whoever cannot wait takes a few at a time, whoever can takes all."""

from collections.abc import Generator
from typing import TypeAlias, TypeVar

T = TypeVar("T")
Steps: TypeAlias = Generator[None, None, T]
"""It yields after each step, where it may rest for as long as it likes; it ends with its result."""


def at_once(steps: Steps[T]) -> T:
    """All steps that are left, and what they end with."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: T = end.value
            return found
