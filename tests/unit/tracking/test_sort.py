"""SORT: who keeps an id, and from when on a track is shown."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from camweave.core.detections import Detections
from camweave.core.frame import CameraId, Stamp
from camweave.tracking.sort import Sort, SortParams

FPS = 25.0


def frame(index: int, *seen: tuple[float, float], fps: float = FPS) -> Detections:
    """One frame of people, each by the left side of a box and a score."""
    return Detections(
        Stamp(index / fps, CameraId("north"), index),
        np.array([[x, 100, x + 40, 200] for x, _ in seen], np.float32).reshape(-1, 4),
        np.array([score for _, score in seen], np.float32),
        np.zeros(len(seen), np.int32),
    )


def run(tracker: Sort, frames: Iterable[Detections]) -> list[list[int]]:
    return [tracker.update(one).track_id.tolist() for one in frames]


def tracker(fps: float = FPS, **changes: Any) -> Sort:
    return Sort(replace(SortParams.published(), **changes), fps=fps)


def test_in_the_first_three_frames_everyone_is_shown() -> None:
    frames = [frame(i, (0, 0.9), (300 + 90 * i, 0.9)) for i in range(5)]
    assert run(tracker(), frames) == [[1, 2], [1, 3], [1, 4], [1], [1]]


def test_who_comes_later_is_shown_from_the_fourth_sight_on() -> None:
    frames = [frame(i) for i in range(5)] + [frame(i, (0, 0.9)) for i in range(5, 10)]
    assert run(tracker(), frames)[5:] == [[], [], [], [1], [1]]


def test_one_miss_is_forgiven_but_the_track_has_to_show_itself_again() -> None:
    seen = [i for i in range(16) if i != 8]
    shown = run(tracker(), [frame(i, *([(0, 0.9)] if i in seen else [])) for i in range(16)])
    assert shown[7:] == [[1], [], [], [], [1], [1], [1], [1], [1]]


def test_two_misses_end_a_track() -> None:
    shown = run(tracker(), [frame(i, *([] if i in {8, 9} else [(0, 0.9)])) for i in range(20)])
    assert shown[7] == [1]
    assert shown[-1] == [2]


@pytest.mark.parametrize("fps", [2.0, 7.0, 25.0, 30.0])
def test_one_missed_frame_is_forgiven_at_any_rate(fps: float) -> None:
    line = tracker(fps)
    frames = [frame(i, *([] if i == 8 else [(0, 0.9)]), fps=fps) for i in range(16)]
    assert run(line, frames)[-1] == [1]


@pytest.mark.parametrize("fps", [10.0, 25.0, 60.0])
def test_patience_is_counted_in_seconds(fps: float) -> None:
    for missed, name in ((int(0.6 * fps), 1), (int(0.6 * fps) + 2, 2)):
        line = tracker(fps, patience=0.6)
        run(line, [frame(i, (0, 0.9), fps=fps) for i in range(8)])
        back = range(8 + missed, 14 + missed)
        run(line, [frame(i, fps=fps) for i in range(8, 8 + missed)])
        assert run(line, [frame(i, (0, 0.9), fps=fps) for i in back])[-1] == [name]


def test_a_detection_below_the_score_is_not_there() -> None:
    assert run(tracker(score=0.5), [frame(i, (0, 0.49), (300, 0.5)) for i in range(6)])[-1] == [1]


def test_scores_of_any_scale_can_be_taken_whole() -> None:
    line = tracker(score=-np.inf)
    assert run(line, [frame(i, (0, -3.5), (300, 1200.0)) for i in range(6)])[-1] == [1, 2]


def test_a_pair_that_overlaps_too_little_is_none() -> None:
    near, far = [(0.0, 0.9)], [(23.0, 0.9)]  # 17 of 63 px are shared
    for least, name in ((0.26, 1), (0.28, 2)):
        line = tracker(overlap=least)
        run(line, [frame(i, *near) for i in range(8)])
        assert run(line, [frame(i, *far) for i in range(8, 14)])[-1] == [name]


def test_a_box_that_shrinks_never_shrinks_to_nothing() -> None:
    line = tracker(patience=9.0, score=0.0)
    for i in range(40):
        size = max(100.0 * 0.8**i, 0.5)
        box = np.array([[200 - size, 200 - size, 200 + size, 200 + size]], np.float32)
        stamp = Stamp(i / FPS, CameraId("north"), i)
        one = np.full(1, 0.9, np.float32)
        line.update(Detections(stamp, box, one, np.zeros(1, np.int32)))
    run(line, [frame(i) for i in range(40, 200)])
    tracks = line._line.tracks[: int(line._line.memory["live"][0])]
    assert np.all(tracks["state"][:, 2] > 0)
    assert np.all(np.isfinite(tracks["xyxy"]))


def test_the_shown_box_is_smoothed_as_much_as_it_is_told() -> None:
    swing = []
    for smoothing in (0.0, 0.5, 1.0):
        line = tracker(smoothing=smoothing)
        jitter = [frame(i, (4.0 * (i % 2), 0.9)) for i in range(20)]
        swing.append(np.ptp([line.update(one).xyxy[0, 0] for one in jitter][5:]))
    assert swing[0] == 4
    assert 0 < swing[2] < swing[1] < 4
