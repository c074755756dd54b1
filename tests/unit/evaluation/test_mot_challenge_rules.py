"""What of a truth file counts."""

import numpy as np
import pytest

from camweave.core.errors import InputError
from camweave.core.tracks import BoxTable
from camweave.evaluation.preprocess import (
    DISTRACTORS,
    Countable,
    Rules,
    looks_like_mot17,
    mot_challenge,
)
from camweave.evaluation.tables import box_table

LEFTS = np.arange(0, 500, 50)


def side_by_side(*class_id: int, counted: tuple[int, ...] = (1,)) -> BoxTable:
    """One frame, one box for each class, marked 0 unless its class is counted."""
    lefts = LEFTS[: len(class_id)]
    xyxy = np.stack([lefts, lefts * 0, lefts + 10, lefts * 0 + 10], axis=1)
    marks = np.isin(class_id, counted)
    return box_table([0] * len(lefts), range(len(lefts)), xyxy, score=marks, class_id=class_id)


def result_like(truth: BoxTable, shift: float = 0.0) -> BoxTable:
    return box_table(truth.frame, truth.object_id + 100, truth.xyxy + np.float32(shift))


def test_a_result_on_a_distractor_is_taken_out_and_on_a_car_is_not() -> None:
    truth = side_by_side(1, 3, *DISTRACTORS)
    kept, result = mot_challenge(truth, result_like(truth))
    assert kept.class_id.tolist() == [1]
    assert result.object_id.tolist() == [100, 101]


def test_a_result_half_beside_a_distractor_stays() -> None:
    truth = side_by_side(1, 8)
    _, result = mot_challenge(truth, result_like(truth, shift=4.0))
    assert len(result) == 2


def test_a_box_nearer_to_a_pedestrian_than_to_a_distractor_stays() -> None:
    truth = box_table(
        [0, 0], [1, 2], [[0, 0, 10, 10], [2, 0, 12, 10]], score=[1, 0], class_id=[1, 8]
    )
    _, result = mot_challenge(truth, box_table([0], [9], [[0, 0, 10, 10]]))
    assert len(result) == 1


def test_a_pedestrian_marked_0_does_not_count() -> None:
    truth = box_table([0, 0], [1, 2], [[0, 0, 10, 10], [50, 0, 60, 10]], score=[1, 0], class_id=1)
    kept, result = mot_challenge(truth, result_like(truth), rules="mot17")
    assert kept.object_id.tolist() == [1]
    assert len(result) == 2  # found, and wrong: it is no distractor


def test_a_vehicle_without_motor_is_a_distractor_in_mot20_only() -> None:
    truth = side_by_side(1, 6, 8)
    assert len(mot_challenge(truth, result_like(truth), rules="mot17")[1]) == 2
    assert len(mot_challenge(truth, result_like(truth), rules="mot20")[1]) == 1


def test_plain_rules_leave_the_result_alone_and_keep_every_class() -> None:
    truth = side_by_side(1, 2, 3, counted=(1, 2))
    kept, result = mot_challenge(truth, result_like(truth), rules="plain")
    assert kept.class_id.tolist() == [1, 2]
    assert len(result) == 3


@pytest.mark.parametrize(
    ("truth", "mot17"),
    [
        (side_by_side(1, 8), True),
        (side_by_side(1, 7, 3), True),
        (side_by_side(1, 1), False),  # nothing to take out
        (side_by_side(-1, -1, counted=(-1,)), False),  # MOT15
        (side_by_side(0, 2, counted=(0, 2)), False),  # ours: person and car
        (side_by_side(1, 2, counted=(1, 2)), False),  # another's classes, all counted
        (side_by_side(1, 8, 14), False),
        (side_by_side(), False),
    ],
)
def test_a_truth_like_mot17s_is_known_by_its_classes_and_marks(
    truth: BoxTable, *, mot17: bool
) -> None:
    assert looks_like_mot17(truth) is mot17


def test_a_class_that_the_asked_rules_do_not_know_is_named() -> None:
    truth = side_by_side(1, 40)
    with pytest.raises(InputError, match=r"class 40 .* mot17"):
        mot_challenge(truth, truth, rules="mot17")


def test_where_truth_is_marked_0_a_forgiving_judge_counts_neither_a_hit_nor_a_miss() -> None:
    truth = side_by_side(1, 1, 3, counted=(1,))
    kept, result = mot_challenge(truth, result_like(truth), rules="forgiving")
    assert kept.object_id.tolist() == [0, 1]
    assert result.object_id.tolist() == [100, 101]
    beside = box_table([0], [9], [[900, 0, 910, 10]])
    assert len(mot_challenge(truth, beside, rules="forgiving")[1]) == 1


def tall(*heights: float, seen: float = 1.0) -> BoxTable:
    """Objects of these heights beside each other, so much seen of each."""
    boxes = [[100 * n, 0, 100 * n + 20, height] for n, height in enumerate(heights)]
    count = len(heights)
    return box_table([0] * count, range(count), boxes, visibility=seen)


@pytest.mark.parametrize("rules", ["plain", "forgiving"])
def test_who_is_too_small_to_be_asked_for_is_neither_found_nor_missed(rules: Rules) -> None:
    truth = tall(60, 24)
    kept, result = mot_challenge(truth, truth, rules=rules, countable=Countable(height=25))
    assert kept.object_id.tolist() == [0]
    assert result.object_id.tolist() == [0]
    missed = mot_challenge(truth, tall(60), rules=rules, countable=Countable(height=25))
    assert [len(side) for side in missed] == [1, 1]


@pytest.mark.parametrize(("asked", "left"), [(0.5, 0), (0.4, 1)])
def test_who_is_hidden_too_much_to_be_asked_for_is_neither_found_nor_missed(
    asked: float, left: int
) -> None:
    truth = tall(60, seen=0.4)
    sides = mot_challenge(truth, truth, countable=Countable(visibility=asked))
    assert [len(side) for side in sides] == [left, left]


def test_a_false_alarm_is_wrong_unless_it_is_lower_than_what_counts() -> None:
    nobody = box_table([0, 0], [1, 2], [[500, 0, 520, 24], [700, 0, 720, 60]])
    _, result = mot_challenge(tall(60), nobody, countable=Countable(height=25))
    assert result.object_id.tolist() == [2]


def test_a_low_box_on_somebody_who_counts_is_right() -> None:
    found = box_table([0], [5], [[0, 0, 20, 24]])
    _, result = mot_challenge(tall(26), found, countable=Countable(height=25))
    assert result.object_id.tolist() == [5]
