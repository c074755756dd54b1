"""Crops that are joined keep their order, and the best of each row is found."""

import numpy as np
from tests.unit.core.rows import crops_of

from camweave.linking.live.cropping import first_best, joined


def test_the_best_of_equals_is_the_first_and_never_another_rows() -> None:
    assert first_best(crops_of([0.5, 0.9, 0.9], [0.5], [0.9, 0.1])).tolist() == [1, 3, 4]


def test_rows_of_several_are_joined_in_order() -> None:
    one, other = crops_of([0.1], [0.2, 0.3]), crops_of([0.4], [], [0.5])
    made = joined([one.only(np.array([1])), other.only(np.array([2, 1, 0]))])
    assert made.offsets.tolist() == [0, 2, 3, 3, 4]
    np.testing.assert_array_equal(made.quality, np.array([0.2, 0.3, 0.5, 0.4], np.float32))
    assert made.embedding[:, 0].tolist() == [2, 4, 2, 0]


def test_what_is_joined_can_be_parted_again() -> None:
    one, other = crops_of([0.1], [0.2, 0.3]), crops_of([0.4])
    both = joined([one, other])
    np.testing.assert_array_equal(both.only(np.array([2])).embedding, other.embedding)
    assert both.offsets.tolist() == [0, 1, 3, 4]
