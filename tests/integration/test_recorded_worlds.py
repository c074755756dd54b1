"""Recorded worlds against the parts they stand in for: a real tracker, and the official score."""

import numpy as np
import pytest
from benchmarks.named_worlds import NamedWorld, named_world
from benchmarks.recorded_looks import telling

from camweave.core.arrays import I64
from camweave.core.tracks import UNLINKED, BoxTable, Tracklets
from camweave.evaluation.cameras import join_cameras
from camweave.evaluation.evaluate import evaluate
from camweave.evaluation.tables import box_table
from camweave.sources.synthetic.recorded.params import RecordedParams
from camweave.sources.synthetic.recorded.recorded import record_detections, record_site
from camweave.sources.synthetic.scenarios import make_scenario
from camweave.tracking.bytetrack import ByteTrack
from camweave.tracking.params.bytetrack import ByteTrackParams


@pytest.fixture(scope="module")
def world() -> NamedWorld:
    return named_world("corridor", 5, cameras=4, tracklets=300, trouble="fragments")


def boxes(world: NamedWorld, ids: list[I64]) -> dict[str, BoxTable]:
    """All rows of each camera as boxes under these ids."""
    return {
        str(one.camera): box_table(one.frame, given, one.xyxy)
        for one, given in zip(world.tracklets, ids, strict=True)
    }


def official(world: NamedWorld, identity: I64) -> tuple[int, int, int]:
    truth = boxes(world, [camera.row_object for camera in world.site.cameras])
    ends = np.cumsum([len(one) for one in world.tracklets])[:-1]
    parts = zip(world.tracklets, np.split(identity, ends), strict=True)
    rows = [np.repeat(part, np.diff(one.offsets)) for one, part in parts]
    found = evaluate(*join_cameras(truth, boxes(world, rows)), rules="plain").identity
    return found.tp, found.fn, found.fp


@pytest.mark.parametrize("kind", ["truth", "alone", "mixed", "unlinked"])
def test_the_fast_score_is_the_official_one_of_the_rows_own_boxes(
    world: NamedWorld, kind: str
) -> None:
    count = len(world.objects)
    rng = np.random.default_rng(3)
    given = {
        "truth": world.objects,
        "alone": np.arange(count) + 1,
        "mixed": np.where(rng.random(count) < 0.5, world.objects, 10**6 + np.arange(count)),
        "unlinked": np.where(rng.random(count) < 0.5, world.objects, UNLINKED),
    }[kind].astype(np.int64)
    fast = world.score(given)
    shown = np.where(given == UNLINKED, 10**7 + np.arange(count), given)
    assert (fast.tp, fast.fn, fast.fp) == official(world, shown)


def fragments(tracklets: Tracklets, row_object: I64) -> tuple[float, float, float]:
    """Tracklets per object, their mean length, and the share of short ones."""
    length = np.diff(tracklets.offsets)
    return (
        len(length) / len(np.unique(row_object[row_object > 0])),
        float(length.mean()),
        float((length < 10).mean()),
    )


@pytest.mark.parametrize(("name", "fps"), [("plaza", 15.0), ("road", 10.0)])
def test_tracklets_are_broken_as_a_real_tracker_breaks_them(name: str, fps: float) -> None:
    scenario = make_scenario(name, cameras=1, seconds=40.0, seed=5)
    params = RecordedParams(fps=fps)
    ours = record_site(scenario, params).cameras[0]
    found = record_detections(scenario, params)[0]
    tracker = ByteTrack(ByteTrackParams())
    real = tracker.track(found.log)
    pieces, length, short = fragments(ours.tracklets, ours.row_object)
    real_pieces, real_length, real_short = fragments(real, found.object_id[real.detection])
    assert pieces == pytest.approx(real_pieces, rel=0.25)
    assert length == pytest.approx(real_length, rel=0.25)
    assert short == pytest.approx(real_short, abs=0.1)
    assert len(ours.row_object) == pytest.approx(len(real.frame), rel=0.05)


def test_embeddings_tell_one_from_another_as_a_vehicle_network_does() -> None:
    marks = {}
    for trouble in ("easy", "plain", "hard"):
        site = named_world("grounds", 2, cameras=6, tracklets=500, trouble=trouble)
        marks[trouble] = telling(site.tracklets, site.objects)
    assert marks["easy"].rank1 > marks["plain"].rank1 > marks["hard"].rank1
    assert 0.66 < marks["plain"].rank1 < 0.88
    assert 0.92 < marks["plain"].across < 0.98
    assert marks["plain"].within > marks["plain"].across
