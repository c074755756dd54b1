"""The best matching of a frame, against every matching there is."""

from itertools import permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from camweave.evaluation.matching import best_pairs, contested_frames
from camweave.evaluation.overlap import overlaps
from camweave.evaluation.tables import box_table

places = st.lists(st.integers(0, 30), min_size=1, max_size=4, unique=True)


def in_a_row(lefts: list[int], frame: int = 0) -> tuple[list[int], list[list[int]]]:
    return [frame] * len(lefts), [[left, 0, left + 10, 10] for left in lefts]


@given(places, places)
def test_no_matching_has_more_overlap(one: list[int], other: list[int]) -> None:
    (frames, boxes), (their_frames, their_boxes) = in_a_row(one), in_a_row(other)
    pairs = overlaps(
        box_table(frames, range(len(one)), boxes),
        box_table(their_frames, range(len(other)), their_boxes),
    )
    gain = np.zeros((4, 4))
    gain[pairs.truth_row, pairs.result_row] = pairs.overlap
    most = max(sum(gain[i, p[i]] for i in range(4)) for p in permutations(range(4)))
    chosen = best_pairs(pairs, pairs.overlap)
    np.testing.assert_allclose(pairs.overlap[chosen].sum(), most)
    assert len(set(pairs.truth_row[chosen])) == len(set(pairs.result_row[chosen])) == chosen.sum()


def test_only_a_frame_with_rivals_is_contested() -> None:
    truth = box_table([0, 1, 1], [1, 1, 2], [[0, 0, 10, 10], [0, 0, 10, 10], [4, 0, 14, 10]])
    result = box_table([0, 1], [1, 1], [[1, 0, 11, 10], [2, 0, 12, 10]])
    assert contested_frames(overlaps(truth, result)) == [1]
