"""Turns pydantic's errors into messages in the words of the site file."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic_core import ErrorDetails

from camweave.app.site.units import expected_number, unit_advice
from camweave.core.nearest import did_you_mean

NUMBER_TYPES: Final = {"float_type", "float_parsing", "finite_number"}
EXPECTED: Final = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "dict_type": "a mapping of keys",
    "model_type": "a mapping of keys",
    "model_attributes_type": "a mapping of keys",
    "dataclass_type": "a mapping of keys",
    "dataclass_exact_type": "a mapping of keys",
    "list_type": "a list",
    "tuple_type": "a list",
    "string_type": "text",
    "path_type": "text",
    "bool_type": "true or false",
}
EXTRA_TYPES: Final = {"extra_forbidden", "unexpected_keyword_argument"}
MISSING_TYPES: Final = {"missing", "missing_argument", "missing_keyword_only_argument"}
LIMITS: Final = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}


def sentence(error: ErrorDetails, shown: str, known: list[str]) -> str:
    """One problem: what was expected and, where it helps, what was found.

    `shown` is the value as it may be printed; `known` are the keys that may stand there.
    """
    kind, context = error["type"], error.get("ctx", {})
    key = str(error["loc"][-1]) if error["loc"] else ""
    if kind in EXTRA_TYPES:
        return "unknown key" + did_you_mean(key, known)
    if kind in MISSING_TYPES:
        return "is missing"
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        return wrong_word(error, context, shown)
    if kind in LIMITS:
        word, limit = LIMITS[kind]
        return f"expected {expected_number(key)}, {word} {context[limit]:g}, got {shown}"
    return f"expected {expectation(kind, key, context)}, got {shown}" + unit_advice(
        key, error["input"]
    )


def expectation(kind: str, key: str, context: Mapping[str, Any]) -> str:
    """What should have stood there."""
    if kind in NUMBER_TYPES:
        return expected_number(key)
    if kind in {"too_short", "too_long"}:
        count = context.get("min_length", context.get("max_length"))
        word = "at least" if kind == "too_short" else "at most"
        return f"{word} {count} {'entry' if count == 1 else 'entries'}"
    return EXPECTED.get(kind, f"another value ({kind.replace('_', ' ')})")


def wrong_word(error: ErrorDetails, context: Mapping[str, Any], shown: str) -> str:
    """A word that is none of the few allowed."""
    allowed = [word.strip(" '") for word in context["expected"].replace(" or ", ",").split(",")]
    value = error["input"]
    near = did_you_mean(value, allowed) if isinstance(value, str) else ""
    hint = near if near.startswith(" (") else ""
    return f"expected one of {', '.join(allowed)}, got {shown}{hint}"
