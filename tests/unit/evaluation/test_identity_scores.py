"""Identity scores on cases counted by hand, and against every assignment of ids."""

from itertools import permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from camweave.core.tracks import BoxTable
from camweave.evaluation.identity import identity
from camweave.evaluation.overlap import overlaps
from camweave.evaluation.scores import IdentityScores
from camweave.evaluation.tables import box_table, no_boxes


def walk(ids: list[int]) -> BoxTable:
    return box_table(range(len(ids)), ids, [[0, 0, 10, 10]] * len(ids))


def scored(truth: BoxTable, result: BoxTable) -> IdentityScores:
    return identity(overlaps(truth, result), iou_threshold=0.5)


def test_of_two_ids_on_one_object_the_longer_one_counts() -> None:
    scores = scored(walk([1] * 10), walk([4] * 7 + [5] * 3))
    assert (scores.tp, scores.fn, scores.fp) == (7, 3, 3)
    assert (scores.idf1, scores.idp, scores.idr) == (0.7, 0.7, 0.7)


def test_one_id_on_two_objects_counts_for_the_longer_one() -> None:
    scores = scored(walk([1] * 4 + [2] * 6), walk([9] * 10))
    assert (scores.tp, scores.fn, scores.fp) == (6, 4, 4)


def test_ids_are_given_so_that_the_whole_is_best() -> None:
    """Id 1 fits object 1 best (5), but 1-2 and 2-1 together cover more (4 + 4)."""
    truth = walk([1] * 9 + [2] * 4)
    result = walk([1] * 5 + [2] * 4 + [1] * 4)
    assert scored(truth, result).tp == 8


def test_nothing_against_something_is_all_wrong() -> None:
    assert scored(walk([1, 1]), no_boxes()).fn == 2
    assert scored(no_boxes(), walk([1, 1])).fp == 2
    assert scored(no_boxes(), no_boxes()).idf1 == 0


ids = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40)


@given(ids)
def test_no_other_assignment_of_ids_covers_more(seen: list[tuple[int, int]]) -> None:
    times = np.zeros((4, 4), np.int64)
    for couple in seen:
        times[couple] += 1
    most = max(sum(times[i, p[i]] for i in range(4)) for p in permutations(range(4)))
    scores = scored(walk([t for t, _ in seen]), walk([r for _, r in seen]))
    assert scores.tp == most
    assert scores.fn == scores.fp == len(seen) - most
