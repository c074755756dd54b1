"""The web server over a site that runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from camweave.app.jobs.live.station import Runs, SiteStation
from camweave.app.site.sections import Serve
from camweave.web.audience import AudienceParams
from camweave.web.guard import LOOPBACK, GuardParams
from camweave.web.server import ServerParams, WebServer
from camweave.web.site_app import make_site_app

BESIDE: Final = 256  # connections that no viewer has: questions, and those who listen
ANY_NAME: Final = None  # where a token guards the door, or none is meant to


@contextmanager
def served(station: SiteStation[Runs], serve: Serve) -> Iterator[WebServer]:
    """The site on the web, until the block ends.

    Raises:
        InputError: the certificate or its key cannot be used.
        JobError: it cannot listen there.
    """
    app = make_site_app(
        station,
        station.running.showing,
        guard=guard_params(serve),
        params=AudienceParams(viewers=serve.viewers),
        changes=station.changes if may_change(serve) else None,
    )
    with WebServer(app, server_params(serve)) as server:
        yield server


def server_params(serve: Serve) -> ServerParams:
    """Where the server listens, by what the site says."""
    return ServerParams(
        host=serve.host,
        port=serve.port,
        connections=serve.viewers + BESIDE,
        certificate=serve.certificate,
        key=serve.key,
    )


def may_change(serve: Serve) -> bool:
    """Whether cameras may be changed: by who has the token, or else from this machine alone."""
    return serve.token is not None or (serve.host in LOOPBACK and not serve.open)


def guard_params(serve: Serve) -> GuardParams:
    """Who may come in, by what the site says."""
    token = None if serve.token is None else serve.token.get_secret_value()
    guarded = token is not None or serve.open or serve.host not in LOOPBACK
    return GuardParams(token=token, hosts=ANY_NAME if guarded else LOOPBACK)
