"""What came of linking, for people: the lines that `link`, `learn` and `batch` share."""

from collections.abc import Mapping
from typing import Any


def summary_lines(summary: Mapping[str, Any]) -> list[str]:
    """Identities, links, windows, and what was assumed."""
    kinds = ", ".join(f"{count} {how}" for how, count in summary["links"].items()) or "none"
    alone = summary["unlinked"]
    return [
        f"identities  {summary['identities']} from {summary['tracklets']} tracklets of "
        f"{summary['cameras']} cameras; {summary['across_cameras']} seen by more than one",
        f"links       {kinds}; {alone} {'tracklet' if alone == 1 else 'tracklets'} unlinked",
        f"windows     {summary['windows_drawn']} given, {summary['windows_learned']} learned",
        *(f"assumed     {note}" for note in summary["notes"]),
    ]
