"""What holds for every tracker and every stream of detections."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.tracking.every_tracker import (
    SEEDS,
    Make,
    assert_same,
    assert_same_tracks,
    defaults,
    every_tracker,
    random_log,
)

from camweave.core.frame import SourceInfo
from camweave.tracking.gather import Collector, gather


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
