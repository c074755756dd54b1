"""`camweave serve`."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import typer

from camweave.app.cli.broker_options import BrokerUrl, RunName, SiteName
from camweave.app.cli.output import note
from camweave.app.cli.statuses import INTERRUPTED
from camweave.app.cli.threads import keep_to_one_thread, take_short_turns

HELP: Final = """Serve the page of a site whose work is done by many machines.

The same page, pictures, API, corrections and search as `camweave live` serves, over what `camweave
work` and `camweave link-live` tell on a RabbitMQ broker and write to the site's store. It may be
started before, during or after the run; as many may run as like to, and nobody waits for one. The
newest picture of each camera is shown; who was known before is read from the store.

SITE, its file, or --site gives the site's name, and neither is needed where there is only one. What
the file says under `serve` holds; the options stand above it. The token that viewers need may be
given as CAMWEAVE_TOKEN, too.

With --store and no broker, it serves what the store has of a run that is over: who was where.

\b
Examples:
  camweave serve --broker amqp://camweave:PASSWORD@rabbit/
  CAMWEAVE_TOKEN=... camweave serve site.yaml --host 0.0.0.0 --port 8080
  camweave serve --store sqlite:///yard.db --site yard
"""


def add_to(app: typer.Typer, short: str) -> None:
    """Put the command on the command line."""
    app.command("serve", help=HELP, short_help=short)(command)


def command(
    *,
    file: Annotated[
        Path | None, typer.Argument(metavar="SITE", help="site file (YAML), for its name and serve")
    ] = None,
    broker: BrokerUrl = None,
    site: SiteName = None,
    run: RunName = None,
    store: Annotated[
        str | None, typer.Option(help="in place of the site's; without --broker, this alone")
    ] = None,
    host: Annotated[str | None, typer.Option(help="where to listen [127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option(help="0 takes one that is free [8080]")] = None,
    open_: Annotated[bool, typer.Option("--open", help="other machines need no token")] = False,
) -> None:
    """Serve it until somebody ends that."""
    keep_to_one_thread()
    take_short_turns()
    from camweave.app.jobs.roles.serve import ServeParams, run_serve, run_serve_store
    from camweave.app.jobs.roles.serve_where import serve_section
    from camweave.app.runtime.signals import stop_asked
    from camweave.app.site.load import read_site

    read = None if file is None else read_site(file)
    where = serve_section(None if read is None else read.serve, host=host, port=port, open_=open_)
    name = site or (None if read is None else read.site)
    params = ServeParams(serve=where, site=name, run=run, store=store)
    if read is not None:
        params = replace(params, embedder=read.embedder)
    with stop_asked() as stop:
        if store is not None and broker is None:
            run_serve_store(params, stop=stop, say=note)
        else:
            run_serve(broker, params, stop=stop, say=note)
    raise typer.Exit(INTERRUPTED)
