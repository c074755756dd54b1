"""Who keeps an id, who gets a new one, and when."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from camweave.core.detections import Detections
from camweave.core.errors import InputError
from camweave.core.frame import CameraId, Stamp
from camweave.core.tracks import Tracks
from camweave.tracking.bytetrack import ByteTrack, ByteTrackParams

CAMERA = CameraId("north")
FPS = 25.0

Box = tuple[float, float, float, float]
Seen = tuple[Box, float]  # a box and its score


def frame(index: int, *seen: Seen, time: float | None = None, fps: float = FPS) -> Detections:
    """One frame, at its regular time unless told otherwise."""
    stamp = Stamp(index / fps if time is None else time, CAMERA, index)
    return Detections(
        stamp,
        np.array([box for box, _ in seen], np.float32).reshape(-1, 4),
        np.array([score for _, score in seen], np.float32),
        np.zeros(len(seen), np.int32),
    )


def at(x: float, y: float = 100.0, width: float = 40.0, height: float = 100.0) -> Box:
    """A box with this top left corner."""
    return x, y, x + width, y + height


def ids(tracks: Tracks) -> list[int]:
    """The ids of a frame, as plain numbers."""
    result: list[int] = tracks.track_id.tolist()
    return result


def run(tracker: ByteTrack, frames: Sequence[Detections]) -> list[list[int]]:
    """The ids of each frame."""
    return [ids(tracker.update(detections)) for detections in frames]


def tracker(**changes: Any) -> ByteTrack:
    return ByteTrack(replace(ByteTrackParams.published(), **changes), fps=FPS)


def test_who_is_seen_in_the_first_frame_is_shown_at_once() -> None:
    assert run(tracker(), [frame(0, (at(0), 0.9), (at(300), 0.9))]) == [[1, 2]]


def test_who_comes_later_is_shown_from_the_second_sight_on() -> None:
    come = [frame(i, (at(0), 0.9)) for i in (1, 2, 3)]
    assert run(tracker(), [frame(0), *come]) == [[], [], [1], [1]]


def test_who_is_seen_once_only_leaves_no_id_behind() -> None:
    ghost = frame(1, (at(500), 0.9))
    come = [frame(i, (at(0), 0.9)) for i in (2, 3)]
    assert run(tracker(), [frame(0), ghost, *come]) == [[], [], [], [1]]


def test_a_faint_detection_begins_no_track() -> None:
    assert run(tracker(), [frame(i, (at(0), 0.5)) for i in range(9)]) == [[]] * 9


def test_between_faint_and_certain_a_detection_may_keep_a_track_but_not_begin_one() -> None:
    assert run(tracker(), [frame(i, (at(0), 0.65)) for i in range(3)]) == [[], [], []]
    kept = [frame(0, (at(0), 0.9)), frame(1, (at(0), 0.65))]
    assert run(tracker(), kept) == [[1], [1]]


def test_a_faint_detection_keeps_a_track() -> None:
    faint = [frame(i, (at(2 * i), 0.15)) for i in range(1, 40)]
    assert run(tracker(), [frame(0, (at(0), 0.9)), *faint]) == [[1]] * 40


def test_a_faint_detection_does_not_bring_a_lost_track_back() -> None:
    frames = [frame(0, (at(0), 0.9)), frame(1), frame(2, (at(0), 0.3)), frame(3, (at(0), 0.9))]
    assert run(tracker(), frames) == [[1], [], [], [1]]


def test_the_strong_detection_goes_first_even_if_a_faint_one_lies_better() -> None:
    result = tracker()
    result.update(frame(0, (at(0), 0.9)))
    shown = result.update(frame(1, (at(0), 0.5), (at(3), 0.9)))
    assert shown.detection.tolist() == [1]


@pytest.mark.parametrize("score", [0.7, 0.8])
def test_a_score_that_equals_a_threshold_reaches_it(score: float) -> None:
    high = 0.6 if score == 0.7 else 0.8
    first = tracker(high=high, birth=score - high).update(frame(0, (at(0), score)))
    assert ids(first) == [1]
    below = float(np.nextafter(np.float32(score), np.float32(0)))
    assert ids(tracker(high=high, birth=score - high).update(frame(0, (at(0), below)))) == []


@pytest.mark.parametrize("fps", [5.0, 25.0, 29.97, 60.0])
@pytest.mark.parametrize("decimals", [9, 3])  # a container's clock is rounded to milliseconds
def test_patience_is_counted_in_seconds_at_any_rate(fps: float, decimals: int) -> None:
    patience = 1.2
    for missed, name in ((int(patience * fps), 1), (int(patience * fps) + 2, 2)):
        line = ByteTrack(ByteTrackParams(patience=patience), fps=fps)
        gone = [frame(i, time=round(i / fps, decimals)) for i in range(1, missed + 1)]
        run(line, [frame(0, (at(0), 0.9)), *gone])
        back = [missed + 1, missed + 2]
        seen = [frame(i, (at(0), 0.9), time=round(i / fps, decimals)) for i in back]
        assert run(line, seen)[-1] == [name]


def test_a_stall_longer_than_patience_ends_every_track() -> None:
    line = tracker()
    line.update(frame(0, (at(0), 0.9)))
    assert run(line, [frame(i, (at(0), 0.9), time=9.0 + i / FPS) for i in (1, 2)]) == [[], [2]]


def test_a_moving_object_is_found_again_behind_skipped_frames() -> None:
    speed = 14.0  # px a frame: after six frames no overlap with the last box is left
    line = tracker()
    assert run(line, [frame(i, (at(speed * i), 0.9)) for i in range(15)]) == [[1]] * 15
    later = [21, 27, 33, 34, 35, 41]
    assert run(line, [frame(i, (at(speed * i), 0.9)) for i in later]) == [[1]] * 6


def test_a_rate_that_varies_does_not_disturb_a_track() -> None:
    rng = np.random.default_rng(3)
    times = np.cumsum(rng.choice([0.5, 1.0, 1.7, 3.0], 60)) / FPS
    moving = [frame(i, (at(300 * t), 0.9), time=float(t)) for i, t in enumerate(times)]
    assert run(tracker(), moving) == [[1]] * 60


def test_frames_far_denser_than_the_nominal_rate_still_move_the_tracks() -> None:
    times = [i / (40 * FPS) for i in range(1200)]  # 30 frames' worth of motion
    moving = [frame(i, (at(250 * t), 0.9), time=t) for i, t in enumerate(times)]
    line = tracker()
    assert run(line, moving) == [[1]] * 1200
    line.update(frame(1200, time=1.2))
    assert ids(line.update(frame(1201, (at(250 * 1.5), 0.9), time=1.5))) == [1]


def test_time_may_stand_still() -> None:
    frames = [frame(0, (at(0), 0.9)), frame(1, (at(1), 0.9), time=0.0)]
    assert run(tracker(), frames) == [[1], [1]]


@pytest.mark.parametrize("time", [0.9, -5.0, np.nan, np.inf, -np.inf])
def test_time_that_falls_is_refused_and_changes_nothing(time: float) -> None:
    line, same = tracker(), tracker()
    for one in (line, same):
        one.update(frame(0, (at(0), 0.9), time=1.0))
    with pytest.raises(InputError, match=r"camera 'north': frame 7 .* begin a new tracker"):
        line.update(frame(7, (at(3), 0.9), time=time))
    after = frame(1, (at(2), 0.9), time=1.04)
    np.testing.assert_array_equal(line.update(after).xyxy, same.update(after).xyxy)


@pytest.mark.parametrize("time", [0.0, -3.5, 1e6])
def test_the_first_frame_may_be_of_any_time(time: float) -> None:
    shown = run(tracker(), [frame(i, (at(4 * i), 0.9), time=time + i / FPS) for i in range(50)])
    assert shown == [[1]] * 50


def test_a_tracker_follows_one_camera() -> None:
    line = tracker()
    line.update(frame(0))
    other = Detections.empty(Stamp(1.0, CameraId("south"), 0))
    with pytest.raises(InputError, match=r"'south': this tracker follows camera 'north'"):
        line.update(other)


def test_two_cameras_count_for_themselves() -> None:
    first, second = tracker(), tracker()
    assert run(first, [frame(0, (at(0), 0.9))]) == [[1]]
    assert run(second, [frame(0, (at(0), 0.9))]) == [[1]]


def test_where_a_lost_track_lies_on_a_seen_one_the_older_stays() -> None:
    line = tracker()
    run(line, [frame(i, (at(200 - 8 * i), 0.9)) for i in range(10)])  # 1 comes nearer,
    still = [frame(i, (at(200 - 8 * i), 0.9), (at(80), 0.9)) for i in range(10, 13)]
    assert run(line, still)[-1] == [1, 2]  # 2 stands in its way,
    both = [frame(i, (at(80), 0.9)) for i in range(13, 40)]
    shown = run(line, both)  # and then one box is left of the two
    assert len({tuple(one) for one in shown[5:]}) == 1
    assert line._line.memory["live"][0] == 1


def test_identical_boxes_are_two_objects_for_the_tracker() -> None:
    frames = [frame(i, (at(0), 0.9), (at(0), 0.8), (at(0), 0.75)) for i in range(20)]
    assert run(tracker(), frames) == [[1, 2, 3]] * 20


def test_two_hundred_identical_boxes_are_no_trouble() -> None:
    rng = np.random.default_rng(0)
    frames = [frame(i, *((at(0), s) for s in rng.uniform(0.75, 1, 200))) for i in range(4)]
    assert [len(one) for one in run(tracker(), frames)] == [200] * 4


def test_two_thousand_objects_keep_their_ids() -> None:
    grid = [at(60.0 * (k % 50), 120.0 * (k // 50)) for k in range(2000)]
    frames = [frame(i, *((moved(box, 3.0 * i), 0.9) for box in grid)) for i in range(3)]
    assert run(tracker(), frames) == [list(range(1, 2001))] * 3


def moved(box: Box, x: float) -> Box:
    return box[0] + x, box[1], box[2] + x, box[3]


NO_BOXES = [
    ((np.nan, 0.0, 9.0, 9.0), 0.9),
    ((0.0, 0.0, np.inf, 9.0), 0.9),
    ((-np.inf, 0.0, 9.0, 9.0), 0.9),
    ((9.0, 0.0, 9.0, 9.0), 0.9),
    ((9.0, 0.0, 3.0, 9.0), 0.9),
    ((9.0, 9.0, 3.0, 3.0), 0.9),
    ((100.0, 100.0, 140.0, 200.0), np.nan),
    ((100.0, 100.0, 140.0, 200.0), np.inf),
    ((100.0, 100.0, 140.0, 200.0), -np.inf),
]


def test_rows_that_are_no_boxes_are_ignored() -> None:
    with_them, without = tracker(), tracker()
    for i in range(12):
        good = (at(100.0 + 3 * i), 0.9)
        mixed = with_them.update(frame(i, *NO_BOXES, good, *NO_BOXES))
        alone = without.update(frame(i, good))
        np.testing.assert_array_equal(mixed.xyxy, alone.xyxy)
        assert mixed.detection.tolist() == [len(NO_BOXES)]


def test_boxes_of_the_strangest_size_do_no_harm() -> None:
    huge, tiny = (-3e38, -3e38, 3e38, 3e38), (0.0, 0.0, 1e-45, 1e-45)
    thin = (0.0, 0.0, 1e-45, 3e38)
    frames = [frame(i, (huge, 0.9), (tiny, 0.9), (thin, 0.9), (at(500), 0.9)) for i in range(30)]
    line = tracker(smoothing=0.0)
    shown = [line.update(one) for one in frames]
    assert all(one.detection.tolist().count(3) == 1 for one in shown)


def test_what_is_shown_carries_the_detection_that_was_taken() -> None:
    line = tracker(smoothing=0.0)
    seen = frame(0, (at(0), 0.2), (at(300), 0.9), (at(600), 0.95))
    shown = line.update(seen)
    assert shown.detection.tolist() == [1, 2]
    np.testing.assert_array_equal(shown.xyxy, seen.xyxy[1:])
    np.testing.assert_array_equal(shown.score, seen.score[1:])


def test_the_shown_box_is_smoothed_as_much_as_it_is_told() -> None:
    jitter = [frame(i, (at(4 * (i % 2)), 0.9)) for i in range(20)]
    swing = []
    for smoothing in (0.0, 0.5, 1.0):
        line = tracker(smoothing=smoothing)
        swing.append(np.ptp([line.update(one).xyxy[0, 0] for one in jitter][5:]))
    assert swing[0] == 4
    assert 0 < swing[2] < swing[1] < 4
    assert swing[1] == pytest.approx((swing[0] + swing[2]) / 2, abs=1e-3)


def test_what_was_shown_does_not_change_when_the_tracker_goes_on() -> None:
    line = tracker()
    shown = [line.update(frame(i, *((at(100 * k + i), 0.9) for k in range(9)))) for i in range(200)]
    for i, tracks in enumerate(shown):
        assert ids(tracks) == list(range(1, 10))
        assert tracks.stamp.index == i
        assert abs(tracks.xyxy[0, 0] - i) < 3
        assert not tracks.xyxy.flags.writeable


def test_the_forgotten_take_no_room() -> None:
    rng = np.random.default_rng(5)
    line = tracker()
    for i in range(3000):
        x, y = rng.uniform(0, 1e5, 2)
        line.update(frame(i, (at(x, y), 0.9)))
    assert len(line._line.tracks) == 64


def coloured(index: int, class_id: int, score: float = 0.9) -> Detections:
    seen = frame(index, (at(2 * index), score))
    return Detections(seen.stamp, seen.xyxy, seen.score, np.array([class_id], np.int32))


def test_a_flicker_of_the_class_breaks_no_track_and_the_weightier_class_is_told() -> None:
    line = tracker()
    told = [(2, 0.9), (7, 0.7), (7, 0.7), (2, 0.7), (2, 0.9), (7, 0.8)]
    shown = [line.update(coloured(i, *one)) for i, one in enumerate(told)]
    assert [ids(one) for one in shown] == [[1]] * 6
    assert [int(one.class_id[0]) for one in shown] == [2, 2, 7, 2, 2, 2]


def test_a_class_aware_tracker_keeps_classes_apart() -> None:
    line = tracker(class_aware=True)
    shown = [ids(line.update(coloured(i, 2 if i < 4 else 7))) for i in range(7)]
    assert shown == [[1], [1], [1], [1], [], [2], [2]]


def test_a_vote_holds_more_classes_than_its_ballot() -> None:
    line = tracker()
    many = [3, *range(20, 50), 3, *range(50, 80)]
    shown = [line.update(coloured(i, one)) for i, one in enumerate(many)]
    assert int(shown[-1].class_id[0]) == 3


def test_columns_of_a_wider_table_are_taken_as_they_lie() -> None:
    wide = np.zeros((3, 6), np.float32)
    wide[:, :4] = [at(0), at(300), at(600)]
    wide[:, 4] = 0.9
    seen = Detections(Stamp(0.0, CAMERA, 0), wide[:, :4], wide[:, 4], np.zeros(6, np.int32)[::2])
    assert ids(tracker().update(seen)) == [1, 2, 3]
