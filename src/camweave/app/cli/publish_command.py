"""`camweave publish`."""

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from camweave.app.cli.broker_options import BrokerUrl
from camweave.app.cli.json_options import JsonAtEnd
from camweave.app.cli.metrics_options import Metrics, MetricsOpen
from camweave.app.cli.output import note, say, say_json
from camweave.app.cli.statuses import INTERRUPTED
from camweave.app.cli.threads import keep_to_one_thread

HELP: Final = """Send a site's frames to RabbitMQ, for any number of workers (`camweave work`).

Live, cameras are read in step as `camweave live` does, and the newest frames are kept; with
--lossless every frame of every file is sent, as fast as workers take them, and the command ends
with the last one. The site file needs a `store` that all workers reach; workers need no site file.
A lossless run that was stopped or killed goes on with the same --run: frames that the store has are
not sent again. Live, there is one run that goes on, so that track numbers and clock do.

\b
Example:
  camweave publish site.yaml --broker amqp://camweave:PASSWORD@rabbit/
  CAMWEAVE_BROKER=amqp://rabbit/ camweave publish site.yaml --lossless --run monday
"""


def add_to(app: typer.Typer, short: str) -> None:
    """Put the command on the command line."""
    app.command("publish", help=HELP, short_help=short)(command)


def command(  # noqa: PLR0913 - one parameter per option
    *,
    site: Annotated[Path, typer.Argument(metavar="SITE", help="site file (YAML)")],
    broker: BrokerUrl = None,
    lossless: Annotated[
        bool, typer.Option("--lossless", help="every frame of files, none dropped")
    ] = False,
    run: Annotated[
        str | None, typer.Option(help="its name; a known one goes on [date, or live]")
    ] = None,
    codec: Annotated[str, typer.Option(help="of the pictures: jpeg or raw")] = "jpeg",
    partitions: Annotated[
        int, typer.Option(help="queues that cameras share [0: one for each camera]")
    ] = 0,
    frame_queue: Annotated[str | None, typer.Option(help="another name for frames")] = None,
    results_queue: Annotated[str | None, typer.Option(help="another name for results")] = None,
    metrics: Metrics = None,
    metrics_open: MetricsOpen = False,
    json: JsonAtEnd = False,
) -> None:
    """Publish the site, and say at the end what was sent."""
    keep_to_one_thread()
    from camweave.app.cli.settings import one_of
    from camweave.app.jobs.roles.metrics import metrics_served
    from camweave.app.jobs.roles.publish import PublishParams, run_publish
    from camweave.app.site.written import Written
    from camweave.formats.messages.pictures import CODECS

    params = PublishParams(
        lossless=lossless,
        run=run,
        codec=one_of("--codec", codec, CODECS),
        partitions=partitions,
        frame_queue=frame_queue,
        results_queue=results_queue,
    )
    written = Written.read(site)
    with metrics_served(metrics, "publish", open_=metrics_open, say=note) as board:
        done = run_publish(written, broker, params, say=note, board=board)
    if json:
        say_json(report(done))
    else:
        sent = sum(done.sent.values()) - done.skipped - sum(done.refused.values())
        say(f"sent {sent} frames of run {done.run}{more(done)}")
    if done.interrupted:
        raise typer.Exit(INTERRUPTED)


def more(done: Any) -> str:  # noqa: ANN401 - imported when it is needed
    """What else there is to say."""
    told = [f", {done.skipped} were there before"] if done.skipped else []
    told += [f", {done.dropped} dropped for newer ones"] if done.dropped else []
    refused = sum(done.refused.values())
    told += [f", {refused} left out: too large for a message"] if refused else []
    return "".join(told)


def report(done: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """What was sent, for a program."""
    from dataclasses import asdict

    return asdict(done)
