"""The web application: routers on one FastAPI app."""

from collections.abc import Callable
from importlib.metadata import version

from fastapi import FastAPI

from camweave.core.picture import Pictures
from camweave.web.audience import Audience, AudienceParams
from camweave.web.picture_routes import picture_routes
from camweave.web.picture_socket import picture_socket


def make_app(
    pictures: Pictures,
    *,
    began: float = 0.0,
    now: Callable[[], float] | None = None,
    params: AudienceParams | None = None,
) -> FastAPI:
    """The application over these pictures.

    `app.state.audience` is everybody who watches; `app.state.closing` are the functions that a
    server calls in its loop before it stops, for answers without end.

    Args:
        pictures: what can be watched.
        began: s of Unix time when the site's clock was at 0; 0 where times are those of media.
        now: the site's clock in s, for pages that tell how old a picture is; None likewise.
        params: limits on those who watch.
    """
    # FastAPI's own pages load their scripts from elsewhere; `page_routes` has one that does not.
    app = FastAPI(title="camweave", version=version("camweave"), docs_url=None, redoc_url=None)
    audience = Audience(pictures, began=began, now=now, params=params)
    app.state.audience = audience
    app.state.closing = list[Callable[[], None]]([audience.close])
    app.include_router(picture_socket(audience))
    app.include_router(picture_routes(audience))
    return app
