"""`camweave live`."""

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from camweave.app.cli.db_command import Url
from camweave.app.cli.first_run import say_if_compiling
from camweave.app.cli.json_options import JsonAtEnd
from camweave.app.cli.output import note, say, say_json
from camweave.app.cli.statuses import INTERRUPTED
from camweave.app.cli.threads import keep_to_one_thread, take_short_turns

HELP: Final = """Run a site: its cameras in step, who is who as it happens, and both on the web.

Sources may be cameras (rtsp://, http:// MJPEG, /dev/video0) and files, which are played as if they
were live; with --lossless every frame of every file is looked at, as fast as the machine can, and
the command ends with the last of them. It prints where to look, and goes on until Ctrl-C. What the
site file says under `live`, `serve` and `store` holds; the options and CAMWEAVE_TOKEN, the token
that viewers on other machines need, stand above it.
With a store, all that is seen is kept, and identities outlive a restart. SIGHUP lets it read the
site file again: what differs is changed, the rest goes on.

\b
Example:
  camweave live site.yaml
  camweave live site.yaml --lossless --no-serve --json
"""


def add_to(app: typer.Typer, short: str) -> None:
    """Put the command on the command line."""
    app.command("live", help=HELP, short_help=short)(command)


def command(  # noqa: PLR0913 - one parameter per option
    *,
    site: Annotated[Path, typer.Argument(metavar="SITE", help="site file (YAML)")],
    lossless: Annotated[
        bool, typer.Option("--lossless", help="every frame of files, as fast as can be")
    ] = False,
    serve: Annotated[bool, typer.Option(help="pictures, API and metrics over HTTP")] = True,
    host: Annotated[str | None, typer.Option(help="where to listen")] = None,
    port: Annotated[int | None, typer.Option(help="0 takes one that is free")] = None,
    open_: Annotated[bool, typer.Option("--open", help="other machines need no token")] = False,
    store: Url = None,
    seconds: Annotated[float | None, typer.Option(min=0, help="end after so long")] = None,
    json: JsonAtEnd = False,
) -> None:
    """Run the site, and say at the end what came of it."""
    keep_to_one_thread()
    take_short_turns()
    from camweave.app.site.written import Written

    written = Written.read(site)
    from camweave.app.jobs.roles.serve_where import serve_section

    said = written.site.serve
    where = serve_section(said, host=host, port=port, open_=open_) if serve else None
    say_if_compiling(*(camera.tracker.kind for camera in written.site.cameras))
    from camweave.app.jobs.live.live import run_live

    done = run_live(written, where, lossless=lossless, store=store, seconds=seconds, say=note)
    if json:
        say_json(report(done))
    else:
        say(*lines(done))
    if done.interrupted:
        raise typer.Exit(INTERRUPTED)


def report(done: Any) -> dict[str, Any]:  # noqa: ANN401 - imported when it is needed
    """What came of it, for a program."""
    from dataclasses import asdict

    return asdict(done)


def lines(done: Any) -> list[str]:  # noqa: ANN401 - as above
    """What came of it, for people."""
    looked = [f"{each.camera} {each.looked}" for each in done.cameras]
    return [
        f"looked at {', '.join(looked)} pictures in {done.seconds:.1f} s",
        f"found     {sum(done.objects.values())} objects"
        + "".join(f", {count} {label}" for label, count in done.objects.items()),
    ]
