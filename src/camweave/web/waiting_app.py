"""The web before there is a site to show: a page that says what is waited for."""

from fastapi import FastAPI

from camweave.web.guard import GuardParams
from camweave.web.metrics import make_metrics_app
from camweave.web.page_routes import waiting_routes


def make_waiting_app(what: str, *, guard: GuardParams) -> FastAPI:
    """The application while `what` is waited for: healthy, not ready, behind a guard."""
    app = make_metrics_app(tuple, lambda: what, guard=guard)
    app.include_router(waiting_routes(what))
    return app
