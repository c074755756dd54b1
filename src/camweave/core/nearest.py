"""The name that was probably meant."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

MOST: Final = 20  # names in one message


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """` (did you mean 'x'?)`, else the names there are, ready to be put behind a message.

    >>> did_you_mean("patiense", ["high", "low", "patience"])
    " (did you mean 'patience'?)"
    >>> did_you_mean("zzz", ["high", "low"])
    '; known here: high, low'
    """
    names = list(known)
    lower = {name.lower(): name for name in names}
    near = get_close_matches(word.lower(), lower, 1, 0.6)
    if near:
        return f" (did you mean {lower[near[0]]!r}?)"
    listed = ", ".join(names[:MOST]) + (f" and {len(names) - MOST} more" if names[MOST:] else "")
    return f"; known here: {listed}" if names else ""
