"""All of a running site on the web: pictures, pages, questions and corrections, behind a guard."""

from fastapi import FastAPI

from camweave.core.picture import Pictures
from camweave.core.station import SiteChanges, Station
from camweave.web.app import make_app
from camweave.web.audience import AudienceParams
from camweave.web.camera_routes import camera_routes
from camweave.web.event_routes import event_routes
from camweave.web.guard import Guard, GuardParams
from camweave.web.health_routes import health_routes
from camweave.web.page_routes import page_routes
from camweave.web.saying_routes import correction_routes, search_routes
from camweave.web.station_routes import fare_routes, identity_routes, site_routes


def make_site_app(
    station: Station,
    pictures: Pictures,
    *,
    guard: GuardParams,
    params: AudienceParams | None = None,
    changes: SiteChanges | None = None,
) -> FastAPI:
    """The application over a station and its pictures.

    Args:
        station: what may be asked, and said.
        pictures: what can be watched.
        guard: who may come in.
        params: limits on those who watch.
        changes: what may be changed; None: nothing but who is who.
    """
    began = station.began.timestamp()
    app = make_app(pictures, began=began, now=station.now, params=params)
    for router in (
        page_routes(station.site),
        fare_routes(station),
        site_routes(station),
        identity_routes(station),
        correction_routes(station),
        search_routes(station),
        camera_routes(changes),
        event_routes(station),
        health_routes(station, app.state.audience),
    ):
        app.include_router(router)
    app.add_middleware(Guard, params=guard)
    return app
