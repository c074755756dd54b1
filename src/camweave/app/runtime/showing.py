"""The newest picture of each camera, drawn and encoded once, and only while somebody watches."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Condition, Event, Thread
from types import MappingProxyType
from typing import Final, Self

from camweave.app.runtime.booth import Booth, Counts, Job, Watching
from camweave.app.runtime.drawing import Down, Drawing, Seen, ShowingParams, Sight
from camweave.core.arrays import I64
from camweave.core.frame import CameraId, Frame
from camweave.core.picture import Picture, rung
from camweave.core.tracks import View

log = logging.getLogger(__name__)

PATIENCE: Final = 2.0  # s that a snapshot waits for its turn


class Showing:
    """Keeps what each camera shows, and draws it in a thread of its own. Open it with `with`.

    A camera that is down is drawn again now and then while it has viewers: they see for how long it
    is down, and browsers show a picture of a stream only when the next one comes.

    The line hands in frames and views and never waits: only references are kept, and of each
    camera only the newest. It is a `Pictures`: any thread may watch.
    """

    def __init__(
        self,
        cameras: Sequence[CameraId],
        class_names: Sequence[str] = (),
        params: ShowingParams | None = None,
    ) -> None:
        self._class_names = tuple(class_names)
        self._params = params or ShowingParams()
        self._changed = Condition()
        self._booths: dict[CameraId, Booth] = {}
        self._due: dict[CameraId, None] = {}  # an ordered set: whose turn is next
        self._stopped = False
        self._thread = Thread(target=self._run, name="showing", daemon=True)
        for camera in cameras:
            self.add(camera)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        self._thread.join()
        for camera in self.cameras:
            self.remove(camera)

    @property
    def cameras(self) -> tuple[CameraId, ...]:
        """The cameras there are now, in the order they were added."""
        with self._changed:
            return tuple(self._booths)

    def add(self, camera: CameraId, class_names: Sequence[str] | None = None) -> None:
        """Begin with a camera, the last in order; it is down until it shows something.

        `class_names` are those of its own detector, where that differs.
        """
        with self._changed:
            if camera not in self._booths:
                names = self._class_names if class_names is None else class_names
                drawing = Drawing(camera, names, self._params)
                self._booths[camera] = Booth(drawing, self._params.annotate.trail)

    def arrange(self, cameras: Sequence[CameraId]) -> None:
        """Let the cameras stand in this order; those that it leaves out come last."""
        with self._changed:
            for camera in [*cameras, *(each for each in self._booths if each not in cameras)]:
                if camera in self._booths:
                    self._booths[camera] = self._booths.pop(camera)

    def remove(self, camera: CameraId) -> None:
        """End with a camera: those who watch it are told that it is over."""
        with self._changed:
            booth = self._booths.pop(camera)
            self._due.pop(camera, None)
            booth.gone = True
            wakes = [watch.wake for watch in booth.watches]
        for wake in wakes:
            wake()

    def rename(self, camera: CameraId, class_names: Sequence[str]) -> None:
        """Set the class names of a camera that was added without; its trails begin anew."""
        with self._changed:
            if camera in self._booths:
                self._booths[camera].drawing = Drawing(camera, class_names, self._params)

    def show(self, frame: Frame, view: View | None = None, global_id: I64 | None = None) -> None:
        """What a camera shows now; with `view` None the raw picture, until the first view came.

        `global_id` (T,) belongs to the rows of the view's tracks, UNLINKED while unknown; None
        where there is no linker. A camera that was removed is passed over.
        """
        with self._changed:
            booth = self._booths.get(frame.stamp.camera)
            if booth is None or (view is None and booth.annotated):
                return
            if view is not None:
                booth.remember(view)
            self._put(frame.stamp.camera, booth, Seen(frame, view, global_id))

    def down(self, camera: CameraId, reason: str, time: float) -> None:
        """The camera shows nothing since `time` s; `reason` is one line without secrets."""
        with self._changed:
            booth = self._booths.get(camera)
            if booth is not None:
                self._put(camera, booth, Down(reason, time, booth.last))

    @contextmanager
    def watch(
        self, camera: CameraId, wake: Callable[[], None], *, width: int | None = None
    ) -> Iterator[Watching]:
        """Watch a camera until the block ends; see `core.picture.Pictures`."""
        with self._changed:
            booth = self._booths[camera]
            watching = Watching(booth, rung(width), wake)
            if watching.rung not in booth.current():
                self._ask(camera)
            booth.watches.add(watching)
        try:
            yield watching
        finally:
            with self._changed:
                booth.watches.discard(watching)

    def snapshot(self, camera: CameraId, *, width: int | None = None) -> Picture | None:
        """The newest picture, encoded now if it must be; None where that takes too long."""
        drawn = Event()
        with self.watch(camera, drawn.set, width=width) as watching:
            if watching.newest() is None:
                drawn.wait(PATIENCE)
            return watching.newest()

    def counts(self) -> Mapping[CameraId, Counts]:
        """Counts of each camera's pictures."""
        with self._changed:
            return MappingProxyType({name: booth.counts() for name, booth in self._booths.items()})

    def _put(self, camera: CameraId, booth: Booth, sight: Sight) -> None:
        booth.put(sight)
        if booth.watches:
            booth.skipped += camera in self._due
            self._ask(camera)

    def _ask(self, camera: CameraId) -> None:
        self._due[camera] = None
        self._changed.notify()

    def _run(self) -> None:
        while (job := self._next()) is not None:
            try:
                self._finish(job, job.pictures())
            except Exception:
                if not job.booth.failing:  # once, until it goes well again
                    log.exception("camera %s: its picture could not be drawn", job.camera)
                job.booth.failing = True
            else:
                job.booth.failing = False

    def _next(self) -> Job | None:
        """What is to be drawn next, or None at the end. Cameras take turns."""
        with self._changed:
            while not self._stopped:
                if self._due:
                    camera = next(iter(self._due))
                    del self._due[camera]
                    return self._booths[camera].job(camera)
                waits = {camera: booth.remind() for camera, booth in self._booths.items()}
                self._due = {camera: None for camera, wait in waits.items() if wait == 0}
                if not self._due:
                    self._changed.wait(min(filter(None, waits.values()), default=None))
        return None

    def _finish(self, job: Job, pictures: Mapping[int | None, Picture]) -> None:
        """Store the pictures, and wake their viewers."""
        with self._changed:
            job.booth.encoded += len(set(pictures.values()) - set(job.made.values()))
            job.booth.pictures.update(pictures)
            wakes = [watch.wake for watch in job.booth.watches if watch.rung in pictures]
        for wake in wakes:
            wake()
