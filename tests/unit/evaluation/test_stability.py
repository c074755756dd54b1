"""The stability suite on runs small enough to be counted by hand. One frame a second."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from camweave.core.errors import InputError
from camweave.core.tracks import BoxTable
from camweave.evaluation.stability import Stability, stability
from camweave.evaluation.tables import box_table

Rows = Sequence[tuple[int, int]]  # frame and id, always the same box


def boxes(rows: Rows, left: int = 0) -> BoxTable:
    """One object's boxes."""
    return box_table(
        [frame for frame, _ in rows],
        [number for _, number in rows],
        [[left, 0, left + 10, 10]] * len(rows),
    )


def both(one: BoxTable, other: BoxTable) -> BoxTable:
    return box_table(
        np.concatenate([one.frame, other.frame]),
        np.concatenate([one.object_id, other.object_id]),
        np.concatenate([one.xyxy, other.xyxy]),
    )


def run(
    truth: Mapping[str, BoxTable],
    shown: Mapping[str, BoxTable],
    final: Mapping[str, Sequence[int]],
    frames: int = 40,
) -> Stability:
    times = {camera: np.arange(frames, dtype=np.float64) for camera in truth}
    ids = {camera: np.array(numbers, np.int64) for camera, numbers in final.items()}
    return stability(truth, shown, ids, times)


def stay(first: int, last: int, number: int) -> list[tuple[int, int]]:
    return [(frame, number) for frame in range(first, last + 1)]


def test_who_is_shown_right_at_once_and_for_ever_is_perfect() -> None:
    there = {"a": boxes(stay(0, 9, 7)), "b": boxes(stay(20, 29, 7))}
    shown = {"a": boxes(stay(0, 9, 1)), "b": boxes(stay(20, 29, 1))}
    got = run(there, shown, {"a": [1] * 10, "b": [1] * 10})
    assert (got.cidf1, got.fidf1, got.right_share) == (1, 1, 1)
    assert (got.changes, got.erasure, got.longest_wrong) == (0, 0, 0)
    assert got.to_right.tolist() == [0, 0]
    assert (got.identities, got.seconds) == (1, 20)


def test_an_id_that_comes_late_and_is_mended_later() -> None:
    """A: pending 2 s, then 1. B: 2 for 4 s, then corrected to 1. Nothing else."""
    there = {"a": boxes(stay(0, 9, 7)), "b": boxes(stay(20, 29, 7))}
    shown = {
        "a": boxes([*stay(0, 1, -5), *stay(2, 9, 1)]),
        "b": boxes([*stay(20, 23, 2), *stay(24, 29, 1)]),
    }
    got = run(there, shown, {"a": [1] * 10, "b": [1] * 10})
    assert got.fidf1 == 1
    assert got.cidf1 == pytest.approx(14 / 20)  # 8 s in A and 6 s in B under 1
    assert got.right == 14
    assert (got.flips, got.handovers, got.corrections) == (0, 1, 1)
    assert got.changes_per_identity == 2
    assert got.changes_per_minute == pytest.approx(6)  # 2 in 20 s
    assert got.to_right.tolist() == [2, 4]
    assert got.median_to_right == 3
    assert got.quantile_to_right(0.9) == pytest.approx(3.8)
    assert got.longest_wrong == 4
    assert got.erasure == pytest.approx(4 / 20)  # pending seconds were not rewritten


def test_a_flip_in_view_is_neither_a_handover_nor_mended() -> None:
    """1 1 1 2 2 1 1 1 1 1: away from the right id, and back."""
    shown = {"a": boxes([*stay(0, 2, 1), *stay(3, 4, 2), *stay(5, 9, 1)])}
    got = run({"a": boxes(stay(0, 9, 7))}, shown, {"a": [1] * 10})
    assert (got.flips, got.handovers, got.corrections) == (1, 0, 1)
    assert got.to_right.tolist() == [5]
    assert got.longest_wrong == 2
    assert got.right_share == 0.8


def test_two_who_swap_are_wrong_until_the_end() -> None:
    there = {"a": both(boxes(stay(0, 9, 7)), boxes(stay(0, 9, 8), left=50))}
    one = boxes([*stay(0, 6, 1), *stay(7, 9, 2)])
    other = boxes([*stay(0, 6, 2), *stay(7, 9, 1)], left=50)
    shown = {"a": both(one, other)}
    got = run(there, shown, {"a": shown["a"].object_id.tolist()})
    assert (got.cidf1, got.fidf1) == (0.7, 0.7)
    assert (got.flips, got.corrections, got.erasure) == (2, 0, 0)
    assert got.to_right.tolist() == [10, 10]  # never: the whole stay
    assert got.longest_wrong == 3


def test_an_id_of_two_objects_is_right_for_one_of_them() -> None:
    there = {"a": boxes(stay(0, 9, 7)), "b": boxes(stay(20, 24, 8))}
    shown = {"a": boxes(stay(0, 9, 1)), "b": boxes(stay(20, 24, 1))}
    got = run(there, shown, {"a": [1] * 10, "b": [1] * 5})
    assert got.right == 10
    assert got.longest_wrong == 5
    assert got.changes == 0


def test_the_same_view_after_a_while_is_entered_anew() -> None:
    there = {"a": boxes([*stay(0, 4, 7), *stay(20, 24, 7)])}
    shown = {"a": boxes([*stay(0, 4, 1), *stay(20, 24, 2)])}
    got = run(there, shown, {"a": [1] * 10})
    assert (got.flips, got.handovers) == (0, 1)
    assert got.to_right.tolist() == [0, 5]


def test_a_short_gap_is_still_the_same_stay() -> None:
    there = {"a": boxes([*stay(0, 4, 7), *stay(8, 12, 7)])}
    shown = {"a": boxes([*stay(0, 4, 1), *stay(8, 12, 2)])}
    got = run(there, shown, {"a": [1] * 10})
    assert (got.flips, got.handovers) == (1, 0)


def test_two_views_at_once_with_two_ids_are_one_handover_missed() -> None:
    there = {"a": boxes(stay(0, 9, 7)), "b": boxes(stay(4, 9, 7))}
    shown = {"a": boxes(stay(0, 9, 1)), "b": boxes(stay(4, 9, 2))}
    got = run(there, shown, {"a": [1] * 10, "b": [1] * 6})
    assert (got.flips, got.handovers, got.corrections) == (0, 1, 0)
    assert got.longest_wrong == 6


def test_who_enters_unseen_waits_for_the_right_id_all_the_same() -> None:
    there = {"a": boxes(stay(0, 9, 7))}
    got = run(there, {"a": boxes(stay(3, 9, 1))}, {"a": [1] * 7})
    assert got.to_right.tolist() == [3]
    assert got.seconds == 7


def test_a_number_of_a_camera_is_nobody_elses() -> None:
    """Both cameras show -2, a number of their own: these are two ids."""
    there = {"a": boxes(stay(0, 9, 7)), "b": boxes(stay(20, 29, 7))}
    shown = {"a": boxes(stay(0, 9, -2)), "b": boxes(stay(20, 29, -2))}
    got = run(there, shown, {"a": [1] * 10, "b": [1] * 10})
    assert (got.cidf1, got.fidf1) == (0.5, 1)
    assert (got.right, got.changes, got.longest_wrong) == (0, 0, 0)


def test_boxes_without_any_id_are_missed_not_wrong() -> None:
    there = {"a": both(boxes(stay(0, 9, 7)), boxes(stay(0, 9, 8), left=50))}
    nobody = both(boxes(stay(0, 9, -1)), boxes(stay(0, 9, -1), left=50))
    got = run(there, {"a": nobody}, {"a": [-1] * 20})
    assert (got.causal.tp, got.causal.fp, got.causal.fn) == (0, 0, 20)
    assert got.erasure == 0


def test_nobody_was_there() -> None:
    empty = {"a": boxes([])}
    got = run(empty, empty, {"a": []})
    assert (got.right_share, got.changes_per_minute, got.erasure) == (0, 0, 0)
    assert np.isnan(got.median_to_right)


def test_what_is_missing_is_named() -> None:
    there = {"a": boxes(stay(0, 9, 7))}
    with pytest.raises(InputError, match="camera 'a': boxes up to frame 9, and times of 5 frames"):
        run(there, there, {"a": [1] * 10}, frames=5)
    with pytest.raises(InputError, match="camera 'a': 10 boxes were shown, and 3 have a final id"):
        run(there, there, {"a": [1] * 3})
    with pytest.raises(InputError, match="camera 'b' has a result and no truth"):
        run(there, {"b": boxes(stay(0, 3, 1))}, {"b": [1] * 4})
