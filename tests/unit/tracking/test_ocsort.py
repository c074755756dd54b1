"""OC-SORT: momentum, recovery and re-update, each where it changes who is who."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from camweave.core.arrays import F64
from camweave.core.detections import Detections
from camweave.core.frame import CameraId, Stamp
from camweave.core.tracks import Tracks
from camweave.tracking.ocsort import OcSort, OcSortParams

FPS = 30.0
Seen = tuple[float, float, float]  # left, top, score


def frame(index: int, *seen: Seen, fps: float = FPS) -> Detections:
    """One frame of boxes of 60 by 100 px."""
    boxes = [[x, y, x + 60, y + 100] for x, y, _ in seen]
    return Detections(
        Stamp(index / fps, CameraId("north"), index),
        np.array(boxes, np.float32).reshape(-1, 4),
        np.array([score for *_, score in seen], np.float32),
        np.zeros(len(seen), np.int32),
    )


def run(tracker: OcSort, frames: Iterable[Detections]) -> list[Tracks]:
    return [tracker.update(one) for one in frames]


def tracker(fps: float = FPS, **changes: Any) -> OcSort:
    return OcSort(replace(OcSortParams.published(), **changes), fps=fps)


def ids(tracks: Sequence[Tracks]) -> list[list[int]]:
    return [one.track_id.tolist() for one in tracks]


def state(line: OcSort) -> F64:
    """Centre x and y, area and aspect of the only track, then their velocities."""
    assert line._line.memory["live"][0] == 1
    found: F64 = line._line.tracks["state"][0, :8]
    return found


def test_a_faint_detection_counts_only_in_the_second_round() -> None:
    for byte, last in ((False, []), (True, [1])):
        line = tracker(byte=byte)
        run(line, [frame(i, (4.0 * i, 0, 0.9)) for i in range(8)])
        assert ids(run(line, [frame(i, (4.0 * i, 0, 0.3)) for i in range(8, 14)]))[-1] == last


def test_a_faint_detection_begins_no_track() -> None:
    assert ids(run(tracker(byte=True), [frame(i, (0, 0, 0.5)) for i in range(9)])) == [[]] * 9


def test_who_stopped_while_hidden_is_recovered_where_it_was_last_seen() -> None:
    line = tracker()
    walk = [frame(i, (9.0 * i, 0, 0.9)) for i in range(12)]
    run(line, walk)
    run(line, [frame(i) for i in range(12, 22)])  # the filter is 99 px further by now
    assert ids(run(line, [frame(i, (99.0, 0, 0.9)) for i in range(22, 28)]))[-1] == [1]


def test_who_was_seen_once_only_is_not_recovered() -> None:
    line = tracker()
    run(line, [frame(0, (0, 0, 0.9)), *(frame(i) for i in range(1, 4))])
    before = line._line.tracks["sights"][0]
    run(line, [frame(4, (30.0, 0, 0.9))])  # overlaps by a third with the filter as well
    assert before == 0
    assert line._line.memory["live"][0] == 1


@pytest.mark.parametrize(("inertia", "left"), [(0.2, 109.0), (0.0, 96.0)])
def test_of_two_nearly_equal_overlaps_the_one_straight_ahead_is_taken(
    inertia: float, left: float
) -> None:
    line = tracker(inertia=inertia)
    run(line, [frame(i, (8.0 * i, 0, 0.9)) for i in range(12)])
    aside, ahead = (96.0, 20.0, 0.9), (109.0, 0.0, 0.9)  # it is expected at 96, 0
    shown = run(line, [frame(12, aside, ahead)])[-1]
    assert shown.xyxy[:, 0].tolist() == [left]


def test_after_a_gap_the_velocity_is_that_of_the_straight_way() -> None:
    line = tracker(overlap=0.05)
    run(line, [frame(i, (6.0 * i, 0, 0.9)) for i in range(15)])  # 6 px a frame
    assert state(line)[4] == pytest.approx(6, abs=0.5)
    run(line, [frame(i) for i in range(15, 23)])
    back = frame(23, (84.0 + 9 * 3, 0, 0.9))  # it went at 3 px a frame
    assert ids(run(line, [back]))[0] == []
    assert state(line)[4] == pytest.approx(3, abs=1.2)
    assert state(line)[0] == pytest.approx(84 + 27 + 30, abs=2)


def test_the_shown_box_is_the_detection() -> None:
    line, rng, shown = tracker(), np.random.default_rng(1), []
    for i in range(20):
        seen = frame(i, (5.0 * i + rng.normal(), rng.normal(), 0.9))
        shown.append(line.update(seen))
        np.testing.assert_array_equal(shown[-1].xyxy, seen.xyxy[shown[-1].detection])
    assert len(shown[-1]) == 1


@pytest.mark.parametrize("fps", [5.0, 25.0, 60.0])
def test_patience_is_counted_in_seconds(fps: float) -> None:
    for missed, name in ((int(1.2 * fps), 1), (int(1.2 * fps) + 2, 2)):
        line = tracker(fps, patience=1.2)
        run(line, [frame(i, (0, 0, 0.9), fps=fps) for i in range(8)])
        run(line, [frame(i, fps=fps) for i in range(8, 8 + missed)])
        back = range(8 + missed, 14 + missed)
        assert ids(run(line, [frame(i, (0, 0, 0.9), fps=fps) for i in back]))[-1] == [name]


@pytest.mark.parametrize("look_back", [0.0, 0.1, 10.0])
def test_a_direction_is_told_over_the_time_that_was_asked_for(look_back: float) -> None:
    line = tracker(look_back=look_back)
    corner = [(6.0 * min(i, 12), 6.0 * max(i - 12, 0), 0.9) for i in range(16)]  # east, then south
    run(line, [frame(i, seen) for i, seen in enumerate(corner)])
    x, y = line._line.tracks["direction"][0]
    steps = {0.0: (0, 1), 0.1: (0, 3), 10.0: (5, 3)}[look_back]  # east and south, 8 sights at most
    assert (x, y) == pytest.approx(steps / np.hypot(*steps), abs=1e-3)


def test_who_stands_still_has_no_direction_and_is_not_lost() -> None:
    line = tracker(inertia=1.0)
    assert ids(run(line, [frame(i, (50.0, 0, 0.9)) for i in range(30)]))[-1] == [1]
    assert np.all(np.abs(line._line.tracks["direction"][0]) < 1e-3)


def test_beyond_the_left_and_upper_border_it_is_the_same() -> None:
    inside = run(tracker(), [frame(i, (500 - 9.0 * i, 500, 0.9)) for i in range(40)])
    outside = run(tracker(), [frame(i, (100 - 9.0 * i, -400, 0.9)) for i in range(40)])
    assert ids(inside) == ids(outside)
