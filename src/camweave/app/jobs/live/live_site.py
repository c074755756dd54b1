"""A running site: cameras in step, one compute line, a linker beside it, pictures on demand.

    readers → Intake ─Tick→ Line ─Look→ Gathering ─Instant→ Linking ─global ids→ Showing

One thread does all from tick to view. Readers, linker and drawing have threads of their own; only
values that never change go from one thread to another.
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

WITHIN: Final = 1.0  # s that closing waits for the tick in progress
BEHIND: Final = 2  # instants that may wait for the linker before it gets fewer
STUCK: Final = 10.0  # s without a tick, after which the site is unhealthy
LONGEST: Final = 16  # points of the grid from one instant to the next, at most


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """One processed frame with the global ids of its tracks."""

    look: Look
    global_id: I64 | None  # (T,) of the look's tracks, UNLINKED while pending; None: no linker


@dataclass(frozen=True, slots=True, kw_only=True)
class RunParams:
    """How a site is run, apart from what its parts are."""

    interval: float = 0.5  # s between two linkings
    lossless: bool = False  # every frame is looked at, as fast as can be
    watching: ReaderParams = field(default_factory=ReaderParams)  # how cameras are read
    grounds: Mapping[CameraId, GroundOf] = field(default_factory=dict)  # where boxes stand


Heard = Callable[[Sight], None]


def nobody(_: object) -> None:
    """Ignore what is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearers:
    """Callbacks of a running site: `turned` in the camera's reader's thread, others in the line's.

    They must return fast.
    """

    seen: Heard = nobody  # each processed frame, in order
    gathered: Callable[[Instant], None] = nobody  # the tracklets at each instant
    turned: Callable[[Condition], None] = nobody  # each change of a camera's state


class LiveSite:
    """Runs a site from its readers to its pictures. Open it with `with`; `wait` for its end.

    In a lossless run every frame is processed, and shown with what the linker decided from all
    that came before it: the same recording always gives the same identities.
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
        self.failures = 0  # ticks, or one camera's part of a tick, lost to an error
        self.alive = monotonic()  # s of `monotonic`, when the last tick was taken
        self.grounds = dict(params.grounds)  # only the line's thread changes it
        self._errands = Errands()
        self._connections = dict(connections)
        self._params, self._hearers = params, hearers or Hearers()
        self._gathering = Gathering(params.interval)
        self._failing = False
        self._blind: set[CameraId] = set()  # cameras whose detector fails now
        self._stopped = Flag()
        self._over = Flag()
        self._error: BaseException | None = None  # what ended the line's thread
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
        """Tell readers and line to stop, and wait for neither."""
        self._stopped.set()
        self.intake.halt()
        self.intake.wake()

    def __exit__(self, *_: object) -> None:
        self.halt()
        self._thread.join(WITHIN)  # a tick is not interrupted; the thread ends with the process
        self._ends.close()

    def begin(self, camera: CameraId, connect: Callable[[], Stream]) -> None:
        """Begin to read a camera that is in the line."""
        self.showing.add(camera, self.line.class_names(camera))
        self.intake.add(camera, connect, told=self._turned, params=self._params.watching)

    def end(self, camera: CameraId) -> None:
        """Remove a camera: its tracks end, and its viewers are told that it is gone."""
        self.intake.remove(camera)
        self._in_line(lambda: self._forget(camera))
        self.showing.remove(camera)

    def put(self, place: Place) -> None:
        """Process a camera with these parts from the next tick on; its tracks begin anew."""
        self._in_line(lambda: self._put(place))

    def calibrate(self, grounds: Mapping[CameraId, GroundOf]) -> None:
        """Use these calibrations for cameras that are put from now on."""
        self._in_line(lambda: self._calibrate(grounds))

    def _in_line(self, errand: Callable[[], None]) -> None:
        """Have the line's thread call `errand` between two ticks, and wait for that."""
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

    def _calibrate(self, grounds: Mapping[CameraId, GroundOf]) -> None:
        self.grounds = dict(grounds)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until all cameras are over, or so long; returns whether they are.

        What the line's thread failed by, if it did, is raised here.
        """
        over = self._over.wait(seconds)
        if self._error is not None:
            raise self._error
        return over

    def fares(self) -> Fares:
        """The condition of its cameras, and how they keep step."""
        tick, conditions = self.tick, self.intake.conditions()
        order = [each for each in self.showing.cameras if each in conditions]
        return Fares({each: conditions[each] for each in order}, tick.standing, tick.skew)

    def class_names(self, camera: CameraId) -> tuple[str, ...]:
        """The names that `class_id` indexes in a camera's tracks."""
        return self.line.class_names(camera)

    def figures(self) -> Iterator[Figure]:
        """The metrics of line and linker."""
        yield from of_line(self.line, self.failures)
        if self.linking is not None:
            yield from of_linking(self.linking)

    def trouble(self) -> str | None:
        """Why the site is not healthy, in one line; None where it is."""
        silent = monotonic() - self.alive
        if silent > STUCK:
            return f"the line has not gone round for {silent:.0f} s"
        states = {each.state for each in self.intake.conditions().values()}
        return None if states - {"starting", "failed"} else "no camera has shown anything yet"

    def _turned(self, condition: Condition) -> None:
        """Pass on a camera's change of state. Called in its reader's thread."""
        self._hearers.turned(condition)
        if condition.state not in {"live", "starting"}:
            self.showing.down(condition.camera, condition.reason, condition.since)

    def _run(self) -> None:
        try:
            self._go_round()
        except BaseException as error:  # `wait` raises it: nobody is to wait for ever
            self._error = error
        self._errands.close()
        self._over.set()

    def _go_round(self) -> None:
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

    def _show_unseen(self) -> None:
        """Show raw pictures of cameras of which no frame has been processed yet."""
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
        self._count_lost(looks)
        for look in looks:
            self._take(look)
        if not self._params.lossless:  # else how fast it goes would change what comes out
            self.line.felt(monotonic() - began)

    def _count_lost(self, looks: Iterable[Look]) -> None:
        """Count frames that detectors failed on; log a camera's first failure of a row."""
        self._blind -= {look.frame.stamp.camera for look in looks if look.detected}
        for camera, error in self.line.lost.items():
            self.failures += 1
            if camera not in self._blind:
                log.error("line: the detector of camera %s failed", camera, exc_info=error)
            self._blind.add(camera)

    def _take(self, look: Look) -> None:
        camera, names = look.frame.stamp.camera, self.line.class_names(look.frame.stamp.camera)
        self._gathering.meet(camera, look.frame.size, names, self.grounds.get(camera))
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
        """Hand instants to the linker; one that falls behind gets fewer, and nothing is lost."""
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
            self._gathering.stride = min(2 * self._gathering.stride, LONGEST)
        elif waiting == 0:
            self._gathering.stride = 1
