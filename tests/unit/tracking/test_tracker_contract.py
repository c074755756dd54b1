"""What holds for every tracker."""

from dataclasses import replace
from typing import Final

import numpy as np
import pytest
from tests.unit.tracking.every_tracker import (
    BY_MOTION,
    CAMERA,
    FPS,
    TRACKERS,
    Make,
    assert_same_tracks,
    at,
    defaults,
    empty_log,
    every_tracker,
    frame,
    looks,
    run,
)

from camweave.core.detections import Detections
from camweave.core.errors import InputError
from camweave.core.frame import CameraId, Stamp


@every_tracker
def test_who_stands_there_is_found_and_keeps_an_id(make: Make) -> None:
    shown = run(make(FPS), [frame(i, [at(0), at(300)]) for i in range(20)])
    assert shown[5:] == [[1, 2]] * 15


@every_tracker
def test_frames_without_detections_are_frames(make: Make) -> None:
    tracker = make(FPS)
    assert run(tracker, [frame(i, []) for i in range(5)]) == [[]] * 5
    assert run(tracker, [frame(i, [at(3.0 * i)]) for i in range(5, 15)])[-1] == [1]


@defaults
def test_two_thousand_objects_keep_their_ids(make: Make) -> None:
    grid = np.array([at(60.0 * (k % 50), 120.0 * (k // 50)) for k in range(2000)])
    tracker = make(FPS)
    shown = [tracker.update(frame(i, grid + [3.0 * i, 0] * 2)) for i in range(7)]
    assert len(shown[-1]) == 2000
    last, before = ({*zip(one.track_id, one.detection, strict=True)} for one in shown[:-3:-1])
    assert last == before


@every_tracker
def test_two_hundred_identical_boxes_are_no_trouble(make: Make) -> None:
    rng, tracker = np.random.default_rng(0), make(FPS)
    lengths = []
    for i in range(6):
        shown = tracker.update(frame(i, [at(0)] * 200, rng.uniform(0.75, 1, 200)))
        assert len({*shown.detection.tolist()}) == len({*shown.track_id.tolist()}) == len(shown)
        lengths.append(len(shown))
    assert lengths[-1] == 200


NO_BOXES: Final = [
    ([np.nan, 0.0, 9.0, 9.0], 0.9),
    ([0.0, 0.0, np.inf, 9.0], 0.9),
    ([-np.inf, 0.0, 9.0, 9.0], 0.9),
    ([9.0, 0.0, 9.0, 9.0], 0.9),
    ([9.0, 0.0, 3.0, 9.0], 0.9),
    ([9.0, 9.0, 3.0, 3.0], 0.9),
    (at(100), np.nan),
    (at(100), np.inf),
    (at(100), -np.inf),
]


@every_tracker
def test_rows_that_are_no_boxes_or_have_no_score_are_ignored(make: Make) -> None:
    with_them, without = make(FPS), make(FPS)
    bad, wrong = [box for box, _ in NO_BOXES], [score for _, score in NO_BOXES]
    lengths = []
    for i in range(12):
        good = at(100.0 + 3 * i)
        mixed = with_them.update(frame(i, [*bad, good, *bad], [*wrong, 0.9, *wrong]))
        alone = without.update(frame(i, [good]))
        np.testing.assert_array_equal(mixed.xyxy, alone.xyxy)
        assert mixed.detection.tolist() == [len(NO_BOXES)] * len(alone)
        lengths.append(len(alone))
    assert lengths[-1] == 1


@every_tracker
def test_boxes_of_the_strangest_size_do_no_harm(make: Make) -> None:
    huge, tiny, thin = [-3e38, -3e38, 3e38, 3e38], [0, 0, 1e-45, 1e-45], [0, 0, 1e-45, 3e38]
    tracker = make(FPS)
    shown = [tracker.update(frame(i, [huge, tiny, thin, at(500)])) for i in range(30)]
    assert 3 in shown[-1].detection.tolist()


@every_tracker
def test_time_may_stand_still(make: Make) -> None:
    frames = [frame(i, [at(float(i))], time=(i // 2) / FPS) for i in range(20)]
    assert run(make(FPS), frames)[-1] == [1]


@every_tracker
@pytest.mark.parametrize("time", [0.2, -5.0, np.nan, np.inf, -np.inf])
def test_time_that_falls_is_refused_and_changes_nothing(make: Make, time: float) -> None:
    line, same = make(FPS), make(FPS)
    for i in range(8):
        for one in (line, same):
            one.update(frame(i, [at(3.0 * i)]))
    with pytest.raises(InputError, match=r"camera 'north': frame 7 .* begin a new tracker"):
        line.update(frame(7, [at(30)], time=time))
    after = frame(8, [at(24)])
    shown = line.update(after)
    assert_same_tracks(shown, same.update(after))
    assert len(shown) == 1


@defaults
def test_a_flicker_of_the_class_breaks_no_track_and_the_weightier_class_is_told(
    make: Make,
) -> None:
    tracker, shown = make(FPS), []
    for i, class_id in enumerate([2, 2, 7, 2, 2, 2, 7, 2, 2, 7, 7, 2]):
        seen = frame(i, [at(2.0 * i)])
        shown.append(tracker.update(replace(seen, class_id=np.array([class_id], np.int32))))
    assert [one.track_id.tolist() for one in shown[4:]] == [[1]] * 8
    assert [one.class_id.tolist() for one in shown[4:]] == [[2]] * 8


@pytest.mark.parametrize("name", [name for name in TRACKERS if "class-aware" in name])
def test_a_class_aware_tracker_keeps_classes_apart(name: str) -> None:
    tracker, shown = TRACKERS[name](FPS), []
    for i in range(20):
        class_id = np.array([2 if i < 10 else 7], np.int32)
        shown.append(tracker.update(replace(frame(i, [at(0)]), class_id=class_id)))
    assert shown[-1].class_id.tolist() == [7]
    assert shown[-1].track_id.tolist() == [2]


@defaults
@pytest.mark.parametrize("frames", [0, 5])
def test_where_nothing_is_found_there_is_no_tracklet(make: Make, frames: int) -> None:
    tracklets = make(10.0).track(empty_log(np.arange(frames) / 10))
    assert (len(tracklets), len(tracklets.frame)) == (0, 0)


@defaults
@pytest.mark.parametrize("times", [[0.0, 0.2, 0.1], [0.0, np.nan, 0.2], [-np.inf, 0.0, 0.1]])
def test_a_log_whose_time_falls_is_refused(make: Make, times: list[float]) -> None:
    with pytest.raises(InputError, match=r"camera .north.: frame \d is of"):
        make(10.0).track(empty_log(times))


@every_tracker
def test_a_tracker_follows_one_camera(make: Make) -> None:
    line = make(FPS)
    line.update(frame(0, []))
    other = Detections.empty(Stamp(1.0, CameraId("south"), 0))
    with pytest.raises(InputError, match=r"'south': this tracker follows camera 'north'"):
        line.update(other)


@every_tracker
def test_two_cameras_count_for_themselves(make: Make) -> None:
    frames = [frame(i, [at(0)]) for i in range(10)]
    assert run(make(FPS), frames)[-1] == run(make(FPS), frames)[-1] == [1]


@every_tracker
@pytest.mark.parametrize("fps", [10.0, 15.0, 30.0, 60.0])
def test_the_same_walk_is_one_track_at_any_frame_rate(make: Make, fps: float) -> None:
    times = np.arange(int(6 * fps)) / fps
    moving = [frame(i, [at(60 * t), at(400 - 60 * t, 260)], time=t) for i, t in enumerate(times)]
    shown = run(make(fps), moving)
    assert shown[-1] == [1, 2]
    assert {name for ids in shown for name in ids} == {1, 2}


@defaults
def test_a_rate_that_varies_does_not_disturb_a_track(make: Make) -> None:
    rng = np.random.default_rng(3)
    times = np.cumsum(rng.choice([0.5, 1.0, 1.7, 3.0], 60)) / FPS
    moving = [frame(i, [at(200 * t)], time=float(t)) for i, t in enumerate(times)]
    assert run(make(FPS), moving)[5:] == [[1]] * 55


@every_tracker
def test_a_stall_of_an_hour_ends_every_track(make: Make) -> None:
    line = make(FPS)
    run(line, [frame(i, [at(0)]) for i in range(10)])
    after = [frame(i, [at(0)], time=3600 + i / FPS) for i in range(10, 20)]
    assert run(line, after)[-1] == [2]


@every_tracker
def test_what_was_shown_does_not_change_when_the_tracker_goes_on(make: Make) -> None:
    line = make(FPS)
    shown = [line.update(frame(i, [at(100 * k + i) for k in range(9)])) for i in range(200)]
    for i, tracks in enumerate(shown[5:], 5):
        assert tracks.track_id.tolist() == list(range(1, 10))
        assert tracks.stamp.index == i
        assert abs(tracks.xyxy[0, 0] - i) < 3
        assert not tracks.xyxy.flags.writeable


@every_tracker
def test_the_forgotten_take_no_room(make: Make) -> None:
    rng, line = np.random.default_rng(5), make(FPS)
    for i in range(800):  # six times as long as anybody is waited for
        x, y = rng.uniform(0, 1e5, 2)
        line.update(frame(i, [at(x, y)]))
    assert line._line.memory["live"][0] < 140  # type: ignore[attr-defined]  # as it is inside
    assert len(line._line.tracks) < 300  # type: ignore[attr-defined]  # as it is inside


@every_tracker
def test_columns_of_a_wider_table_are_taken_as_they_lie(make: Make) -> None:
    line, shown = make(FPS), []
    for i in range(6):
        wide = np.zeros((3, 6), np.float32)
        wide[:, :4] = [at(0), at(300), at(600)]
        wide[:, 4] = 0.9
        kinds = np.zeros(6, np.int32)[::2]
        seen = Detections(
            Stamp(i / FPS, CAMERA, i), wide[:, :4], wide[:, 4], kinds, looks(wide[:, :4])
        )
        shown.append(line.update(seen))
    assert shown[-1].track_id.tolist() == [1, 2, 3]


@every_tracker
def test_it_wants_the_embedding_of_some_rows_or_of_none(make: Make) -> None:
    line = make(FPS)
    for i in range(5):
        seen = frame(i, [at(0), at(20)])
        wanted = line.wants(seen)
        assert wanted.shape == (2,)
        assert wanted.dtype == np.dtype(bool)
        line.update(seen)


@pytest.mark.parametrize("name", BY_MOTION)
def test_a_tracker_by_motion_wants_no_embedding(name: str) -> None:
    line = TRACKERS[name](FPS)
    for i in range(5):
        assert not line.wants(frame(i, [at(0), at(20)])).any()
        line.update(frame(i, [at(0), at(20)]))


@every_tracker
@pytest.mark.parametrize("fps", [0.0, -25.0, np.nan, np.inf])
def test_a_rate_must_be_a_rate(make: Make, fps: float) -> None:
    with pytest.raises(InputError, match="tracker: fps: expected more than 0 frames/s"):
        make(fps)
