"""What is served until somebody publishes the site: that it is waited for."""

from collections.abc import Callable
from contextlib import ExitStack
from threading import Event

from camweave.app.jobs.live.serving import guard_params, server_params
from camweave.app.jobs.roles.joining import joined
from camweave.app.site.sections import Serve
from camweave.broker.sites import Sites
from camweave.formats.messages.sites import SiteNotice
from camweave.web.server import WebServer
from camweave.web.waiting_app import make_waiting_app


def joined_behind_page(
    sites: Sites,
    serve: Serve,
    *,
    site: str | None,
    run: str | None,
    stop: Event,
    say: Callable[[str], None],
) -> tuple[SiteNotice, Serve]:
    """The notice of a site, and where it is to be served; a page says so while it is waited for.

    Raises:
        InputError: there are several sites and none is named.
        JobError: there is no listening there.
        KeyboardInterrupt: `stop` was set before.
    """
    ports = [serve.port]
    with ExitStack() as ends:

        def wait(what: str) -> None:
            app = make_waiting_app(what, guard=guard_params(serve))
            server = ends.enter_context(WebServer(app, server_params(serve)))
            ports.append(server.port)
            say(f"{what}; {server.url} says so  (Ctrl-C ends it)")

        notice = joined(sites, site, run=run, stop=stop, say=wait)
    return notice, serve.model_copy(update={"port": ports[-1]})
