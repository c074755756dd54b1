"""How often a live camera is looked at by its detector; tracks are predicted in between."""

from typing import Literal, TypeAlias

from camweave.core.errors import InputError

Every: TypeAlias = int | Literal["auto"]
"""Ticks from one detection to the next, or `auto`: as few as this machine keeps pace with."""


def checked_every(kind: str, every: Every) -> None:
    """Refuse what is neither.

    Raises:
        InputError: not 1 or more, and not `auto`.
    """
    if every != "auto" and (isinstance(every, bool) or every < 1):
        raise InputError(f"{kind}: every is 1 tick or more, or auto; got {every}")
