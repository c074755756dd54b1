"""`camweave doctor`."""

from typing import Final

import typer

from camweave.app.cli.json_options import Json
from camweave.app.cli.output import columns, say, say_json
from camweave.app.cli.statuses import FAILED

HELP: Final = """Say what this machine can run: versions, runtimes, encoders, cores, memory.

Nothing is changed. The exit status is 0 where camweave can do its work, else 1.

\b
Example:
  camweave doctor
"""


def add_to(app: typer.Typer, short: str) -> None:
    """Put the command on the command line."""
    app.command("doctor", help=HELP, short_help=short)(command)


def command(*, json: Json = False) -> None:
    """Look, and say what was found."""
    from camweave.app.jobs.doctor import doctor

    findings = doctor()
    broken = [each for each in findings if each.needed and not each.good]
    if json:
        topics = {each.topic: {"good": each.good, "is": each.text} for each in findings}
        say_json({"ready": not broken, "findings": topics})
    else:
        mark = {True: "ok", False: "--"}
        say(*columns([(mark[each.good], each.topic, each.text) for each in findings]))
        say("ready" if not broken else f"not ready: {', '.join(each.topic for each in broken)}")
    if broken:
        raise typer.Exit(FAILED)
