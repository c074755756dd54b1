"""HOTA on cases counted by hand."""

import numpy as np
import pytest

from camweave.core.tracks import BoxTable
from camweave.evaluation.hota import hota
from camweave.evaluation.overlap import overlaps
from camweave.evaluation.scores import ALPHAS, HotaScores
from camweave.evaluation.tables import box_table, no_boxes


def walk(ids: list[int], right: float = 10.0) -> BoxTable:
    return box_table(range(len(ids)), ids, [[0, 0, right, 10]] * len(ids))


def scored(truth: BoxTable, result: BoxTable) -> HotaScores:
    return hota(overlaps(truth, result))


def test_nineteen_overlaps_from_5_to_95_percent() -> None:
    np.testing.assert_allclose(ALPHAS, np.linspace(0.05, 0.95, 19))


def test_two_halves_under_two_ids_are_half_associated() -> None:
    """Each half: TPA 5, FNA 5, FPA 0, so 5/10."""
    scores = scored(walk([1] * 10), walk([1] * 5 + [2] * 5))
    np.testing.assert_allclose(scores.ass_a, 0.5)
    np.testing.assert_allclose(scores.ass_re, 0.5)
    np.testing.assert_allclose(scores.ass_pr, 1)
    np.testing.assert_allclose(scores.det_a, 1)
    np.testing.assert_allclose(scores.hota, np.sqrt(0.5))


def test_two_objects_under_one_id_are_half_precise() -> None:
    scores = scored(walk([1] * 5 + [2] * 5), walk([1] * 10))
    np.testing.assert_allclose(scores.ass_pr, 0.5)
    np.testing.assert_allclose(scores.ass_re, 1)


def test_a_box_counts_only_up_to_its_overlap() -> None:
    scores = scored(walk([1] * 4), walk([1] * 4, right=7.0))  # overlap .7
    found = ALPHAS <= 0.7 + 1e-6
    assert scores.tp.tolist() == np.where(found, 4, 0).tolist()
    np.testing.assert_allclose(scores.loc_a[found], 0.7)
    np.testing.assert_allclose(scores.loc_a[~found], 1)  # nothing matched: TrackEval says 1
    np.testing.assert_allclose(scores.hota[~found], 0)


def test_half_missed_and_as_many_invented() -> None:
    """TP 5, FN 5, FP 5: DetA 1/3; the matched share 5 frames of 10 and 5: AssA 1/2."""
    truth = walk([1] * 10)
    result = box_table(range(10), [1] * 5 + [2] * 5, [[0, 0, 10, 10]] * 5 + [[50, 0, 60, 10]] * 5)
    scores = scored(truth, result)
    np.testing.assert_allclose(scores.det_a, 1 / 3)
    np.testing.assert_allclose(scores.det_re, 1 / 2)
    np.testing.assert_allclose(scores.det_pr, 1 / 2)
    np.testing.assert_allclose(scores.ass_a, 1 / 2)


def test_the_id_that_stays_is_matched_before_the_box_that_fits_better() -> None:
    """In frame 9 id 2 fits better, but id 1 was there all the time."""
    result = box_table([*range(10), 9], [1] * 10 + [2], [[0, 0, 9, 10]] * 10 + [[0, 0, 10, 10]])
    scores = scored(walk([1] * 10), result)
    np.testing.assert_allclose(scores.ass_a[0], 1)


@pytest.mark.parametrize(
    ("truth", "result", "fn", "fp"),
    [
        (walk([1, 1]), no_boxes(), 2, 0),
        (no_boxes(), walk([1, 1, 1]), 0, 3),
        (no_boxes(), no_boxes(), 0, 0),
        (walk([1]), box_table([5], [1], [[0, 0, 10, 10]]), 1, 1),
    ],
)
def test_where_nothing_meets_hota_is_0_and_loc_a_1(
    truth: BoxTable, result: BoxTable, fn: int, fp: int
) -> None:
    scores = scored(truth, result)
    assert set(scores.fn) == {fn}
    assert set(scores.fp) == {fp}
    assert set(scores.hota) == {0}
    assert set(scores.loc_a) == {1}
