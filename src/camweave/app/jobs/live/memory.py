"""A running site and its store: what is recalled at its start, and what is kept from then on."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from time import monotonic, sleep
from time import time as unix_time
from typing import Final, Self

from camweave.app.jobs.live.damaged import put_aside
from camweave.app.jobs.live.gathering import Instant
from camweave.app.jobs.live.line import Line
from camweave.app.jobs.live.place import Look
from camweave.app.jobs.live.recalling import LIVE, Recalled, known_events, recalled, standing_events
from camweave.app.jobs.live.station import LiveStation
from camweave.app.jobs.live.storing import Storing, StoringParams, Target
from camweave.app.jobs.stored_recording import free_name
from camweave.app.site.embedders import embedder_name
from camweave.app.site.model import Site
from camweave.core.errors import FileFormatError, JobError, OutputError
from camweave.core.events import Closed, Created, Event
from camweave.core.identities import TrackletKey
from camweave.core.tracks import GlobalId
from camweave.linking.registry.params import RegistryParams
from camweave.linking.registry.registry import Registry
from camweave.store.store import Store, open_store
from camweave.store.values import Batch, Camera, kept_as

START: Final = 30.0  # s in which a database server that starts beside us may come up
PAUSE: Final = 0.5  # s between two tries
PATIENCE: Final = 2.0  # s that a write waits while another process holds the store
SNAPSHOT_EVENTS: Final = 1000  # events between two snapshots of the registry, at least
SNAPSHOT_PERIOD: Final = 60.0  # s between two of them, at least


class Memory:
    """Keeps what a site sees in a store. Open it with `with`, before the site is made.

    A live site goes on where it stopped: identities, embeddings, track ids and the clock are
    recalled. A lossless run is a recording: it begins with nothing, and is a run of its own.
    """

    def __init__(
        self, url: str, site: Site, limits: RegistryParams, *, lossless: bool = False
    ) -> None:
        """`url` is the store's address; `limits` are those of the site's registry."""
        self._url, self._site, self._params, self._lossless = url, site, limits, lossless
        self._embedder = embedder_name(site.embedder)
        self._fps = {each.name: each.fps or 0.0 for each in site.cameras}
        self._events_since, self._snapshot_at = 0, monotonic()  # a snapshot was kept
        self._ends = ExitStack()

    def __enter__(self) -> Self:
        """Open the store, recall what it has of the site, and begin to write.

        Raises:
            CamweaveError: the store cannot be reached, read or written.
        """
        with ExitStack() as ends:
            store = self._begun(ends)
            self.storing = ends.enter_context(
                Storing(store, self._target(store), self._params_of())
            )
            self._ends = ends.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        if self.storing.behind:
            self._make_up()
        self._ends.close()

    # What is recalled.

    def _begun(self, ends: ExitStack) -> Store:
        """The open store, its content recalled; a damaged one is replaced by a new one."""
        try:
            return self._known(ends)
        except FileFormatError as error:
            last = put_aside(self._url, error)
        with opened(self._url) as store:
            run = store.begin_run(self._site.site, LIVE)
            store.write(Batch(run=run, events=reserved(last)))
        return self._known(ends)

    def _known(self, ends: ExitStack) -> Store:
        with ExitStack() as opening:  # where a claim is refused, the store is closed
            store = opening.enter_context(opened(self._url))
            if self._lossless:
                self.recalled = Recalled(Registry(self._params))
            else:
                opening.enter_context(store.claim(self._site.site))
                self.recalled = recalled(store, self._site.site, self._params, self._embedder)
            ends.enter_context(opening.pop_all())
        return store

    def _target(self, store: Store) -> Target:
        """The run that is written from now on; tracklets that grew in it before have ended."""
        known = self.recalled
        run = free_name(store, self._site.site) if self._lossless else LIVE
        site = kept_as(self._site.site, run, recorded=self._lossless)
        began = known.began if known.began is not None else unix_time()
        target = Target(
            site=site,
            run=run,
            id=store.begin_run(site, run, began=began),
            embedder=self._embedder,
            epochs=known.epochs,
            seq=known.seq,
        )
        ended = known.registry.end_growing(known.gone)
        store.write(Batch(run=target.id, events=ended))
        return replace(target, seq=known.registry.seq)

    def _params_of(self) -> StoringParams:
        return StoringParams(lossless=True, drain=30.0) if self._lossless else StoringParams()

    def tell(self, station: LiveStation) -> None:
        """Put what was recalled, and the store's metrics, into a station before the site starts."""
        station.board.add(self.storing.figures)
        with station.chronicle.open() as known:
            book = known.book
            book.hear(known_events(self.recalled.registry))
            for key, label in self._labels(station.running.line):
                if book.owner(key) is not None:
                    book.label(key, label, 1.0)

    def _labels(self, line: Line) -> Iterator[tuple[TrackletKey, str]]:
        """The class names of recalled tracklets."""
        rows = self.recalled.sightings
        if rows is None:
            return
        columns = (rows.camera.tolist(), rows.tracklet_id.tolist(), rows.class_id.tolist())
        for at, number, kind in zip(*columns, strict=True):
            camera = rows.cameras[at]
            names = line.class_names(camera) if camera in line.cameras else ()
            if 0 <= kind < len(names):
                yield TrackletKey(camera, number), names[kind]

    # What is kept.

    def see(self, look: Look, names: tuple[str, ...]) -> None:
        """Keep the tracks of a frame; `names` are those of the classes."""
        camera, (width, height) = look.frame.stamp.camera, look.frame.size
        fps = self._fps.get(camera, 0.0)
        told = Camera(name=camera, width=width, height=height, fps=fps, class_names=names)
        self.storing.see(told, look.tracks)

    def gather(self, instant: Instant) -> None:
        """Keep the tracklets at an instant."""
        self.storing.gather(instant)

    def hear(self, events: tuple[Event, ...]) -> None:
        """Keep events, before anybody else gets them. Called in the linker's thread."""
        self.storing.hear(events)
        registry, now = self.recalled.registry, monotonic()
        if self.storing.behind and self.storing.up:
            self._make_up()
        if self._lossless:  # it is never recalled
            return
        self._events_since += len(events)
        if (
            self._events_since >= max(SNAPSHOT_EVENTS, len(registry.living))
            and now - self._snapshot_at >= SNAPSHOT_PERIOD
        ):
            self.storing.keep(registry.snapshot())
            self._events_since, self._snapshot_at = 0, now

    def _make_up(self) -> None:
        """Write the registry as it is now, in place of events that the store could not take."""
        registry = self.recalled.registry
        known = (*known_events(registry), *standing_events(registry))
        self.storing.make_up(registry.snapshot(), known)


def opened(url: str) -> Store:
    """The open store, as soon as its server answers.

    Raises:
        CamweaveError: it does not within START s, or the store cannot be used.
    """
    until = monotonic() + START
    while True:
        try:
            return open_store(url, patience=PATIENCE)
        except OutputError:
            raise
        except JobError:
            if monotonic() > until:
                raise
        sleep(PAUSE)


def reserved(last: int) -> tuple[Event, ...]:
    """Events after which no id up to `last` is given out: that one was created and closed."""
    if not last:
        return ()
    return (
        Created(seq=1, time=0.0, identity=GlobalId(last)),
        Closed(seq=2, time=0.0, identity=GlobalId(last)),
    )
