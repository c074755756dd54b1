from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from camweave.core.arrays import F64
from camweave.core.detections import DetectionLog
from camweave.core.errors import InputError
from camweave.core.frame import CameraId
from camweave.core.tracks import Tracklets
from camweave.linking.following.site import follow_on_ground
from camweave.linking.ground import paths_of
from camweave.linking.overlap import ALONE, group_on_ground
from camweave.linking.sightings import sightings_of
from camweave.ops.calibration import Calibration

HERE = np.array([[0.02, 0.001, -6.0], [0.0, -0.05, 30.0], [0.0, 0.004, -0.4]])
TURN = np.array([[0.94, -0.342, 6.156], [0.342, 0.94, 1.08], [0.0, 0.0, 1.0]])
MAPS = {CameraId("a"): Calibration(HERE), CameraId("b"): Calibration(TURN @ HERE)}
TIME = np.arange(40) / 4


def site(walks: list[F64], fps: float = 4.0) -> list[DetectionLog]:
    """Both cameras' boxes of walkers (40, 2) m; in a frame, no order tells who is who."""
    return [_log(name, walks, fps) for name in MAPS]


def _log(name: CameraId, walks: list[F64], fps: float) -> DetectionLog:
    feet = np.stack([MAPS[name].to_image(walk) for walk in walks], axis=1)  # (40, W, 2)
    order = np.random.default_rng(3).permuted(np.tile(np.arange(len(walks)), (40, 1)), axis=1)
    feet = np.take_along_axis(feet, order[:, :, None], axis=1).reshape(-1, 2)
    return DetectionLog(
        camera=name,
        fps=fps,
        width=640,
        height=480,
        frame_times=np.arange(40) / fps,
        frame=np.repeat(np.arange(40), len(walks)),
        xyxy=np.hstack([feet - np.array([8, 50]), feet + np.array([8, 0])]).astype(np.float32),
        score=np.ones(len(feet), np.float32),
        class_id=np.zeros(len(feet), np.int32),
    )


def straight(x: float, y: float, vx: float, vy: float) -> F64:
    return np.column_stack([x + vx * TIME, y + vy * TIME])


APART = [straight(-1, 9, 0.1, 0.2), straight(1, 12, 0.0, -0.1)]


def whole(walk: F64, tracklets: Tracklets) -> set[int]:
    """The ids that stand where this walker does."""
    feet = MAPS[tracklets.camera].to_image(walk)[tracklets.frame]
    box = tracklets.xyxy
    near = np.hypot((box[:, 0] + box[:, 2]) / 2 - feet[:, 0], box[:, 3] - feet[:, 1]) < 1
    return set(tracklets.row_ids[near].tolist())


def test_two_walkers_keep_one_id_each_in_both_views() -> None:
    for walk in APART:
        ids = [whole(walk, found) for found in follow_on_ground(site(APART), MAPS)]
        assert ids[0] == ids[1]
        assert len(ids[0]) == 1


def test_ids_do_not_depend_on_the_order_of_cameras() -> None:
    logs = site(APART)
    one, other = follow_on_ground(logs, MAPS), follow_on_ground(logs[::-1], MAPS)[::-1]
    for a, b in zip(one, other, strict=True):
        assert_array_equal(a.tracklet_id, b.tracklet_id)
        assert_array_equal(a.detection, b.detection)


def test_an_empty_site_has_no_tracklets() -> None:
    empty = [replace(log, frame=log.frame[:0], xyxy=log.xyxy[:0], score=log.score[:0],
                     class_id=log.class_id[:0]) for log in site(APART)]  # fmt: skip
    assert [len(found) for found in follow_on_ground(empty, MAPS)] == [0, 0]


def test_a_camera_without_a_map_is_named() -> None:
    with pytest.raises(InputError, match="'b' has no calibration"):
        follow_on_ground(site(APART), {CameraId("a"): MAPS[CameraId("a")]})


def thinned(log: DetectionLog, every: int) -> DetectionLog:
    """Only each so-manieth frame."""
    keep = log.frame % every == 0
    return replace(
        log,
        fps=log.fps / every,
        frame_times=log.frame_times[::every],
        frame=log.frame[keep] // every,
        xyxy=log.xyxy[keep],
        score=log.score[keep],
        class_id=log.class_id[keep],
    )


def who_is_who(logs: list[DetectionLog], every: tuple[int, int] = (1, 1)) -> list[list[set[int]]]:
    """For each walker, the ids it has in the two views."""
    found = follow_on_ground(logs, MAPS)
    return [[whole(walk[::n], each) for each, n in zip(found, every, strict=True)]
            for walk in APART]  # fmt: skip


def test_views_may_have_very_different_frame_rates() -> None:
    fast, slow = site(APART)
    for ids in who_is_who([fast, thinned(slow, 8)], (1, 8)):
        assert ids[0] == ids[1]
        assert len(ids[0]) == 1


def test_cameras_may_be_a_few_frames_apart() -> None:
    one, other = site(APART)
    late = replace(other, frame_times=other.frame_times + 0.5)
    assert all(ids[0] == ids[1] for ids in who_is_who([one, late]))


def test_one_camera_alone_is_followed_too() -> None:
    log = site(APART)[0]
    found = follow_on_ground([log], MAPS)[0]
    assert [len(whole(walk, found)) for walk in APART] == [1, 1]
    assert len(found) == 2


def test_a_view_that_delivers_nothing_takes_nobody_from_the_others() -> None:
    log, other = site(APART)
    empty = replace(other, frame=other.frame[:0], xyxy=other.xyxy[:0], score=other.score[:0],
                    class_id=other.class_id[:0])  # fmt: skip
    alone, (found, none) = follow_on_ground([log], MAPS)[0], follow_on_ground([log, empty], MAPS)
    assert len(none) == 0
    assert_array_equal(found.tracklet_id, alone.tracklet_id)
    assert_array_equal(found.detection, alone.detection)


def test_boxes_above_the_horizon_are_nobody() -> None:
    log = site(APART)[0]
    sky = log.frame < 8
    up = np.where(sky[:, None], np.array([0, 400, 0, 400], np.float32), np.float32(0))
    found = follow_on_ground([replace(log, xyxy=log.xyxy - up)], MAPS)[0]
    assert_array_equal(np.sort(found.detection), np.flatnonzero(~sky))


def test_a_view_whose_map_is_wrong_does_not_spoil_the_other() -> None:
    log, other = site(APART)
    off = Calibration(np.array([[1, 0, 40.0], [0, 1, 0], [0, 0, 1]]) @ TURN @ HERE)
    found = follow_on_ground([log, other], {**MAPS, CameraId("b"): off})[0]
    assert [len(whole(walk, found)) for walk in APART] == [1, 1]


def test_who_comes_back_may_be_either_of_two_and_is_then_neither() -> None:
    """Two stand close, both are lost, and one is back half way between them."""
    gone = TIME < 4.0
    left, right = straight(-0.4, 12, 0, 0), straight(0.4, 12, 0, 0)
    back = straight(0.0, 12, 0, 0)
    walks = [np.where(gone[:, None], walk, np.nan) for walk in (left, right)]
    walks.append(np.where((TIME > 8.0)[:, None], back, np.nan))
    log = _log(CameraId("a"), walks, 4.0)
    seen = np.isfinite(log.xyxy).all(axis=1)
    log = replace(log, frame=log.frame[seen], xyxy=log.xyxy[seen], score=log.score[seen],
                  class_id=log.class_id[seen])  # fmt: skip
    found = follow_on_ground([log], MAPS)[0]
    assert len(found) == 3


def tracked(name: str, runs: list[list[tuple[int, slice]]]) -> Tracklets:
    """One tracklet for each run of (walker, frames)."""
    camera = CameraId(name)
    parts = [
        [(np.arange(40)[s], MAPS[camera].to_image(APART[w][s])) for w, s in run] for run in runs
    ]
    frames = [np.concatenate([f for f, _ in part]) for part in parts]
    feet = np.concatenate([xy for part in parts for _, xy in part])
    k = len(feet)
    return Tracklets(
        camera=camera,
        fps=4.0,
        width=640,
        height=480,
        tracklet_id=np.arange(1, len(runs) + 1),
        class_id=np.zeros(len(runs), np.int32),
        offsets=np.cumsum([0, *map(len, frames)]).astype(np.int64),
        frame=np.concatenate(frames),
        time=np.concatenate(frames) / 4,
        xyxy=np.hstack([feet - np.array([8, 50]), feet + np.array([8, 0])]).astype(np.float32),
        score=np.ones(k, np.float32),
        detection=np.arange(k),
    )


def test_tracklets_are_grouped_with_those_of_the_other_view() -> None:
    every = slice(0, 40)
    both = [tracked("a", [[(0, every)], [(1, every)]]), tracked("b", [[(1, every)], [(0, every)]])]
    seen = sightings_of(both, {t.camera: paths_of(t, MAPS[t.camera]) for t in both})
    groups = group_on_ground(seen)
    label = groups.of_rows(4)
    assert label[0] == label[3] != label[1] == label[2]
    assert ALONE not in label.tolist()
    assert (groups.distance < 0.6).all()
    assert len(groups.cut) == 0


def test_a_tracklet_that_changes_its_object_is_cut_there() -> None:
    early, late, every = slice(0, 20), slice(20, 40), slice(0, 40)
    swapped = tracked("a", [[(0, early), (1, late)], [(1, early), (0, late)]])
    true = tracked("b", [[(0, every)], [(1, every)]])
    both = [swapped, true]
    groups = group_on_ground(
        sightings_of(both, {t.camera: paths_of(t, MAPS[t.camera]) for t in both})
    )
    assert groups.cut.tolist() == [0, 1]
    assert np.abs(groups.begin[groups.begin > 0] - 5.0).max() < 0.6
    first, second = groups.label[groups.row == 2][0], groups.label[groups.row == 3][0]
    assert groups.label[groups.row == 0].tolist() == [first, second]
    assert groups.label[groups.row == 1].tolist() == [second, first]


def test_tracklets_without_paths_stay_alone() -> None:
    seen = sightings_of([tracked("a", [[(0, slice(0, 40))]])])
    assert group_on_ground(seen).label.tolist() == [ALONE]
