from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from camweave.sources.media_clock import MediaClock

TICK = Fraction(1, 12800)


def clock(offset: float = 0.0) -> MediaClock:
    return MediaClock(tick=TICK, step=0.04, offset=offset)


def test_the_first_frame_is_at_the_offset() -> None:
    assert clock(5.0).time_of(12345) == 5.0
    assert clock(5.0).time_of(None) == 5.0


def test_stamps_are_exact_however_late() -> None:
    c = clock()
    c.time_of(512)
    assert c.time_of(512 + 512 * 1_000_000) == 40_000.0


def test_a_frame_without_a_stamp_comes_one_step_later() -> None:
    c = clock(1.0)
    assert [c.time_of(None), c.time_of(None), c.time_of(512)] == [1.0, 1.04, 1.08]
    assert c.time_of(1024) == 1.12


def test_a_jump_back_is_counted_and_time_goes_on() -> None:
    c = clock()
    times = [c.time_of(stamp) for stamp in (0, 512, 1024, 0, 512)]
    assert [round(time, 4) for time in times] == [0, 0.04, 0.08, 0.12, 0.16]
    assert c.jumps == 1


@given(st.lists(st.none() | st.integers(-(2**40), 2**40)), st.floats(-1e6, 1e6))
def test_time_never_falls_whatever_a_container_says(
    stamps: list[int | None], offset: float
) -> None:
    c = clock(offset)
    times = [c.time_of(stamp) for stamp in stamps]
    assert times == sorted(times)
