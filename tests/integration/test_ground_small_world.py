"""Places, speeds and identities on the ground, against the exact truth of the small world."""

import numpy as np
import pytest

from camweave.core.arrays import F64, Bool
from camweave.core.detections import DetectionLog
from camweave.core.frame import CameraId
from camweave.core.tracks import Tracklets
from camweave.linking.following.site import as_tracklets, follow_on_ground
from camweave.linking.ground import paths_of, standing
from camweave.linking.speed import speeds
from camweave.ops.calibration import Calibration
from camweave.sources.synthetic.cameras import hang_camera
from camweave.sources.synthetic.oracle import Recording, record
from camweave.sources.synthetic.plan import CLASS_NAMES, CameraSpec, Scenario
from camweave.sources.synthetic.scenarios import make_scenario
from camweave.sources.synthetic.source import SyntheticSource
from camweave.sources.synthetic.truth import CameraTruth

Seen = tuple[CameraSpec, CameraTruth, F64]


@pytest.fixture(scope="module")
def plaza() -> Scenario:
    return make_scenario("plaza", seconds=12, cameras=3, seed=9)


@pytest.fixture(scope="module")
def seen(plaza: Scenario) -> list[Seen]:
    sources = [SyntheticSource(plaza, spec.name) for spec in plaza.cameras]
    return [(each.spec, each.full_truth(), each.true_times) for each in sources]


def map_of(spec: CameraSpec) -> Calibration:
    return Calibration(hang_camera(spec).homography)


def true_tracklets(spec: CameraSpec, truth: CameraTruth, times: F64) -> Tracklets:
    """Everybody in full view, under the true id; `detection` is the row of the truth."""
    size = np.array([spec.width, spec.height])
    inside = ((truth.whole[:, :2] > 3) & (truth.whole[:, 2:] < size - 3)).all(axis=1)
    log = DetectionLog(
        camera=CameraId(spec.name),
        fps=spec.fps,
        width=spec.width,
        height=spec.height,
        frame_times=times,
        frame=truth.frame,
        xyxy=truth.whole,
        score=np.ones(len(truth), np.float32),
        class_id=truth.class_id,
        class_names=CLASS_NAMES,
    )
    clear = inside & (truth.visibility > 0.9)
    return as_tracklets(log, np.where(clear, truth.object_id, -1))


def test_places_lie_within_their_error_of_the_truth(seen: list[Seen]) -> None:
    for spec, truth, times in seen:
        found = true_tracklets(spec, truth, times)
        place = standing(map_of(spec), found.xyxy, (spec.width, spec.height))
        miss = np.linalg.norm(place.xy - truth.ground[found.detection], axis=1)
        told = np.isfinite(miss)
        assert np.median(miss[told]) < 0.5
        assert np.mean(miss[told] < 3 * place.sigma[told]) > 0.95


def test_speeds_are_those_of_the_truth(seen: list[Seen]) -> None:
    for spec, truth, times in seen:
        found = true_tracklets(spec, truth, times)
        paths = paths_of(found, map_of(spec))
        told = speeds(paths)
        wrong = []
        for m in range(len(found)):
            rows = slice(found.offsets[m], found.offsets[m + 1])
            place, when = truth.ground[found.detection[rows]], found.time[rows]
            at = paths.time[paths.of(m)]
            ahead, behind = (
                np.stack([np.interp(at + step, when, place[:, d]) for d in (0, 1)], axis=1)
                for step in (0.5, -0.5)
            )
            inner = (at - 1 > when[0]) & (at + 1 < when[-1])
            true = np.linalg.norm(ahead - behind, axis=1) * 3.6
            wrong.append(np.abs(told.kmh[paths.of(m)] - true)[inner])
        assert np.nanmedian(np.concatenate(wrong)) < 1.0  # km/h


def test_the_error_of_a_speed_is_true_of_detected_boxes(seen: list[Seen]) -> None:
    within = []
    for spec, truth, times in seen:
        made = record(truth, times, spec)
        found = as_tracklets(made.log, np.where(made.object_id > 0, made.object_id, -1))
        paths = paths_of(found, map_of(spec))
        told = speeds(paths)
        for m, who in enumerate(found.tracklet_id.tolist()):
            rows = truth.object_id == who
            true, inner = true_speed(
                times[truth.frame[rows]], truth.ground[rows], paths.time[paths.of(m)]
            )
            miss = np.abs(told.kmh[paths.of(m)] - true) / told.sigma[paths.of(m)]
            within.append(miss[inner & np.isfinite(miss)] < 2)
    assert 0.9 < np.mean(np.concatenate(within)) < 0.99


def true_speed(when: F64, place: F64, at: F64) -> tuple[F64, Bool]:
    """(T,) km/h at times (T,), over 0.4 s, and whether it was there all that while."""
    ahead, behind = (
        np.stack([np.interp(at + step, when, place[:, d]) for d in (0, 1)], axis=1)
        for step in (0.2, -0.2)
    )
    inner = (at - 0.2 > when[0]) & (at + 0.2 < when[-1])
    return np.asarray(np.linalg.norm(ahead - behind, axis=1) / 0.4 * 3.6), np.asarray(inner)


def test_ids_are_shared_by_the_views_of_a_crowd(seen: list[Seen]) -> None:
    records: list[Recording] = [record(truth, times, spec) for spec, truth, times in seen]
    maps = {CameraId(spec.name): map_of(spec) for spec, _, _ in seen}
    found = follow_on_ground([each.log for each in records], maps)
    pairs = np.concatenate(
        [
            np.column_stack([each.object_id[tracks.detection], tracks.row_ids])
            for each, tracks in zip(records, found, strict=True)
        ]
    )
    pairs = pairs[pairs[:, 0] > 0]
    names, counts = np.unique(pairs, axis=0, return_counts=True)
    most = {who: counts[names[:, 1] == who].max() for who in np.unique(names[:, 1]).tolist()}
    assert sum(most.values()) / len(pairs) > 0.9  # an id is one object
