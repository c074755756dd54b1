"""The small parts of a reader: rate, numbers, stillness."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camweave.app.runtime.meter import Meter
from camweave.app.runtime.numbering import Numbering
from camweave.app.runtime.site_clock import SiteClock
from camweave.app.runtime.stillness import Stillness
from camweave.core.frame import CameraId, Frame, Stamp

CAMERA = CameraId("cam")


def frame(time: float, index: int = 0, epoch: int = 0) -> Frame:
    return Frame(Stamp(time, CAMERA, index, epoch), np.zeros((2, 2, 3), np.uint8))


@given(st.floats(1, 60), st.floats(0, 1))
def test_a_steady_rate_is_measured_whenever_one_asks(fps: float, moment: float) -> None:
    meter = Meter()
    for number in range(int(20 * fps)):
        meter.see(captured=number / fps, arrival=number / fps)
    asked = (int(20 * fps) - 1 + moment) / fps
    assert meter.fps(asked) == pytest.approx(fps, rel=0.1, abs=0.25)
    assert meter.jitter() == pytest.approx(0, abs=1e-9)


def test_the_rate_falls_to_nothing_when_none_come() -> None:
    meter = Meter()
    for number in range(100):
        meter.see(captured=number / 10, arrival=number / 10)
    assert meter.fps(9.9) == pytest.approx(10, rel=0.1)
    assert meter.fps(12.4) == pytest.approx(5, rel=0.2)
    assert meter.fps(15.0) == 0.0


def test_a_new_connection_is_measured_by_itself() -> None:
    meter = Meter()
    for number in range(50):
        meter.see(captured=number / 10, arrival=number / 10)
    meter.restart()
    assert meter.fps(5.0) == 0.0
    for number in range(40):
        meter.see(captured=5 + number / 20, arrival=5 + number / 20)
    assert meter.fps(7.0) == pytest.approx(20, rel=0.1)


def test_what_waited_for_the_connection_tells_no_rate() -> None:
    meter = Meter()
    for number in range(75):
        taken = number / 25
        meter.see(captured=taken, arrival=max(taken, 0.4))  # the first ten come at once
    assert meter.fps(3.0) == pytest.approx(25, rel=0.1)
    assert meter.jitter() < 0.01


def test_jitter_is_how_late_most_frames_are_at_worst() -> None:
    meter = Meter()
    for number in range(100):
        meter.see(captured=number / 25, arrival=number / 25 + (0.03 if number % 2 else 0.01))
    assert meter.jitter() == pytest.approx(0.02, abs=1e-6)


def test_connections_are_counted_on_as_one_camera() -> None:
    numbering = Numbering()
    numbering.begin()
    first = [numbering.next(frame(10.0, 0)), numbering.next(frame(11.0, 1))]
    numbering.begin()  # a try that brings nothing
    numbering.begin()
    second = [numbering.next(frame(5.0, 0)), numbering.next(frame(12.0, 1, epoch=1))]
    stamps = [each.stamp for each in first + second]
    assert [stamp.index for stamp in stamps] == [0, 1, 2, 3]
    assert [stamp.epoch for stamp in stamps] == [0, 0, 1, 2]
    times = [stamp.time for stamp in stamps]
    assert times == sorted(set(times))
    assert times[3] == 12.0


def test_a_picture_is_still_when_no_bit_of_it_changes() -> None:
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 255, (90, 160, 3), dtype=np.uint8)
    other = picture.copy()
    other[45, 81, 1] ^= 1
    stillness = Stillness()
    assert [stillness.see(picture.copy(), t) for t in (0.0, 0.5, 1.0, 2.0, 3.0)][-1] == 3.0
    assert stillness.see(other, 4.0) == 0.0
    assert stillness.see(other, 9.0) == 5.0


def test_the_site_clock_counts_from_its_own_beginning() -> None:
    clock = SiteClock()
    times = [clock.now() for _ in range(100)]
    assert times == sorted(times)
    assert 0 <= times[0] < 5
    assert clock.began.tzinfo is not None
