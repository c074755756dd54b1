"""`camweave work`."""

from dataclasses import asdict
from typing import Annotated, Final

import typer

from camweave.app.cli.broker_options import BrokerUrl
from camweave.app.cli.json_options import JsonAtEnd
from camweave.app.cli.metrics_options import Metrics, MetricsOpen
from camweave.app.cli.output import note, say, say_json
from camweave.app.cli.statuses import INTERRUPTED
from camweave.app.cli.threads import keep_to_one_thread

HELP: Final = """Detect, embed and follow in frames that `camweave publish` sends: one more worker.

It needs nothing but the broker's address: which sites there are, how their cameras are looked at
and where their store is, it is told. Start as many as you like, on as many machines; each camera
is one worker's at a time, and is taken over where he stopped when he dies. Models are looked for
at the paths that the site file names; CAMWEAVE_FOLDER says where relative ones begin, and
CAMWEAVE_STORE takes the place of the site's store.

\b
Example:
  camweave work --broker amqp://camweave:PASSWORD@rabbit/
  CAMWEAVE_BROKER=amqp://rabbit/ camweave work --site harbour
"""


def add_to(app: typer.Typer, short: str) -> None:
    """Put the command on the command line."""
    app.command("work", help=HELP, short_help=short)(command)


def command(
    *,
    broker: BrokerUrl = None,
    site: Annotated[str | None, typer.Option(help="work on this one only")] = None,
    prefetch: Annotated[
        int | None,
        typer.Option(min=1, max=1000, help="frames of a camera in hand, at most  [8; live 32]"),
    ] = None,
    seconds: Annotated[float | None, typer.Option(min=0, help="end after so long")] = None,
    metrics: Metrics = None,
    metrics_open: MetricsOpen = False,
    json: JsonAtEnd = False,
) -> None:
    """Work, and say at the end on how much."""
    keep_to_one_thread()
    from camweave.app.jobs.roles.metrics import metrics_served
    from camweave.app.jobs.roles.work import WorkParams, run_work
    from camweave.app.runtime.signals import stop_asked

    params = WorkParams(site=site, prefetch=prefetch, seconds=seconds)
    served = metrics_served(metrics, "work", open_=metrics_open, say=note)
    with served as board, stop_asked() as stop:
        done = run_work(broker, params, stop=stop, say=note, board=board)
    if json:
        say_json(asdict(done))
    else:
        told = [f"{count} frames of {name}" for name, count in done.frames.items()]
        say(f"worked on {', '.join(told) or 'nothing'} in {done.seconds:.1f} s")
    if done.interrupted:
        raise typer.Exit(INTERRUPTED)
