"""Rows of a tracklet as the stretches in which it was seen, filled in, or neither."""

import numpy as np

from camweave.core.tracks import TrackId, Tracklet
from camweave.reporting.content import Span
from camweave.reporting.spans import spans_of

STEP = 0.1  # s


def tracklet(frames: list[int], filled: tuple[int, ...] = ()) -> Tracklet:
    numbers = np.array(frames, np.int64)
    rows = np.where(np.isin(numbers, filled), -1, np.arange(len(numbers)))
    return Tracklet(
        tracklet_id=TrackId(1),
        class_id=0,
        frame_numbers=numbers,
        times=np.asarray(numbers * STEP, np.float64),
        bboxes=np.zeros((len(numbers), 4), np.float32),
        confidences=np.ones(len(numbers), np.float32),
        detection_indices=rows,
    )


def rounded(spans: tuple[Span, ...]) -> list[tuple[float, float, bool]]:
    return [(round(span.begin, 6), round(span.end, 6), span.seen) for span in spans]


def test_what_was_seen_all_the_time_is_one_stretch_to_the_end_of_its_last_frame() -> None:
    assert rounded(spans_of(tracklet([3, 4, 5]), STEP)) == [(0.3, 0.6, True)]


def test_a_filled_gap_joins_the_stretches_beside_it() -> None:
    spans = spans_of(tracklet([0, 1, 2, 3, 4], filled=(2, 3)), STEP)
    assert rounded(spans) == [(0.0, 0.2, True), (0.2, 0.4, False), (0.4, 0.5, True)]


def test_a_gap_that_nobody_filled_stays_empty() -> None:
    spans = spans_of(tracklet([0, 1, 5, 6]), STEP)
    assert rounded(spans) == [(0.0, 0.2, True), (0.5, 0.7, True)]


def test_a_single_frame_lasts_one_frame() -> None:
    assert rounded(spans_of(tracklet([7]), STEP)) == [(0.7, 0.8, True)]


def test_a_tracklet_without_rows_has_no_stretch() -> None:
    assert spans_of(tracklet([]), STEP) == ()
