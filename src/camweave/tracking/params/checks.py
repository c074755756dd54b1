"""Checks shared by the parameters of several trackers."""

import math

from camweave.core.errors import InputError


def check(name: str, value: float, expected: str, *, good: bool) -> None:
    """Refuse a parameter's value.

    Raises:
        InputError: it is not `good`.
    """
    if not good:
        raise InputError(f"tracker: {name}: expected {expected}, got {value}")


def check_share(name: str, value: float) -> None:
    """Refuse what is not more than 0 and less than 1: an overlap, or a cost made of one.

    Raises:
        InputError: it is not.
    """
    check(name, value, "more than 0 and less than 1", good=0 < value < 1)


def check_seconds(name: str, value: float) -> None:
    """Refuse what is no time of 0 s or more.

    Raises:
        InputError: it is not.
    """
    check(name, value, "0 s or more", good=0 <= value < math.inf)


def check_count(name: str, value: float) -> None:
    """Refuse what is no whole number of 0 or more.

    Raises:
        InputError: it is not.
    """
    good = value >= 0 and float(value).is_integer()
    check(name, value, "a whole number, 0 or more", good=good)
