"""`camweave check`."""

from pathlib import Path
from typing import Annotated, Final

import typer

from camweave.app.cli.json_options import Json
from camweave.app.cli.output import columns, say, say_json
from camweave.app.cli.statuses import WRONG_INPUT

HELP: Final = """Validate a site file, and open each of its sources and models once.

Everything that is wrong is listed, not only the first. The exit status is 0, or 2 if anything is.

\b
Example:
  camweave check site.yaml
"""


def add_to(app: typer.Typer, short: str) -> None:
    """Put the command on the command line."""
    app.command("check", help=HELP, short_help=short)(command)


def command(
    *,
    site: Annotated[Path, typer.Argument(metavar="SITE", help="site file (YAML)")],
    json: Json = False,
) -> None:
    """Check, and print one line for each thing looked at."""
    from camweave.app.jobs.check import check

    found = check(site)
    wrong = [each for each in found if not each.good]
    if json:
        checks = [{"what": each.what, "good": each.good, "is": each.text} for each in found]
        say_json({"site": str(site), "good": not wrong, "checks": checks})
    else:
        mark = {True: "ok", False: "--"}
        say(*columns([(mark[each.good], each.what, each.text) for each in found]))
        say(f"{site}: {'good' if not wrong else f'{len(wrong)} of these are wrong'}")
    if wrong:
        raise typer.Exit(WRONG_INPUT)
