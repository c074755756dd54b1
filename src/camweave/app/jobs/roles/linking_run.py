"""Who is who in one run, from results: the linker without a thread, its events to the store.

An event is in the store before anybody is told it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from math import inf

import numpy as np

from camweave.app.jobs.live.desk import number_of
from camweave.app.jobs.live.gathering import Gathering, GroundOf, Instant
from camweave.app.jobs.live.recalling import Recalled
from camweave.app.jobs.roles.chronicler import Chronicler
from camweave.app.jobs.roles.corrections import Corrections
from camweave.app.runtime.stopwatch import Stopwatch
from camweave.core.events import Event
from camweave.core.frame import CameraId
from camweave.core.identities import TrackletKey
from camweave.core.tracks import GlobalId, Tracks
from camweave.core.wishes import Wish
from camweave.formats.messages.events import Shown, WhoIsWho
from camweave.formats.messages.packed import Address
from camweave.formats.messages.results import Found
from camweave.linking.live.live import LiveLinker
from camweave.linking.paths.hands import keys_of


class LinkingRun:
    """Links what was found, in the order in which it is given. One caller."""

    def __init__(
        self,
        address: Address,
        linker: LiveLinker,
        interval: float,
        *,
        known: Recalled,
        grounds: Mapping[CameraId, GroundOf],
        chronicler: Chronicler,
        tell: Callable[[WhoIsWho], None],
        corrections: Corrections | None = None,
    ) -> None:
        """`tell` hears of every instant at which something changed.

        `known` is what there was before, which the linker was made from; `corrections` are those
        that were made before, so that none is made twice.
        """
        self.linker, self._registry = linker, known.registry
        self._lost = lookless(known)
        self._linked = linked_until(known)
        self._address, self._grounds = address, grounds
        self._corrections = corrections or Corrections()
        self._gathering = Gathering(interval)
        self._chronicler, self._tell = chronicler, tell
        self._shown: Shown = {}
        self._time = 0.0
        self.instants = self.events = 0
        self.watch = Stopwatch()

    def reach(self, until: float) -> None:
        """All that came before `until` s was added."""
        self._link(self._gathering.told(until))

    def add(self, found: Found) -> None:
        """The next frame of a camera."""
        camera = found.stamp.camera
        self._gathering.meet(camera, found.size, found.class_names, self._grounds.get(camera))
        if found.detected:
            self._gathering.add(found.detections, self._known(found.tracks))

    def end(self, camera: CameraId) -> None:
        """A camera's tracks have ended."""
        self._gathering.lose(camera)

    def rest(self) -> None:
        """All cameras have ended; they may begin again."""
        self._link(self._gathering.over())

    def over(self) -> None:
        """Nothing more comes."""
        self.rest()
        self._tell(WhoIsWho(self._address, self._time, (), self._shown, over=True))

    def say(self, wish: Wish, *, who: str, at: float) -> int:
        """Correct who is who; the number of the correction. Said again, nothing is done again.

        Raises:
            InputError: it cannot be: they were seen in one place at one time, or are not known.
        """
        known = self._corrections.number(who, at)
        if known is not None:
            return known
        events = self.linker.correct(
            lambda registry, time: registry.say(wish, time, who=who, at=at)
        )
        self._chronicler.write(events)
        self._corrections.note(events)
        self._tell_all(events)
        return number_of(events)

    @property
    def name(self) -> str:
        """Which run it is, in a few words."""
        return f"site {self._address.site}, run {self._address.run}"

    @property
    def repeated(self) -> int:
        """How many events were in the store before."""
        return self._chronicler.repeated

    def _known(self, tracks: Tracks) -> Tracks:
        """Those that can be linked: not who has an id of before, and of whom no look was kept."""
        camera = tracks.stamp.camera
        own = [TrackletKey(camera, each) not in self._lost for each in tracks.track_id.tolist()]
        if all(own):
            return tracks
        kept = np.flatnonzero(own)
        columns = ("track_id", "xyxy", "score", "class_id", "detection")
        return replace(tracks, **{name: getattr(tracks, name)[kept] for name in columns})

    def _link(self, instants: Iterable[Instant]) -> None:
        for instant in instants:
            if instant.time <= self._linked:
                continue
            with self.watch.part("link"):
                events = self.linker.link(instant.snapshots, instant.time)
            with self.watch.part("store"):
                self._chronicler.keep(instant)
                self._chronicler.write(events)
                self._chronicler.sum_up(self._registry)
            self.events += len(events)
            self._time, self.instants = instant.time, self.instants + 1
            self._tell_all(events)

    def _tell_all(self, events: tuple[Event, ...]) -> None:
        shown: dict[CameraId, Mapping[int, GlobalId]] = {
            camera: self.linker.shown(camera) for camera in self.linker.cameras
        }
        if events or shown != self._shown:
            self._shown = shown
            self._tell(WhoIsWho(self._address, self._time, events, shown))


def lookless(known: Recalled) -> frozenset[TrackletKey]:
    """The tracklets of who is known, of which the store has no more than that."""
    registry, rows = known.registry, known.sightings
    members = {span.key for each in registry.living for span in registry.members(each)}
    return frozenset(members.difference(() if rows is None else keys_of(rows)))


def linked_until(known: Recalled) -> float:
    """S of the site's clock, up to which there is nothing new."""
    rows = known.sightings
    return -inf if rows is None or not len(rows) else float(rows.end.max())
