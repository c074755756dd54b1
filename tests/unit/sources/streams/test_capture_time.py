"""The best clock that a connection has: the camera's own where it is to be believed."""

import pytest

from camweave.sources.streams.capture_time import CaptureTime

BEGAN = 1_700_000_000.0  # unix s of the site clock's 0
WAY = 0.3  # s from the lens to us


def times(*, ntp: bool, camera_is_ahead: float = 0.0, told_from: int = 0) -> list[float]:
    """Times of twenty frames that were taken every 0.1 s from 5 s on."""
    capture = CaptureTime(began=BEGAN, ntp=ntp)
    seen = []
    for number in range(20):
        taken = 5.0 + number * 0.1
        stamp, arrival = 77.0 + number * 0.1, taken + WAY
        told = BEGAN + taken + camera_is_ahead if number >= told_from else None
        capture.heed(told=told, stamp=stamp, arrival=arrival)
        seen.append(capture.time_of(stamp, arrival))
    assert capture.clock_error == pytest.approx(WAY - camera_is_ahead, abs=1e-4)
    return seen


def test_a_camera_set_by_ntp_says_when_a_frame_was_taken() -> None:
    assert times(ntp=True) == pytest.approx([5.0 + number * 0.1 for number in range(20)], abs=1e-4)


def test_the_camera_s_clock_is_heeded_only_where_that_is_wished() -> None:
    arrivals = [5.0 + WAY + number * 0.1 for number in range(20)]
    assert times(ntp=False) == pytest.approx(arrivals, abs=1e-4)


@pytest.mark.parametrize("ahead", [-3600.0, 2.0, 3600.0])
def test_a_time_that_cannot_be_is_not_believed(ahead: float) -> None:
    arrivals = [5.0 + WAY + number * 0.1 for number in range(20)]
    assert times(ntp=True, camera_is_ahead=ahead) == pytest.approx(arrivals, abs=1e-4)


def test_time_rises_when_the_first_report_comes() -> None:
    seen = times(ntp=True, told_from=10)
    assert seen == sorted(set(seen))
    assert seen[9] == pytest.approx(5.9 + WAY, abs=1e-4)
    assert seen[-1] == pytest.approx(6.9, abs=1e-4)


def test_a_camera_a_little_ahead_is_not_ahead_of_its_own_arrival() -> None:
    seen = times(ntp=True, camera_is_ahead=WAY + 0.2)
    assert seen == pytest.approx([5.0 + WAY + number * 0.1 for number in range(20)], abs=1e-4)
