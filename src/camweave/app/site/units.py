"""Units of numbers in the site file, and what to say when one is written out."""

import re
from typing import Final

SECONDS: Final = frozenset(
    {
        "absence",
        "doubt",
        "faint_under",
        "fill",
        "history",
        "interval",
        "memory",
        "most_gap",
        "most_overlap",
        "offset",
        "open_timeout",
        "patience",
        "read_timeout",
        "refresh",
        "shortest",
        "stall_after",
        "warm_up",
        "whole_timeout",
        "window",
    }
)
FRAMES_PER_SECOND: Final = frozenset({"fps"})
PIXELS: Final = frozenset({"width", "size"})

IN_SECONDS: Final = {
    "ms": 0.001,
    "s": 1.0,
    "sec": 1.0,
    "second": 1.0,
    "seconds": 1.0,
    "m": 60.0,
    "min": 60.0,
    "minutes": 60.0,
    "h": 3600.0,
    "hours": 3600.0,
}
WITH_UNIT: Final = re.compile(r"\s*([-+]?[0-9]*\.?[0-9]+)\s*([A-Za-z/%]+)\s*")


def expected_number(key: str) -> str:
    """What kind of number this key takes."""
    if key in SECONDS:
        return "a number of seconds"
    if key in FRAMES_PER_SECOND:
        return "a number of frames per second"
    if key in PIXELS:
        return "a number of pixels"
    return "a number"


def unit_advice(key: str, value: object) -> str:
    """How to write what was probably meant, or nothing.

    >>> unit_advice("patience", "1500ms")
    '; write 1.5'
    """
    found = WITH_UNIT.fullmatch(value) if isinstance(value, str) else None
    if not found:
        return ""
    amount, unit = float(found[1]), found[2].lower()
    if key not in SECONDS:
        return f"; write {amount:g}, without a unit"
    if unit in IN_SECONDS:
        return f"; write {amount * IN_SECONDS[unit]:g}"
    if unit.rstrip("s") in {"frame", "tick"}:
        rate = f"{amount:g} {unit} at 25 per second are {amount / 25:g}"
        return f"; divide by the rate: {rate}"
    return ""
