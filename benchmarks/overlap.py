"""Identities across overlapping calibrated views by the ground plane alone, no appearance."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.overlapping import Scene, cmc, scenes
from benchmarks.table import Table
from camweave.core.arrays import F64, I64
from camweave.core.tracks import BoxTable, Tracklets
from camweave.evaluation.cameras import join_cameras
from camweave.evaluation.evaluate import evaluate
from camweave.evaluation.scores import Scores
from camweave.linking.following.site import follow_on_ground
from camweave.linking.ground import in_metres, paths_of, standing
from camweave.linking.overlap import ALONE, group_on_ground
from camweave.linking.sightings import sightings_of
from camweave.tracking.weave import Weave

REACH = 1.0  # m from the true centroid at which an object counts as found


def overlap_tables(data: Path) -> list[Table]:
    """All scenes, ours both ways; and CMC1 from real detections."""
    rows = [row for scene in scenes(data) for row in scene_rows(scene)]
    columns = ("scene", "how", "IDF1", "AssA", "ids", "true ids", "s")
    notes = [
        "Truth boxes without ids, multi-camera protocol (ids shared, frames counted per camera)."
    ]
    return [
        Table("Overlapping views by the ground alone", columns, rows, notes),
        cmc_table(data),
    ]


def scene_rows(scene: Scene) -> list[list[str]]:
    """Following on the ground, and grouping the tracklets of per-camera trackers."""
    ways: dict[str, Callable[[Scene], dict[str, BoxTable]]] = {
        "followed on the ground": followed,
        "weave per camera, grouped": grouped,
    }
    rows = []
    for how, run in ways.items():
        begin = time.perf_counter()
        result = run(scene)
        seconds = time.perf_counter() - begin
        scores = score(scene, result)
        cells = (f"{scores.idf1:.4f}", f"{scores.by_alpha.ass_a.mean():.4f}")
        counts = (str(scores.counts.result_ids), str(scores.counts.truth_ids))
        rows.append([scene.name, how, *cells, *counts, f"{seconds:.1f}"])
    return rows


def score(scene: Scene, result: dict[str, BoxTable]) -> Scores:
    """Across all cameras."""
    truth = {str(name): table for name, table in scene.truth.items()}
    return evaluate(*join_cameras(truth, result), rules="plain")


def followed(scene: Scene) -> dict[str, BoxTable]:
    """The site-level follower."""
    found = follow_on_ground(list(scene.logs.values()), scene.maps)
    return {each.camera: _table(each, each.row_ids) for each in found}


def grouped(scene: Scene) -> dict[str, BoxTable]:
    """Tracklets of a tracker per camera, their pieces grouped on the ground."""
    maps, _ = in_metres(scene.maps, {name: log.xyxy for name, log in scene.logs.items()})
    site = {name: Weave().track(log) for name, log in scene.logs.items()}
    seen = sightings_of(
        list(site.values()), {name: paths_of(each, maps[name]) for name, each in site.items()}
    )
    groups = group_on_ground(seen)
    lonely = groups.label.max(initial=0) + 1 + np.arange(len(groups.row))
    label = np.where(groups.label == ALONE, lonely, groups.label)
    result = {}
    for at, name in enumerate(seen.cameras):
        each, ids = site[name], np.full(len(site[name].frame), -1, np.int64)
        for piece in np.flatnonzero(seen.camera[groups.row] == at).tolist():
            m = int(np.searchsorted(each.tracklet_id, seen.tracklet_id[groups.row[piece]]))
            rows = np.arange(each.offsets[m], each.offsets[m + 1])
            when = each.time[rows]
            inside = (when >= groups.begin[piece]) & (when <= groups.end[piece])
            ids[rows[inside]] = label[piece]
        result[str(name)] = _table(each, ids)
    return result


def _table(tracklets: Tracklets, ids: I64) -> BoxTable:
    rows = np.lexsort([ids, tracklets.frame])
    frame, who = tracklets.frame[rows], ids[rows]
    twice = np.r_[False, (np.diff(frame) == 0) & (np.diff(who) == 0)][: len(rows)]
    rows = rows[~twice & (who >= 0)]
    ones = np.ones(len(rows), np.float32)
    return BoxTable(
        tracklets.frame[rows], ids[rows], tracklets.xyxy[rows], ones,
        np.full(len(rows), -1, np.int32), ones,
    )  # fmt: skip


def cmc_table(data: Path) -> Table:
    """CMC1: how much of each true path one of our ids covers, within 1 m of the centroid."""
    scene, truth = cmc(data / "mtmc")
    found = follow_on_ground(list(scene.logs.values()), scene.maps)
    places = _places(scene, found)
    rows = []
    for who in np.unique(truth[:, 1]).tolist():
        path = truth[truth[:, 1] == who]
        main, share, reached = kept(path, places)
        rows.append([f"{who:.0f}", str(len(path)), str(main), f"{share:.3f}", f"{reached:.3f}"])
    columns = ("true id", "frames", "our main id", "share under it", "share found at all")
    notes = [
        "Real Faster R-CNN boxes of people, 4 views, 4 fps. An object is found in a frame if the "
        f"mean place of an id's boxes lies within {REACH:g} m of its true centroid."
    ]
    return Table("CMC1 from its real detections", columns, rows, notes)


def kept(path: F64, places: F64) -> tuple[int, float, float]:
    """The id that is most often within reach of a true path, its share, and anybody's share."""
    near: dict[int, int] = {}
    reached = 0
    for frame, _, x, y in path.tolist():
        here = places[places[:, 0] == frame]
        close = here[np.hypot(here[:, 2] - x, here[:, 3] - y) <= REACH, 1]
        reached += bool(len(close))
        for who in close.astype(int).tolist():
            near[who] = near.get(who, 0) + 1
    main = max(near, key=lambda who: near[who], default=-1)
    return main, near.get(main, 0) / len(path), reached / len(path)


def _places(scene: Scene, found: Sequence[Tracklets]) -> F64:
    """(K, 4): frame, id, and the mean place of its boxes in that frame."""
    rows = []
    for each in found:
        size = (each.width, each.height)
        place = standing(scene.maps[each.camera], each.xyxy, size).xy
        rows.append(np.column_stack([each.frame, each.row_ids, place]))
    every = np.concatenate(rows)
    every = every[np.isfinite(every).all(axis=1)]
    names, at = np.unique(every[:, :2], axis=0, return_inverse=True)
    count = np.bincount(at)
    mean = [np.bincount(at, every[:, d]) / count for d in (2, 3)]
    return np.column_stack([names, *mean])
