"""What holds for weave on every stream, and for its pieces on every number."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camweave.core.arrays import F64
from camweave.core.detections import DetectionLog
from camweave.core.frame import CameraId, SourceInfo
from camweave.core.tracks import Tracklets
from camweave.tracking.gather import gather
from camweave.tracking.weave import Weave
from camweave.tracking.weave_heights import likeness
from camweave.tracking.weave_picture import Steps, common_step, evidence, median

SEEDS = st.integers(0, 2**32)
FPS, FRAMES = 10.0, 60


def crowd(seed: int, *, shake: float = 0.0) -> DetectionLog:
    """Ten people who walk, are missed, hide and look faint, before a camera that may shake."""
    rng = np.random.default_rng(seed)
    corner, size = rng.uniform(0, 600, (10, 2)), rng.uniform(40, 120, (10, 2))
    step, camera = rng.normal(0, 4, (10, 2)), np.cumsum(rng.normal(0, shake, (FRAMES, 2)), axis=0)
    frames, rows = [], []
    for index in range(FRAMES):
        seen = rng.random(10) < 0.85
        left = corner[seen] + index * step[seen] + camera[index] + rng.normal(0, 1, (seen.sum(), 2))
        rows.append(np.hstack([left, left + size[seen]]))
        frames += [index] * int(seen.sum())
    n = len(frames)
    return DetectionLog(
        camera=CameraId("north"),
        fps=FPS,
        width=800,
        height=600,
        frame_times=np.arange(FRAMES) / FPS,
        frame=np.array(frames, np.int64),
        xyxy=np.vstack(rows).astype(np.float32),
        score=np.where(rng.random(n) < 0.8, 0.9, rng.random(n)).astype(np.float32),
        class_id=np.zeros(n, np.int32),
    )


def same(one: Tracklets, other: Tracklets) -> None:
    np.testing.assert_array_equal(one.tracklet_id, other.tracklet_id)
    np.testing.assert_array_equal(one.offsets, other.offsets)
    np.testing.assert_array_equal(one.detection, other.detection)
    np.testing.assert_array_equal(one.xyxy, other.xyxy)


@settings(max_examples=15)
@given(seed=SEEDS, shake=st.sampled_from([0.0, 5.0]))
def test_a_whole_recording_gives_what_its_frames_give_one_by_one(seed: int, shake: float) -> None:
    log = crowd(seed, shake=shake)
    tracker = Weave(fps=log.fps)
    shown = [tracker.update(frame) for frame in log.frames()]
    info = SourceInfo(log.camera, log.width, log.height, log.fps)
    same(gather(shown, info, (), log.frame_offsets.tolist()), Weave().track(log))


@settings(max_examples=15)
@given(seed=SEEDS, x=st.integers(-500, 500), scale=st.sampled_from([0.5, 2.0, 4.0]))
def test_where_the_picture_lies_and_how_large_it_is_does_not_matter(
    seed: int, x: int, scale: float
) -> None:
    log = crowd(seed, shake=3.0)
    exact = replace(log, xyxy=np.round(log.xyxy))  # so that float32 loses nothing
    other = replace(exact, xyxy=(exact.xyxy * scale + x).astype(np.float32))
    one, moved = Weave().track(exact), Weave().track(other)
    np.testing.assert_array_equal(one.tracklet_id, moved.tracklet_id)
    np.testing.assert_array_equal(one.detection, moved.detection)


@settings(max_examples=15)
@given(seed=SEEDS)
def test_a_detection_shows_one_track_and_a_shown_box_is_finite(seed: int) -> None:
    found = Weave().track(crowd(seed, shake=8.0))
    assert len(np.unique(found.detection)) == len(found.detection)
    assert np.isfinite(found.xyxy).all()


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40))
def test_the_median_is_numpys(values: list[float]) -> None:
    assert median(np.array(values)) == pytest.approx(np.median(values), abs=1e-9)


@given(SEEDS, st.floats(-50, 50))
def test_a_common_step_is_never_more_than_the_median_and_has_its_sign(
    seed: int, step: float
) -> None:
    steps: F64 = step + np.random.default_rng(seed).normal(0, 3, 9)
    found, middle = common_step(steps), np.median(steps)
    assert abs(found) <= abs(middle)
    assert found * middle >= 0


def test_steps_that_differ_more_than_they_have_in_common_are_nobodys() -> None:
    assert common_step(np.array([-4.0, -2.0, -1.0, 1.5, 2.0, 4.0])) == 0.0
    assert common_step(np.array([9.0, 10.0, 10.0, 10.0, 11.0, 10.0])) == pytest.approx(7.5)


def shared(step: float, seed: int) -> Steps:
    """Ten steps that have this much in common along x, besides their noise of 3 px."""
    noise = np.random.default_rng(seed).normal(0, 3, (2, 10))
    return Steps(noise[0] + step, noise[1])


@given(SEEDS)
def test_evidence_speaks_for_a_step_that_all_share_and_not_for_noise(seed: int) -> None:
    assert evidence(shared(40.0, seed)) > 0.0
    by_chance = [evidence(shared(0.0, seed + k)) for k in range(100)]
    assert np.mean(by_chance) < 0.02  # less than what a frame counts for standing still


def test_a_step_of_half_of_them_is_no_evidence() -> None:
    halved = np.array([10.0, 10.0, 10.0, 0.0, 0.0, 0.0])
    assert evidence(Steps(halved, np.zeros(6))) < 0.0
    assert evidence(Steps(np.zeros(6), np.zeros(6))) == 0.0


BOXES = st.tuples(*[st.floats(0, 100) for _ in range(2)], *[st.floats(1, 100) for _ in range(2)])


@given(BOXES, BOXES, st.floats(0, 1))
def test_likeness_is_the_same_both_ways_and_never_above_the_overlap(
    one: tuple[float, ...], other: tuple[float, ...], heights: float
) -> None:
    a, b = (np.array([x, y, x + w, y + h]) for x, y, w, h in (one, other))
    like, overlap = likeness(a, b, heights), likeness(a, b, 0.0)
    assert like == pytest.approx(likeness(b, a, heights))
    assert 0.0 <= like <= overlap + 1e-12
    assert likeness(a, a, heights) == pytest.approx(1.0)
