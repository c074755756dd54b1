"""The joint choice, and how far ahead it is."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from camweave.linking.live.deciding import FAR, NEVER, choose
from camweave.ops.assignment import ALONE


def test_all_are_chosen_together() -> None:
    choice, margin = choose(np.array([[5.0, 4.5], [3.0, -5.0]]))
    assert choice.tolist() == [1, 0]
    assert margin.tolist() == [2.5, 2.5]


def test_look_alikes_leave_no_margin() -> None:
    _, margin = choose(np.full((2, 2), 5.0))
    np.testing.assert_allclose(margin, 0.0)


def test_who_can_be_nobody_is_surely_new() -> None:
    choice, margin = choose(np.full((2, 3), NEVER))
    assert choice.tolist() == [ALONE, ALONE]
    assert margin.tolist() == [FAR, FAR]
    assert choose(np.empty((0, 0)))[0].tolist() == []


@given(arrays(np.float64, (2, 3), elements=st.floats(-8, 8)))
def test_a_margin_of_two_is_what_forbidding_the_choice_costs(gain: np.ndarray) -> None:
    choice, margin = choose(gain)
    best = _worth(gain, choice)
    for row in range(2):
        if choice[row] != ALONE:
            other = gain.copy()
            other[row, choice[row]] = NEVER
            lost = best - _worth(other, choose(other)[0])
            assert np.isclose(margin[row], np.clip(lost, 0, FAR), atol=1e-9)


@given(arrays(np.float64, (5, 4), elements=st.floats(-8, 8)))
def test_nobody_gains_by_exchange(gain: np.ndarray) -> None:
    choice, margin = choose(gain)
    assert np.all(margin >= 0)
    taken = choice[choice != ALONE]
    assert len(set(taken.tolist())) == len(taken)
    assert np.all(gain[np.flatnonzero(choice != ALONE), taken] >= 0)


@given(arrays(np.float64, (4, 5), elements=st.floats(-8, 8)))
def test_a_margin_of_several_is_never_less_than_what_forbidding_the_choice_costs(
    gain: np.ndarray,
) -> None:
    """It looks at one exchange only, so it may miss the best way out, and no more than that."""
    choice, margin = choose(gain)
    best = _worth(gain, choice)
    for row in np.flatnonzero(choice != ALONE).tolist():
        other = gain.copy()
        other[row, choice[row]] = NEVER
        lost = best - _worth(other, choose(other)[0])
        assert margin[row] >= np.clip(lost, 0, FAR) - 1e-9


def _worth(gain: np.ndarray, choice: np.ndarray) -> float:
    rows = np.flatnonzero(choice != ALONE)
    return float(gain[rows, choice[rows]].sum())
