"""`camweave serve`: the page of a site whose line is cut over many machines.

It takes the newest pictures and asks the store: nobody waits for it, and any number may run.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from threading import Event, Lock
from time import time as unix_time
from typing import Final

from camweave.app.build.embedders import make_embedder
from camweave.app.jobs.live.chronicle import Chronicle
from camweave.app.jobs.live.serving import served
from camweave.app.jobs.live.station import SiteStation
from camweave.app.jobs.roles.asking import Asking
from camweave.app.jobs.roles.figures import of_broker
from camweave.app.jobs.roles.notices import topology_in
from camweave.app.jobs.roles.reaching import broker_at, sites_of
from camweave.app.jobs.roles.serve_desk import FarDesk
from camweave.app.jobs.roles.serve_feed import Feed
from camweave.app.jobs.roles.serve_history import History
from camweave.app.jobs.roles.serve_site import FarSite
from camweave.app.jobs.roles.serve_told import Told, told_by, told_by_store
from camweave.app.jobs.roles.serve_waiting import joined_behind_page
from camweave.app.runtime.drawing import ShowingParams
from camweave.app.runtime.showing import Showing
from camweave.app.runtime.site_clock import MediaClock, SiteClock
from camweave.app.site.embedders import AnyEmbedderParams
from camweave.app.site.sections import Serve
from camweave.broker.broker import Broker
from camweave.broker.sites import Sites
from camweave.core.arrays import F32, U8
from camweave.core.errors import InputError
from camweave.core.stages import Embedder
from camweave.embedding.params import NoEmbedder
from camweave.formats.messages.ends import EndOfStream
from camweave.formats.messages.sites import SiteNotice, pack_site
from camweave.sinks.annotate import AnnotateParams
from camweave.web.server import WebServer

GLANCE: Final = 0.2  # s between two looks whether to end
LAST: Final = 1 << 60  # an epoch after all there were
KEPT: Final = "its pictures are not kept; who was there is"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeParams:
    """Which site is served, and where."""

    serve: Serve
    site: str | None = None  # None: the only one there is
    run: str | None = None  # None: the newest
    store: str | None = None  # in the place of the site's
    embedder: AnyEmbedderParams = field(default_factory=NoEmbedder)  # where no notice tells it


def run_serve(
    url: str | None,
    params: ServeParams,
    *,
    stop: Event | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve a site until `stop` is set; when it is published otherwise, serve that.

    Raises:
        CamweaveError: it cannot be begun.
    """
    stop, serve = stop or Event(), params.serve
    with broker_at(url) as broker, sites_of(broker) as sites:
        while not stop.is_set():
            notice, serve = joined_behind_page(
                sites, serve, site=params.site, run=params.run, stop=stop, say=say
            )
            with served_site(told_by(notice, params.store), serve, broker, notice) as server:
                say(f"{notice.address.site}: {server.url}  (Ctrl-C ends it)")
                serve = serve.model_copy(update={"port": server.port})
                wait_for_another(sites, notice, stop)


def run_serve_store(
    params: ServeParams,
    *,
    stop: Event | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve what a store has of a run, without a broker, until `stop` is set.

    Raises:
        CamweaveError: it cannot be read.
    """
    if params.store is None:
        raise InputError("serve: which store?")
    told = told_by_store(params.store, params.site, params.run)
    told = replace(told, embedder=params.embedder)
    with served_site(told, params.serve) as server:
        say(f"{told.address.site}: {server.url}  (Ctrl-C ends it)")
        (stop or Event()).wait()


def wait_for_another(sites: Sites, notice: SiteNotice, stop: Event) -> None:
    """Wait until the site is published otherwise than this notice says, or `stop` is set."""
    own, count = pack_site(notice), -1
    while not stop.is_set():
        newest = sites.known.get(notice.address.site)
        if newest is not None:
            packed = pack_site(newest)
            if (packed.id, packed.body) != (own.id, own.body):
                return
        count = sites.wait(count, GLANCE)


@contextmanager
def served_site(
    told: Told, serve: Serve, broker: Broker | None = None, notice: SiteNotice | None = None
) -> Iterator[WebServer]:
    """A site on the web until the block ends; without a broker, what its store has.

    Raises:
        CamweaveError: the broker cannot be asked, or there is no listening there.
    """
    with ExitStack() as ends:
        showing = ends.enter_context(Showing([], params=showing_params(told, serve)))
        chronicle, linked = Chronicle(), told.linked
        far = FarSite(told.cameras, showing, chronicle, grounds=told.grounds, linked=linked)
        clock = MediaClock(far.newest) if told.lossless else clock_since(told.began)
        history = History(told.store, told.address, chronicle, met=far.know)
        far.lost = lambda: history.trouble
        asking = None
        if broker is not None and notice is not None:
            asking = ends.enter_context(Asking(broker, topology_in(notice), told.address))
            feed = Feed(broker, notice, site=far, history=history, now=clock.now)
            ends.enter_context(feed)
        else:
            end_all(far, told)
        far.desk = desk_of(told, history, asking)
        ends.enter_context(history)
        embedder = embedder_of(told.embedder)
        site = told.address.site
        station = SiteStation(site, clock, far, chronicle, embedder)
        if broker is not None:
            station.board.add(lambda: of_broker(broker.health(), site))
        yield ends.enter_context(served(station, serve))


def clock_since(began: float) -> SiteClock:
    """The clock whose 0 was at `began`, s since 1970."""
    return SiteClock(unix_time() - began)


def showing_params(told: Told, serve: Serve) -> ShowingParams:
    """How pictures are drawn: with the date, unless it is media time that counts."""
    annotate = AnnotateParams(began=0.0 if told.lossless else told.began)
    return ShowingParams(quality=serve.jpeg_quality, annotate=annotate)


def desk_of(told: Told, history: History, asking: Asking | None) -> FarDesk | None:
    """Where its linker is asked; None where it links nothing."""
    if not told.linked:
        return None
    return FarDesk(told.address.site, history, asking, lossless=told.lossless)


def end_all(far: FarSite, told: Told) -> None:
    """No picture comes of any camera."""
    for camera in told.cameras:
        far.end(EndOfStream(told.address, camera, LAST, 0, KEPT))
    far.turn()


def embedder_of(params: AnyEmbedderParams) -> Embedder | None:
    """What a picture that is searched with is embedded by; None where the site embeds nothing."""
    return None if isinstance(params, NoEmbedder) else WhenSearched(params)


class WhenSearched:
    """An embedder whose model is read when somebody first searches: most never do."""

    def __init__(self, params: AnyEmbedderParams) -> None:
        self._params, self._lock = params, Lock()
        self._made: Embedder | None = None

    @property
    def name(self) -> str:
        """As `Embedder`."""
        return self._embedder().name

    @property
    def dimension(self) -> int:
        """As `Embedder`."""
        return self._embedder().dimension

    def embed(self, crops: Sequence[U8]) -> F32:
        """As `Embedder`.

        Raises:
            CamweaveError: the model cannot be read here, or failed.
        """
        embedder = self._embedder()
        with self._lock:
            return embedder.embed(crops)

    def _embedder(self) -> Embedder:
        with self._lock:
            if self._made is None:
                self._made = make_embedder(self._params)
        if self._made is None:
            raise InputError("search: this site embeds nothing; give it an embedder")
        return self._made
