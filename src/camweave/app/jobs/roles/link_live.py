"""`camweave link-live`: who is who in what workers find, in all cameras of a site.

A lossless run is linked from its log of results, from the beginning: who is killed and comes again
finds the same, and sees that the store has it. A live run is linked from what comes; who is known
is the fold of the store's events.
"""

import logging
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from threading import Event
from time import monotonic
from typing import Final

import numpy as np

from camweave.app.build.topology import make_topology
from camweave.app.jobs.live.grounds import grounds_of
from camweave.app.jobs.roles.in_order import AsItComes, InOrder
from camweave.app.jobs.roles.joining import joined
from camweave.app.jobs.roles.linking_run import Chronicler, LinkingRun
from camweave.app.jobs.roles.notices import began_in, site_in, store_in, topology_in
from camweave.app.jobs.roles.patience import Patience
from camweave.app.jobs.roles.reaching import broker_at, persistently, sites_of
from camweave.app.site.linker import Linker
from camweave.app.site.model import Site
from camweave.app.site.sections import Live
from camweave.broker.broker import Broker
from camweave.broker.client import Taken
from camweave.broker.consumer import Consumer
from camweave.broker.log_reader import LogReader
from camweave.broker.publisher import Publisher, PublisherParams
from camweave.broker.seen import Seen
from camweave.broker.topology import Topology, key
from camweave.core.errors import FileFormatError, InputError
from camweave.core.frame import CameraId
from camweave.core.tracks import Tracks
from camweave.formats.messages.ends import read_end
from camweave.formats.messages.events import WhoIsWho, pack_events
from camweave.formats.messages.packed import kind_of
from camweave.formats.messages.results import Found, read_found
from camweave.formats.messages.sites import SiteNotice
from camweave.linking.live.live import LiveLinker
from camweave.linking.registry.params import RegistryParams
from camweave.linking.registry.registry import Registry
from camweave.store.store import Store, open_store
from camweave.store.values import RunId

log = logging.getLogger(__name__)

GLANCE: Final = 0.2  # s between two looks whether to end
HOLD: Final = 2.0  # s that a live camera's results are waited for
GOODBYE: Final = 5.0  # s in which what was told last arrives
SITE: Final = CameraId("site")  # the first word of the key of what is told of all cameras
RUN: Final = "run"  # of a snapshot: the run that began with it


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
) -> LinkedLive:
    """Link a site's run until all its cameras have ended, or `stop` is set; live, until `stop`.

    Raises:
        CamweaveError: it cannot be started; or the store has another's events.
    """
    began, stop = monotonic(), stop or Event()
    with broker_at(url) as broker, sites_of(broker) as sites:
        notice = joined(sites, site, run=run, stop=stop, say=say)
        work = Work(broker, notice, stop)
        say(f"{notice.address.site}: linking run {notice.address.run}  (Ctrl-C ends it)")
        return replace(work.run(), seconds=round(monotonic() - began, 3))


class Work:
    """The linking of one run."""

    def __init__(self, broker: Broker, notice: SiteNotice, stop: Event) -> None:
        """Nothing is read yet.

        Raises:
            InputError: the notice is of a site that cannot be linked.
        """
        self._broker, self._notice, self._stop = broker, notice, stop
        self._address = notice.address
        self._site: Site = site_in(notice)
        self._topology: Topology = topology_in(notice)
        self._patience = Patience(f"link-live: site {notice.address.site}", stop)
        if self._site.linker is None:
            raise InputError(f"site {notice.address.site}: its linker is null: nothing to link")
        self._linker: Linker = self._site.linker
        self._seen, self._refused = Seen(), False
        self.frames = 0

    def run(self) -> LinkedLive:
        """Link until all is over, or somebody stops it."""
        with ExitStack() as ends:
            store = self._patience.until_done(lambda: open_store(store_in(self._site)))
            ends.enter_context(closing(store))
            began = began_in(self._notice)
            run = self._patience.until_done(
                lambda: store.begin_run(self._address.site, self._address.run, began=began)
            )
            results = ends.enter_context(self._publisher())
            linked = self._linked(store, run, results)
            over = self._all(linked.run) if self._notice.lossless else self._live(linked)
            results.flush(GOODBYE)
            return LinkedLive(
                site=self._address.site,
                run=self._address.run,
                frames=self.frames,
                identities=linked.registry.next_id - 1,
                repeated=linked.chronicler.repeated,
                over=over,
                seconds=0.0,
            )

    def _publisher(self) -> Publisher:
        topology = self._topology
        return Publisher(
            self._broker,
            topology.results.name,
            topology.following(),
            PublisherParams(lossless=topology.lossless),
            lanes=topology.result_lanes(),
        )

    def _linked(self, store: Store, run: RunId, results: Publisher) -> "Linking":
        """The linker, with all that it needs and knows."""
        ground, site = make_topology(self._site), self._address.site
        limits = RegistryParams(memory=self._linker.memory, most_overlap=0.0)
        patiently = self._patience.until_done
        chronicler = patiently(lambda: Chronicler(store, run, site, patiently))
        if self._notice.lossless:
            refuse_another(store, self._address.site, self._address.run)
            registry = Registry(limits)
        else:
            snapshot = store.snapshot(site)
            after = 0 if snapshot is None else int(snapshot["seq"])
            registry = Registry.of(store.events(site, after), limits, snapshot)
            chronicler.write(registry.end_growing(0.0))
        linker = LiveLinker(ground.topology, self._linker, self._linker.live, registry)

        def tell(told: WhoIsWho) -> None:
            results.publish(pack_events(told), key(SITE, "events"), keep=told.over)

        made = LinkingRun(
            self._address,
            linker,
            self._linker.interval,
            grounds=grounds_of(ground, self._linker),
            chronicler=chronicler,
            tell=tell,
        )
        return Linking(made, registry, chronicler)

    def _all(self, run: LinkingRun) -> bool:
        """A lossless run, every frame in order; whether it is over."""
        fps = (self._site.live or Live()).fps
        order = InOrder(self._notice.names, fps, self._linker.interval)
        with ExitStack() as ends:
            reader = persistently(lambda: ends.enter_context(self._log()))
            while not (self._stop.is_set() or order.over):
                entry = reader.take(GLANCE)
                match None if entry is None else self._read(entry[1]):
                    case Found() as found:
                        order.add(found)
                    case str() as camera:
                        order.end(CameraId(camera))
                    case None:
                        continue
                for until, step in order.steps():
                    run.reach(until)
                    for found in step:
                        run.add(found)
            if order.over:
                run.over()
        return order.over

    def _log(self) -> LogReader:
        return LogReader(self._broker, self._topology)

    def _live(self, linked: "Linking") -> bool:
        """A live run, until somebody stops it."""
        order, queue = AsItComes(HOLD), self._topology.follower("linker")
        topology = self._topology
        with Consumer(self._broker, topology, [queue], topology.following(queue)) as consumer:
            while not self._stop.is_set():
                delivery = consumer.take(GLANCE)
                if delivery is None:
                    continue
                match self._read(delivery.taken):
                    case Found() as found:
                        linked.run.reach(order.see(found))
                        linked.run.add(linked.unknown(found))
                    case str() as camera:
                        order.end(CameraId(camera))
                        linked.run.end(CameraId(camera))
                    case None:
                        pass
                delivery.ack()
        return False

    def _read(self, taken: Taken) -> Found | str | None:
        """What was found, less its picture; the camera that has ended; None: nothing for us."""
        if taken.headers.get("run") != self._address.run:
            return None
        try:
            match kind_of(taken.headers):
                case "found":
                    found = read_found(taken.headers, taken.body)
                case "end":
                    return read_end(taken.headers, taken.body).camera
                case _:
                    return None
        except FileFormatError as error:
            if not self._refused:
                log.error("link-live: left out, as all that are like it: %s", error)  # noqa: TRY400 - it is said in a line
            self._refused = True
            return None
        if found.stamp.camera not in self._notice.names or not self._seen.new(found.stamp):
            return None
        self.frames += 1
        return replace(found, picture=b"")


class Linking:
    """A run that is linked, and who was known before."""

    def __init__(self, run: LinkingRun, registry: Registry, chronicler: Chronicler) -> None:
        self.run, self.registry, self.chronicler = run, registry, chronicler
        self._last: dict[CameraId, int] = {}

    def unknown(self, found: Found) -> Found:
        """The same without tracks that went on while no linker was there: who they are is known."""
        camera, tracks = found.stamp.camera, found.tracks
        if camera not in self._last:
            self._last[camera] = self.registry.last_tracklet_id(camera)
        new = np.flatnonzero(tracks.track_id > self._last[camera])
        if len(new) == len(tracks):
            return found
        t = tracks
        rest = Tracks(
            t.stamp, t.track_id[new], t.xyxy[new], t.score[new], t.class_id[new], t.detection[new]
        )
        return replace(found, tracks=rest)


def refuse_another(store: Store, site: str, run: str) -> None:
    """See that a recording is linked from nothing, or from where it was linked before.

    Raises:
        InputError: the site has identities of another run.
    """
    known = store.snapshot(site)
    if known is None and store.last_event(site) == 0:
        store.keep_snapshot(site, {**Registry().snapshot(), RUN: run})
        return
    told = "which was live" if known is None or RUN not in known else f"run {known[RUN]}"
    if known is None or known.get(RUN) != run:
        raise InputError(
            f"site {site}: its store knows who is who from before ({told}); a recording is linked "
            "from nothing. Give it another site's name, or another store"
        )
