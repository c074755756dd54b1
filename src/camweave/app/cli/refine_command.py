"""`camweave refine`."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from camweave.app.cli.json_options import Json
from camweave.app.cli.stage import (
    Force,
    Settings,
    say_up_to_date,
    tell_report,
    texts_again,
)

HELP: Final = """Clean the tracklets of one camera: split, join, fill and drop, all in view at once.

A tracklet is split where two people share one, and those of one person are joined, by motion, time
and place, and by appearance where the tracklets were embedded. Short gaps are filled, false starts
dropped. A result that is up to date is not made again.

\b
Examples:
  camweave refine tracklets.npz -o tracklets_refined.npz --mot street.txt
  camweave refine tracklets.npz -o tracklets_refined.npz --changes changes.jsonl --set fill=2
"""


def add_to(app: typer.Typer, short: str) -> None:
    """Put the command on the command line."""
    app.command("refine", help=HELP, short_help=short)(command)


def command(
    *,
    tracklets: Annotated[
        Path, typer.Argument(metavar="TRACKLETS", help="tracklets.npz or tracklets_raw.npz")
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="tracklets_refined.npz to write")],
    mot: Annotated[Path | None, typer.Option(help="also write MOTChallenge text")] = None,
    csv: Annotated[Path | None, typer.Option(help="also write a CSV table")] = None,
    changes: Annotated[
        Path | None, typer.Option(help="also write every change, one JSON object a line")
    ] = None,
    settings: Settings = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Refine, and say what was changed."""
    from camweave.app.cli.settings import with_settings
    from camweave.app.jobs.refine import refine, refine_recipe, write_changes
    from camweave.app.jobs.texts import write_texts
    from camweave.app.runtime.stopwatch import Stopwatch
    from camweave.refinement.params import RefineParams

    params = with_settings(RefineParams, {}, settings or ())
    there = changes is None or changes.is_file()
    if not force and there and refine_recipe(tracklets, params=params).stands(out):
        texts_again(out, mot, csv)
        say_up_to_date(out, "tracklets_file", json=json)
        return
    watch = Stopwatch()
    made = refine(tracklets, out, params=params, watch=watch)
    write_texts(made.tracklets, mot, csv)
    if changes is not None:
        write_changes(changes, made.changes)
    report = {
        "tracklets_before": watch.counts["tracklets"],
        "tracklets": len(made.tracklets),
        "tracklets_file": str(out),
        **made.changes.summary,
        "seconds": round(watch.seconds, 3),
        "refining_seconds": round(watch.parts["refine"], 6),
    }
    tell_report(report, tuple(lines_of(report)), json=json)


def lines_of(report: dict[str, Any]) -> Iterable[str]:
    """The report in three lines."""
    yield (
        f"{report['tracklets']} tracklets from {report['tracklets_before']} "
        f"-> {report['tracklets_file']}"
    )
    yield (
        f"{report['splits']} splits, {report['joins']} joins, {report['rows_filled']} rows filled, "
        f"{report['dropped']} dropped"
    )
    took = report["refining_seconds"] * 1000
    yield f"refining took {took:.1f} ms, with I/O {report['seconds']:.2f} s"
