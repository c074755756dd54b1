"""From footage to recordings: detections, tracklets and embeddings with their faults."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import numpy as np

from camweave.core.arrays import F32, F64, I64, Bool
from camweave.core.detections import DetectionLog
from camweave.core.tracks import Appearance, Tracklets
from camweave.ops.crops import geometry
from camweave.sources.synthetic.cameras import hang_camera
from camweave.sources.synthetic.looks import Looks
from camweave.sources.synthetic.oracle import Recording, record
from camweave.sources.synthetic.recorded.appearance import Crop, Embedder, make_embedder
from camweave.sources.synthetic.recorded.faults import break_up, exchange
from camweave.sources.synthetic.recorded.flat import offsets_of
from camweave.sources.synthetic.recorded.following import OUT, follow
from camweave.sources.synthetic.recorded.footage import Footage
from camweave.sources.synthetic.recorded.params import RecordedParams
from camweave.sources.synthetic.recorded.passing import measured_topology, stays_of, true_passages
from camweave.sources.synthetic.recorded.site import RecordedCamera, RecordedLog, RecordedSite

FAULTS: Final = 25  # first word of the seed of breaks and exchanged ids
FRAME: Final = 1 << 32  # more than the ids of all objects


def record_footages(
    name: str, footages: Iterable[Footage], looks: Looks, params: RecordedParams
) -> RecordedSite:
    """What detector, tracker and embedder make of the footages, which come in order of name."""
    embedder = make_embedder(looks, params.looks, params.seed)
    cameras, stays = [], []
    for number, footage in enumerate(footages):
        cameras.append(_camera(footage, number, embedder, params))
        stays.append(stays_of(footage))
    passages = true_passages(stays)
    names = [camera.tracklets.camera for camera in cameras]
    ground = {camera.tracklets.camera: camera.homography for camera in cameras}
    measured = measured_topology(names, passages, ground)
    return RecordedSite(name=name, cameras=tuple(cameras), measured=measured, passages=passages)


def _camera(
    footage: Footage, number: int, embedder: Embedder, params: RecordedParams
) -> RecordedCamera:
    offset = float(params.offsets.get(footage.spec.name, 0.0))
    found = _found(footage, params)
    rows, label = _followed(footage, found, number, params)
    tracklets, row_object, owner = _tracklets(found, rows, label)
    crops = _chosen(tracklets, params.crops)
    sights = _sights(footage, found, tracklets.detection[crops])
    appearance = Appearance(
        offsets=np.searchsorted(crops, tracklets.offsets).astype(np.int64),
        row=crops,
        embedding=embedder.embed(sights, number),
        quality=sights.quality.astype(np.float32),
    )
    return RecordedCamera(
        tracklets=replace(tracklets, time=tracklets.time + offset, appearance=appearance),
        row_object=row_object,
        tracklet_object=owner,
        truth=footage.seen.truth.table(),
        homography=hang_camera(footage.spec).homography,
        offset=offset,
    )


def _found(footage: Footage, params: RecordedParams) -> Recording:
    oracle = replace(params.oracle, seed=params.oracle.seed + params.seed)
    found = record(footage.seen.truth, footage.times, footage.spec, oracle)
    time = found.log.frame_times[found.log.frame]
    out = np.zeros(len(time), np.bool_)
    for outage in params.outages:
        if outage.camera == footage.spec.name:
            out |= (time >= outage.begin) & (time < outage.end)
    return Recording(_rows(found.log, ~out), found.object_id[~out])


def _rows(log: DetectionLog, keep: np.ndarray) -> DetectionLog:
    columns = {name: getattr(log, name)[keep] for name in ("frame", "xyxy", "score", "class_id")}
    return replace(log, **columns)


def _followed(
    footage: Footage, found: Recording, number: int, params: RecordedParams
) -> tuple[I64, I64]:
    """The rows of the log that are followed, and the tracklet of each."""
    log = found.log
    rows = np.flatnonzero(found.object_id > 0)
    rows = rows[np.lexsort((log.frame[rows], found.object_id[rows]))]
    label = np.empty(len(rows), np.int64)
    frame = log.frame[rows]
    time = log.frame_times[frame]
    follow(
        found.object_id[rows],
        frame,
        time,
        log.xyxy[rows],
        log.score[rows],
        params.strong,
        params.birth,
        params.patience,
        label,
    )
    rows, time, label = rows[label != OUT], time[label != OUT], label[label != OUT]
    rng = np.random.default_rng([params.seed, FAULTS, number])
    at, _ = _true_rows(footage, found, rows)
    if params.whole:
        label = footage.stays()[at]
    visibility = footage.seen.truth.visibility[at].astype(np.float64)
    label = break_up(label, time, visibility, share=params.fragments, rng=rng)
    rows, label = rows[label != OUT], label[label != OUT]
    label = np.unique(label, return_inverse=True)[1].astype(np.int64)
    on_foot = footage.seen.truth.class_id[_true_rows(footage, found, rows)[0]].astype(np.int64)
    kind = np.minimum(on_foot, 1)  # people are not taken for vehicles
    label = exchange(label, log.frame[rows], log.xyxy[rows], kind, share=params.switches)
    return rows, label


def _true_rows(footage: Footage, found: Recording, rows: I64) -> tuple[I64, Bool]:
    """The row of the truth of each of these rows of the log, and whether it has one."""
    truth = footage.seen.truth
    key = truth.frame * FRAME + truth.object_id
    wanted = found.log.frame[rows] * FRAME + found.object_id[rows]
    at = np.minimum(np.searchsorted(key, wanted), max(len(key) - 1, 0)).astype(np.int64)
    return at, key[at] == wanted if len(key) else np.zeros(len(rows), np.bool_)


def _tracklets(found: Recording, rows: I64, label: I64) -> tuple[Tracklets, I64, I64]:
    """The tracklets, numbered as they begin; the object of each row, and of each of them."""
    log = found.log
    frame = log.frame[rows]
    count = int(label.max(initial=-1)) + 1
    begin = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(begin, label, frame)
    rank = np.empty(count, np.int64)
    rank[np.argsort(begin, kind="stable")] = np.arange(count)
    order = np.lexsort((frame, rank[label]))
    rows, number = rows[order], rank[label][order]
    offsets = offsets_of(np.bincount(number, minlength=count))
    objects = found.object_id[rows]
    return (
        Tracklets(
            camera=log.camera,
            fps=log.fps,
            width=log.width,
            height=log.height,
            tracklet_id=np.arange(1, count + 1),
            class_id=_most(number, log.class_id[rows], log.score[rows], count).astype(np.int32),
            offsets=offsets,
            frame=log.frame[rows],
            time=log.frame_times[log.frame[rows]],
            xyxy=log.xyxy[rows],
            score=log.score[rows],
            detection=rows,
            class_names=log.class_names,
        ),
        objects,
        _most(number, objects, np.ones(len(rows), np.float32), count),
    )


def _most(group: I64, value: np.ndarray, weight: F32, count: int) -> I64:
    """(count,) the value that has most weight in each group, the least of equally heavy ones."""
    values, kind = np.unique(value, return_inverse=True)
    pairs, place = np.unique(group * len(values) + kind, return_inverse=True)
    total = np.bincount(place, weights=weight, minlength=len(pairs))
    owner = pairs // max(len(values), 1)
    order = np.lexsort((pairs, -total, owner))
    first = order[np.unique(owner[order], return_index=True)[1]]
    out = np.zeros(count, np.int64)
    out[owner[first]] = values[pairs[first] % max(len(values), 1)]
    return out


def _chosen(tracklets: Tracklets, most: int) -> I64:
    """Rows to embed, rising: the best of each of `most` stretches of each tracklet."""
    if not most:
        return np.empty(0, np.int64)
    count = np.diff(tracklets.offsets)
    owner = np.repeat(np.arange(len(count)), count)
    place = np.arange(len(owner)) - tracklets.offsets[owner]
    stretch = owner * most + place * np.minimum(count, most)[owner] // count[owner]
    good = _quality(tracklets.xyxy, tracklets.score, tracklets.frame, tracklets)
    best = np.lexsort((-good, stretch))
    return best[np.unique(stretch[best], return_index=True)[1]].astype(np.int64)


def _quality(xyxy: F32, score: F32, frame: I64, log: Tracklets | DetectionLog) -> F64:
    """How good crops are as far as boxes tell, (K,)."""
    order = np.argsort(frame, kind="stable")
    told = np.empty(len(order))
    told[order] = geometry(
        xyxy[order], score[order], frame=frame[order], width=log.width, height=log.height
    )
    return told


def _sights(footage: Footage, found: Recording, rows: I64) -> Crop:
    """How rows of the log are seen; a false alarm is nobody, seen clearly."""
    log, truth = found.log, footage.seen.truth
    at, true = _true_rows(footage, found, rows)
    good = _quality(log.xyxy, log.score, log.frame, log)[rows]
    return Crop(
        row=rows,
        actor=np.where(true, truth.object_id[at] - 1, -1),
        hider=np.where(true, footage.seen.hider[at] - 1, -1),
        stay=np.where(true, footage.stays()[at], -1 - rows),
        bearing=np.where(true, footage.seen.bearing[at], 0.0),
        visibility=np.where(true, truth.visibility[at], 1.0).astype(np.float64),
        quality=good,
        time=log.frame_times[log.frame[rows]],
    )


def log_footages(
    footages: Iterable[Footage], looks: Looks, params: RecordedParams
) -> tuple[RecordedLog, ...]:
    """The detections of which `record_footages` makes its tracklets, with an embedding each."""
    embedder = make_embedder(looks, params.looks, params.seed)
    return tuple(_log(footage, number, embedder, params) for number, footage in enumerate(footages))


def _log(footage: Footage, number: int, embedder: Embedder, params: RecordedParams) -> RecordedLog:
    """All detections of one camera, each with its embedding."""
    found = _found(footage, params)
    sights = _sights(footage, found, np.arange(len(found.log), dtype=np.int64))
    offset = float(params.offsets.get(footage.spec.name, 0.0))
    log = replace(
        found.log,
        frame_times=found.log.frame_times + offset,
        embedding=embedder.embed(sights, number),
    )
    return RecordedLog(log, found.object_id)
