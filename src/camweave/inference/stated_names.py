"""Class names as exporters write them: a dict or list, as Python or JSON or plain words."""

import ast
import logging

log = logging.getLogger(__name__)

LONGEST = 1_000_000  # characters; no list of names is longer, and the parser's cost is bounded


def stated_names(text: str, model: str) -> tuple[str, ...]:
    """The names in order of class id; empty, with a warning, where the text is not a list of names.

    >>> stated_names("{0: 'person', 1: 'car'}", "m.onnx")
    ('person', 'car')
    >>> stated_names('["person", "car"]', "m.onnx")
    ('person', 'car')
    """
    if not text:
        return ()
    try:
        value = ast.literal_eval(text) if len(text) < LONGEST else None
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        value = None
    names = in_order(value)
    if not names:
        log.warning(
            "%s: the class names in its metadata cannot be read, so they are not used", model
        )
    return names


def in_order(value: object) -> tuple[str, ...]:
    """Names of a list, or of a dict of consecutive class ids; empty for anything else.

    >>> in_order({"1": "car", "0": "person"})
    ('person', 'car')
    """
    if isinstance(value, dict):
        try:
            by_id = {int(key): name for key, name in value.items()}
        except (TypeError, ValueError):
            return ()
        value = (
            [by_id[key] for key in sorted(by_id)] if set(by_id) == set(range(len(by_id))) else ()
        )
    return tuple(str(name) for name in value) if isinstance(value, list | tuple) else ()
