"""What a command prints: lines for people, or one JSON object for programs."""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from camweave.formats.plain_json import plain


def say(*lines: str) -> None:
    """Lines on standard output."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def note(line: str) -> None:
    """A line about the work itself, on standard error."""
    sys.stderr.write(f"camweave: {line}\n")


def say_json(report: Mapping[str, Any]) -> None:
    """Exactly one JSON object on standard output."""
    sys.stdout.write(json.dumps(plain(report), allow_nan=False) + "\n")


def columns(rows: Sequence[Sequence[str]], indent: str = "") -> list[str]:
    """Rows as aligned lines, two spaces between the columns."""
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        lines.append((indent + "  ".join(cells)).rstrip())
    return lines


def rate(frames: int, seconds: float) -> float:
    """Frames per second; 0 over no time."""
    return round(frames / seconds, 1) if seconds > 0 else 0.0
