"""CLEAR on cases counted by hand."""

from camweave.core.tracks import BoxTable
from camweave.evaluation.clear import clear
from camweave.evaluation.overlap import overlaps
from camweave.evaluation.scores import ClearScores
from camweave.evaluation.tables import box_table, no_boxes


def walk(frames: list[int], ids: list[int], left: float = 0.0) -> BoxTable:
    """One box of 10 x 10 a row, always in the same place."""
    return box_table(frames, ids, [[left, 0, left + 10, 10]] * len(frames))


def scored(truth: BoxTable, result: BoxTable) -> ClearScores:
    return clear(overlaps(truth, result), iou_threshold=0.5)


def test_a_perfect_result_has_no_fault() -> None:
    scores = scored(walk([0, 1, 2], [5] * 3), walk([0, 1, 2], [9] * 3))
    assert (scores.tp, scores.fn, scores.fp, scores.switches, scores.fragments) == (3, 0, 0, 0, 0)
    assert (scores.mota, scores.motp, scores.mostly_tracked) == (1, 1, 1)


def test_an_id_that_changes_is_one_switch_and_no_fragment() -> None:
    scores = scored(walk(list(range(10)), [1] * 10), walk(list(range(10)), [1] * 6 + [2] * 4))
    assert (scores.switches, scores.fragments, scores.mota) == (1, 0, 0.9)


def test_a_gap_is_one_fragment_and_no_switch_under_the_same_id() -> None:
    truth = walk([*range(10), *range(10)], [1] * 10 + [2] * 10)  # two on one place would tie
    truth = box_table(
        truth.frame, truth.object_id, [[i * 50, 0, i * 50 + 10, 10] for i in truth.object_id]
    )
    here = [0, 1, 2, 6, 7, 8, 9]
    result = box_table(
        [*here, *range(10)],
        [1] * len(here) + [2] * 10,
        [[50, 0, 60, 10]] * len(here) + [[100, 0, 110, 10]] * 10,
    )
    scores = scored(truth, result)
    assert (scores.fragments, scores.switches, scores.fn) == (1, 0, 3)


def test_a_gap_in_which_no_frame_has_a_result_is_passed_over() -> None:
    """TrackEval's rule: frames with nothing on one side do not interrupt."""
    scores = scored(walk(list(range(6)), [1] * 6), walk([0, 1, 4, 5], [1] * 4))
    assert (scores.fragments, scores.fn) == (0, 2)


def test_a_box_far_from_the_truth_is_a_false_positive() -> None:
    result = box_table([0, 0], [1, 2], [[0, 0, 10, 10], [50, 0, 60, 10]])
    scores = scored(walk([0], [1]), result)
    assert (scores.tp, scores.fp, scores.fn, scores.mota) == (1, 1, 0, 0)


def test_less_than_half_an_overlap_is_missed_and_invented() -> None:
    scores = scored(walk([0], [1]), walk([0], [1], left=4))  # overlap 60 / 140
    assert (scores.tp, scores.fn, scores.fp, scores.mota) == (0, 1, 1, -1)


def test_exactly_half_an_overlap_is_found() -> None:
    result = box_table([0], [1], [[0, 0, 5, 10]])
    assert scored(walk([0], [1]), result).tp == 1


def test_motp_is_the_mean_overlap_of_the_matched() -> None:
    result = box_table([0, 1], [1, 1], [[0, 0, 10, 10], [0, 0, 6, 10]])
    assert abs(scored(walk([0, 1], [1, 1]), result).motp - 0.8) < 1e-9


def test_the_partner_of_the_frame_before_is_kept_against_a_better_box() -> None:
    truth = walk([0, 1], [1, 1])
    result = box_table([0, 1, 1], [7, 7, 8], [[1, 0, 11, 10], [2, 0, 12, 10], [0, 0, 10, 10]])
    scores = scored(truth, result)
    assert (scores.switches, scores.fp) == (0, 1)


def test_a_partner_from_before_a_lost_frame_is_not_kept() -> None:
    truth = box_table([0, 1, 2], [1, 1, 1], [[0, 0, 10, 10]] * 3)
    far = [90, 0, 99, 9]
    result = box_table(
        [0, 1, 2, 2], [7, 9, 7, 8], [[1, 0, 11, 10], far, [2, 0, 12, 10], [0, 0, 10, 10]]
    )
    assert scored(truth, result).switches == 1


def test_tracked_is_more_than_four_fifths_and_lost_less_than_one() -> None:
    frames = list(range(10))
    for found, expected in [(9, (1, 0, 0)), (8, (0, 1, 0)), (2, (0, 1, 0)), (1, (0, 0, 1))]:
        scores = scored(walk(frames, [1] * 10), walk(frames[:found], [1] * found))
        assert (scores.mostly_tracked, scores.partly_tracked, scores.mostly_lost) == expected


def test_nothing_found_is_all_missed() -> None:
    scores = scored(walk([0, 1], [1, 1]), no_boxes())
    assert (scores.fn, scores.mostly_lost, scores.mota, scores.motp) == (2, 1, 0, 0)


def test_without_truth_all_is_invented_and_mota_is_0() -> None:
    scores = scored(no_boxes(), walk([0, 1], [1, 1]))
    assert (scores.fp, scores.mota) == (2, 0)
