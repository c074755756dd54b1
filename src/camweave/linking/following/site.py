"""A site's detections to tracklets that share their ids, by where things stand on the ground."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from camweave.core.arrays import I64
from camweave.core.detections import DetectionLog
from camweave.core.errors import InputError
from camweave.core.frame import CameraId
from camweave.core.tracks import Tracklets
from camweave.linking.following.follow import follow
from camweave.linking.following.joining import join
from camweave.linking.following.observations import Observations
from camweave.linking.following.params import FollowParams
from camweave.linking.ground import in_metres, standing
from camweave.ops.calibration import Calibration

NOBODY: Final = -1


def follow_on_ground(
    site: Sequence[DetectionLog],
    calibrations: Mapping[CameraId, Calibration],
    params: FollowParams | None = None,
) -> tuple[Tracklets, ...]:
    """The tracklets of each camera, in the order given; one id is one object in all of them.

    For cameras whose views overlap and whose maps are known; it needs no appearance and no frame
    rate. Ids count from 1 in order of first sight, and do not depend on the order of cameras.

    Raises:
        InputError: a camera without a calibration, one that comes twice, or maps that do not go
            together.
    """
    p = params or FollowParams()
    logs = sorted(site, key=lambda log: log.camera)
    _refuse(logs, calibrations)
    maps, _ = in_metres(
        {log.camera: calibrations[log.camera] for log in logs},
        {log.camera: log.xyxy for log in logs},
    )
    observations, camera, row = observe(logs, maps, p)
    label = numbered(join(observations, follow(observations, p), p))
    made = {}
    for at, log in enumerate(logs):
        mine = camera == at
        ids = np.full(len(log), NOBODY, np.int64)
        ids[row[mine]] = label[mine]
        made[log.camera] = as_tracklets(log, ids)
    return tuple(made[log.camera] for log in site)


def observe(
    logs: Sequence[DetectionLog], maps: Mapping[CameraId, Calibration], params: FollowParams
) -> tuple[Observations, I64, I64]:
    """What all logs see of the ground, and the camera and row each place comes from."""
    found = [standing(maps[g.camera], g.xyxy, (g.width, g.height), params.ground) for g in logs]
    rows = [np.flatnonzero(np.isfinite(each.xy).all(axis=1)) for each in found]
    parts = list(zip(logs, found, rows, strict=True))
    time = np.concatenate([log.frame_times[log.frame[r]] for log, _, r in parts])
    camera = np.repeat(np.arange(len(logs)), [len(r) for r in rows])
    row = np.concatenate(rows)
    frame = np.concatenate([log.frame[r] for log, _, r in parts])
    order = np.lexsort([row, frame, camera, time])
    new = np.diff(camera[order]) != 0
    new |= np.diff(frame[order]) != 0
    instant = np.concatenate([np.zeros(min(len(order), 1), np.int64), np.cumsum(new)])
    observations = Observations(
        instant=instant.astype(np.int64),
        time=time[order],
        camera=camera[order],
        xy=np.concatenate([f.xy[r] for _, f, r in parts])[order],
        covariance=np.concatenate([f.covariance[r] for _, f, r in parts])[order],
        noise=np.concatenate([np.einsum("nii->n", f.noise[r]) / 2 for _, f, r in parts])[order],
        sure=np.concatenate([log.score[r] >= params.begin for log, _, r in parts])[order],
        owner=np.full(len(order), NOBODY, np.int64),
    )
    return observations, camera[order], row[order]


def numbered(label: I64) -> I64:
    """(P,) labels by ids from 1 on, in the order in which they come up; nobody stays nobody."""
    names, first, place = np.unique(label, return_index=True, return_inverse=True)
    rank = np.empty(len(names), np.int64)
    order = np.argsort(np.where(names == NOBODY, -1, first), kind="stable")
    rank[order] = np.arange(len(names))
    ids = rank[place] + (0 if len(names) and names[0] == NOBODY else 1)
    return np.where(label == NOBODY, NOBODY, ids).astype(np.int64)


def as_tracklets(log: DetectionLog, ids: I64) -> Tracklets:
    """The tracklets of one camera, given who each of its detections (N,) is, or NOBODY."""
    rows = np.flatnonzero(ids != NOBODY)
    rows = rows[np.lexsort([log.frame[rows], ids[rows]])]
    names, first, counts = np.unique(ids[rows], return_index=True, return_counts=True)
    classes = [_usual(log, rows[a : a + n]) for a, n in zip(first, counts, strict=True)]
    return Tracklets(
        camera=log.camera,
        fps=log.fps,
        width=log.width,
        height=log.height,
        tracklet_id=names.astype(np.int64),
        class_id=np.array(classes, np.int32),
        offsets=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        frame=log.frame[rows],
        time=log.frame_times[log.frame[rows]],
        xyxy=log.xyxy[rows],
        score=log.score[rows],
        detection=rows.astype(np.int64),
        class_names=log.class_names,
    )


def _usual(log: DetectionLog, rows: I64) -> int:
    """The class that most of the confidence was given to."""
    names, place = np.unique(log.class_id[rows], return_inverse=True)
    return int(names[np.bincount(place, log.score[rows].astype(np.float64)).argmax()])


def _refuse(logs: Sequence[DetectionLog], calibrations: Mapping[CameraId, Calibration]) -> None:
    names = [log.camera for log in logs]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"camera {twice[0]!r} comes twice; give each once")
    missing = [name for name in names if name not in calibrations]
    if missing:
        raise InputError(f"camera {missing[0]!r} has no calibration; give it one or leave it out")
