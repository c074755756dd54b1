"""What waits to be written to a store: events of identities, and what cameras saw.

Both queues are used under the lock of the thread that writes them (`Storing`).
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from time import monotonic
from typing import Any, Final

import numpy as np

from camweave.core.events import Event
from camweave.core.frame import CameraId
from camweave.core.sightings import Sightings
from camweave.core.tracks import Tracks
from camweave.linking.live.snapshot import Snapshot
from camweave.store.values import Camera

FRAMES_AT_ONCE: Final = 5000  # of one transaction
TRACKLETS_AT_ONCE: Final = 500  # of one transaction
EVENTS_AT_ONCE: Final = 2000  # of one transaction

Summary = tuple[Mapping[str, Any], Sequence[Event]]
"""A registry's snapshot, and events that tell who is known by it."""


class EventQueue:
    """Events in order, those of one transaction at a time; each stays until it is written.

    When more wait than there is room for, all that wait are dropped and the queue is `overflowed`:
    it takes no more events until `summarise` says what all of them add up to.
    """

    def __init__(self, most: int, written: int) -> None:
        """At most `most` events wait; event number `written` is the latest in the store."""
        self._most = most
        self._waiting: deque[Event] = deque()
        self._taken: tuple[Event, ...] = ()  # being written
        self._snapshot: Mapping[str, Any] | None = None
        self.summary: Summary | None = None  # to be written before any further event
        self.written = written
        self.overflowed = False

    def __len__(self) -> int:
        """How many are not written yet."""
        return len(self._waiting) + len(self._taken)

    @property
    def waiting(self) -> int:
        """How many are not taken yet."""
        return len(self._waiting)

    def add(self, events: Sequence[Event]) -> None:
        """Append events, or overflow."""
        self._waiting.extend(events)
        if len(self) > self._most:
            self.overflowed = True
            self._waiting.clear()
            self._snapshot = None

    def take(self) -> tuple[Event, ...]:
        """The events to write next: again those that were taken and are not written; or none."""
        if not self._taken and self.summary is None:
            most = min(EVENTS_AT_ONCE, len(self._waiting))
            self._taken = tuple(self._waiting.popleft() for _ in range(most))
        return self._taken

    def wrote(self) -> None:
        """The events that were taken are in the store."""
        self.written, self._taken = max(self.written, self._taken[-1].seq), ()

    def summarise(self, summary: Summary) -> None:
        """Have this written in place of the events that were dropped, and take events again."""
        self.summary, self.overflowed = summary, False

    def wrote_summary(self, summary: Summary) -> None:
        """This one is in the store; a later one may wait by now."""
        if self.summary is summary:
            self.summary = None

    def keep(self, snapshot: Mapping[str, Any]) -> None:
        """Have a registry's snapshot written, when the events before it are."""
        self._snapshot = snapshot

    def take_snapshot(self) -> Mapping[str, Any] | None:
        """The snapshot, when it is time to write it."""
        snapshot = self._snapshot
        if snapshot is None or snapshot["seq"] > self.written or self.overflowed:
            return None
        self._snapshot = None
        return snapshot


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """What cameras saw, as much as one transaction takes."""

    cameras: dict[CameraId, Camera]  # new ones, and those of which more is known
    frames: tuple[Tracks, ...]
    ended: tuple[Sightings, ...]  # tracklets that are over
    growing: tuple[Sightings, ...]  # tracklets that go on, as they are now

    @property
    def tracklets(self) -> tuple[Sightings, ...]:
        """All of them."""
        return (*self.ended, *self.growing)


class ObservationQueue:
    """Rows of frames, and tracklets; for which there is no room are counted and dropped."""

    def __init__(self, *, frames: int, tracklets: int, period: float) -> None:
        """So many may wait at most; growing tracklets are taken every `period` s."""
        self._most_frames, self._most_tracklets, self._period = frames, tracklets, period
        self._known: dict[CameraId, Camera] = {}
        self._cameras: dict[CameraId, Camera] = {}  # of these what is not written yet
        self._frames: deque[Tracks] = deque()
        self._ended: deque[Sightings] = deque()
        self._growing: dict[CameraId, Sightings] = {}  # the newest of each camera
        self._grown = monotonic()  # s, when those were taken last
        self.written = self.lost_frames = self.lost_tracklets = 0

    @property
    def frames(self) -> int:
        """How many wait."""
        return len(self._frames)

    @property
    def ended(self) -> int:
        """How many times ended tracklets wait."""
        return len(self._ended)

    @property
    def empty(self) -> bool:
        """Whether nothing waits."""
        return not (self._frames or self._ended or self._growing)

    def frame_fits(self) -> bool:
        """Whether there is room for one more frame."""
        return len(self._frames) < self._most_frames

    def tracklets_fit(self) -> bool:
        """Whether there is room for more ended tracklets."""
        return len(self._ended) < self._most_tracklets

    def full(self) -> bool:
        """Whether a transaction's worth of frames waits."""
        return len(self._frames) >= min(FRAMES_AT_ONCE, self._most_frames)

    def add_frame(self, camera: Camera, tracks: Tracks) -> None:
        """Append the rows of a frame, and what is known of its camera."""
        if self._known.get(camera.name) != camera:
            self._known[camera.name] = self._cameras[camera.name] = camera
        if self.frame_fits():
            self._frames.append(tracks)
        else:
            self.lost_frames += 1

    def add_snapshot(self, snapshot: Snapshot) -> None:
        """Take a camera's tracklets; each state of growing ones replaces the last."""
        self._growing[snapshot.camera] = snapshot.sightings
        if not snapshot.ended.any():
            return
        ended = snapshot.sightings.only(np.flatnonzero(snapshot.ended))
        if self.tracklets_fit():
            self._ended.append(ended)
        else:
            self.lost_tracklets += len(ended)

    def take(self, *, last: bool) -> Observed:
        """What to write next; `last`: growing tracklets, too, though it is not their time."""
        growing: tuple[Sightings, ...] = ()
        now = monotonic()
        if last or now - self._grown >= self._period:
            growing = tuple(each for each in self._growing.values() if len(each))
            self._growing, self._grown = {}, now
        cameras, self._cameras = self._cameras, {}
        return Observed(
            cameras,
            tuple(islice(self._frames, FRAMES_AT_ONCE)),
            tuple(islice(self._ended, TRACKLETS_AT_ONCE)),
            growing,
        )

    def put_back(self, taken: Observed) -> None:
        """It could not be written. Of growing tracklets a newer state will be."""
        self._cameras = {**taken.cameras, **self._cameras}

    def wrote(self, taken: Observed, *, frames: int) -> None:
        """It is in the store, with the rows of so many frames; those of others are lost."""
        for queue, done in ((self._frames, taken.frames), (self._ended, taken.ended)):
            for _ in done:
                queue.popleft()
        self.written += frames
        self.lost_frames += len(taken.frames) - frames
