"""Writes what a running site sees into its store, in one thread of its own.

The line hands over rows and tracklets and goes on. The linker waits for a moment until its events
are written, so that an id is in the store before anybody is shown it. While the store is away or
slow nobody waits: events are kept in memory until it is back, rows and tracklets as long as there
is room for them. Those for which there is none are counted, and logged once. A lossless run waits
for room instead.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from threading import Condition, Thread
from time import monotonic
from typing import Any, Final, Self

from camweave.app.jobs.live.gathering import Instant
from camweave.app.jobs.live.store_queues import EventQueue, ObservationQueue
from camweave.core.backoff import Backoff, Outages
from camweave.core.errors import CamweaveError, ShapeError
from camweave.core.events import Event
from camweave.core.frame import CameraId
from camweave.core.station import Figure
from camweave.core.tracks import Tracks
from camweave.store.rows import NO_ROWS, Rows
from camweave.store.store import Store
from camweave.store.values import Batch, Camera, RunId

log = logging.getLogger(__name__)

PAUSES: Final = Backoff(first=0.25, quick=2.0, rare=5.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoringParams:
    """How much may wait, and for how long."""

    period: float = 0.5  # s between two writes of rows
    growing: float = 3.0  # s between two writes of tracklets that grow
    frames: int = 20_000  # whose rows may wait
    tracklets: int = 2000  # ended ones that may wait
    events: int = 100_000  # that may wait; beyond that what they add up to is written instead
    patience: float = 0.5  # s that the linker waits until its events are written
    drain: float = 5.0  # s in which what is left is written at the end
    lossless: bool = False  # callers wait until there is room


@dataclass(frozen=True, slots=True)
class Target:
    """The run of a store that is written."""

    site: str  # the name under which its identities are kept
    run: str  # its name
    id: RunId
    embedder: str = ""  # name of the embedder that made the tracklets' embeddings
    epochs: Mapping[CameraId, int] = field(default_factory=dict)  # of each camera, used before
    seq: int = 0  # of the latest event in the store


class Storing:
    """The one writer of a run. Open it with `with`; what waits is written before it ends."""

    def __init__(self, store: Store, target: Target, params: StoringParams | None = None) -> None:
        self._store, self._target, self._params = store, target, params or StoringParams()
        p = self._params
        self._changed = Condition()
        self._observed = ObservationQueue(frames=p.frames, tracklets=p.tracklets, period=p.growing)
        self._events = EventQueue(p.events, target.seq)
        self._late = False  # the linker waited in vain
        self._trouble = ""  # why the store cannot be written to now
        self._told = 0, 0  # lost frames and tracklets that the log knows of
        self._ending, self._over = False, False
        self._thread = Thread(target=self._run, name="store", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        self._thread.join(2 * self._params.drain)
        with self._changed:
            self._over = True
            self._changed.notify_all()
            left = len(self._events), self._observed.frames
        if any(left):
            log.error("store: %d events and the rows of %d frames were not written", *left)

    # What is handed over.

    def see(self, camera: Camera, tracks: Tracks) -> None:
        """Hand over the rows of a frame. Called in the line's thread."""
        with self._changed:
            self._wait_for_room(self._observed.frame_fits)
            self._observed.add_frame(camera, tracks)

    def gather(self, instant: Instant) -> None:
        """Hand over the tracklets at an instant. Called in the line's thread."""
        with self._changed:
            for each in instant.snapshots:
                if each.ended.any():
                    self._wait_for_room(self._observed.tracklets_fit)
                self._observed.add_snapshot(each)

    def hear(self, events: Sequence[Event]) -> None:
        """Hand over events. Called in the linker's thread.

        On return they are written, unless the store is away or takes longer than `patience`.
        """
        with self._changed:
            if self._events.overflowed or not events:
                return
            self._events.add(events)
            if self._events.overflowed:
                return
            self._changed.notify_all()
            last = events[-1].seq

            def done() -> bool:
                hopeless = not self._params.lossless and bool(self._trouble)
                return self._events.written >= last or self._over or hopeless

            if not self._late:
                patience = None if self._params.lossless else self._params.patience
                self._late = not self._changed.wait_for(done, patience)

    def keep(self, snapshot: Mapping[str, Any]) -> None:
        """Hand over a registry's snapshot: whoever starts again need not read all events."""
        with self._changed:
            self._events.keep(snapshot)

    @property
    def behind(self) -> bool:
        """Whether events were dropped: `make_up` is waited for."""
        return self._events.overflowed

    @property
    def up(self) -> bool:
        """Whether the last write went well."""
        return not self._trouble

    def make_up(self, snapshot: Mapping[str, Any], events: Sequence[Event]) -> None:
        """Hand over what all events add up to, and those that tell who is known by it.

        Events are kept again from now on.
        """
        with self._changed:
            self._events.summarise((snapshot, events))

    def figures(self) -> Iterator[Figure]:
        """How writing goes."""
        seen, told = self._observed, "Frames whose rows were written to the store."
        yield Figure(name="store_frames_total", help=told, value=seen.written)
        told = "Frames whose rows the store could not take in time."
        yield Figure(name="store_frames_lost_total", help=told, value=seen.lost_frames)
        told = "Tracklets that the store could not take in time."
        yield Figure(name="store_tracklets_lost_total", help=told, value=seen.lost_tracklets)
        waiting = (
            ("frames", seen.frames),
            ("tracklets", seen.ended),
            ("events", self._events.waiting),
        )
        for what, many in waiting:
            told, labels = "What waits for the store.", (("what", what),)
            yield Figure(name="store_waiting", help=told, value=many, labels=labels)
        told = "1 while the store can be written to."
        yield Figure(name="store_up", help=told, value=float(self.up))

    def _wait_for_room(self, fits: Callable[[], bool]) -> None:
        """In a lossless run wait until there is room; in another one return at once."""
        if self._params.lossless:
            self._changed.wait_for(lambda: fits() or self._over)

    # The writer's thread.

    def _run(self) -> None:
        outages, until = Outages(PAUSES, monotonic()), float("inf")
        chance = Random()  # noqa: S311 - when to try again is no secret
        pause = self._params.period
        while True:
            with self._changed:
                self._changed.wait_for(self._urgent, pause)
                ending = self._ending
            until = min(until, monotonic() + self._params.drain) if ending else until
            good = self._try_all(
                [self._write_events, self._write_summary, self._write_events, self._write_observed]
            )
            if ending and (monotonic() > until or (good and self._nothing_waits())):
                return
            pause = self._params.period
            if good:
                outages.up(monotonic())
            else:
                pause = outages.down(monotonic(), chance=chance.random())

    def _urgent(self) -> bool:
        """Whether something cannot wait for the next write."""
        urgent = self._events.waiting > 0 or self._observed.full() or self._ending
        return urgent and not self._trouble

    def _nothing_waits(self) -> bool:
        return not len(self._events) and self._events.summary is None and self._observed.empty

    def _try_all(self, works: Sequence[Callable[[], None]]) -> bool:
        """Do all of these, though one of them fails; a failure is logged once. Whether none did."""
        trouble = ""
        for work in works:
            try:
                work()
            except CamweaveError as error:
                trouble = str(error)
            except Exception as error:  # whatever it is: callers wait for this thread
                trouble = f"store: {type(error).__name__}: {error}"
        with self._changed:
            before, self._trouble = self._trouble, trouble
            self._changed.notify_all()
        if trouble and trouble != before:
            log.error("%s; what is seen is kept in memory until it goes well", trouble)
        if before and not trouble:
            self._log_lost()
        return not trouble

    def _log_lost(self) -> None:
        lost = self._observed.lost_frames, self._observed.lost_tracklets
        frames, tracklets = lost[0] - self._told[0], lost[1] - self._told[1]
        self._told = lost
        log.warning("store: it goes well again; lost: %d frames, %d tracklets", frames, tracklets)

    def _write_events(self) -> None:
        while events := self._taken_events():
            self._store.write(Batch(run=self._target.id, events=events))
            with self._changed:
                self._events.wrote()
                self._late &= self._events.waiting > 0
                self._changed.notify_all()
        with self._changed:
            snapshot = self._events.take_snapshot()
        if snapshot is not None:
            self._store.keep_snapshot(self._target.site, snapshot)

    def _taken_events(self) -> tuple[Event, ...]:
        with self._changed:
            return self._events.take()

    def _write_summary(self) -> None:
        summary = self._events.summary
        if summary is not None:
            self._store.make_up(self._target.id, *summary)
            with self._changed:
                self._events.wrote_summary(summary)

    def _write_observed(self) -> None:
        while self._write_some() and not self._events.waiting:
            pass  # events come first: the linker waits for them

    def _write_some(self) -> bool:
        """Write some rows and tracklets; whether more wait."""
        with self._changed:
            taken = self._observed.take(last=self._ending)
        rows = self._rows_of(taken.frames)
        try:
            if taken.cameras:
                cameras = taken.cameras.values()
                self._store.begin_run(self._target.site, self._target.run, cameras=cameras)
            if len(rows.frame) or taken.tracklets:
                run, embedder = self._target.id, self._target.embedder
                self._store.write(
                    Batch(run=run, rows=rows, tracklets=taken.tracklets, embedder=embedder)
                )
        except CamweaveError:
            with self._changed:
                self._observed.put_back(taken)
            raise
        with self._changed:
            self._observed.wrote(taken, frames=len(taken.frames) if len(rows.frame) else 0)
            self._changed.notify_all()
            return bool(self._observed.frames or self._observed.ended)

    def _rows_of(self, frames: Sequence[Tracks]) -> Rows:
        """The rows of these frames; none where a tracker tells what cannot be."""
        try:
            return Rows.of(map(self._dated, frames))
        except ShapeError as error:  # it must not stop all else
            log.error("store: the rows of %d frames are not kept: %s", len(frames), error)  # noqa: TRY400 - a line says it
            return NO_ROWS

    def _dated(self, tracks: Tracks) -> Tracks:
        """The same in an epoch after all that were there when the run was begun again."""
        stamp = tracks.stamp
        before = self._target.epochs.get(stamp.camera, 0)
        return replace(tracks, stamp=replace(stamp, epoch=stamp.epoch + before))
