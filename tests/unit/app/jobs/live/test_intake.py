"""Whose frames are next, from readers of real threads."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from threading import Event

import numpy as np

from camweave.app.jobs.live.intake import Intake, Tick
from camweave.app.runtime.site_clock import SiteClock
from camweave.app.runtime.virtual_clock import ClockParams
from camweave.core.condition import Condition
from camweave.core.frame import CameraId, Frame, SourceInfo, Stamp

A, B = CameraId("a"), CameraId("b")
IMAGE = np.zeros((4, 6, 3), np.uint8)


@dataclass
class Film:
    """A camera that shows a frame at each of some times, and then nothing, without an end."""

    camera: CameraId
    times: list[float]
    now: Callable[[], float] | None = None  # the frames come when they are due; None: at once
    ends: bool = False
    halted: Event = field(default_factory=Event)
    codec: str | None = None
    corrupt: int = 0
    clock_error: float | None = None

    @property
    def info(self) -> SourceInfo:
        return SourceInfo(self.camera, 6, 4, 25.0)

    def __enter__(self) -> "Film":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __iter__(self) -> Iterator[Frame]:
        for index, at in enumerate(self.times):
            while self.now is not None and self.now() < at and not self.halted.wait(0.002):
                pass
            yield Frame(Stamp(at, self.camera, index), IMAGE)
        if not self.ends:
            self.halted.wait()

    def interrupt(self) -> None:
        self.halted.set()


def heard(_: Condition) -> None:
    pass


def ticks(intake: Intake, seconds: float) -> list[Tick]:
    until, found = time.monotonic() + seconds, list[Tick]()
    while time.monotonic() < until:
        tick = intake.next(0.02)
        found.append(tick)
        if tick.over:
            break
    return found


def test_with_every_camera_silent_time_goes_on_and_not_beyond_now() -> None:
    clock = SiteClock()
    intake = Intake(clock, ClockParams(fps=10, stall_after=0.2, hold=0.1))
    film = Film(A, [0.02, 0.06], clock.now)
    intake.add(A, lambda: film, told=heard)
    seen = ticks(intake, 1.0)
    intake.stop()
    assert seen[-1].standing[A] == "stalled"
    assert 0.3 < seen[-1].until <= clock.now()
    assert all(tick.until <= clock.now() for tick in seen)


def test_every_frame_of_files_is_handed_out_in_order_of_time_and_then_it_is_over() -> None:
    intake = Intake(SiteClock(), ClockParams(fps=5), lossless=True)
    times = {A: [0.0, 0.1, 0.9], B: [0.05, 0.3, 0.31, 2.0]}
    for camera, own in times.items():
        intake.add(camera, partial(Film, camera, own, ends=True), told=heard)
    seen = ticks(intake, 20)
    intake.stop()
    assert seen[-1].over
    told = [(frame.stamp.time, frame.stamp.camera) for tick in seen for frame in tick.frames]
    assert sorted(told) == sorted((time, c) for c, own in times.items() for time in own)
    borders = [tick.until for tick in seen if tick.frames]
    assert borders == sorted(borders)
    for tick in seen:
        assert all(frame.stamp.time >= tick.until for frame in tick.frames)


def test_frames_of_one_tick_lie_on_one_side_of_each_linking() -> None:
    intake = Intake(SiteClock(), ClockParams(fps=1), lossless=True, interval=0.25)
    intake.add(A, lambda: Film(A, [0.1, 0.3], ends=True), told=heard)
    intake.add(B, lambda: Film(B, [0.2, 0.26], ends=True), told=heard)
    groups = [tuple(frame.stamp.time for frame in tick.frames) for tick in ticks(intake, 20)]
    intake.stop()
    assert [group for group in groups if group] == [(0.1, 0.2), (0.3, 0.26)]
