"""What boxes promise: overlap, conversions, suppression equal to a slow reference."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from camweave.core.arrays import F32, I32
from camweave.ops.boxes import (
    area,
    clip,
    cxcywh_to_xyxy,
    foot_point,
    iou,
    nms,
)

corner = st.integers(0, 40)
side = st.integers(0, 40)
box = st.tuples(corner, corner, side, side).map(lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3]))
boxes = st.lists(box, max_size=9).map(lambda rows: np.array(rows, np.float32).reshape(-1, 4))


def exact_iou(a: F32, b: F32) -> Fraction:
    """The definition, in exact arithmetic."""
    (al, at, ar, ab), (bl, bt, br, bb) = (tuple(Fraction(float(v)) for v in box) for box in (a, b))
    shared = max(Fraction(0), min(ar, br) - max(al, bl)) * max(
        Fraction(0), min(ab, bb) - max(at, bt)
    )
    union = (ar - al) * (ab - at) + (br - bl) * (bb - bt) - shared
    return shared / union if union else Fraction(0)


def slow_nms(
    xyxy: F32, score: list[float], class_id: list[int], limits: tuple[float, float]
) -> list[int]:
    """Greedy suppression, one pair at a time: within the classes, then across them."""

    def left(rows: list[int], limit: float, *, across: bool) -> list[int]:
        kept: list[int] = []
        for row in rows:
            beaten = (
                exact_iou(xyxy[better], xyxy[row]) > limit
                for better in kept
                if across or class_id[better] == class_id[row]
            )
            if not any(beaten):
                kept.append(row)
        return kept

    real = [row for row in range(len(xyxy)) if np.all(xyxy[row, 2:] > xyxy[row, :2])]
    best_first = sorted(real, key=lambda row: -score[row])
    return left(left(best_first, limits[0], across=False), limits[1], across=True)


@given(boxes, boxes)
def test_overlap_is_the_shared_part_of_the_union(a: F32, b: F32) -> None:
    found = iou(a, b)
    assert found.shape == (len(a), len(b))
    assert found.dtype == np.float32
    expected = [[float(exact_iou(p, q)) for q in b] for p in a]
    np.testing.assert_allclose(found, np.reshape(expected, found.shape), atol=1e-6)


@given(boxes, boxes)
def test_overlap_does_not_care_who_is_asked_first(a: F32, b: F32) -> None:
    np.testing.assert_array_equal(iou(a, b), iou(b, a).T)


@given(boxes)
def test_a_box_overlaps_itself_wholly_unless_it_is_empty(a: F32) -> None:
    np.testing.assert_array_equal(np.diag(iou(a, a)), area(a) > 0)


def test_an_inside_out_box_has_no_size_and_no_overlap() -> None:
    inside_out = np.array([[9, 9, 1, 1]], np.float32)
    assert area(inside_out) == 0
    assert iou(inside_out, np.array([[0, 0, 10, 10]], np.float32)) == 0


@given(boxes)
def test_a_box_comes_back_from_its_centre(a: F32) -> None:
    wh, centre = a[:, 2:] - a[:, :2], (a[:, :2] + a[:, 2:]) / 2
    np.testing.assert_array_equal(cxcywh_to_xyxy(np.concatenate((centre, wh), axis=1)), a)


def test_a_clipped_box_stays_in_the_image() -> None:
    outside = np.array([[-5, -5, 50, 60], [30, 10, 35, 12], [900, 0, 950, 4]], np.float32)
    expected = [[0, 0, 40, 20], [30, 10, 35, 12], [40, 0, 40, 4]]
    np.testing.assert_array_equal(clip(outside, 40, 20), expected)


def test_a_foot_stands_below_the_middle() -> None:
    feet = foot_point(np.array([[10, 0, 20, 40], [0, 0, 1, 1]], np.float32))
    np.testing.assert_array_equal(feet, [[15, 40], [0.5, 1]])


@given(
    st.lists(st.tuples(box, st.integers(1, 9), st.integers(0, 2)), max_size=25),
    st.sampled_from([0.311, 0.6511, 0.8713]),
)
def test_suppression_equals_the_slow_reference(
    found: list[tuple[tuple[int, int, int, int], int, int]], limit: float
) -> None:
    xyxy = np.array([row[0] for row in found], np.float32).reshape(-1, 4)
    score = [row[1] / 10 for row in found]
    class_id = [row[2] for row in found]
    kept = nms(xyxy, np.array(score, np.float32), np.array(class_id, np.int32), limit, twin=0.9003)
    assert kept.dtype == np.int64
    assert kept.tolist() == slow_nms(xyxy, score, class_id, (limit, 0.9003))


def test_suppression_in_a_crowd_equals_suppression_all_at_once() -> None:
    random = np.random.default_rng(5)
    near = random.integers(-30, 90, (900, 2))
    xyxy = np.concatenate((near, near + random.integers(5, 30, (900, 2))), axis=1).astype(
        np.float32
    )
    score = 1 + random.permutation(900).astype(np.float32)
    class_id = random.integers(0, 3, 900).astype(np.int32)
    overlap = iou(xyxy, xyxy)
    kept = np.argsort(-score).tolist()
    for falls in (overlap * (class_id[:, None] == class_id) > 0.5003, overlap > 0.9):
        standing: list[int] = []
        for row in kept:
            if not falls[standing, row].any():
                standing.append(row)
        kept = standing
    assert nms(xyxy, score, class_id, 0.5003).tolist() == kept
    assert len(kept) > 300


def test_a_box_without_an_inside_or_a_score_never_survives() -> None:
    xyxy, class_id = found((1, 1, 1, 5), (5, 5, 2, 9), (0, 0, 4, 4), (9, 9, 12, 12))
    assert nms(xyxy, np.array([0.9, 0.8, 0.1, 0.0], np.float32), class_id, 0.5).tolist() == [2]
    assert nms(xyxy[:2], np.array([0.9, 0.8], np.float32), class_id[:2], 0.5).tolist() == []


def found(*rows: tuple[float, float, float, float]) -> tuple[F32, I32]:
    return np.array(rows, np.float32), np.arange(len(rows), dtype=np.int32)


def test_a_doubled_car_and_truck_is_one_object() -> None:
    xyxy, class_id = found((100, 100, 200, 160), (101, 100, 202, 161))
    score = np.array([0.5, 0.7], np.float32)
    assert nms(xyxy, score, class_id, 0.65).tolist() == [1]


def test_a_rider_and_the_bicycle_are_two_objects() -> None:
    xyxy, class_id = found((100, 40, 140, 160), (102, 80, 138, 170))
    score = np.array([0.9, 0.8], np.float32)
    assert iou(xyxy, xyxy)[0, 1] > 0.5
    assert nms(xyxy, score, class_id, 0.5).tolist() == [0, 1]


@given(boxes, st.integers(0, 2**32 - 1))
def test_survivors_come_best_first_and_do_not_overlap(xyxy: F32, seed: int) -> None:
    score = 1 - np.random.default_rng(seed).random(len(xyxy), np.float32)
    kept = nms(xyxy, score, np.zeros(len(xyxy), np.int32), 0.4)
    assert all(score[a] >= score[b] for a, b in pairwise(kept))
    overlap = iou(xyxy[kept], xyxy[kept])
    assert np.all(np.triu(overlap, 1) <= 0.4)
