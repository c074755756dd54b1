"""Ids as they are shown live, against what linking the whole recording makes of the same world."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.named_worlds import NamedWorld, named_logs, named_world
from benchmarks.table import Table
from camweave.core.arrays import F32, F64, I64
from camweave.core.identities import Identities
from camweave.core.topology import Topology
from camweave.core.tracks import UNLINKED, BoxTable
from camweave.evaluation.stability import Stability, stability
from camweave.linking.link import link
from camweave.linking.live.feed import Feed
from camweave.linking.live.live import LiveLinker
from camweave.linking.live.replay import Shown, replay
from camweave.linking.live.snapshot import Rows
from camweave.linking.sightings import sightings_of
from camweave.ops.crops import geometry
from camweave.sources.synthetic.recorded.site import RecordedCamera, RecordedLog

WORLDS: Final = ("street", "campus", "crossroad")
SEEDS: Final = (11, 12, 13)  # not used while developing


@dataclass(frozen=True, eq=False)
class Outcome:
    """One world, linked both ways with its true layout."""

    name: str
    batch: float  # multi-camera IDF1 of all that was recorded, linked at once
    ceiling: float  # causal IDF1 if batch's ids were shown as soon as `min_frames` were seen
    live: Stability


def live_quality_table(worlds: Sequence[str] = WORLDS, seeds: Sequence[int] = SEEDS) -> Table:
    """A row for each world and seed, and the mean of each world."""
    rows: list[list[str]] = []
    for name in worlds:
        found = [outcome(name, seed) for seed in seeds]
        rows += [_cells(each.name, _figures(each)) for each in found]
        rows.append(_cells(f"{name}, mean", np.mean([_figures(each) for each in found], axis=0)))
    return Table(
        "Ids shown live, against the batch linker, with the true layout",
        (
            "world",
            "batch IDF1",
            "final IDF1",
            "causal IDF1",
            "under batch",
            "of that unavoidable",
            "changes per identity",
            "s to the right id",
            "90 %",
        ),
        rows,
        [
            "Against the true boxes, no ground known. `causal` is as shown, rows not yet decided "
            "by local ids.",
            "Unavoidable: what batch itself loses if its ids are shown from the first linking on "
            "at which `min_frames` were seen.",
        ],
    )


def outcome(name: str, seed: int) -> Outcome:
    """One world."""
    world = named_world(name, seed)
    whole = world.topology
    layout = Topology(cameras=whole.cameras, transitions=whole.transitions)
    batch = link(sightings_of(world.tracklets), layout, tracklets=world.tracklets).identities
    live, ceiling = shown_live(world, named_logs(name, seed), layout, batch)
    return Outcome(f"{name} {seed}", world.official(batch).idf1, ceiling, live)


def shown_live(
    world: NamedWorld, logs: Sequence[RecordedLog], layout: Topology, batch: Identities
) -> tuple[Stability, float]:
    """The stability suite of one live run, every detection embedded; and the causal ceiling."""
    cameras = world.site.cameras
    rows = [rows_of(camera, log) for camera, log in zip(cameras, logs, strict=True)]
    feeds = [
        Feed(t.camera, [own], (t.width, t.height), t.class_names)
        for t, own in zip(world.tracklets, rows, strict=True)
    ]
    linker = LiveLinker(layout)
    told = replay(feeds, linker).cameras
    named = {c.tracklets.camera: c for c in cameras}
    boxes = {c.tracklets.camera: own.xyxy for c, own in zip(cameras, rows, strict=True)}
    ideal = {
        name: _soonest(shown, batch.of(name), linker.live.interval, linker.params.min_frames)
        for name, shown in told.items()
    }
    truth: dict[str, BoxTable] = {name: camera.truth for name, camera in named.items()}
    final: dict[str, I64] = {
        name: _own_numbers(shown.final, shown.track_id) for name, shown in told.items()
    }
    times: dict[str, F64] = {name: _times(camera) for name, camera in named.items()}
    live, best = (
        stability(
            truth=truth,
            shown={name: _table(told[name], ids[name], boxes[name]) for name in told},
            final=final,
            times=times,
        )
        for ids in ({name: shown.shown for name, shown in told.items()}, ideal)
    )
    return live, best.cidf1


def _soonest(shown: Shown, ids: Mapping[int, int], interval: float, frames: int) -> I64:
    """(K,) these ids, from the first linking on at which so many frames were seen."""
    found = np.full(len(shown.track_id), UNLINKED)
    for number in np.unique(shown.track_id).tolist():
        own = np.flatnonzero(shown.track_id == number)
        if len(own) >= frames:
            linked = (shown.time[own[frames - 1]] // interval + 1) * interval
            found[own[shown.time[own] >= linked]] = ids.get(number, UNLINKED)
    return found


def rows_of(camera: RecordedCamera, log: RecordedLog) -> Rows:
    """What a tracker showed, with the embedding of each detection, in order of time."""
    t, found = camera.tracklets, log.log
    order = np.lexsort((t.row_ids, t.time))
    detection = t.detection[order]
    crop = np.flatnonzero(detection >= 0)
    quality = geometry(found.xyxy, found.score, frame=found.frame, width=t.width, height=t.height)
    assert found.embedding is not None
    return Rows(
        track_id=t.row_ids[order],
        frame=t.frame[order],
        time=t.time[order],
        xyxy=t.xyxy[order],
        score=t.score[order],
        class_id=np.repeat(t.class_id, np.diff(t.offsets))[order].astype(np.int32),
        crop=crop,
        embedding=found.embedding[detection[crop]],
        quality=quality[detection[crop]],
    )


def _table(shown: Shown, ids: I64, xyxy: F32) -> BoxTable:
    n = len(shown.frame)
    return BoxTable(
        frame=shown.frame,
        object_id=_own_numbers(ids, shown.track_id),
        xyxy=xyxy,
        score=np.ones(n, np.float32),
        class_id=np.full(n, -1, np.int32),
        visibility=np.ones(n, np.float32),
    )


def _own_numbers(ids: I64, track_id: I64) -> I64:
    """Ids, with the camera's own number below UNLINKED for who has none."""
    return np.where(ids == UNLINKED, UNLINKED - 1 - track_id, ids)


def _times(camera: RecordedCamera) -> F64:
    """(F,) s of each frame, on the site's clock."""
    t = camera.tracklets
    frames = 1 + max(int(t.frame.max(initial=0)), int(camera.truth.frame.max(initial=0)))
    return np.arange(frames) / t.fps


def _figures(each: Outcome) -> F64:
    live = each.live
    return np.array(
        [
            each.batch,
            live.fidf1,
            live.cidf1,
            100 * (each.batch - live.cidf1),
            100 * (each.batch - each.ceiling),
            live.changes_per_identity,
            live.median_to_right,
            live.quantile_to_right(0.9),
        ]
    )


def _cells(name: str, figures: F64) -> list[str]:
    batch, final, causal, under, least, changes, median, late = figures.tolist()
    scores = [f"{each:.3f}" for each in (batch, final, causal)]
    return [
        name,
        *scores,
        f"{under:.1f}",
        f"{least:.1f}",
        f"{changes:.2f}",
        f"{median:.1f}",
        f"{late:.1f}",
    ]
