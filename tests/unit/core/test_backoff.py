"""How long what is out of reach is left alone."""

from hypothesis import given
from hypothesis import strategies as st

from camweave.core.backoff import Backoff, Outages


def test_pauses_double_to_two_seconds_and_grow_with_the_outage() -> None:
    outages, now, pauses = Outages(Backoff(), 0.0), 0.0, []
    while now < 1000:
        pauses.append(outages.down(now, chance=0.5))
        now += pauses[-1]
    assert pauses[:5] == [0.25, 0.5, 1.0, 2.0, 2.0]
    assert set(pauses[5:]) == {2.0, 10.0, 60.0}
    assert pauses == sorted(pauses)


def test_a_connection_that_does_not_hold_is_no_end_of_the_outage() -> None:
    outages, now, pauses = Outages(Backoff(), 0.0), 0.0, []
    for _ in range(6):
        outages.up(now)
        now += 1.0
        pauses.append(outages.down(now, chance=0.5))
    assert pauses[-1] == 2.0
    outages.up(now)
    assert outages.down(now + 60.0, chance=0.5) == 0.25


@given(st.floats(0, 1))
def test_pauses_are_spread(chance: float) -> None:
    assert 0.8 * 0.25 <= Outages(Backoff(), 0.0).down(0.0, chance=chance) <= 1.2 * 0.25
    assert Outages(Backoff(), 0.0).down(0.0, chance=chance, urgent=False) >= 0.8 * 60
