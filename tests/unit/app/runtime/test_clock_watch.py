"""A camera's own clock, as it is told to people."""

from camweave.app.runtime.clock_watch import ClockWatch


def test_a_clock_that_goes_wrong_is_told_once_and_once_again_when_it_agrees() -> None:
    watch = ClockWatch()
    errors = [None, 0.2, -3600.0, -3599.0, 1.5, 0.4, 0.5]
    told = [each for each in map(watch.heed, errors) if each is not None]
    assert told == ["its clock is 3600 s ahead of ours", "its clock agrees again"]


def test_a_clock_that_drifts_off_is_told_when_it_is_too_far() -> None:
    watch = ClockWatch()
    told = [(error / 10, watch.heed(error / 10)) for error in range(40)]
    assert [(at, said) for at, said in told if said] == [(2.1, "its clock is 2 s behind ours")]


def test_a_clock_near_the_limit_is_not_told_of_over_and_over() -> None:
    watch = ClockWatch()
    assert watch.heed(2.1) is not None
    assert [watch.heed(error) for error in (1.9, 2.1, 1.5, 2.5)] == [None] * 4
