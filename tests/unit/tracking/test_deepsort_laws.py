"""What holds for every stream of detections and looks."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camweave.core.arrays import F64
from camweave.core.detections import DetectionLog
from camweave.core.frame import CameraId, SourceInfo
from camweave.tracking.deepsort import DeepSort, DeepSortParams
from camweave.tracking.gather import gather

SEEDS = st.integers(0, 2**32)
D = 6


def random_log(seed: int, *, regular: bool = True) -> DetectionLog:
    """People who come, cross, hide and come back, ghosts, and frames without anyone."""
    rng = np.random.default_rng(seed)
    count, people, fps = int(rng.integers(1, 60)), int(rng.integers(0, 10)), 20.0
    steps = np.full(count, 1.0) if regular else rng.choice([0.0, 0.6, 1.0, 1.3, 4.0], count)
    boxes, velocity = _starts(people, rng), rng.normal(0, 4, (people, 2))
    names, noise = rng.normal(size=(people, D)), rng.choice([0.1, 0.4, 0.9])
    hidden = np.zeros(people, np.int64)
    frames: list[int] = []
    rows: list[F64] = []
    looks: list[F64] = []
    for index in range(count):
        boxes = boxes + np.tile(velocity, 2) * steps[index]
        hidden = np.maximum(hidden - 1, 0)
        hides = rng.random(people) < 0.04
        hidden[hides] = rng.integers(1, 30, int(hides.sum()))
        seen = (hidden == 0) & (rng.random(people) < (0.9 if rng.random() < 0.9 else 0.0))
        ghosts = _starts(int(rng.poisson(0.4)), rng)
        noisy = np.vstack([boxes[seen] + rng.normal(0, 2, (int(seen.sum()), 4)), ghosts])
        frames += [index] * len(noisy)
        rows += list(noisy)
        looks += list(names[seen] + rng.normal(0, noise, (int(seen.sum()), D)))
        looks += list(rng.normal(size=(len(ghosts), D)))
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
        class_id=rng.integers(0, 2, n).astype(np.int32),
        embedding=np.array(looks, np.float32).reshape(-1, D),
    )


def _starts(count: int, rng: np.random.Generator) -> F64:
    corner, size = rng.uniform(0, 300, (count, 2)), rng.uniform(30, 120, (count, 2))
    return np.hstack([corner, corner + size])


PARAMS = st.sampled_from(
    [
        DeepSortParams(),
        DeepSortParams.published(),
        DeepSortParams(appearance=0.5, refresh=0.1, budget=3, patience=3.0),
        DeepSortParams(class_aware=True, appearance=0.9, gate=40.0, refresh=1.0, min_hits=2),
    ]
)


@settings(max_examples=80)
@given(SEEDS, st.booleans(), PARAMS)
def test_to_embed_only_the_wanted_rows_changes_nothing(
    seed: int, regular: bool, params: DeepSortParams
) -> None:
    log = random_log(seed, regular=regular)
    line, other = DeepSort(params, fps=log.fps), DeepSort(params, fps=log.fps)
    for seen in log.frames():
        wanted = other.wants(seen)
        assert seen.embedding is not None
        some = np.where(wanted[:, None], seen.embedding, np.float32(0))
        bare = None if not wanted.any() else some
        a, b = line.update(seen), other.update(replace(seen, embedding=bare))
        np.testing.assert_array_equal(a.detection, b.detection)
        np.testing.assert_array_equal(a.track_id, b.track_id)
        np.testing.assert_array_equal(a.xyxy, b.xyxy)


@settings(max_examples=60)
@given(SEEDS, st.booleans(), PARAMS)
def test_a_whole_log_gives_what_its_frames_give(
    seed: int, regular: bool, params: DeepSortParams
) -> None:
    log = random_log(seed, regular=regular)
    line = DeepSort(params, fps=log.fps)
    frames = [line.update(seen) for seen in log.frames()]
    info = SourceInfo(log.camera, log.width, log.height, log.fps)
    expected = gather(frames, info, log.class_names, log.frame_offsets.tolist())
    found = DeepSort(params).track(log)
    for name in ("tracklet_id", "offsets", "detection", "xyxy", "score"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))


@settings(max_examples=40)
@given(SEEDS, PARAMS)
def test_the_order_of_the_detections_does_not_matter(seed: int, params: DeepSortParams) -> None:
    rng = np.random.default_rng(seed)
    line, other = DeepSort(params), DeepSort(params)
    for seen in random_log(seed).frames():
        order = rng.permutation(len(seen))
        a, b = line.update(seen), other.update(seen[order])
        rows, same = np.argsort(a.detection), np.argsort(order[b.detection])
        np.testing.assert_array_equal(a.detection[rows], order[b.detection][same])
        np.testing.assert_array_equal(a.xyxy[rows], b.xyxy[same])


@settings(max_examples=40)
@given(SEEDS, st.sampled_from([1, 2, 5]), st.sampled_from([0.0, 0.1]))
def test_a_gallery_holds_no_more_than_its_budget_and_only_unit_vectors(
    seed: int, budget: int, refresh: float
) -> None:
    line = DeepSort(DeepSortParams(budget=budget, refresh=refresh), fps=20.0)
    for seen in random_log(seed).frames():
        line.update(seen)
        live = line._line.tracks[: int(line._line.memory["live"][0])]
        assert line._line.gallery is not None
        block = line._line.gallery.block
        assert block.shape[1] == budget
        assert len(set(live["slot"].tolist())) == len(live)
        for slot, looks in zip(live["slot"], live["looks"], strict=True):
            lengths = np.linalg.norm(block[slot, : min(looks, budget)], axis=1)
            np.testing.assert_allclose(lengths, 1.0, atol=1e-5)


@settings(max_examples=40)
@given(SEEDS)
def test_nobody_comes_back_through_a_closed_gate(seed: int) -> None:
    log = random_log(seed)
    for one in DeepSort(DeepSortParams(gate=1e-9, appearance=2.0)).track(log):
        assert np.all(np.diff(one.frame_numbers) == 1)


@settings(max_examples=40)
@given(SEEDS)
def test_nobody_comes_back_who_looks_like_nobody(seed: int) -> None:
    log = random_log(seed)
    rng = np.random.default_rng(seed)
    strangers = rng.normal(size=(len(log), 256)).astype(np.float32)
    for one in DeepSort().track(replace(log, embedding=strangers)):
        assert np.all(np.diff(one.frame_numbers) == 1)


@settings(max_examples=20)
@given(SEEDS, st.sampled_from([-7.25, 1e6]))
def test_it_does_not_matter_when_the_recording_was_made(seed: int, shift: float) -> None:
    log = random_log(seed)
    later = replace(log, frame_times=log.frame_times + shift)
    a, b = (DeepSort().track(one) for one in (log, later))
    np.testing.assert_array_equal(a.detection, b.detection)
    np.testing.assert_array_equal(a.offsets, b.offsets)


@pytest.mark.parametrize("frames", [0, 5])
def test_where_nothing_is_found_there_is_no_tracklet(frames: int) -> None:
    log = random_log(0)
    rows = slice(0, 0)
    empty = replace(
        log,
        frame_times=np.arange(frames) / 10,
        frame=log.frame[rows],
        xyxy=log.xyxy[rows],
        score=log.score[rows],
        class_id=log.class_id[rows],
        embedding=None,
    )
    assert len(DeepSort().track(empty)) == 0
