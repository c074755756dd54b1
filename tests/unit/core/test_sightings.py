"""Some tracklets of all are these tracklets, with their own crops and places."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.core.rows import crops_of, sightings_of

from camweave.core.sightings import Crops, Paths


def places_of(counts: list[int]) -> Paths:
    """So many places each, numbered from 0 on."""
    count = sum(counts)
    time = np.arange(count, dtype=np.float64)
    return Paths(np.cumsum([0, *counts]), time, np.column_stack([time, -time]), time + 1)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=6), st.data())
def test_chosen_tracklets_keep_what_is_theirs(
    sizes: list[tuple[int, int]], data: st.DataObject
) -> None:
    crops = crops_of(*([0.5] * crops for crops, _ in sizes))
    told = sightings_of(crops, places_of([places for _, places in sizes]))
    rows = [row for row in range(len(told)) if data.draw(st.booleans())]
    some = told.only(np.array(rows, np.int64))
    assert some.tracklet_id.tolist() == rows
    np.testing.assert_array_equal(some.exit, told.exit[rows])
    for place, row in enumerate(rows):
        mine, its = some.crops.of(place), told.crops.of(row)
        np.testing.assert_array_equal(some.crops.frame[mine], told.crops.frame[its])
        np.testing.assert_array_equal(some.crops.embedding[mine], told.crops.embedding[its])
        mine, its = some.paths.of(place), told.paths.of(row)
        np.testing.assert_array_equal(some.paths.xy[mine], told.paths.xy[its])


def test_rows_without_crops_and_places_have_none() -> None:
    told = sightings_of(Crops.none(2, 5), Paths.none(2))
    assert [len(told.crops.time), len(told.paths.time)] == [0, 0]
    assert told.only(np.array([1])).crops.embedding.shape == (0, 5)
