"""The figures that docs/metrics.md lists."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

PREFIX: Final = "camweave_"
DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "metrics.md"
ROW: Final = re.compile(r"^\| (`[a-z_`, ]+`) \| ([a-z, -]+) \|", re.MULTILINE)


def documented() -> dict[str, set[str]]:
    """Every name, without the prefix, and the roles that tell it."""
    return dict(_rows(DOCUMENT.read_text(encoding="utf-8")))


def _rows(text: str) -> Iterator[tuple[str, set[str]]]:
    for names, roles in ROW.findall(text):
        for name in re.findall(r"`(\w+)`", names):
            yield name, set(roles.split(", "))
