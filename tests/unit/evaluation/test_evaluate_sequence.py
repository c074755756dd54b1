"""Laws of the whole: what must not matter, and what must."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camweave.core.errors import InputError
from camweave.core.tracks import BoxTable
from camweave.evaluation.evaluate import evaluate
from camweave.evaluation.report import figures
from camweave.evaluation.tables import box_table, no_boxes

BOX = [0.0, 0.0, 10.0, 10.0]
seeds = st.integers(0, 10_000)
exact = {"switches", "fragments", "tp", "fp", "fn", "idtp", "idfp", "idfn"}


def recording(seed: int) -> tuple[BoxTable, BoxTable]:
    """A truth of drifting boxes, and a result that misses, invents and swaps."""
    rng = np.random.default_rng(seed)
    people, frames = int(rng.integers(1, 7)), int(rng.integers(1, 15))
    start = rng.uniform(0, 40, (people, 2))
    drift = rng.normal(0, 1.5, (people, 2))
    who, when = (grid.ravel() for grid in np.meshgrid(np.arange(people), np.arange(frames)))
    corner = start[who] + drift[who] * when[:, None]
    xyxy = np.concatenate([corner, corner + 12], axis=1)
    seen, found = rng.random(len(who)) < 0.9, rng.random(len(who)) < 0.8
    renamed = who + people * (rng.random(len(who)) < 0.1)
    noisy = xyxy + rng.normal(0, 1, xyxy.shape)
    return (
        box_table(when[seen], who[seen], xyxy[seen]),
        box_table(when[found], renamed[found], noisy[found]),
    )


def same(one: dict[str, float | int], other: dict[str, float | int]) -> None:
    for name, value in one.items():
        assert other[name] == pytest.approx(value, abs=1e-9), name


@given(seeds)
@settings(max_examples=30)
def test_a_perfect_result_scores_1(seed: int) -> None:
    truth, _ = recording(seed)
    if len(truth):
        scores = figures(evaluate(truth, truth))
        for name in ("hota", "det_a", "ass_a", "loc_a", "mota", "motp", "idf1", "idp", "idr"):
            assert scores[name] == pytest.approx(1), name
        assert scores["switches"] == scores["fp"] == scores["fn"] == 0


@given(seeds)
@settings(max_examples=30)
def test_other_names_for_the_ids_score_the_same(seed: int) -> None:
    truth, result = recording(seed)
    names = np.random.default_rng(seed).permutation(1000)
    renamed = box_table(result.frame, names[result.object_id], result.xyxy)
    same(figures(evaluate(truth, result)), figures(evaluate(truth, renamed)))


@given(seeds)
@settings(max_examples=30)
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    truth, result = recording(seed)
    rng = np.random.default_rng(seed)
    t, r = rng.permutation(len(truth)), rng.permutation(len(result))
    shuffled = evaluate(
        box_table(truth.frame[t], truth.object_id[t], truth.xyxy[t]),
        box_table(result.frame[r], result.object_id[r], result.xyxy[r]),
    )
    same(figures(evaluate(truth, result)), figures(shuffled))


@given(seeds)
@settings(max_examples=30)
def test_truth_and_result_swapped_swap_recall_and_precision(seed: int) -> None:
    truth, result = recording(seed)
    one, other = figures(evaluate(truth, result)), figures(evaluate(result, truth))
    for a, b in (("idp", "idr"), ("det_re", "det_pr"), ("ass_re", "ass_pr"), ("fp", "fn")):
        assert one[a] == pytest.approx(other[b])
        assert one[b] == pytest.approx(other[a])
    assert one["hota"] == pytest.approx(other["hota"])
    assert one["idf1"] == pytest.approx(other["idf1"])


@given(seeds)
@settings(max_examples=30)
def test_every_box_is_counted_once(seed: int) -> None:
    truth, result = recording(seed)
    scores = evaluate(truth, result)
    clear, identity, counts = scores.clear, scores.identity, scores.counts
    assert clear.tp + clear.fn == identity.tp + identity.fn == counts.truth_boxes == len(truth)
    assert clear.tp + clear.fp == identity.tp + identity.fp == counts.result_boxes == len(result)
    assert set(scores.by_alpha.tp + scores.by_alpha.fn) == {len(truth)}


def test_frames_that_never_meet_are_all_missed_and_all_invented() -> None:
    scores = evaluate(box_table([0, 1], [1, 1], [BOX] * 2), box_table([7, 8], [1, 1], [BOX] * 2))
    assert (scores.clear.fn, scores.clear.fp, scores.hota, scores.counts.frames) == (2, 2, 0, 9)


def test_result_after_the_truths_end_is_wrong_unless_the_length_is_known() -> None:
    truth, result = box_table([0], [1], [BOX]), box_table([0, 12], [1, 1], [BOX] * 2)
    assert evaluate(truth, result).clear.fp == 1
    assert evaluate(truth, result, frame_count=13).clear.fp == 1
    with pytest.raises(InputError, match=r"result: frame 12 .* 12 frames"):
        evaluate(truth, result, frame_count=12)


@pytest.mark.parametrize("swapped", [False, True])
def test_what_cannot_be_scored_is_refused_on_both_sides(*, swapped: bool) -> None:
    good = box_table([0], [1], [BOX])
    for bad in (box_table([0, 0], [5, 5], [BOX] * 2), box_table([0], [5], [[0, 0, np.nan, 1]])):
        with pytest.raises(InputError, match=r"id 5 in frame 0"):
            evaluate(*((bad, good) if swapped else (good, bad)))


def test_nothing_against_nothing_scores_0() -> None:
    scores = evaluate(no_boxes(), no_boxes(), name="empty")
    assert (scores.hota, scores.mota, scores.idf1, scores.counts.frames) == (0, 0, 0, 0)


def test_a_stricter_threshold_finds_less() -> None:
    truth, result = box_table([0], [1], [BOX]), box_table([0], [1], [[0, 0, 6, 10]])
    assert evaluate(truth, result).clear.tp == 1
    strict = evaluate(truth, result, iou_threshold=0.7)
    assert (strict.clear.tp, strict.identity.tp) == (0, 0)
