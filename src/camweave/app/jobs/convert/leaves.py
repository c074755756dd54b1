"""A configuration tree as a flat list of keys with their values."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from camweave.formats.document import Place, path_text

POSITION = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One key of the old file."""

    place: Place
    value: Any  # text, number, bool, None, or a list of those

    @property
    def name(self) -> str:
        """As the old file's documents write it: `EXPRESS.CAMERAS[0].video`."""
        return path_text(self.place)

    @property
    def pattern(self) -> str:
        """The same without positions: `EXPRESS.CAMERAS[].video`."""
        return POSITION.sub("[]", self.name)

    @property
    def position(self) -> int | None:
        """The place in the first list on the way, or None."""
        return next((step for step in self.place if isinstance(step, int)), None)


def leaves(tree: Any, place: Place = ()) -> Iterator[Leaf]:  # noqa: ANN401 - a YAML tree
    """Every key that holds no further keys."""
    if isinstance(tree, dict) and tree:
        for key, value in tree.items():
            yield from leaves(value, (*place, key))
    elif isinstance(tree, list) and any(isinstance(item, dict) for item in tree):
        for at, item in enumerate(tree):
            yield from leaves(item, (*place, at))
    else:
        yield Leaf(place, tree)
