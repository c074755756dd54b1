"""What holds for every stream of detections."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camweave.core.arrays import F64
from camweave.core.detections import DetectionLog
from camweave.core.errors import InputError
from camweave.core.frame import CameraId, SourceInfo
from camweave.core.tracks import Tracklets
from camweave.tracking.bytetrack import ByteTrack, ByteTrackParams
from camweave.tracking.gather import Collector, gather

SEEDS = st.integers(0, 2**32)


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
        camera=CameraId("north"),
        fps=fps,
        width=640,
        height=480,
        frame_times=np.cumsum(steps) / fps,
        frame=np.array(frames, np.int64),
        xyxy=np.array(rows, np.float32).reshape(-1, 4),
        score=np.where(rng.random(n) < 0.8, rng.beta(8, 2, n), rng.random(n)).astype(np.float32),
        class_id=rng.integers(0, classes, n).astype(np.int32),
    )


def _starts(count: int, rng: np.random.Generator) -> F64:
    corner, size = rng.uniform(0, 400, (count, 2)), rng.uniform(30, 120, (count, 2))
    return np.hstack([corner, corner + size])


def empty_log(times: F64) -> DetectionLog:
    """Frames in which nothing was found."""
    return DetectionLog(
        camera=CameraId("north"),
        fps=10.0,
        width=0,
        height=0,
        frame_times=times,
        frame=np.empty(0, np.int64),
        xyxy=np.empty((0, 4), np.float32),
        score=np.empty(0, np.float32),
        class_id=np.empty(0, np.int32),
    )


def assert_same(a: Tracklets, b: Tracklets) -> None:
    for name in Tracklets.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name), err_msg=name)


PARAMS = st.sampled_from(
    [
        ByteTrackParams(),
        ByteTrackParams.published(),
        ByteTrackParams(smoothing=0.0, patience=0.1),
        ByteTrackParams(class_aware=True, fuse_score=False, match=0.95),
        ByteTrackParams(high=0.3, low=0.0, birth=0.0, patience=5.0, duplicate=0.4),
    ]
)


@settings(deadline=None, max_examples=150)
@given(SEEDS, st.booleans(), PARAMS)
def test_a_whole_log_gives_what_its_frames_give(
    seed: int, regular: bool, params: ByteTrackParams
) -> None:
    log = random_log(seed, regular=regular)
    line = ByteTrack(params, fps=log.fps)
    frames = [line.update(seen) for seen in log.frames()]
    info = SourceInfo(log.camera, log.width, log.height, log.fps)
    expected = gather(frames, info, log.class_names, log.frame_offsets.tolist())
    assert_same(ByteTrack(params).track(log), expected)


@settings(deadline=None, max_examples=20)
@given(SEEDS)
def test_a_whole_log_is_tracked_from_a_new_start_and_apart_from_the_frames(seed: int) -> None:
    log = random_log(seed)
    line, undisturbed = ByteTrack(), ByteTrack()
    for seen in log.frames():
        first = line.track(log)
        np.testing.assert_array_equal(line.update(seen).xyxy, undisturbed.update(seen).xyxy)
        assert_same(line.track(log), first)


@settings(deadline=None, max_examples=20)
@given(SEEDS, SEEDS)
def test_tracklets_can_be_gathered_at_any_time(seed: int, other: int) -> None:
    log = random_log(seed, regular=bool(other % 2))
    info = SourceInfo(log.camera, log.width, log.height, log.fps)
    line, collector, frames = ByteTrack(fps=log.fps), Collector(), []
    for seen, first_row in zip(log.frames(), log.frame_offsets, strict=False):
        frames.append(line.update(seen))
        collector.add(frames[-1], int(first_row))
        collector.tracklets(info)
    expected = gather(frames, info, (), log.frame_offsets.tolist())
    assert_same(collector.tracklets(info), expected)


@pytest.mark.parametrize("frames", [0, 5])
def test_where_nothing_is_found_there_is_no_tracklet(frames: int) -> None:
    tracklets = ByteTrack().track(empty_log(np.arange(frames) / 10))
    assert (len(tracklets), len(tracklets.frame)) == (0, 0)


@settings(deadline=None, max_examples=60)
@given(SEEDS)
def test_every_row_of_a_tracklet_points_to_its_detection(seed: int) -> None:
    log = random_log(seed)
    tracklets = ByteTrack(ByteTrackParams(smoothing=0.0)).track(log)
    rows = tracklets.detection
    assert len(set(rows.tolist())) == len(rows)
    np.testing.assert_array_equal(tracklets.xyxy, log.xyxy[rows])
    np.testing.assert_array_equal(tracklets.score, log.score[rows])
    np.testing.assert_array_equal(tracklets.frame, log.frame[rows])
    np.testing.assert_array_equal(tracklets.time, log.frame_times[log.frame[rows]])
    for one in tracklets:
        assert np.all(np.diff(one.frame_numbers) > 0)


@pytest.mark.parametrize("times", [[0.0, 0.2, 0.1], [0.0, np.nan, 0.2], [-np.inf, 0.0, 0.1]])
def test_a_log_whose_time_falls_is_refused(times: list[float]) -> None:
    log = empty_log(np.array(times))
    with pytest.raises(InputError, match=r"camera .north.: frame \d is of"):
        ByteTrack().track(log)


@settings(deadline=None, max_examples=40)
@given(SEEDS)
def test_the_order_of_the_detections_does_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    line, other = ByteTrack(), ByteTrack()
    for seen in random_log(seed).frames():
        order = rng.permutation(len(seen))
        a, b = line.update(seen), other.update(seen[order])
        rows = np.argsort(a.detection)
        same = np.argsort(order[b.detection])
        np.testing.assert_array_equal(a.detection[rows], order[b.detection][same])
        np.testing.assert_array_equal(a.xyxy[rows], b.xyxy[same])


@settings(deadline=None, max_examples=40)
@given(SEEDS, st.sampled_from([-7.25, 1e6]))
def test_it_does_not_matter_when_the_recording_was_made(seed: int, shift: float) -> None:
    log = random_log(seed)
    later = replace(log, frame_times=log.frame_times + shift)
    a, b = (ByteTrack().track(one) for one in (log, later))
    np.testing.assert_array_equal(a.offsets, b.offsets)
    np.testing.assert_array_equal(a.detection, b.detection)


@settings(deadline=None, max_examples=40)
@given(SEEDS, st.booleans())
def test_ids_rise_without_gaps_and_name_one_object_a_frame(seed: int, regular: bool) -> None:
    log = random_log(seed, regular=regular)
    line, named = ByteTrack(fps=log.fps), 0
    for seen in log.frames():
        tracks = line.update(seen)
        assert np.all(np.diff(tracks.track_id) > 0)
        assert len(set(tracks.detection.tolist())) == len(tracks)
        newest = int(tracks.track_id.max(initial=0))
        assert set(range(named + 1, newest + 1)) <= set(tracks.track_id.tolist())
        named = max(named, newest)
