"""What a served site knows of before, and goes on to hear: all events of its store, in order.

The linker writes an event before it tells it, so the store alone is asked: nothing is missed,
whoever was away, and nothing comes twice. Messages only say that it is time to look.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import islice
from threading import Condition, Event, Thread
from time import monotonic
from typing import Final, Self, TypeVar

import numpy as np

from camweave.app.jobs.live.chronicle import Chronicle
from camweave.app.jobs.live.recalling import known_events
from camweave.app.jobs.roles.patience import Patience, Stopped
from camweave.app.jobs.roles.resuming import run_in
from camweave.core.arrays import F32
from camweave.core.errors import CamweaveError, JobError
from camweave.core.events import Closed, Confirmed, Created, Linked, Span
from camweave.core.events import Event as Known
from camweave.core.frame import Stamp
from camweave.core.identities import Link, TrackletKey
from camweave.core.sightings import Sightings
from camweave.core.station import Alike
from camweave.core.tracks import GlobalId
from camweave.formats.messages.packed import Address
from camweave.linking.paths.hands import keys_of
from camweave.linking.registry.registry import Registry
from camweave.store.address import address_of
from camweave.store.migrating import EmptyStoreError
from camweave.store.store import Store, open_store
from camweave.store.values import Camera, Run

log = logging.getLogger(__name__)

LOOK: Final = 1.0  # s between two looks for events where nobody says that there are any
WITHIN: Final = 2.0  # s that the end waits for the store
PAGE: Final = 1000  # events that are taken in at once
AGAIN: Final = 3.0  # s from one look for what tracklets are to the next
ASKED: Final = 20  # such looks, after which nobody ever said what a tracklet is

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Before:
    """What a store knows of a camera of the run."""

    camera: Camera
    last: Stamp | None  # its newest frame


class History:
    """Keeps a chronicle at what the store says, in a thread of its own. Open it with `with`."""

    def __init__(
        self,
        url: str,
        address: Address,
        chronicle: Chronicle,
        *,
        met: Callable[[Before], None] = lambda _: None,
    ) -> None:
        """`met` hears, once, of each camera that the store has of the run."""
        self._url, self._address, self._chronicle, self._met = url, address, chronicle, met
        self._run: Run | None = None  # None: nothing was written of it yet
        self._stopped, self._changed = Event(), Condition()
        self._patience = Patience(f"serve: site {address.site}", self._stopped)
        self._store: Store | None = None
        self._broken = ""  # why it has ended before its time, in a line
        self._last, self._woken = 0, False
        self._nameless: dict[TrackletKey, int] = {}  # how often it was asked what they are
        self._asked = float("-inf")  # s
        self._thread = Thread(target=self._follow, name="history", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self.wake()
        self._thread.join(WITHIN)  # a store that does not answer is not waited for

    @property
    def trouble(self) -> str:
        """Why it is not known who is who, in a line; empty: it is."""
        return self._broken or self._patience.trouble

    def wake(self) -> None:
        """There is something new."""
        with self._changed:
            self._woken = True
            self._changed.notify_all()

    def wait(self, number: int, within: float) -> bool:
        """Wait until the event of this number is known; whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: self._last >= number, within)

    def links(self, global_id: int) -> tuple[Link, ...] | None:
        """Why an identity is one; None where the store cannot be asked."""
        if self._store is None or self._run is None:
            return None
        try:
            return self._store.links(self._run.site, global_id)
        except CamweaveError as error:
            log.warning("serve: %s", error)
            return None

    def alike(self, vector: F32, most: int) -> Sequence[Alike]:
        """Who looks most like `vector` (D,), unit length, of the tracklets that have ended.

        Raises:
            JobError: the store cannot be asked.
        """
        if self._store is None or self._run is None:
            raise JobError(f"site {self._address.site}: there is nothing of it in its store yet")
        rows = self._store.tracklets(self._run.id)
        with self._chronicle.open() as known:
            owners = {key: known.book.owner(key) for key in keys_of(rows)}
        return most_alike_of(rows, owners, vector, most)

    def _follow(self) -> None:
        try:
            with closing(self._soon(self._opened)) as store:
                self._store = store
                run = self._run = self._soon(lambda: run_in(store, self._address))
                self._patience.until_done(lambda: self._begin(store, run))
                while not self._stopped.is_set():
                    self._patience.until_done(lambda: self._go_on(store, run))
                    with self._changed:
                        self._changed.wait_for(lambda: self._woken, LOOK)
                        self._woken = False
        except Stopped:
            pass
        except Exception:
            log.exception("serve: site %s: who is who is not followed any more", self._address.site)
            self._broken = "who is who is not followed any more: a bug; the log says where"
        finally:
            self._store = None

    def _soon(self, asked: Callable[[], T | None]) -> T:
        """What is asked for, as soon as it is there."""
        while (found := self._patience.until_done(asked)) is None:
            if self._stopped.wait(LOOK):
                raise Stopped
        return found

    def _opened(self) -> Store | None:
        """The store; None where nobody has written to it yet, which is no trouble."""
        place = address_of(self._url)
        if place.kind == "sqlite" and not place.file.exists():
            return None
        try:
            return open_store(self._url, read_only=True)
        except EmptyStoreError:
            return None

    def _begin(self, store: Store, run: Run) -> None:
        """What is known from before the first event that the store still has."""
        snapshot = store.snapshot(run.site)
        for camera in [before(store, run, each) for each in run.cameras]:
            self._met(camera)
        if snapshot is not None:
            registry = Registry.restore(snapshot)
            events = (*known_events(registry), *closed_events(store, run.site, registry))
            self._take_in(store, run, events, self._hear_quietly)
            self._last = registry.seq

    def _go_on(self, store: Store, run: Run) -> None:
        """Take in what became known."""
        coming = store.events(run.site, self._last)
        while page := tuple(islice(coming, PAGE)):
            self._take_in(store, run, page, self._chronicle.hear)
            with self._changed:
                self._last = page[-1].seq
                self._changed.notify_all()
            if self._stopped.is_set():
                return
        if self._nameless and monotonic() - self._asked > AGAIN:
            self._asked = monotonic()
            self._name(store, run, list(self._nameless)[-PAGE:])

    def _hear_quietly(self, events: tuple[Known, ...]) -> None:
        """It happened long ago: nobody is told of it any more."""
        with self._chronicle.open() as known:
            known.book.hear(events)

    def _take_in(
        self,
        store: Store,
        run: Run,
        events: tuple[Known, ...],
        hear: Callable[[tuple[Known, ...]], None],
    ) -> None:
        """Hear of these, and before that of what the tracklets in them are.

        Who is closed is counted as what is known of it then.
        """
        for first in range(0, len(events), PAGE):
            page = events[first : first + PAGE]
            linked = {event.span.key: 0 for event in page if isinstance(event, Linked)}
            with self._chronicle.open() as known:
                new = {key: 0 for key in linked if not known.book.labelled(key)}
            self._nameless.update(new)
            if new:  # a store that is away must not have a page heard twice
                self._patience.until_done(partial(self._name, store, run, list(new)))
            hear(page)

    def _name(self, store: Store, run: Run, asked: Sequence[TrackletKey]) -> None:
        """Tell what these tracklets are, as far as they have ended."""
        names = store.class_names_of(run.site, asked)
        with self._chronicle.open() as known:
            for key, name in names.items():
                known.book.label(key, name, 1.0)
        for key in asked:
            self._nameless[key] += 1
            if key in names or self._nameless[key] > ASKED:
                del self._nameless[key]


def closed_events(store: Store, site: str, registry: Registry) -> Iterator[Known]:
    """Events that tell of identities that were closed before a snapshot was kept."""
    living, seq = set(registry.living), registry.seq
    closed = [
        each
        for each in store.identities(site)
        if each.closed is not None and each.identity < registry.next_id
    ]
    for each in sorted(closed, key=lambda each: each.closed or 0.0):
        if each.identity in living:  # it was closed later: an event tells that
            continue
        who, time = GlobalId(each.identity), each.closed or 0.0
        yield Created(seq=seq, time=each.created, identity=who)
        for visit in store.journey(site, who):
            key = TrackletKey(visit.camera, visit.tracklet_id)
            span = Span(key, visit.began, visit.ended)
            yield Linked(seq=seq, time=visit.began, identity=who, span=span)
        if each.confirmed is not None:
            yield Confirmed(seq=seq, time=each.confirmed, identity=who)
        yield Closed(seq=seq, time=time, identity=who)


def before(store: Store, run: Run, camera: Camera) -> Before:
    """What a store knows of a camera."""
    return Before(camera, store.last_frame(run.id, camera.name))


def most_alike_of(
    rows: Sightings, owners: dict[TrackletKey, int | None], vector: F32, most: int
) -> list[Alike]:
    """The identities whose tracklets look most like `vector` (D,), each once, the best first.

    A tracklet looks as its crops do on average.
    """
    crops = rows.crops
    if crops.embedding.shape[1] != len(vector):
        return []
    counts = np.diff(crops.offsets)
    at = np.repeat(np.arange(len(counts)), counts)
    total = np.zeros((len(counts), len(vector)), np.float64)
    np.add.at(total, at, crops.embedding)
    length = np.linalg.norm(total, axis=1)
    cosine = np.divide(total @ vector, length, out=np.full(len(counts), -1.0), where=length > 0)
    keys, found = keys_of(rows), dict[int, Alike]()
    for row in np.argsort(-cosine, kind="stable").tolist():
        owner = owners.get(keys[row])
        if owner is not None and length[row] > 0:
            found.setdefault(owner, (owner, float(cosine[row]), keys[row]))
        if len(found) == most:
            break
    return list(found.values())
