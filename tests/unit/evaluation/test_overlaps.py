"""Pairs of boxes that overlap, against a slow reference."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from camweave.core.tracks import BoxTable
from camweave.evaluation.overlap import overlaps
from camweave.evaluation.tables import box_table, no_boxes

sides = st.integers(0, 12)
rows = st.lists(st.tuples(st.integers(0, 3), sides, sides, sides, sides), max_size=12)


def made(boxes: list[tuple[int, int, int, int, int]]) -> BoxTable:
    """One id for each row; width and height may be 0."""
    frame = [box[0] for box in boxes]
    xyxy = [[x, y, x + w, y + h] for _, x, y, w, h in boxes]
    return box_table(frame, range(len(boxes)), xyxy)


def slow_overlap(a: list[float], b: list[float]) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    shared = max(width, 0) * max(height, 0)
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared
    return shared / union if shared > 0 else 0


@given(rows, rows)
def test_every_pair_that_shares_frame_and_area_is_there_once(
    one: list[tuple[int, int, int, int, int]], other: list[tuple[int, int, int, int, int]]
) -> None:
    truth, result = made(one), made(other)
    expected = {
        (t, r): slow_overlap(truth.xyxy[t].tolist(), result.xyxy[r].tolist())
        for t in range(len(truth))
        for r in range(len(result))
        if truth.frame[t] == result.frame[r]
    }
    pairs = overlaps(truth, result)
    found = list(zip(pairs.truth_row.tolist(), pairs.result_row.tolist(), strict=True))
    assert found == sorted(pair for pair, overlap in expected.items() if overlap > 0)
    assert pairs.overlap.tolist() == [expected[pair] for pair in found]


@given(rows, rows)
def test_offsets_cut_the_columns_by_frame(
    one: list[tuple[int, int, int, int, int]], other: list[tuple[int, int, int, int, int]]
) -> None:
    truth, result = made(one), made(other)
    pairs = overlaps(truth, result)
    frames = np.union1d(truth.frame, result.frame)
    for at, frame in enumerate(frames.tolist()):
        assert set(truth.frame[slice(*pairs.truth_offsets[at : at + 2])]) <= {frame}
        assert set(result.frame[slice(*pairs.result_offsets[at : at + 2])]) <= {frame}
        assert set(truth.frame[pairs.truth_row[slice(*pairs.pair_offsets[at : at + 2])]]) <= {frame}
    assert pairs.pair_offsets[-1] == len(pairs.overlap)


def test_boxes_that_only_touch_do_not_overlap() -> None:
    pairs = overlaps(made([(0, 0, 0, 5, 5)]), made([(0, 5, 0, 5, 5)]))
    assert len(pairs.overlap) == 0


def test_pairs_can_be_taken_away_and_boxes_stay() -> None:
    truth, result = (
        made([(0, 0, 0, 5, 5), (2, 0, 0, 5, 5)]),
        made([(0, 0, 0, 5, 5), (2, 1, 0, 5, 5)]),
    )
    every = overlaps(truth, result)
    exact = every.where(every.overlap == 1)
    assert exact.truth_row.tolist() == [0]
    assert exact.pair_offsets.tolist() == [0, 1, 1]
    assert len(exact.truth_id) == len(exact.result_id) == 2


def test_nothing_against_nothing_has_no_pairs_and_no_ids() -> None:
    pairs = overlaps(no_boxes(), no_boxes())
    assert (len(pairs.overlap), pairs.truth_ids, pairs.result_ids) == (0, 0, 0)
