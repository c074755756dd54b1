"""How likely each pair is one object's passage, with its rivals and who stands between in view."""

import numpy as np

from camweave.linking.paths.odds import only_next
from camweave.linking.paths.pairs import Pairs


def pairs(*steps: tuple[int, int]) -> Pairs:
    one, other = np.array(steps, np.int64).reshape(-1, 2).T.copy()
    return Pairs(one, other, np.zeros(len(one)), np.ones(len(one)))


def test_who_comes_after_the_next_one_is_not_next() -> None:
    odds = only_next(pairs((0, 1), (1, 2), (0, 2)), np.array([0.9, 0.8, 0.5]), 3)
    assert np.allclose(odds, [0.9, 0.8, 0.5 * (1 - 0.9 * 0.8)])


def test_where_nobody_stands_between_odds_stay() -> None:
    told = np.array([0.5, 0.4, 0.01])
    assert np.array_equal(only_next(pairs((0, 1), (0, 2), (1, 2)), told, 3), told)


def test_of_nobody_nothing_is_said() -> None:
    assert not len(only_next(pairs(), np.empty(0), 0))
