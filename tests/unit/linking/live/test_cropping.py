"""Crops taken from one another are those of the rows asked for, in the order asked for."""

import numpy as np

from camweave.core.sightings import Crops
from camweave.linking.live.cropping import first_best, gathered, joined, part_of


def crops_of(*qualities: list[float]) -> Crops:
    """Rows with crops of these qualities, numbered from 0 on."""
    count = sum(map(len, qualities))
    return Crops(
        offsets=np.cumsum([0, *map(len, qualities)]),
        time=np.arange(count, dtype=np.float64),
        frame=np.arange(count),
        embedding=np.arange(2 * count, dtype=np.float32).reshape(count, 2),
        quality=np.array([each for own in qualities for each in own], np.float32),
    )


def test_the_best_of_equals_is_the_first_and_never_another_rows() -> None:
    assert first_best(crops_of([0.5, 0.9, 0.9], [0.5], [0.9, 0.1])).tolist() == [1, 3, 4]


def test_rows_of_several_are_gathered_in_order() -> None:
    one, other = crops_of([0.1], [0.2, 0.3]), crops_of([0.4], [], [0.5])
    made = gathered([(one, np.array([1])), (other, np.array([2, 1, 0]))])
    assert made.offsets.tolist() == [0, 2, 3, 3, 4]
    np.testing.assert_array_equal(made.quality, np.array([0.2, 0.3, 0.5, 0.4], np.float32))
    assert made.embedding[:, 0].tolist() == [2, 4, 2, 0]


def test_what_is_joined_can_be_parted_again() -> None:
    one, other = crops_of([0.1], [0.2, 0.3]), crops_of([0.4])
    both = joined([one, other])
    np.testing.assert_array_equal(part_of(both, np.array([2])).embedding, other.embedding)
    assert both.offsets.tolist() == [0, 1, 3, 4]
