"""Who comes next, and how sure that is."""

import numpy as np

from camweave.core.arrays import F64
from camweave.linking.paths.odds import posteriors
from camweave.linking.paths.pairs import Pairs
from camweave.linking.paths.successors import successors


def pairs(*table: tuple[int, int, float]) -> tuple[Pairs, F64]:
    rows = np.array(table)
    one, other = rows[:, :2].astype(np.int64).T
    return Pairs(one, other, np.zeros(len(rows)), np.zeros(len(rows))), rows[:, 2].copy()


def test_the_best_whole_is_chosen_not_the_best_pair() -> None:
    told, nats = pairs((0, 2, 5.0), (0, 3, 4.0), (1, 2, 4.0))
    assert successors(told, nats, 4, 1.0).tolist() == [1, 2]


def test_a_weak_passage_is_not_made() -> None:
    told, nats = pairs((0, 1, 0.9), (2, 3, 1.1))
    assert successors(told, nats, 4, 1.0).tolist() == [1]


def test_twins_are_a_matter_of_doubt() -> None:
    told, nats = pairs((0, 2, 6.0), (0, 3, 6.0), (1, 2, 6.0), (1, 3, 6.0), (4, 5, 6.0))
    odds = posteriors(told, nats, 6)
    assert np.all(odds[:4] < 0.5)
    assert odds[4] > 0.9


def test_nobody_has_more_than_one_successor_in_all() -> None:
    told, nats = pairs((0, 2, 3.0), (0, 3, 2.0), (1, 3, 4.0), (1, 2, 1.0))
    odds = posteriors(told, nats, 4)
    assert np.all(np.bincount(told.one, odds, 4) <= 1.001)
