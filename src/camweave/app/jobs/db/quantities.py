"""How long and how much, as people write them."""

import re
from typing import Final

from camweave.core.errors import InputError

SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
BYTES: Final = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
WRITTEN: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([A-Za-z]+)")


def seconds_of(text: str) -> float:
    """S of a time.

    Raises:
        InputError: it is none.

    >>> seconds_of("1.5h")
    5400.0
    """
    return _read(text, SECONDS, "a time as 30d, 12h, 90m")


def bytes_of(text: str) -> int:
    """Bytes of a size.

    Raises:
        InputError: it is none.

    >>> bytes_of("20 GB")
    20000000000
    """
    return int(_read(text, BYTES, "a size as 20GB, 500MB"))


def _read(text: str, units: dict[str, int], expected: str) -> float:
    found = WRITTEN.fullmatch(text.strip())
    named = {unit.lower(): many for unit, many in units.items()}
    if found is None or found[2].lower() not in named:
        raise InputError(f"expected {expected}; got {text!r}")
    return float(found[1]) * named[found[2].lower()]


def size_text(size: float) -> str:
    """A size as people read it.

    >>> size_text(81_000_000_000)
    '81 GB'
    """
    fits = [unit for unit, many in BYTES.items() if size >= many]
    unit = fits[-1] if fits else "B"
    return f"{size / BYTES[unit]:.3g} {unit}"
