"""What the stages' commands share: a result that is up to date is not made again."""

from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias

import typer

from camweave.app.cli.output import say, say_json

FORCE_HELP: Final = "make it again, even where it is up to date"

Force: TypeAlias = Annotated[bool, typer.Option("--force", help=FORCE_HELP)]
Settings: TypeAlias = Annotated[
    list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="a parameter; repeatable")
]


def say_up_to_date(out: Path, key: str, *, json: bool) -> None:
    """One line, or one object with the file under `key`."""
    if json:
        say_json({"up_to_date": True, key: str(out)})
    else:
        say(f"up to date: {out}")


def tell_report(report: dict[str, Any], lines: tuple[str, ...], *, json: bool) -> None:
    """What came of a stage: lines for people, or one object."""
    if json:
        say_json({"up_to_date": False} | report)
    else:
        say(*lines)


def texts_again(out: Path, mot: Path | None, csv: Path | None) -> None:
    """The texts that are asked for, of tracklets that are there already."""
    if mot or csv:
        from camweave.app.jobs.texts import write_texts
        from camweave.formats.tracklets import read_tracklets

        write_texts(read_tracklets(out), mot, csv)
