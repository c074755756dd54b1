"""`camweave link-live`: who is who in what workers find, in all cameras of a site.

A lossless run is linked from its log of results, from the beginning: who is killed and comes again
finds the same, and sees that the store has it. A live run is linked from what comes; who is known,
and what they look like, is what the store tells.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from threading import Event
from time import monotonic
from time import time as unix_time
from typing import Final

from camweave.app.build.topology import make_topology
from camweave.app.jobs.live.grounds import grounds_of
from camweave.app.jobs.live.recalling import Recalled, recalled
from camweave.app.jobs.live.start import limits_of, make_linker
from camweave.app.jobs.roles.answering import Answering
from camweave.app.jobs.roles.chronicler import Chronicler
from camweave.app.jobs.roles.corrections import Corrections
from camweave.app.jobs.roles.figures import Queues, of_broker, of_linking, of_patience
from camweave.app.jobs.roles.hearing import Hearing, follow_recorded, follow_watched
from camweave.app.jobs.roles.in_order import InOrder
from camweave.app.jobs.roles.joining import joined
from camweave.app.jobs.roles.linking_run import LinkingRun
from camweave.app.jobs.roles.notices import (
    began_in,
    kept_in,
    site_in,
    store_in,
    topology_in,
)
from camweave.app.jobs.roles.patience import Patience, Stopped
from camweave.app.jobs.roles.reaching import broker_at, entered, sites_of
from camweave.app.runtime.board import Board
from camweave.app.site.embedders import embedder_name
from camweave.app.site.linker import Linker
from camweave.app.site.model import Site
from camweave.app.site.sections import Live
from camweave.broker.broker import Broker
from camweave.broker.consumer import Consumer
from camweave.broker.log_reader import LogReader
from camweave.broker.publisher import Publisher, PublisherParams
from camweave.broker.topology import Topology, key
from camweave.core.errors import InputError
from camweave.core.frame import CameraId
from camweave.core.station import Figure
from camweave.formats.messages.events import WhoIsWho, pack_events
from camweave.formats.messages.sites import SiteNotice
from camweave.linking.registry.registry import Registry
from camweave.store.store import Store, open_store
from camweave.store.values import RunId

GOODBYE: Final = 5.0  # s in which what was told last arrives
SITE: Final = CameraId("site")  # the first word of the key of what is told of all cameras


@dataclass(frozen=True, slots=True)
class LinkedLive:
    """What came of a run."""

    site: str
    run: str
    frames: int  # results that were linked
    identities: int  # given out, in this run and before
    repeated: int  # events that the store had
    over: bool  # all cameras have ended
    seconds: float  # s of wall time


def run_link_live(
    url: str | None,
    site: str | None = None,
    *,
    run: str | None = None,
    stop: Event | None = None,
    say: Callable[[str], None] = lambda _: None,
    board: Board | None = None,
) -> LinkedLive:
    """Link a site's run until all its cameras have ended, or `stop` is set; live, until `stop`.

    How it goes is on the board.

    Raises:
        CamweaveError: it cannot be started; or the store has another's events.
    """
    began, stop = monotonic(), stop or Event()
    with broker_at(url) as broker, sites_of(broker) as sites:
        notice = joined(sites, site, run=run, stop=stop, say=say)
        work = Work(broker, notice, stop)
        say(f"{notice.address.site}: linking run {notice.address.run}  (Ctrl-C ends it)")
        try:
            linked = work.run(board or Board())
        except Stopped:  # before it had what it needs
            address = notice.address
            linked = LinkedLive(address.site, address.run, 0, 0, 0, over=False, seconds=0.0)
        return replace(linked, seconds=round(monotonic() - began, 3))


class Work:
    """The linking of one run."""

    def __init__(self, broker: Broker, notice: SiteNotice, stop: Event) -> None:
        """Nothing is read yet.

        Raises:
            InputError: the notice is of a site that cannot be linked.
        """
        self._broker, self._notice, self._stop = broker, notice, stop
        self._address, self._kept = notice.address, kept_in(notice)
        self._site: Site = site_in(notice)
        self._topology: Topology = topology_in(notice)
        self._patience = Patience(f"link-live: site {notice.address.site}", stop)
        if self._site.linker is None:
            raise InputError(f"site {notice.address.site}: its linker is null: nothing to link")
        self._linker: Linker = self._site.linker
        self._hearing = Hearing(notice)

    def run(self, board: Board) -> LinkedLive:
        """Link until all is over, or somebody stops it."""
        board.add(self._figures, lambda: self._patience.trouble or self._broker.health().trouble)
        with ExitStack() as ends:
            store = self._patience.until_done(lambda: open_store(store_in(self._site)))
            ends.enter_context(closing(store))
            began = None if self._notice.lossless else began_in(self._notice)
            run = self._patience.until_done(
                lambda: store.begin_run(self._kept, self._address.run, began=began)
            )
            if not self._notice.lossless:  # one goes on when the other is gone
                self._patience.until_done(lambda: ends.enter_context(store.claim(self._kept)))
            known = self._patience.until_done(lambda: self._known(store))
            linking = self._linking(store, run, known, ends.enter_context(self._publisher()))
            board.add(lambda: of_linking(self._address.site, linking, known.registry))
            asked = ends.enter_context(Answering(self._broker, self._topology, linking))
            over = self._follow(linking, asked)
            return LinkedLive(
                site=self._address.site,
                run=self._address.run,
                frames=self._hearing.frames,
                identities=known.registry.next_id - 1,
                repeated=linking.repeated,
                over=over,
                seconds=0.0,
            )

    def _figures(self) -> Iterator[Figure]:
        """How it goes at the broker and the store, and how far it is behind."""
        site, notice, hearing = self._address.site, self._notice, self._hearing
        yield from of_broker(self._broker.health(), site)
        yield from of_patience(self._patience, site)
        yield from Queues(self._broker, self._topology, notice.names).figures()
        labels = (("site", site),)
        told = "Results that were linked."
        yield Figure(name="frames_linked_total", help=told, value=hearing.frames, labels=labels)
        if not notice.lossless and hearing.frames:
            told = "Time since the capture of the newest result that was linked."
            lag = unix_time() - began_in(notice) - hearing.newest
            yield Figure(name="linker_lag_seconds", help=told, value=lag, labels=labels)

    def _publisher(self) -> Publisher:
        topology = self._topology
        return Publisher(
            self._broker,
            topology.results.name,
            topology.following(),
            PublisherParams(lossless=topology.lossless),
            lanes=topology.result_lanes(),
        )

    def _known(self, store: Store) -> Recalled:
        """Who is known, and what they look like; a recording is linked from nothing."""
        limits = limits_of(self._site)
        if self._notice.lossless:
            return Recalled(Registry(limits))
        return recalled(
            store, self._kept, limits, embedder_name(self._site.embedder), run=self._address.run
        )

    def _linking(self, store: Store, run: RunId, known: Recalled, results: Publisher) -> LinkingRun:
        """The linker, with all that it needs and knows."""
        ground, corrections, patiently = (
            make_topology(self._site), Corrections(), self._patience.until_done,
        )  # fmt: skip
        chronicler = patiently(
            lambda: Chronicler(
                store,
                run,
                self._kept,
                patiently,
                embedder=embedder_name(self._site.embedder),
                goes_on=not self._notice.lossless,
            )
        )
        if not self._notice.lossless:
            patiently(lambda: corrections.note(store.events(self._kept)))
            chronicler.write(known.registry.end_growing(known.gone))

        def tell(told: WhoIsWho) -> None:
            results.publish(pack_events(told), key(SITE, "events"), keep=told.over)
            if told.over:
                results.flush(GOODBYE)

        return LinkingRun(
            self._address,
            make_linker(ground, self._linker, known),
            self._linker.interval,
            known=known,
            grounds=grounds_of(ground, self._linker),
            chronicler=chronicler,
            tell=tell,
            corrections=corrections,
        )

    def _follow(self, linking: LinkingRun, asked: Answering) -> bool:
        """Link what comes; whether the run is over."""
        broker, topology, cameras = self._broker, self._topology, self._notice.names
        hearing, between, stop = self._hearing, asked.answer, self._stop
        if self._notice.lossless:
            fps = (self._site.live or Live()).fps
            order = InOrder(cameras, fps, self._linker.interval)
            log = LogReader(broker, topology)
            with entered(log):
                return follow_recorded(hearing, log, linking, order, between=between, stop=stop)
        queue = topology.follower("linker")
        results = Consumer(broker, topology, [queue], topology.following(queue))
        with entered(results):
            follow_watched(hearing, results, linking, between=between, stop=stop)
        return False
