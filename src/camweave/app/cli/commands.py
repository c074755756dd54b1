"""The commands, each in a file of its own that is read only when it is called for."""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, Final

import typer

HELP: Final = """Follow people and vehicles through many cameras; one identity for each.

\b
A first look, without data or weights:   camweave demo
One video, step by step:
  camweave detect street.mp4 -o detections_raw.npz
  camweave track detections_raw.npz -o tracklets_raw.npz
  camweave refine tracklets_raw.npz -o tracklets_refined.npz --mot street.txt
  camweave evaluate --truth gt.txt --result street.txt
All cameras of a site file, linked:      camweave batch site.yaml -o out --video

\b
CAMWEAVE_LOG=info tells more while it works, CAMWEAVE_DEBUG=1 shows where an error came from.
"""

COMMANDS: Final = {
    "demo": "a first look: a small world, live, with its dashboard",
    "detect": "find the objects in every frame of one source",
    "track": "join detections to tracklets; no pixels needed",
    "embed": "tell what each tracklet looks like in its best crops",
    "refine": "split, join, fill and drop tracklets of one camera",
    "report": "one HTML page: best crops, time line, who looks alike",
    "link": "find who is who in all cameras of a site",
    "correct": "merge, split or lock identities by hand, or take that back",
    "learn": "learn who can follow whom after how long, from linked tracklets",
    "rank": "statistics of tracklets, the most telling first",
    "batch": "all of these for every camera of a site",
    "live": "run a site as it happens, with who is who, on the web",
    "publish": "send a site's frames to RabbitMQ, for workers",
    "work": "detect, embed and follow in the frames of any site on RabbitMQ",
    "compile": "write annotated videos from the results on RabbitMQ, or from the store",
    "view": "show a camera of a site on RabbitMQ in a window",
    "link-live": "find who is who in what workers find, as they do",
    "serve": "the page of a site on RabbitMQ: pictures, who is who, corrections",
    "evaluate": "score a result against the truth: HOTA, CLEAR, IDF1",
    "simulate": "render a small world with its exact truth",
    "check": "validate a site file, open each source and model once",
    "doctor": "say what this machine can run",
    "models": "look into model files",
    "db": "keep the store of a site: upgrade, info, prune, vacuum, export",
    "broker": "look after a site on RabbitMQ: queues, dead letters",
    "convert": "turn an old configuration file into a site file",
}


def application(arguments: Sequence[str]) -> Callable[..., Any]:
    """The command line, with only the command that is called for, or all of them for the help."""
    app = typer.Typer(
        add_completion=False,
        rich_markup_mode=None,  # plain text reads the same everywhere, and starts faster
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    app.callback(invoke_without_command=True, help=HELP)(begin)
    called = next((word for word in arguments if not word.startswith("-")), None)
    for name in [called] if called in COMMANDS else COMMANDS:
        module = import_module(f"camweave.app.cli.{name.replace('-', '_')}_command")
        module.add_to(app, COMMANDS[name])
    return typer.main.get_command(app)


def show_version(wanted: bool) -> None:
    """Print it and leave."""
    if wanted:
        from camweave import __version__

        typer.echo(f"camweave {__version__}")
        raise typer.Exit


def begin(
    context: typer.Context,
    version: bool = typer.Option(  # noqa: ARG001 - its callback does the work
        False, "--version", callback=show_version, is_eager=True, help="Print the version."
    ),
) -> None:
    """What stands before any command."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
