"""A wrong command line, in one line."""

import re
from collections.abc import Iterable
from typing import Any

import typer

from camweave.core.nearest import did_you_mean

# Typer exports only the leaf; its parent is what every usage error is.
UsageError: type[Exception] = typer.BadParameter.__mro__[1]


def usage_line(error: Any, commands: Iterable[str]) -> str:  # noqa: ANN401 - typer exports no type for it
    """What is wrong, the nearest valid name, and where to read on."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "camweave"
    return f"{complaint(error, context, commands)} (see: {path} --help)"


def complaint(error: Any, context: Any, commands: Iterable[str]) -> str:  # noqa: ANN401 - as above
    """The sentence without the pointer."""
    option = getattr(error, "option_name", None)
    if type(error).__name__ == "NoSuchOption" and option:
        known = [name for parameter in context.command.params for name in parameter.opts]
        hint = did_you_mean(option, [name for name in known if name.startswith("--")])
        return f"no such option {option!r}{hint}"
    message = str(error.format_message())
    if message.startswith("No such command"):
        typed = message.split("'")[1]
        inner = getattr(context.command, "commands", None)
        return f"no such command {typed!r}{did_you_mean(typed, inner or commands)}"
    sentence = re.sub(r"Input should be (an? [\w ]+).*", r"expected \1", message).rstrip(".")
    return sentence[:1].lower() + sentence[1:]
