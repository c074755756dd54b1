"""Values as YAML on one line, the numbers exact: read back, each is the same."""

from json import dumps
from math import isinf
from typing import Any, Final

PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./")
WORDS: Final = frozenset({"", "null", "true", "false", "yes", "no", "on", "off"})


def scalar(value: Any) -> str:  # noqa: ANN401 - YAML holds anything
    """A value as YAML, on one line.

    >>> scalar([8.0, 0.1, "cam a", float("inf")]), scalar({"a -> b": None})
    ('[8, 0.1, "cam a", .inf]', '{"a -> b": null}')
    """
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key_text(key)}: {scalar(item)}' for key, item in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(scalar(item) for item in value)}]"
    if isinstance(value, str):
        plain = set(value) <= PLAIN and value.lower() not in WORDS and not value[0].isdigit()
        return value if plain and value[0] not in "-." else dumps(value, ensure_ascii=False)
    return number(value) if isinstance(value, float) else dumps(value)


def key_text(key: str | int) -> str:
    """A key, in quotes where it needs them."""
    return scalar(str(key))


def number(value: float) -> str:
    """The shortest text that reads back as the same number."""
    if isinf(value):
        return ("-" if value < 0 else "") + ".inf"
    short = f"{value:.12g}"
    return short if float(short) == value else repr(value)
