"""A site while it runs: cameras in step, one line, a linker beside it, pictures on demand.

    readers → Intake ─Tick→ Line ─Look→ Gathering ─Instant→ Linking ─who is who→ Showing

The middle, from tick to view, is one thread's. Readers, linker and drawing have their own, and
give and take values that never change.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import ExitStack
from dataclasses import dataclass, field
from threading import Event as Flag
from threading import Thread
from time import monotonic
from typing import Final, Self

import numpy as np

from camweave.app.jobs.live.desk import OwnDesk
from camweave.app.jobs.live.errands import Errands
from camweave.app.jobs.live.figures import of_line, of_linking
from camweave.app.jobs.live.gathering import Gathering, GroundOf, Instant
from camweave.app.jobs.live.intake import Intake, Tick
from camweave.app.jobs.live.line import Line
from camweave.app.jobs.live.linking import Linking
from camweave.app.jobs.live.place import Look, Place
from camweave.app.jobs.live.running import Fares
from camweave.app.runtime.reader import ReaderParams
from camweave.app.runtime.showing import Showing
from camweave.core.arrays import I64
from camweave.core.condition import Condition
from camweave.core.errors import JobError
from camweave.core.frame import CameraId
from camweave.core.station import Figure
from camweave.core.tracks import UNLINKED
from camweave.sources.streams.stream import Stream

log = logging.getLogger(__name__)

WITHIN: Final = 1.0  # s that the end waits for a tick
BEHIND: Final = 2  # instants that may wait for the linker, before it is told fewer
STUCK: Final = 10.0  # s; a tick takes a fraction of one
FEWEST: Final = 16  # points of the grid from one instant to the next, at most


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """The newest that is known of one camera."""

    look: Look
    global_id: I64 | None  # (T,) of the look's tracks, UNLINKED while pending; None: no linker


@dataclass(frozen=True, slots=True, kw_only=True)
class RunParams:
    """How a site is run."""

    interval: float = 0.5  # s between two linkings
    lossless: bool = False  # every frame is looked at, as fast as can be
    watching: ReaderParams = field(default_factory=ReaderParams)  # how cameras are read
    grounds: Mapping[CameraId, GroundOf] = field(default_factory=dict)  # where boxes stand


Heard = Callable[[Sight], None]


def nobody(_: object) -> None:
    """Hear what is seen, and do nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearers:
    """Who hears of what a site does. They answer fast."""

    seen: Heard = nobody  # everything that is seen, in order, in the line's thread
    gathered: Callable[[Instant], None] = nobody  # tracklets at each instant, in the line's thread
    turned: Callable[[Condition], None] = nobody  # changes of a camera's state, in its reader's


class LiveSite:
    """Runs a site from its readers to its pictures. Open it with `with`; `wait` for its end.

    In a lossless run every frame is looked at, and shown with what the linker said of all that
    came before it: the same recording gives the same identities, always.
    """

    def __init__(
        self,
        intake: Intake,
        line: Line,
        showing: Showing,
        *,
        connections: Mapping[CameraId, Callable[[], Stream]],
        params: RunParams,
        linking: Linking | None = None,
        hearers: Hearers | None = None,
    ) -> None:
        self.intake, self.line, self.showing, self.linking = intake, line, showing, linking
        self.desk = None if linking is None else OwnDesk(linking)
        self.tick = Tick()  # the last one
        self.failures = 0  # ticks, or a camera's part of one, that were lost to an error
        self.alive = monotonic()  # when the line last went round, on the machine's own clock
        self.grounds = dict(params.grounds)  # the line's thread alone changes it
        self._errands = Errands()
        self._connections = dict(connections)
        self._params, self._hearers = params, hearers or Hearers()
        self._gathering = Gathering(params.interval)
        self._failing = False
        self._blind: set[CameraId] = set()  # whose detectors fail
        self._stopped = Flag()
        self._over = Flag()
        self._thread = Thread(target=self._run, name="line", daemon=True)
        self._ends = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            opened.enter_context(self.showing)
            if self.linking is not None:
                opened.enter_context(self.linking)
            opened.callback(self.intake.stop)
            for camera, connect in self._connections.items():
                self.begin(camera, connect)
            self._ends = opened.pop_all()
        self._thread.start()
        return self

    def halt(self) -> None:
        """Begin to end, and wait for nobody: readers and line end beside whatever else does."""
        self._stopped.set()
        self.intake.halt()
        self.intake.wake()

    def __exit__(self, *_: object) -> None:
        self.halt()
        self._thread.join(WITHIN)  # a tick is not interrupted; the thread ends with the process
        self._ends.close()

    def begin(self, camera: CameraId, connect: Callable[[], Stream]) -> None:
        """Begin to read a camera that the line knows."""
        self.showing.add(camera, self.line.class_names(camera))
        self.intake.add(camera, connect, told=self._turned, params=self._params.watching)

    def end(self, camera: CameraId) -> None:
        """End with a camera: its tracks end, and those who watch it are told that it is over."""
        self.intake.remove(camera)
        self._done(lambda: self._forget(camera))
        self.showing.remove(camera)

    def put(self, place: Place) -> None:
        """Look at a camera as this place has it, from the next tick on; its tracks begin anew."""
        self._done(lambda: self._put(place))

    def stand(self, grounds: Mapping[CameraId, GroundOf]) -> None:
        """Calibrations changed: this is where boxes stand, of cameras that are put after it."""
        self._done(lambda: self._stand(grounds))

    def _done(self, errand: Callable[[], None]) -> None:
        """Have something done by the line's thread between two ticks, and wait for it."""
        future = self._errands.ask(errand)
        self.intake.wake()
        try:
            future.result()
        except CancelledError:
            raise JobError("the site is over: all its cameras have ended, or it stops") from None

    def _put(self, place: Place) -> None:
        self._gathering.lose(CameraId(place.camera.name))
        self.line.put(place)

    def _forget(self, camera: CameraId) -> None:
        self._gathering.lose(camera)
        self.line.remove(camera)

    def _stand(self, grounds: Mapping[CameraId, GroundOf]) -> None:
        self.grounds = dict(grounds)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until all cameras are over, or so long; whether they are."""
        return self._over.wait(seconds)

    def fares(self) -> Fares:
        """How its cameras fare."""
        tick, conditions = self.tick, self.intake.conditions()
        order = [each for each in self.showing.cameras if each in conditions]
        return Fares({each: conditions[each] for each in order}, tick.standing, tick.skew)

    def class_names(self, camera: CameraId) -> tuple[str, ...]:
        """Those of a camera's detector."""
        return self.line.class_names(camera)

    def figures(self) -> Iterator[Figure]:
        """How line and linker do their work."""
        yield from of_line(self.line, self.failures)
        if self.linking is not None:
            yield from of_linking(self.linking)

    def trouble(self) -> str | None:
        """Why it does not do its work, in a line; None where it does."""
        silent = monotonic() - self.alive
        if silent > STUCK:
            return f"the line has not gone round for {silent:.0f} s"
        states = {each.state for each in self.intake.conditions().values()}
        return None if states - {"starting", "failed"} else "no camera has shown anything yet"

    def _turned(self, condition: Condition) -> None:
        """In a reader's thread: a camera is up or down."""
        self._hearers.turned(condition)
        if condition.state not in {"live", "starting"}:
            self.showing.down(condition.camera, condition.reason, condition.since)

    def _run(self) -> None:
        while not self._stopped.is_set():
            tick = self.intake.next()
            self.tick, self.alive = tick, monotonic()
            self._errands.run()
            self._tell(self._gathering.told(tick.until))
            if tick.over:
                self._tell(self._gathering.over())
                break
            if tick.frames:
                self._look(tick)
            else:
                self._show_unseen()
        self._errands.close()
        self._over.set()

    def _show_unseen(self) -> None:
        """Before the first look there is the raw picture."""
        for frame in self.intake.unseen():
            if frame.stamp.camera not in self._gathering:
                self.showing.show(frame)

    def _look(self, tick: Tick) -> None:
        began = monotonic()
        try:
            looks = self.line.look(tick.frames)
        except Exception:
            self.failures += 1
            if not self._failing:  # once, until it goes well again
                log.exception("line: a tick of %d frames is lost", len(tick.frames))
            self._failing = True
            return
        self._failing = False
        self._heed_lost(looks)
        for look in looks:
            self._take(look)
        if not self._params.lossless:  # else how fast it goes would change what comes out
            self.line.felt(monotonic() - began)

    def _heed_lost(self, looks: Iterable[Look]) -> None:
        """Count what detectors failed on; the log has a line for each camera until it goes well."""
        self._blind -= {look.frame.stamp.camera for look in looks if look.detected}
        for camera, error in self.line.lost.items():
            self.failures += 1
            if camera not in self._blind:
                log.error("line: the detector of camera %s failed", camera, exc_info=error)
            self._blind.add(camera)

    def _take(self, look: Look) -> None:
        camera, (height, width) = look.frame.stamp.camera, look.frame.image.shape[:2]
        names = self.line.class_names(camera)
        self._gathering.meet(camera, (width, height), names, self.grounds.get(camera))
        if look.detected:
            self._gathering.add(look.detections, look.tracks)
        sight = Sight(look, self._who(camera, look))
        self.showing.show(look.frame, look.view, sight.global_id)
        self._hearers.seen(sight)

    def _who(self, camera: CameraId, look: Look) -> I64 | None:
        if self.linking is None:
            return None
        known = self.linking.shown.get(camera, {})
        ids = [known.get(each, UNLINKED) for each in look.tracks.track_id.tolist()]
        return np.array(ids, np.int64)

    def _tell(self, instants: Iterable[Instant]) -> None:
        """Tell the linker; one that falls behind is told of fewer instants, and nothing is lost."""
        for instant in instants:
            self._hearers.gathered(instant)
            if self.linking is not None:
                self.linking.tell(instant)
            if self._stopped.is_set():
                return
        if self.linking is None:
            return
        if self._params.lossless:
            self.linking.settle()
            return
        waiting = self.linking.backlog
        if waiting > BEHIND:
            self._gathering.stride = min(2 * self._gathering.stride, FEWEST)
        elif waiting == 0:
            self._gathering.stride = 1
