"""`camweave rank`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from camweave.app.cli.json_options import Json
from camweave.app.cli.output import columns, say, say_json
from camweave.app.cli.stage import Settings

HELP: Final = """Tracklets in numbers, the most telling first: long, without gaps, central, steady.

The mark is a weighted mean; --set duration=0.5 changes a weight (duration, coverage, centre,
smoothness). Speed and jitter are in the object's own heights, so that near and far compare.

\b
Examples:
  camweave rank tracklets_refined.npz
  camweave rank tracklets_refined.npz --csv ranking.csv --set centre=0
"""
SHOWN: Final = ("tracklet_id", "class", "mark", "begin", "duration", "frames", "coverage")
MOVING: Final = ("speed", "jitter", "score", "border")
TOP: Final = 20  # rows that a person is shown


def add_to(app: typer.Typer, short: str) -> None:
    """Put the command on the command line."""
    app.command("rank", help=HELP, short_help=short)(command)


def command(
    *,
    tracklets: Annotated[
        Path, typer.Argument(metavar="TRACKLETS", help="tracklets.npz of any stage")
    ],
    csv: Annotated[Path | None, typer.Option(help="also write all rows as a CSV table")] = None,
    top: Annotated[int, typer.Option(help="rows to show; 0 is all of them")] = TOP,
    settings: Settings = None,
    json: Json = False,
) -> None:
    """Rank, and print the table."""
    from camweave.app.cli.settings import with_settings
    from camweave.app.jobs.rank import rank
    from camweave.refinement.ranking import RankParams

    rows = rank(tracklets, csv, params=with_settings(RankParams, {}, settings or ()))
    if json:
        say_json({"tracklets": rows})
    else:
        say(*table(rows[: top or None]))
        if 0 < top < len(rows):
            say(f"and {len(rows) - top} more")


def table(rows: Sequence[dict[str, Any]]) -> list[str]:
    """One line per tracklet."""
    heads = (*SHOWN, *MOVING)
    return columns([heads, *(tuple(cell(row[name]) for name in heads) for row in rows)])


def cell(value: object) -> str:
    """A value for people."""
    return f"{value:.3f}" if isinstance(value, float) else str(value)
