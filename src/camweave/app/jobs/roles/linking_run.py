"""Who is who in one run, from results: the linker without a thread, its events to the store.

An event is in the store before anybody is told it.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from camweave.app.jobs.live.gathering import Gathering, Instant
from camweave.app.jobs.live.live_site import Standing
from camweave.core.errors import JobError
from camweave.core.events import Event
from camweave.core.frame import CameraId
from camweave.core.tracks import GlobalId
from camweave.formats.messages.events import Shown, WhoIsWho
from camweave.formats.messages.packed import Address
from camweave.formats.messages.results import Found
from camweave.linking.live.growing import Growing
from camweave.linking.live.live import LiveLinker
from camweave.store.store import Store
from camweave.store.values import Batch, RunId

Patiently = Callable[[Callable[[], object]], object]


class Chronicler:
    """Writes what became known, once, and sees that what is there is the same."""

    def __init__(self, store: Store, run: RunId, site: str, patiently: Patiently) -> None:
        self._store, self._run, self._site, self._patiently = store, run, site, patiently
        self._last = store.last_event(site)
        self._known = iter(store.events(site))
        self.repeated = 0  # events that were there

    def write(self, events: tuple[Event, ...]) -> None:
        """Write those that are not there.

        Raises:
            JobError: what is there is something else.
        """
        for event in events:
            if event.seq <= self._last:
                self._compare(event)
        fresh = tuple(event for event in events if event.seq > self._last)
        if fresh:
            batch = Batch(run=self._run, events=fresh)
            self._patiently(partial(self._store.write, batch))

    def keep_ended(self, instant: Instant) -> None:
        """Write the tracklets that have ended, and what they look like."""
        for snapshot in instant.snapshots:
            if snapshot.ended.any():
                batch = Batch(run=self._run, tracklets=snapshot.sightings)
                self._patiently(partial(self._store.write, batch))

    def _compare(self, event: Event) -> None:
        self.repeated += 1
        if next(self._known, None) != event:
            raise JobError(
                f"site {self._site}: event {event.seq} in the store is another than was found now: "
                "the run's results, the linker's parameters or camweave itself have changed. Link "
                "it under another site's name, or in another store"
            )


class LinkingRun:
    """Links what was found, in the order in which it is given. One caller."""

    def __init__(
        self,
        address: Address,
        linker: LiveLinker,
        interval: float,
        *,
        grounds: Mapping[CameraId, Standing],
        chronicler: Chronicler,
        tell: Callable[[WhoIsWho], None],
    ) -> None:
        """`tell` hears of every instant at which something changed."""
        self._address, self._linker, self._grounds = address, linker, grounds
        self._gathering = Gathering({}, interval)
        self._sizes: dict[CameraId, tuple[int, int]] = {}
        self._chronicler, self._tell = chronicler, tell
        self._shown: Shown = {}
        self._time = 0.0
        self.instants = 0

    def reach(self, until: float) -> None:
        """All that came before `until` s was added."""
        self._link(self._gathering.told(until))

    def add(self, found: Found) -> None:
        """The next frame of a camera."""
        camera = found.stamp.camera
        if self._sizes.get(camera) != found.size:
            self.end(camera)
            self._begin(camera, found)
        if found.detected:
            self._gathering.add(found.detections, found.tracks)

    def end(self, camera: CameraId) -> None:
        """A camera's tracks have ended."""
        if self._sizes.pop(camera, None) is not None:
            self._gathering.end(camera)

    def over(self) -> None:
        """Nothing more comes."""
        self._link(self._gathering.over())
        self._tell(WhoIsWho(self._address, self._time, (), self._shown, over=True))

    def _begin(self, camera: CameraId, found: Found) -> None:
        ground = self._grounds.get(camera)
        standing = None if ground is None else ground(found.size)
        growing = Growing(camera, found.size, found.class_names, ground=standing)
        self._gathering.begin(camera, growing)
        self._sizes[camera] = found.size

    def _link(self, instants: Iterable[Instant]) -> None:
        for instant in instants:
            events = self._linker.link(instant.snapshots, instant.time)
            self._chronicler.keep_ended(instant)
            self._chronicler.write(events)
            self._time, self.instants = instant.time, self.instants + 1
            shown: dict[CameraId, Mapping[int, GlobalId]] = {
                camera: self._linker.shown(camera) for camera in self._linker.cameras
            }
            if events or shown != self._shown:
                self._shown = shown
                self._tell(WhoIsWho(self._address, instant.time, events, shown))
