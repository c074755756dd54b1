"""`camweave compile`."""

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from camweave.app.cli.broker_options import BrokerUrl, RunName, SiteName
from camweave.app.cli.json_options import Json
from camweave.app.cli.metrics_options import Metrics, MetricsOpen
from camweave.app.cli.output import note, say, say_json
from camweave.app.cli.progress import progress_bar
from camweave.app.cli.statuses import INTERRUPTED
from camweave.core.errors import InputError

HELP: Final = """Write annotated videos of a run: every frame, in order, each at its own time.

From the log of results on a RabbitMQ broker, before, during or after the run; it ends with the
run. Global ids are those that are known in the end, so drawing begins when the linker is done;
--as-shown draws at once, with what was known at each moment. Ctrl-C ends the waiting, and draws
what there is; where drawing has begun, it finishes the video where it is. A video that is being
drawn is NAME.xxxxxxxx.part, and can be played whatever happens.

Without a broker, from the store and the file that was watched: --store and --source.

\b
Examples:
  camweave compile gate -o gate.mp4 --broker amqp://camweave:PASSWORD@rabbit/
  camweave compile --all -o videos --site yard --run monday
  camweave compile gate -o gate.mp4 --store sqlite:///yard.db --source gate-recording.mp4
"""


def add_to(app: typer.Typer, short: str) -> None:
    """Put the command on the command line."""
    app.command("compile", help=HELP, short_help=short)(command)


def command(  # noqa: PLR0913 - one parameter per option
    *,
    camera: Annotated[
        str | None, typer.Argument(metavar="CAMERA", help="its name at the site")
    ] = None,
    out: Annotated[
        Path, typer.Option("-o", "--out", help="video to write; with --all, a folder for them")
    ],
    all_cameras: Annotated[bool, typer.Option("--all", help="a video of each camera")] = False,
    broker: BrokerUrl = None,
    site: SiteName = None,
    run: RunName = None,
    as_shown: Annotated[
        bool, typer.Option("--as-shown", help="global ids as they were known at each moment")
    ] = False,
    partial: Annotated[bool, typer.Option("--partial", help="although frames are missing")] = False,
    store: Annotated[
        str | None, typer.Option(help="without a broker: sqlite:///FILE, postgresql://...")
    ] = None,
    source: Annotated[str | None, typer.Option(help="with --store: the file of the camera")] = None,
    metrics: Metrics = None,
    metrics_open: MetricsOpen = False,
    json: Json = False,
) -> None:
    """Compile, and say what came of it."""
    if (camera is None) != all_cameras:
        raise InputError("compile: expected a camera, or --all")
    if store is not None or source is not None:
        if camera is None or store is None or source is None:
            raise InputError("compile: --store, --source and one camera belong together")
        made = from_store(
            store, camera=camera, source=source, film=out, site=site, run=run, partial=partial
        )
    else:
        asked = {"run": run, "as_shown": as_shown, "partial": partial}
        from camweave.app.jobs.roles.metrics import metrics_served

        with metrics_served(metrics, "compile", open_=metrics_open, say=note) as board:
            made = from_log(broker, board, camera=camera, site=site, out=out, asked=asked)
    done, interrupted = made
    tell(done, json=json)
    if interrupted:
        raise typer.Exit(INTERRUPTED)


def from_store(url: str, **asked: Any) -> tuple[list[Any], bool]:  # noqa: ANN401 - as `Stored` has them
    """Without a broker."""
    from camweave.app.jobs.roles.compile_store import Stored, compile_store
    from camweave.app.runtime.signals import stop_asked
    from camweave.store.store import open_store

    with open_store(url, read_only=True) as opened, progress_bar() as progress:
        with stop_asked() as stop:
            done = compile_store(opened, Stored(**asked), stop, progress)
        return [done], stop.is_set()


def from_log(
    url: str | None,
    board: Any,  # noqa: ANN401 - imported when it is needed
    *,
    camera: str | None,
    site: str | None,
    out: Path,
    asked: dict[str, Any],
) -> tuple[list[Any], bool]:
    """From the results on a broker."""
    from camweave.app.jobs.roles.compile_log import Compiling, LogCompiler
    from camweave.app.jobs.roles.joining import joined
    from camweave.app.jobs.roles.reaching import broker_at, sites_of
    from camweave.app.runtime.signals import stop_asked
    from camweave.core.frame import CameraId

    with broker_at(url) as broker, progress_bar() as progress:
        with sites_of(broker) as sites:
            notice = joined(sites, site, say=note)
        films = {name: out / f"{name}.mp4" for name in notice.names}
        films = films if camera is None else {CameraId(camera): out}
        compiler = LogCompiler(
            broker, notice, Compiling(films=films, **asked), progress=progress, say=note
        )
        board.add(compiler.figures, lambda: broker.health().trouble)
        with stop_asked() as stop:
            return compiler.compile(stop), compiler.interrupted


def tell(done: list[Any], *, json: bool) -> None:
    """What came of it: lines for people, or one object."""
    if json:
        from dataclasses import asdict

        say_json({"videos": [asdict(each) for each in done]})
        return
    for each in done:
        lack = f"; {each.lacking}" if each.lacking else ""
        into = each.video or "no video"
        say(f"{each.camera}: {each.frames} frames, {each.seconds:.1f} s -> {into}{lack}")
