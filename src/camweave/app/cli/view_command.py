"""`camweave view`."""

from typing import Annotated, Final

import typer

from camweave.app.cli.broker_options import BrokerUrl, SiteName
from camweave.app.cli.output import note
from camweave.app.cli.statuses import INTERRUPTED

HELP: Final = """Show one camera in a window: its newest picture, with who is in it.

It takes what `camweave work` publishes on a RabbitMQ broker. As many may watch as like to, each
sees the newest picture, and nobody waits for a slow one. Q or Esc ends it, F fills the screen. It
needs a screen; where there is none, open the page that `camweave serve` prints.

\b
Example:
  camweave view gate --broker amqp://camweave:${PASSWORD}@rabbit/
"""


def add_to(app: typer.Typer, short: str) -> None:
    """Put the command on the command line."""
    app.command("view", help=HELP, short_help=short)(command)


def command(
    *,
    camera: Annotated[str, typer.Argument(metavar="CAMERA", help="its name at the site")],
    broker: BrokerUrl = None,
    site: SiteName = None,
) -> None:
    """Show it until somebody ends that."""
    from camweave.app.jobs.roles.joining import joined
    from camweave.app.jobs.roles.reaching import broker_at, sites_of
    from camweave.app.jobs.roles.view import view
    from camweave.app.jobs.roles.view_window import Window
    from camweave.app.runtime.signals import stop_asked
    from camweave.core.frame import CameraId

    with Window(f"{camera} - camweave") as window, broker_at(broker) as reached:
        with sites_of(reached) as sites:
            notice = joined(sites, site, say=note)
        with stop_asked() as stop:
            view(reached, notice, CameraId(camera), window=window, stop=stop)
        if stop.is_set():
            raise typer.Exit(INTERRUPTED)
