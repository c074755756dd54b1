"""Files as cameras: in step with each other, over and over, or whole."""

import time
from collections.abc import Iterator
from itertools import pairwise
from threading import Timer
from types import TracebackType
from typing import Self

import numpy as np
import pytest

from camweave.app.runtime.site_clock import SiteClock
from camweave.core.frame import CameraId, Frame, SourceInfo, Stamp
from camweave.sources.streams.pace import Pace
from camweave.sources.streams.paced import Lossless, Paced

CAMERA = CameraId("cam")


class Footage:
    """A short recording, made as it is read; each frame may take a while to decode."""

    def __init__(self, *, frames: int = 5, fps: float = 20.0, costs: float = 0.0) -> None:
        self.info = SourceInfo(camera=CAMERA, width=2, height=2, fps=fps, frame_count=frames)
        self._costs = costs  # s
        self.closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closed = True

    def __iter__(self) -> Iterator[Frame]:
        for index in range(self.info.frame_count or 0):
            time.sleep(self._costs)
            stamp = Stamp(index / self.info.fps, CAMERA, index)
            yield Frame(stamp, np.zeros((2, 2, 3), np.uint8))


def played(paced: Paced, count: int) -> list[Stamp]:
    with paced:
        return [frame.stamp for frame, _ in zip(paced, range(count), strict=False)]


def test_a_file_is_played_at_its_own_rate() -> None:
    clock = SiteClock()
    stamps, came = [], []
    with Paced(lambda: Footage(frames=10), Pace(clock.now)) as paced:
        for frame in paced:
            stamps.append(frame.stamp)
            came.append(clock.now())
    assert [stamp.index for stamp in stamps] == list(range(10))
    assert [b.time - a.time for a, b in pairwise(stamps)] == pytest.approx([0.05] * 9)
    late = [c - stamp.time for c, stamp in zip(came, stamps, strict=True)]
    assert all(0 <= each < 0.3 for each in late)


def test_a_loop_goes_on_one_step_later_in_a_new_epoch() -> None:
    footages: list[Footage] = []

    def footage() -> Footage:
        footages.append(Footage(frames=3, fps=50))
        return footages[-1]

    stamps = played(Paced(footage, Pace(SiteClock().now), loop=True), 9)
    assert [stamp.epoch for stamp in stamps] == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert [stamp.index for stamp in stamps] == list(range(9))
    assert [b.time - a.time for a, b in pairwise(stamps)] == pytest.approx([0.02] * 8)
    assert all(each.closed for each in footages)


def test_files_opened_one_after_the_other_are_in_step() -> None:
    pace = Pace(SiteClock().now)
    first = played(Paced(Footage, pace), 5)
    second = played(Paced(Footage, pace), 5)  # all of it is overdue, and hurries
    assert [stamp.time for stamp in first] == pytest.approx([stamp.time for stamp in second])


def test_a_file_added_later_begins_at_its_beginning() -> None:
    now = 100.0
    pace = Pace(lambda: now)
    pace.due(0.0)
    now = 200.0
    assert played(Paced(Footage, pace), 1)[0].time == pytest.approx(200.0)


def test_where_decoding_is_too_slow_all_files_are_held_back_together() -> None:
    now = 0.0
    pace = Pace(lambda: now)
    assert pace.due(0.0) == 0.0
    now = 10.5
    pace.hold_back(10.0)
    assert pace.due(10.0) == 10.0  # half a second is caught up
    now = 13.0
    pace.hold_back(10.0)
    pace.hold_back(10.0)  # another reader finds the same
    assert pace.due(10.0) == 13.0
    assert pace.held_back == 3.0


def test_a_waiting_file_is_interrupted_at_once() -> None:
    paced = Paced(lambda: Footage(frames=2, fps=0.01), Pace(SiteClock().now))
    timer = Timer(0.1, paced.interrupt)
    timer.start()
    began = time.monotonic()
    assert len(played(paced, 2)) == 1
    assert time.monotonic() - began < 5
    timer.join()


def test_an_empty_file_is_not_looped_for_ever() -> None:
    assert played(Paced(lambda: Footage(frames=0), Pace(SiteClock().now), loop=True), 1) == []


def test_a_lossless_file_keeps_its_media_time_and_waits_for_nobody() -> None:
    with Lossless(Footage(frames=100, fps=1)) as whole:
        times = [frame.stamp.time for frame in whole]
    assert times == [float(second) for second in range(100)]


def test_a_lossless_file_can_be_interrupted() -> None:
    with Lossless(Footage()) as whole:
        frames = iter(whole)
        next(frames)
        whole.interrupt()
        assert list(frames) == []
