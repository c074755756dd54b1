"""Converts values to JSON's own types."""

from collections.abc import Mapping
from math import isfinite
from typing import Any


def plain(value: Any) -> Any:  # noqa: ANN401 - JSON holds anything
    """The same in JSON's own types; a number that is none becomes null."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return value if isfinite(value) else None
    return value if isinstance(value, int | str | bool | None) else str(value)
