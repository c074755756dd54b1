"""The input of the live line: a reader and a mailbox per camera, and which frames are next."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf
from threading import Condition as Changed
from time import monotonic
from typing import Final

from camweave.app.runtime.mailbox import Mailbox
from camweave.app.runtime.reader import Reader, ReaderParams
from camweave.app.runtime.site_clock import SiteClock
from camweave.app.runtime.virtual_clock import (
    ClockParams,
    Front,
    Standing,
    VirtualClock,
    together,
)
from camweave.core.condition import Condition
from camweave.core.frame import CameraId, Frame
from camweave.sources.streams.stream import Stream

WITHIN: Final = 1.0  # s that all readers together have to end
ROOM: Final = 4  # frames of a camera that are decoded ahead where every frame counts


@dataclass(frozen=True, slots=True)
class Tick:
    """Frames to be processed together, at most one of each camera."""

    frames: tuple[Frame, ...] = ()
    until: float = -inf  # s: every older frame was in an earlier tick, or will never come
    standing: Mapping[CameraId, Standing] = field(default_factory=dict)
    skew: Mapping[CameraId, float] = field(default_factory=dict)  # s behind the foremost
    over: bool = False  # no frame will come any more


@dataclass(slots=True)
class Reading:
    """One camera's reader, and how far it had come at the last look."""

    reader: Reader
    asked: float  # s, when it was asked to begin
    last: float | None = None  # s of capture of the newest frame that was noticed
    arrived: float = 0.0  # s, when that was noticed

    def front(self, now: float) -> Front:
        """How far it has come."""
        newest, condition = self.reader.mailbox.last, self.reader.condition
        if newest != self.last:
            self.last, self.arrived = newest, now
        return Front(
            time=self.last,
            arrived=self.asked if self.last is None else self.arrived,
            period=1 / condition.delivered_fps if condition.delivered_fps > 0 else 0.0,
            up=condition.delivers,
        )


class Intake:
    """Reads all cameras of a site and hands out their frames tick by tick.

    Live, a tick has the newest frames, and cameras are kept in step; in a lossless run it has the
    earliest, and none is left out. Cameras may be added and removed while it runs, from any
    thread; `next` has one caller.
    """

    def __init__(
        self,
        clock: SiteClock,
        params: ClockParams | None = None,
        *,
        lossless: bool = False,
        interval: float = inf,
    ) -> None:
        """Frames of a lossless tick lie on one side of each multiple of `interval` s."""
        self._clock = clock
        self._interval = interval
        self._steps = VirtualClock(params)
        self._lossless = lossless
        self._changed = Changed()
        self._cameras: dict[CameraId, Reading] = {}
        self._until = inf  # s of `monotonic`, until which `stop` waits for the readers

    def add(
        self,
        camera: CameraId,
        connect: Callable[[], Stream],
        *,
        told: Callable[[Condition], None],
        params: ReaderParams | None = None,
    ) -> None:
        """Begin to read a camera; its reader's thread calls `told` when the state changes."""
        steps = self._steps.params
        box = Mailbox(
            self._changed,
            slot=0.0 if self._lossless else 1 / steps.fps,
            hold=steps.hold,
            room=ROOM if self._lossless else None,
        )

        def heard(condition: Condition) -> None:
            told(condition)
            with self._changed:  # the line may be waiting for this camera
                self._changed.notify_all()

        reader = Reader(camera, connect, box, self._clock, params=params, told=heard)
        with self._changed:
            self._cameras[camera] = Reading(reader, self._clock.now())
        reader.start()

    def remove(self, camera: CameraId) -> None:
        """Stop reading a camera."""
        with self._changed:
            gone = self._cameras.pop(camera)
            self._changed.notify_all()
        gone.reader.stop()

    def halt(self) -> None:
        """Tell all readers to stop, and wait for none."""
        for each in self._all().values():
            each.reader.halt()
        self._until = min(self._until, monotonic() + WITHIN)

    def stop(self) -> None:
        """Stop all readers, and wait for them, `WITHIN` s together."""
        self.halt()
        for each in self._all().values():
            each.reader.stop(max(0.0, self._until - monotonic()))

    def conditions(self) -> dict[CameraId, Condition]:
        """The condition of each camera now."""
        return {camera: each.reader.condition for camera, each in self._all().items()}

    def ended(self) -> dict[CameraId, Condition]:
        """The cameras of which no frame will come any more, and their last condition."""
        return {c: e.reader.condition for c, e in self._all().items() if e.reader.mailbox.drained}

    def wake(self) -> None:
        """Let `next` look again at once."""
        with self._changed:
            self._changed.notify_all()

    def next(self, patience: float = 0.1) -> Tick:
        """The next tick; one without frames where none is due within `patience` s."""
        until = monotonic() + patience
        with self._changed:
            while True:
                tick = self._in_order() if self._lossless else self._newest()
                left = until - monotonic()
                if tick.frames or tick.over or left <= 0:
                    return tick
                self._changed.wait(left)

    def unseen(self) -> list[Frame]:
        """The oldest waiting frame of each camera: what can be shown before the first tick."""
        waiting = (each.reader.mailbox.peek() for each in self._all().values())
        return [frame for frame in waiting if frame is not None]

    def _all(self) -> dict[CameraId, Reading]:
        with self._changed:
            return dict(self._cameras)

    def _over(self) -> bool:
        boxes = [each.reader.mailbox for each in self._cameras.values()]
        return bool(boxes) and all(box.drained for box in boxes)

    def _newest(self) -> Tick:
        """The newest frame of each camera whose turn it is; older ones are dropped."""
        now = self._clock.now()
        fronts = {camera: each.front(now) for camera, each in self._cameras.items()}
        step = self._steps.step(fronts, now)
        frames = []
        for camera, each in self._cameras.items():
            box = each.reader.mailbox
            time = box.front(step.limit)
            due = time is not None and self._steps.due(camera, time)
            frame = box.newest(step.limit) if due else None
            if frame is not None:
                self._steps.took(camera, frame.stamp.time)
                frames.append(frame)
        ticks = self._steps.params
        # With nobody in step there is no limit but the present: nothing was taken later.
        settled = min(step.limit, now) - (ticks.max_skew + 1) / ticks.fps
        return Tick(
            frames=tuple(frames),
            until=min([settled, *(frame.stamp.time for frame in frames)]),
            standing=step.standing,
            skew=step.skew,
            over=self._over(),
        )

    def _in_order(self) -> Tick:
        """The earliest frames, once every camera has one or is over."""
        boxes = {c: each.reader.mailbox for c, each in self._cameras.items()}
        open_ = {camera: box for camera, box in boxes.items() if not box.drained}
        heads = {camera: box.peek() for camera, box in open_.items()}
        times = {camera: each.stamp.time for camera, each in heads.items() if each is not None}
        if not open_ or len(times) < len(open_):
            return Tick(over=self._over())
        chosen = together(times, self._steps.params.fps, self._interval)
        taken = [open_[each].newest() for each in chosen]
        return Tick(
            frames=tuple(frame for frame in taken if frame is not None),
            until=min(times.values()),
            standing=dict.fromkeys(times, "in step"),
        )
