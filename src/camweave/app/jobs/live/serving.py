"""The web server over a site that runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from fastapi import FastAPI

from camweave.app.jobs.live.station import LiveStation
from camweave.app.site.sections import Serve
from camweave.web.app import make_app
from camweave.web.audience import AudienceParams
from camweave.web.event_routes import event_routes
from camweave.web.guard import LOOPBACK, Guard, GuardParams
from camweave.web.health_routes import health_routes
from camweave.web.page_routes import page_routes
from camweave.web.saying_routes import correction_routes, search_routes
from camweave.web.server import ServerParams, WebServer
from camweave.web.station_routes import identity_routes, site_routes

ANY_NAME: Final = None  # where a token guards the door, or none is meant to


@contextmanager
def served(station: LiveStation, serve: Serve) -> Iterator[WebServer]:
    """The site on the web, until the block ends.

    Raises:
        InputError: the certificate or its key cannot be used.
        JobError: it cannot listen there.
    """
    params = ServerParams(
        host=serve.host, port=serve.port, certificate=serve.certificate, key=serve.key
    )
    with WebServer(application(station, serve), params) as server:
        yield server


def application(station: LiveStation, serve: Serve) -> FastAPI:
    """All that is served, behind its guard."""
    app = make_app(
        station.running.showing,
        began=station.began.timestamp(),
        now=station.now,
        params=AudienceParams(viewers=serve.viewers),
    )
    for router in (
        page_routes(station.site),
        site_routes(station),
        identity_routes(station),
        correction_routes(station),
        search_routes(station),
        event_routes(station),
        health_routes(station, app.state.audience),
    ):
        app.include_router(router)
    app.add_middleware(Guard, params=guard_params(serve))
    return app


def guard_params(serve: Serve) -> GuardParams:
    """Who may come in, by what the site says."""
    token = None if serve.token is None else serve.token.get_secret_value()
    guarded = token is not None or serve.open or serve.host not in LOOPBACK
    return GuardParams(token=token, hosts=ANY_NAME if guarded else LOOPBACK)
