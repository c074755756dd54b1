"""`camweave convert`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from camweave.app.cli.json_options import Json
from camweave.app.cli.output import columns, say, say_json

HELP: Final = """Turn an old configuration file into a site file, and account for every key of it.

Reads the YAML files of vehicle_mtmc and its live version (LIVE, MOT, MTMC, EXPRESS ...), of the
staged pipeline (stage2_track ...), of the distributed tracker (rabbitmq, model, data, output),
and camera layout text. Frames and ticks become seconds.

\b
Example:
  camweave convert live_parking.yaml -o site.yaml
"""


def add_to(app: typer.Typer, short: str) -> None:
    """Put the command on the command line."""
    app.command("convert", help=HELP, short_help=short)(command)


def command(
    *,
    old: Annotated[Path, typer.Argument(metavar="OLD", help="the old file")],
    out: Annotated[Path, typer.Option("-o", "--out", help="site file to write")],
    json: Json = False,
) -> None:
    """Convert, and print what became of each key."""
    from camweave.app.jobs.convert.convert import convert

    conversion = convert(old, out)
    if json:
        keys = [{"key": a.key, "to": a.to or None, "note": a.note} for a in conversion.accounts]
        say_json({"site": str(out), "keys": keys})
    else:
        tell(conversion.accounts, out)


def tell(accounts: Sequence[Any], out: Path) -> None:
    """Two tables: what was taken over, and what was not."""
    moved = [(a.key, f"-> {a.to}", a.note) for a in accounts if a.to]
    left = [(a.key, a.note) for a in accounts if not a.to]
    say(f"taken over ({len(moved)}):", *columns(moved, "  "))
    if left:
        say(f"not taken over ({len(left)}):", *columns(left, "  "))
    say(f"-> {out}")
