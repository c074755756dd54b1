"""Tracks of the small world, broken on purpose: who is parted and joined, against the truth."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from camweave.core.arrays import I64
from camweave.core.tracks import Tracklets
from camweave.embedding.histogram import Histogram
from camweave.embedding.looks import embed_tracklets
from camweave.embedding.params import HistogramParams
from camweave.refinement.refine import Refined, refine
from camweave.sources.synthetic.oracle import record
from camweave.sources.synthetic.plan import CLASS_NAMES
from camweave.sources.synthetic.scenarios import make_scenario
from camweave.sources.synthetic.source import SyntheticSource

SECONDS = 40.0
LEAST_ROWS = 30  # of an object to be broken
HOLES = (0.6, 1.5)  # s, least and most


@dataclass(frozen=True)
class Broken:
    """Tracklets of a bad tracker, and who is on each of their rows."""

    tracklets: Tracklets
    owner: I64  # (K,)
    holes: int  # made in paths
    swaps: int  # of two paths' ends


@pytest.fixture(scope="module")
def broken() -> Broken:
    scenario = make_scenario("plaza", cameras=1, seconds=SECONDS, seed=11)
    source = SyntheticSource(scenario, scenario.cameras[0].name)
    parts = _break(source, np.random.default_rng(5))
    with source:
        looking = embed_tracklets(iter(source), parts.tracklets, Histogram(HistogramParams()))
    return Broken(looking, parts.owner, parts.holes, parts.swaps)


def _break(source: SyntheticSource, rng: np.random.Generator) -> Broken:
    """Every long path gets a hole; then pairs of paths exchange what follows some moment."""
    recording = record(source.full_truth(), source.times, source.spec)
    log, owner = recording.log, recording.object_id
    time = log.frame_times[log.frame]
    names, counts = np.unique(owner[owner > 0], return_counts=True)
    paths = [np.flatnonzero(owner == name) for name in names[counts >= LEAST_ROWS]]
    pieces: list[I64] = []
    for rows in paths:
        begin = rng.uniform(*np.quantile(time[rows], (0.25, 0.6)))
        end = begin + rng.uniform(*HOLES)
        pieces += [rows[time[rows] < begin], rows[time[rows] > end]]
    swaps = 0
    for one in range(0, len(pieces) - 3, 4):
        a, b = pieces[one], pieces[one + 2]
        moment = max(time[a[0]], time[b[0]]) / 2 + min(time[a[-1]], time[b[-1]]) / 2
        cuts = [np.searchsorted(time[rows], moment) for rows in (a, b)]
        if all(8 <= at <= len(rows) - 8 for at, rows in zip(cuts, (a, b), strict=True)):
            pieces[one] = np.concatenate([a[: cuts[0]], b[cuts[1] :]])
            pieces[one + 2] = np.concatenate([b[: cuts[1]], a[cuts[0] :]])
            swaps += 1
    rows = np.concatenate(pieces)
    tracklets = Tracklets(
        camera=log.camera,
        fps=log.fps,
        width=log.width,
        height=log.height,
        tracklet_id=np.arange(1, len(pieces) + 1),
        class_id=np.zeros(len(pieces), np.int32),
        offsets=np.concatenate([[0], np.cumsum([len(piece) for piece in pieces])]),
        frame=log.frame[rows],
        time=time[rows],
        xyxy=log.xyxy[rows],
        score=log.score[rows],
        detection=rows,
        class_names=CLASS_NAMES,
    )
    return Broken(tracklets, owner[rows], len(paths), swaps)


def joins(done: Refined, broken: Broken) -> tuple[int, int]:
    """Right ones, and those that made two objects one."""
    who = dict(zip(broken.tracklets.detection.tolist(), broken.owner.tolist(), strict=True))
    right = wrong = 0
    for join in done.changes.joins:
        t = done.tracklets[done.tracklets.tracklet_id.tolist().index(join.becomes)]
        seen = t.detection_indices >= 0
        earlier = seen & (t.times < join.time - 1e-6)
        before = who[int(t.detection_indices[earlier][-1])]
        after = who[int(t.detection_indices[seen & ~earlier][0])]
        right, wrong = right + (before == after), wrong + (before != after)
    return right, wrong


def splits(done: Refined, broken: Broken) -> tuple[int, int]:
    """Those within 0.3 s of where another object begins, and the others."""
    t = broken.tracklets
    right = wrong = 0
    for split in done.changes.splits:
        m = t.tracklet_id.tolist().index(split.tracklet_id)
        rows = slice(t.offsets[m], t.offsets[m + 1])
        other = np.flatnonzero(np.diff(broken.owner[rows])) + 1
        near = np.abs(t.time[rows][other] - split.time) <= 0.3
        right, wrong = right + bool(near.any()), wrong + (not near.any())
    return right, wrong


def test_paths_with_holes_and_swapped_ends_are_mended(broken: Broken) -> None:
    done = refine(broken.tracklets)
    mended, mixed = joins(done, broken)
    found, invented = splits(done, broken)
    # measured: 34 holes and 22 swapped ends; 45 joins right, 0 wrong; 17 splits right, 2 elsewhere
    assert mended >= 0.7 * (broken.holes + 2 * broken.swaps)
    assert mixed <= 2
    assert found >= 0.7 * 2 * broken.swaps
    assert invented <= 3


def test_looks_find_more_than_motion_alone(broken: Broken) -> None:
    blind = replace(broken.tracklets, appearance=None)
    assert splits(refine(broken.tracklets), broken)[0] >= splits(refine(blind), broken)[0]
