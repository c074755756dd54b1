"""What holds for every tracker and every stream of detections."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camweave.core.arrays import F32, F64
from camweave.core.detections import DetectionLog, Detections
from camweave.core.errors import InputError
from camweave.core.frame import CameraId, SourceInfo, Stamp
from camweave.core.stages import Tracker
from camweave.core.tracks import Tracklets, Tracks
from camweave.tracking.botsort import BotSort, BotSortParams
from camweave.tracking.bytetrack import ByteTrack, ByteTrackParams
from camweave.tracking.deepsort import DeepSort
from camweave.tracking.gather import Collector, gather
from camweave.tracking.ocsort import OcSort, OcSortParams
from camweave.tracking.sort import Sort, SortParams
from camweave.tracking.weave import Weave, WeaveParams

Make = Callable[[float], Tracker]  # given the frame rate

# A tracker joins by a line here; all of its kernels are then held to what follows.
TRACKERS: Final[dict[str, Make]] = {
    "sort": lambda fps: Sort(fps=fps),
    "sort-published": lambda fps: Sort(SortParams.published(), fps=fps),
    "sort-class-aware": lambda fps: Sort(SortParams(class_aware=True, score=0.0), fps=fps),
    "bytetrack": lambda fps: ByteTrack(fps=fps),
    "bytetrack-published": lambda fps: ByteTrack(ByteTrackParams.published(), fps=fps),
    "bytetrack-hasty": lambda fps: ByteTrack(
        ByteTrackParams(high=0.3, low=0.0, birth=0.0, patience=5.0, duplicate=0.4), fps=fps
    ),
    "bytetrack-class-aware": lambda fps: ByteTrack(
        ByteTrackParams(class_aware=True, fuse_score=False, match=0.95), fps=fps
    ),
    "botsort": lambda fps: BotSort(fps=fps),
    "botsort-published": lambda fps: BotSort(BotSortParams.published(), fps=fps),
    "botsort-class-aware": lambda fps: BotSort(BotSortParams(class_aware=True), fps=fps),
    "deepsort": lambda fps: DeepSort(fps=fps),
    "ocsort": lambda fps: OcSort(fps=fps),
    "ocsort-published": lambda fps: OcSort(OcSortParams.published(), fps=fps),
    "ocsort-class-aware": lambda fps: OcSort(
        OcSortParams(class_aware=True, look_back=1.0, inertia=1.0), fps=fps
    ),
    "weave": lambda fps: Weave(fps=fps),
    "weave-class-aware": lambda fps: Weave(
        WeaveParams(class_aware=True, high=0.3, low=0.0, heights=0.0), fps=fps
    ),
}
BY_MOTION: Final = ("sort", "bytetrack", "ocsort", "weave")  # those that want no embeddings

every_tracker = pytest.mark.parametrize("make", TRACKERS.values(), ids=TRACKERS)
defaults = pytest.mark.parametrize(
    "make",
    [make for name, make in TRACKERS.items() if "-" not in name],
    ids=[name for name in TRACKERS if "-" not in name],
)
SEEDS = st.integers(0, 2**32)
FPS = 25.0
CAMERA = CameraId("north")


def frame(index: int, boxes: object, score: object = 0.9, time: float | None = None) -> Detections:
    """One frame, at its regular time unless told otherwise."""
    xyxy = np.array(boxes, np.float32).reshape(-1, 4)
    return Detections(
        Stamp(index / FPS if time is None else time, CAMERA, index),
        xyxy,
        np.full(len(xyxy), score, np.float32) if np.isscalar(score) else np.array(score, "f4"),
        np.zeros(len(xyxy), np.int32),
        looks(xyxy),
    )


def looks(xyxy: F32) -> F32:
    """(N, 4) for trackers that go by looks: everyone looks as large as they are."""
    tame = np.clip(np.nan_to_num(xyxy), -1e4, 1e4)
    sizes = np.hstack([tame[:, 2:] - tame[:, :2], np.full((len(tame), 2), 50)])
    return sizes.astype(np.float32)


def at(x: float, y: float = 100.0) -> list[float]:
    """A standing person's box with this top left corner."""
    return [x, y, x + 40.0, y + 100.0]


def run(tracker: Tracker, frames: Iterable[Detections]) -> list[list[int]]:
    """The ids of each frame."""
    return [tracker.update(one).track_id.tolist() for one in frames]


def random_log(seed: int, *, regular: bool = True, classes: int = 3) -> DetectionLog:
    """Objects that come, cross, are missed, look faint and go; frames without anything; ghosts."""
    rng = np.random.default_rng(seed)
    count, objects, fps = int(rng.integers(1, 60)), int(rng.integers(0, 12)), 20.0
    steps = np.full(count, 1.0) if regular else rng.choice([0.0, 0.6, 1.0, 1.3, 4.0], count)
    boxes, velocity = _starts(objects, rng), rng.normal(0, 6, (objects, 2))
    frames: list[int] = []
    rows: list[F64] = []
    for index in range(count):
        boxes = boxes + np.tile(velocity, 2) * steps[index]
        seen = rng.random(objects) < (0.85 if rng.random() < 0.9 else 0.0)
        ghosts = _starts(int(rng.poisson(0.5)), rng)
        noisy = np.vstack([boxes[seen] + rng.normal(0, 2, (int(seen.sum()), 4)), ghosts])
        frames += [index] * len(noisy)
        rows += list(noisy)
    n = len(frames)
    return DetectionLog(
        camera=CAMERA,
        fps=fps,
        width=640,
        height=480,
        frame_times=np.cumsum(steps) / fps,
        frame=np.array(frames, np.int64),
        xyxy=np.array(rows, np.float32).reshape(-1, 4),
        score=np.where(rng.random(n) < 0.8, rng.beta(8, 2, n), rng.random(n)).astype(np.float32),
        class_id=rng.integers(0, classes, n).astype(np.int32),
        embedding=looks(np.array(rows, np.float32).reshape(-1, 4)),
    )


def _starts(count: int, rng: np.random.Generator) -> F64:
    corner, size = rng.uniform(0, 400, (count, 2)), rng.uniform(30, 120, (count, 2))
    return np.hstack([corner, corner + size])


def empty_log(times: object) -> DetectionLog:
    """Frames in which nothing was found."""
    return DetectionLog(
        camera=CAMERA,
        fps=10.0,
        width=0,
        height=0,
        frame_times=np.array(times, np.float64),
        frame=np.empty(0, np.int64),
        xyxy=np.empty((0, 4), np.float32),
        score=np.empty(0, np.float32),
        class_id=np.empty(0, np.int32),
    )


def assert_same(a: Tracklets, b: Tracklets) -> None:
    for name in Tracklets.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name), err_msg=name)


def assert_same_tracks(a: Tracks, b: Tracks) -> None:
    for name in ("track_id", "xyxy", "score", "class_id", "detection"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name), err_msg=name)


@every_tracker
def test_who_stands_there_is_found_and_keeps_an_id(make: Make) -> None:
    shown = run(make(FPS), [frame(i, [at(0), at(300)]) for i in range(20)])
    assert shown[5:] == [[1, 2]] * 15


@every_tracker
def test_frames_without_detections_are_frames(make: Make) -> None:
    tracker = make(FPS)
    assert run(tracker, [frame(i, []) for i in range(5)]) == [[]] * 5
    assert run(tracker, [frame(i, [at(3.0 * i)]) for i in range(5, 15)])[-1] == [1]


@every_tracker
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
@settings(max_examples=15)
@given(SEEDS, st.sampled_from([-7.25, 1e6]))
def test_it_does_not_matter_when_the_recording_was_made(
    make: Make, seed: int, shift: float
) -> None:
    log = random_log(seed)
    later = replace(log, frame_times=log.frame_times + shift)
    a, b = (make(log.fps).track(one) for one in (log, later))
    np.testing.assert_array_equal(a.offsets, b.offsets)
    np.testing.assert_array_equal(a.detection, b.detection)


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


@every_tracker
@settings(max_examples=30)
@given(SEEDS, st.booleans())
def test_a_whole_log_gives_what_its_frames_give(make: Make, seed: int, regular: bool) -> None:
    log = random_log(seed, regular=regular)
    line = make(log.fps)
    frames = [line.update(seen) for seen in log.frames()]
    info = SourceInfo(log.camera, log.width, log.height, log.fps)
    expected = gather(frames, info, log.class_names, log.frame_offsets.tolist())
    assert_same(make(log.fps).track(log), expected)


@defaults
@settings(max_examples=10)
@given(SEEDS)
def test_a_whole_log_is_tracked_from_a_new_start_and_apart_from_the_frames(
    make: Make, seed: int
) -> None:
    log = random_log(seed)
    line, undisturbed = make(log.fps), make(log.fps)
    for seen in log.frames():
        first = line.track(log)
        assert_same_tracks(line.update(seen), undisturbed.update(seen))
        assert_same(line.track(log), first)


@defaults
@settings(max_examples=10)
@given(SEEDS, SEEDS)
def test_tracklets_can_be_gathered_at_any_time(make: Make, seed: int, other: int) -> None:
    log = random_log(seed, regular=bool(other % 2))
    info = SourceInfo(log.camera, log.width, log.height, log.fps)
    line, collector, frames = make(log.fps), Collector(), []
    for seen, first_row in zip(log.frames(), log.frame_offsets, strict=False):
        frames.append(line.update(seen))
        collector.add(frames[-1], int(first_row))
        collector.tracklets(info)
    expected = gather(frames, info, (), log.frame_offsets.tolist())
    assert_same(collector.tracklets(info), expected)


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
@settings(max_examples=20)
@given(SEEDS)
def test_every_row_of_a_tracklet_points_to_its_detection(make: Make, seed: int) -> None:
    log = random_log(seed)
    tracklets = make(log.fps).track(log)
    rows = tracklets.detection
    assert len(set(rows.tolist())) == len(rows)
    np.testing.assert_array_equal(tracklets.score, log.score[rows])
    np.testing.assert_array_equal(tracklets.frame, log.frame[rows])
    np.testing.assert_array_equal(tracklets.time, log.frame_times[log.frame[rows]])
    for one in tracklets:
        assert np.all(np.diff(one.frame_numbers) > 0)


@every_tracker
@settings(max_examples=20)
@given(SEEDS)
def test_the_order_of_the_detections_does_not_matter(make: Make, seed: int) -> None:
    rng = np.random.default_rng(seed)
    line, other = make(20.0), make(20.0)
    for seen in random_log(seed).frames():
        order = rng.permutation(len(seen))
        a, b = line.update(seen), other.update(seen[order])
        rows = np.argsort(a.detection)
        same = np.argsort(order[b.detection])
        np.testing.assert_array_equal(a.detection[rows], order[b.detection][same])
        np.testing.assert_array_equal(a.xyxy[rows], b.xyxy[same])


@every_tracker
@settings(max_examples=20)
@given(SEEDS, st.booleans())
def test_ids_rise_without_gaps_and_name_one_object_a_frame(
    make: Make, seed: int, regular: bool
) -> None:
    log = random_log(seed, regular=regular)
    line, named = make(log.fps), 0
    for seen in log.frames():
        tracks = line.update(seen)
        assert len(set(tracks.track_id.tolist())) == len(tracks)
        assert len(set(tracks.detection.tolist())) == len(tracks)
        newest = int(tracks.track_id.max(initial=0))
        assert set(range(named + 1, newest + 1)) <= set(tracks.track_id.tolist())
        named = max(named, newest)


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
    for i in range(3000):
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
