"""`camweave report`."""

from pathlib import Path
from typing import Annotated, Final

import typer

from camweave.app.cli.json_options import Json
from camweave.app.cli.output import say, say_json
from camweave.app.cli.progress import progress_bar
from camweave.core.errors import InputError

HELP: Final = """Write one HTML page about the tracklets of a camera; it needs no network.

It shows the best ranked with their best crops, when each was there, and, where the tracklets were
embedded, who looks like whom. SOURCE is what the tracklets were found in.

\b
Example:
  camweave report street.mp4 tracklets.npz -o report.html
"""


def add_to(app: typer.Typer, short: str) -> None:
    """Put the command on the command line."""
    app.command("report", help=HELP, short_help=short)(command)


def command(
    *,
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="video file or image folder")],
    tracklets: Annotated[
        Path, typer.Argument(metavar="TRACKLETS", help="any tracklets .npz of that source")
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="report.html to write")],
    most: Annotated[int, typer.Option(help="most tracklets on the page")] = 100,
    json: Json = False,
) -> None:
    """Write the page, and say where it lies."""
    if most < 1:
        raise InputError(f"--most: expected 1 or more, got {most}")
    from camweave.app.jobs.report import report
    from camweave.app.runtime.stopwatch import Stopwatch

    watch = Stopwatch()
    with progress_bar() as progress:
        page = report(source, tracklets, out, most=most, progress=progress, watch=watch)
    told = {
        "report_file": str(out),
        "tracklets_shown": len(page.cards),
        "tracklets_left_out": page.left_out,
        "crops": watch.counts["crops"],
        "bytes": out.stat().st_size,
        "seconds": round(watch.seconds, 3),
    }
    if json:
        say_json(told)
    else:
        say(
            f"{told['tracklets_shown']} tracklets with {told['crops']} crops -> {out} "
            f"({out.stat().st_size / 1e6:.1f} MB)"
        )
