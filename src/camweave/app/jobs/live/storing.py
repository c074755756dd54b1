"""Writes what a running site sees into its store, in one thread of its own.

The line hands over rows and tracklets and goes on. The linker waits for a moment until its events
are written, so that an id is in the store before anybody is shown it. While the store is away or
slow nobody waits: events are kept in memory until it is back, rows and tracklets as long as there
is room for them; those for which there is none are counted, and that is told once. A lossless run
waits for room instead.
"""

import logging
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from random import Random
from threading import Condition, Thread
from time import monotonic
from typing import Any, Final, Self

import numpy as np

from camweave.app.jobs.live.gathering import Instant
from camweave.core.backoff import Backoff, Outages
from camweave.core.errors import CamweaveError, ShapeError
from camweave.core.events import Event
from camweave.core.frame import CameraId
from camweave.core.sightings import Sightings
from camweave.core.station import Figure
from camweave.core.tracks import Tracks
from camweave.store.rows import NO_ROWS, Rows
from camweave.store.store import Store
from camweave.store.values import Batch, Camera, RunId

log = logging.getLogger(__name__)

PAUSES: Final = Backoff(first=0.25, quick=2.0, rare=5.0)
FRAMES_AT_ONCE: Final = 5000  # of one transaction
TRACKLETS_AT_ONCE: Final = 500  # of one transaction
EVENTS_AT_ONCE: Final = 2000  # of one transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class StoringParams:
    """How much may wait, and for how long."""

    period: float = 0.5  # s between two writes of rows
    growing: float = 3.0  # s between two writes of tracklets that grow
    frames: int = 20_000  # whose rows may wait
    tracklets: int = 2000  # ended ones that may wait
    events: int = 100_000  # that may wait; beyond that their sum is written, not each of them
    patience: float = 0.5  # s that the linker waits until its events are written
    goodbye: float = 5.0  # s in which what is left is written at the end
    lossless: bool = False  # whoever hands over waits until there is room


@dataclass(frozen=True, slots=True)
class Target:
    """Where in a store it is written."""

    site: str  # under which identities are kept
    run: str
    id: RunId
    embedder: str = ""  # whose looks the tracklets have
    epochs: Mapping[CameraId, int] = field(default_factory=dict)  # of each camera, before
    seq: int = 0  # of the latest event that is there


class Storing:
    """The one writer of a run. Open it with `with`; what waits is written before it ends."""

    def __init__(self, store: Store, target: Target, params: StoringParams | None = None) -> None:
        self._store, self._target, self._params = store, target, params or StoringParams()
        self._changed = Condition()
        self._cameras: dict[CameraId, Camera] = {}  # that are met and not written
        self._known: dict[CameraId, Camera] = {}
        self._rows: deque[Tracks] = deque()
        self._ended: deque[Sightings] = deque()
        self._growing: dict[CameraId, Sightings] = {}
        self._events: deque[Event] = deque()
        self._hand: tuple[Event, ...] = ()  # events that are being written
        self._sum: tuple[Mapping[str, Any], Sequence[Event]] | None = None
        self._snapshot: Mapping[str, Any] | None = None
        self._written = target.seq  # the latest event that is in the store
        self._behind = False  # events were let go; only their sum can still be written
        self._late = False  # the linker waited in vain
        self._trouble = ""  # why the store cannot be written to now
        self._ending, self._over = False, False
        self._grown = monotonic()
        self.frames = self.lost_frames = self.lost_tracklets = 0
        self._told = 0, 0  # frames and tracklets of which it was said that they are lost
        self._chance = Random()  # noqa: S311 - when to try again is no secret
        self._thread = Thread(target=self._run, name="store", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        self._thread.join(2 * self._params.goodbye)
        with self._changed:
            self._over = True
            self._changed.notify_all()
            left = len(self._hand) + len(self._events), len(self._rows)
        if any(left):
            log.error("store: %d events and the rows of %d frames were not written", *left)

    # What is handed over.

    def see(self, camera: Camera, tracks: Tracks) -> None:
        """Rows of a frame; in the line's thread."""
        with self._changed:
            if self._known.get(camera.name) != camera:
                self._known[camera.name] = self._cameras[camera.name] = camera
            if self._has_room(self._rows, self._params.frames):
                self._rows.append(tracks)
            else:
                self.lost_frames += 1

    def gather(self, instant: Instant) -> None:
        """Tracklets at an instant; in the line's thread."""
        with self._changed:
            for each in instant.snapshots:
                self._growing[each.camera] = each.sightings
                if each.ended.any():
                    self._end(each.sightings.only(np.flatnonzero(each.ended)))

    def _end(self, ended: Sightings) -> None:
        if self._has_room(self._ended, self._params.tracklets):
            self._ended.append(ended)
        else:
            self.lost_tracklets += len(ended)

    def hear(self, events: Sequence[Event]) -> None:
        """What became known, in the linker's thread; on return it is written, if it can be now."""
        with self._changed:
            if self._behind or not events:
                return
            self._events.extend(events)
            if len(self._hand) + len(self._events) > self._params.events:
                self._behind = True
                self._events.clear()
                self._snapshot = None
                return
            self._changed.notify_all()
            last = events[-1].seq

            def done() -> bool:
                hopeless = not self._params.lossless and bool(self._trouble)
                return self._written >= last or self._over or hopeless

            if not self._late:
                patience = None if self._params.lossless else self._params.patience
                self._late = not self._changed.wait_for(done, patience)

    def keep(self, snapshot: Mapping[str, Any]) -> None:
        """What the registry remembers, so that who starts again need not read all events."""
        with self._changed:
            self._snapshot = snapshot

    @property
    def behind(self) -> bool:
        """Whether events were let go: `make_up` is waited for."""
        return self._behind

    @property
    def up(self) -> bool:
        """Whether the store could be written to of late."""
        return not self._trouble

    def make_up(self, snapshot: Mapping[str, Any], events: Sequence[Event]) -> None:
        """What all events add up to, and who is known by them; events are kept again from now."""
        with self._changed:
            self._sum, self._behind = (snapshot, events), False

    def figures(self) -> Iterator[Figure]:
        """How writing goes."""
        told = "Frames whose rows were written to the store."
        yield Figure(name="store_frames_total", help=told, value=self.frames)
        told = "Frames whose rows the store could not take in time."
        yield Figure(name="store_frames_lost_total", help=told, value=self.lost_frames)
        told = "Tracklets that the store could not take in time."
        yield Figure(name="store_tracklets_lost_total", help=told, value=self.lost_tracklets)
        waiting = (("frames", self._rows), ("tracklets", self._ended), ("events", self._events))
        for what, queue in waiting:
            told, labels = "What waits for the store.", (("what", what),)
            yield Figure(name="store_waiting", help=told, value=len(queue), labels=labels)
        told = "1 while the store can be written to."
        yield Figure(name="store_up", help=told, value=float(not self._trouble))

    def _has_room(self, queue: deque[Any], most: int) -> bool:
        """Whether there is room for one more; a lossless run waits for it."""
        if self._params.lossless:
            self._changed.wait_for(lambda: len(queue) < most or self._over)
        return len(queue) < most

    # The writer's thread.

    def _run(self) -> None:
        outages, until = Outages(PAUSES, monotonic()), float("inf")
        pause = self._params.period
        while True:
            with self._changed:
                self._changed.wait_for(self._urgent, pause)
                ending = self._ending
            until = min(until, monotonic() + self._params.goodbye) if ending else until
            good = self._heed(
                [self._write_events, self._write_sum, self._write_events, self._write_rows]
            )
            if ending and (monotonic() > until or (good and self._nothing_waits())):
                return
            pause = self._params.period
            if good:
                outages.up(monotonic())
            else:
                pause = outages.down(monotonic(), chance=self._chance.random())

    def _urgent(self) -> bool:
        """Whether something cannot wait for the next write."""
        full = len(self._rows) >= min(FRAMES_AT_ONCE, self._params.frames)
        return not self._trouble and (bool(self._events) or full or self._ending)

    def _nothing_waits(self) -> bool:
        waits = (self._hand, self._events, self._rows, self._ended, self._growing, self._sum)
        return not any(waits)

    def _heed(self, works: Sequence[Callable[[], None]]) -> bool:
        """Do all of these, though one of them fails; why it does is said once."""
        trouble = ""
        for work in works:
            try:
                work()
            except CamweaveError as error:
                trouble = str(error)
            except (
                Exception
            ) as error:  # whatever it is: nobody is to wait for a thread that is gone
                trouble = f"store: {type(error).__name__}: {error}"
        with self._changed:
            before, self._trouble = self._trouble, trouble
            self._changed.notify_all()
        if trouble and trouble != before:
            log.error("%s; what is seen is kept in memory until it goes well", trouble)
        if before and not trouble:
            self._tell_lost()
        return not trouble

    def _tell_lost(self) -> None:
        lost = self.lost_frames, self.lost_tracklets
        frames, tracklets = lost[0] - self._told[0], lost[1] - self._told[1]
        self._told = lost
        log.warning("store: it goes well again; lost: %d frames, %d tracklets", frames, tracklets)

    def _write_events(self) -> None:
        while self._taken_events():
            self._store.write(Batch(run=self._target.id, events=self._hand))
            with self._changed:
                self._written, self._hand = max(self._written, self._hand[-1].seq), ()
                self._late &= bool(self._events)
                self._changed.notify_all()
        with self._changed:
            snapshot = self._snapshot
            due = snapshot is not None and snapshot["seq"] <= self._written and not self._behind
            if due:
                self._snapshot = None
        if due and snapshot is not None:
            self._store.keep_snapshot(self._target.site, snapshot)

    def _taken_events(self) -> bool:
        """Take the next ones in hand, unless some are; whether there are any."""
        with self._changed:
            if not self._hand and self._sum is None:
                most = min(EVENTS_AT_ONCE, len(self._events))
                self._hand = tuple(self._events.popleft() for _ in range(most))
            return bool(self._hand)

    def _write_sum(self) -> None:
        if self._sum is not None:
            self._store.make_up(self._target.id, *self._sum)
            self._sum = None

    def _write_rows(self) -> None:
        while self._write_some() and not self._events:
            pass  # events come first: somebody waits for them

    def _write_some(self) -> bool:
        """Write some rows and tracklets; whether more wait."""
        with self._changed:
            cameras, self._cameras = self._cameras, {}
            rows = list(islice(self._rows, FRAMES_AT_ONCE))
            ended = list(islice(self._ended, TRACKLETS_AT_ONCE))
            growing = self._taken_growing()
        try:
            if cameras:
                self._store.begin_run(self._target.site, self._target.run, cameras=cameras.values())
            if rows or ended or growing:
                self._store.write(self._batch(rows, (*ended, *growing)))
        except CamweaveError:
            with self._changed:
                self._cameras = {**cameras, **self._cameras}
            raise
        with self._changed:
            for queue, done in ((self._rows, rows), (self._ended, ended)):
                for _ in done:
                    queue.popleft()
            self.frames += len(rows)
            self._changed.notify_all()
            return bool(self._rows or self._ended)

    def _taken_growing(self) -> list[Sightings]:
        """The newest of tracklets that grow, now and then, and at the end."""
        now = monotonic()
        if now - self._grown < self._params.growing and not self._ending:
            return []
        taken, self._growing, self._grown = self._growing, {}, now
        return [each for each in taken.values() if len(each)]

    def _batch(self, rows: Sequence[Tracks], tracklets: tuple[Sightings, ...]) -> Batch:
        try:
            told = Rows.of(map(self._dated, rows))
        except ShapeError as error:  # a tracker that tells what cannot be is not to stop all else
            log.error("store: the rows of %d frames are not kept: %s", len(rows), error)  # noqa: TRY400 - it is said in a line
            self.lost_frames, told = self.lost_frames + len(rows), NO_ROWS
        run, embedder = self._target.id, self._target.embedder
        return Batch(run=run, rows=told, tracklets=tracklets, embedder=embedder)

    def _dated(self, tracks: Tracks) -> Tracks:
        """The same in an epoch after all that were there when the run was begun again."""
        stamp = tracks.stamp
        before = self._target.epochs.get(stamp.camera, 0)
        return replace(tracks, stamp=replace(stamp, epoch=stamp.epoch + before))
