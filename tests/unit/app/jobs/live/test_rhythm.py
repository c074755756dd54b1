"""A detector looks as often as the machine keeps pace with."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camweave.app.jobs.live.rhythm import MOST, Rhythm
from camweave.core.errors import InputError
from camweave.core.remembered import Remembered


def played(rhythm: Rhythm, cost: float, ticks: int = 400) -> Rhythm:
    """Ticks of a line whose detection takes `cost` s whenever its turn has come."""
    for tick in range(ticks):
        rhythm.felt(cost if tick % rhythm.every == 0 else 0.001)
    return rhythm


def test_what_is_said_stays() -> None:
    assert played(Rhythm(3, 0.1), cost=2.0).every == 3


def test_a_machine_that_keeps_pace_looks_at_every_tick() -> None:
    assert played(Rhythm("auto", 0.1), cost=0.05).every == 1


def test_a_machine_that_is_too_slow_looks_more_rarely_and_no_more_rarely_than_it_must() -> None:
    assert played(Rhythm("auto", 0.1), cost=0.25).every in {3, 4}


def test_when_there_is_less_to_do_it_looks_more_often_again() -> None:
    assert played(played(Rhythm("auto", 0.1), cost=0.5), cost=0.02, ticks=2000).every == 1


@given(st.floats(0.0001, 10), st.floats(0.01, 1))
def test_it_never_stops_looking(cost: float, tick: float) -> None:
    assert 1 <= played(Rhythm("auto", tick), cost).every <= MOST


@given(st.lists(st.floats(0, 1), max_size=100))
def test_another_one_goes_on_at_the_same_pace(ticks: list[float]) -> None:
    rhythm, line = Rhythm("auto", 0.1), Rhythm("auto", 0.1)
    for seconds in ticks:
        fresh = Rhythm("auto", 0.1)
        fresh.resume(line.remembered())
        line = fresh
        for each in (rhythm, line):
            each.felt(seconds)
        assert line.every == rhythm.every


@pytest.mark.parametrize("every", [0, -1, MOST + 1])
def test_a_pace_that_nobody_keeps_is_refused(every: int) -> None:
    arrays = {"counts": np.array([every, 0]), "takes": np.array([0.1])}
    with pytest.raises(InputError, match=f"rhythm: .* every {every} ticks"):
        Rhythm("auto", 0.1).resume(Remembered("rhythm", 1, arrays))


def test_another_pace_that_was_said_is_refused() -> None:
    with pytest.raises(InputError, match="looked every 3 ticks, here it is every 2"):
        Rhythm(2, 0.1).resume(Rhythm(3, 0.1).remembered())
