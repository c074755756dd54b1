"""`NAME=VALUE` on the command line to a field of some stage's parameters."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from camweave.core.errors import InputError
from camweave.core.nearest import did_you_mean

WORDS: Final = {"true": True, "yes": True, "false": False, "no": False}
NOTHING: Final = frozenset({"none", "null", ""})
EXPECTED: Final = {bool: "true or false", int: "a whole number", float: "a number"}


def with_settings(
    params: Any,  # noqa: ANN401 - a dataclass that is imported when it is needed
    given: Mapping[str, Any],
    pairs: Iterable[str],
) -> Any:  # noqa: ANN401 - as above
    """An instance of `params` with what is given, and what `NAME=VALUE` texts say.

    Raises:
        InputError: no such parameter, or a value that it cannot have.
    """
    settings = dict(given)
    hints = get_type_hints(params)
    names = [each.name for each in fields(params) if each.name != "kind"]
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise InputError(f"--set: expected NAME=VALUE, got {pair!r}")
        refuse_unknown(f"--set {name}", params, name, names)
        settings[name] = value_of(f"--set {name}", text, hints[name])
    for name in given:
        refuse_unknown(option(name), params, name, names)
    return params(**settings)


def refuse_unknown(what: str, params: Any, name: str, names: Iterable[str]) -> None:  # noqa: ANN401 - as above
    """Refuse a parameter that there is not.

    Raises:
        InputError: it is not one of the names.
    """
    if name not in names:
        hint = did_you_mean(name, names)
        raise InputError(f"{what}: {kind_of(params)} has no such parameter{hint}")


def kind_of(params: Any) -> str:  # noqa: ANN401 - as above
    """The `kind` that parameters answer to; what they are for, where they have none."""
    kinds = [str(each.default) for each in fields(params) if each.name == "kind"]
    return kinds[0] if kinds else params.__name__.removesuffix("Params").lower()


def option(name: str) -> str:
    """The option that sets a parameter."""
    return f"--{name.replace('_', '-')}"


def value_of(what: str, text: str, kind: Any) -> Any:  # noqa: ANN401 - of the type that is asked for
    """A text as a value of an annotated type.

    Raises:
        InputError: it is none.

    >>> value_of("--set patience", "1.5", float), value_of("--set class_aware", "true", bool)
    (1.5, True)
    """
    if get_origin(kind) in {Union, UnionType}:
        members = get_args(kind)
        if NoneType in members and text.lower() in NOTHING:
            return None
        kind = next(member for member in members if member is not NoneType)
    if get_origin(kind) is Literal:
        return one_of(what, text, get_args(kind))
    if get_origin(kind) is tuple:
        return tuple(value_of(what, part, get_args(kind)[0]) for part in text.split(","))
    try:
        return WORDS[text.lower()] if kind is bool else converter(kind)(text)
    except (KeyError, ValueError):
        raise InputError(f"{what}: expected {EXPECTED[kind]}, got {text!r}") from None


def converter(kind: Any) -> Any:  # noqa: ANN401 - a type
    """What makes a value of a text."""
    return kind if kind in {int, float, Path} else str


def one_of(what: str, text: str, words: tuple[Any, ...]) -> Any:  # noqa: ANN401 - one of the words
    """The one of a few words, or numbers, that the text is."""
    by_text = {str(word): word for word in words}
    if text not in by_text:
        hint = did_you_mean(text, by_text)
        near = hint if hint.startswith(" (") else ""
        raise InputError(f"{what}: expected one of {', '.join(by_text)}, got {text!r}{near}")
    return by_text[text]
