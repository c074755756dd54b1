"""`camweave link-live`."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final

import typer

from camweave.app.cli.broker_options import BrokerUrl, RunName, SiteName
from camweave.app.cli.json_options import JsonAtEnd
from camweave.app.cli.metrics_options import Metrics, MetricsOpen
from camweave.app.cli.output import note, say, say_json
from camweave.app.cli.statuses import INTERRUPTED
from camweave.app.cli.threads import keep_to_one_thread

HELP: Final = """Find who is who in what workers find: one linker for each site.

It is told of the site by whoever publishes it; SITE, its file, or --site gives the name, and
neither is needed where there is only one. Events and identities go to the site's store, and to
everybody who listens to results. A lossless run is linked from its log of results, from the
beginning, and the command ends with it: it finds exactly what `camweave live --lossless` does, and
may be killed and started again at any time. A live run goes on until Ctrl-C.

\b
Example:
  camweave link-live site.yaml --broker amqp://camweave:PASSWORD@rabbit/
  CAMWEAVE_BROKER=amqp://rabbit/ camweave link-live --site harbour --run monday
"""


def add_to(app: typer.Typer, short: str) -> None:
    """Put the command on the command line."""
    app.command("link-live", help=HELP, short_help=short)(command)


def command(
    *,
    file: Annotated[
        Path | None, typer.Argument(metavar="SITE", help="site file (YAML), for its name")
    ] = None,
    broker: BrokerUrl = None,
    site: SiteName = None,
    run: RunName = None,
    metrics: Metrics = None,
    metrics_open: MetricsOpen = False,
    json: JsonAtEnd = False,
) -> None:
    """Link, and say at the end how many there are."""
    keep_to_one_thread()
    from camweave.app.jobs.roles.link_live import run_link_live
    from camweave.app.jobs.roles.metrics import metrics_served
    from camweave.app.runtime.signals import stop_asked
    from camweave.app.site.load import read_site

    name = site or (None if file is None else read_site(file).site)
    served = metrics_served(metrics, "link-live", open_=metrics_open, say=note)
    with served as board, stop_asked() as stop:
        done = run_link_live(broker, name, run=run, stop=stop, say=note, board=board)
    if json:
        say_json(asdict(done))
    else:
        say(f"{done.identities} identities in {done.frames} frames of run {done.run}")
    if not done.over:
        raise typer.Exit(INTERRUPTED)
