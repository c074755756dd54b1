"""A site on show and a real server, for tests that are its viewers."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from tests.support.small_show import SITE

from camweave.app.runtime.showing import Showing
from camweave.web.app import make_app
from camweave.web.audience import Audience, AudienceParams
from camweave.web.server import ServerParams, WebServer


@dataclass(frozen=True)
class Served:
    """What is on show, and where."""

    app: FastAPI
    showing: Showing
    audience: Audience
    server: WebServer
    began: float  # s of Unix time

    @property
    def url(self) -> str:
        return self.server.url


Serve = Callable[..., Served]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Begins a show and a server with these limits; both end with the test."""
    with ExitStack() as open_ends:

        def begin(**limits: float) -> Served:
            began = time.time()
            showing = open_ends.enter_context(Showing(SITE, ("person",)))
            params = AudienceParams(**limits)  # type: ignore[arg-type]  # viewers is an int
            app = make_app(showing, began=began, now=lambda: time.time() - began, params=params)
            server = open_ends.enter_context(WebServer(app, ServerParams(port=0, idle=1)))
            return Served(app, showing, app.state.audience, server, began)

        yield begin


@pytest.fixture
def served(serve: Serve) -> Served:
    """The same with the limits that it ships with."""
    return serve()
