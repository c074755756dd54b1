"""A camera's tracklets under their global ids, as files and pictures show them.

No row is lost. A tracklet that is not linked gets a global id of its own, after all others, in
order of time. Where two tracklets of one identity stand in one frame of one camera (they may
overlap a little), the surer box is the identity's, and the other is shown under such an id.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from camweave.core.arrays import F32, F64, I32, I64, Bool
from camweave.core.identities import Identities, TrackletKey
from camweave.core.sightings import Sightings
from camweave.core.tracks import UNLINKED, Tracklets


@dataclass(frozen=True, slots=True)
class GlobalIds:
    """What every tracklet is shown as."""

    linked: Mapping[TrackletKey, int]  # the identity; only of those that have one
    own: Mapping[TrackletKey, int]  # an id that no other has, of every tracklet


def global_ids(sightings: Sightings, identities: Identities, next_id: int = 0) -> GlobalIds:
    """An id of its own for every tracklet, after those of the identities: unlinked ones first.

    `next_id` is the first that no identity ever had, where that is known.
    """
    first = max(int(identities.identity.max(initial=0)) + 1, next_id)
    linked = identities.identity != UNLINKED
    order = np.lexsort((sightings.tracklet_id, sightings.camera, sightings.begin, linked))
    keys = [
        TrackletKey(sightings.cameras[camera], tracklet)
        for camera, tracklet in zip(
            sightings.camera.tolist(), sightings.tracklet_id.tolist(), strict=True
        )
    ]
    return GlobalIds(
        linked={keys[row]: int(identities.identity[row]) for row in np.flatnonzero(linked)},
        own={keys[row]: first + place for place, row in enumerate(order.tolist())},
    )


def shown(tracklets: Tracklets, ids: GlobalIds) -> Tracklets:
    """The same rows as tracklets of one global id each, in order of id; without appearance."""
    t = tracklets
    keys = [TrackletKey(t.camera, int(number)) for number in t.tracklet_id]
    own = np.array([ids.own[key] for key in keys], np.int64)
    linked = np.array([ids.linked.get(key, ids.own[key]) for key in keys], np.int64)
    of_row = np.repeat(np.arange(len(t)), np.diff(t.offsets))
    row_id = linked[of_row]
    row_id = np.where(outshone(row_id, t.frame, t.score), own[of_row], row_id)
    order = np.lexsort((t.frame, row_id))
    numbers, counts = np.unique(row_id[order], return_counts=True)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    classes = t.class_id[of_row][order]
    return Tracklets(
        camera=t.camera,
        fps=t.fps,
        width=t.width,
        height=t.height,
        tracklet_id=numbers.astype(np.int64),
        class_id=usual_classes(classes, t.score[order].astype(np.float64), offsets),
        offsets=offsets,
        frame=t.frame[order],
        time=t.time[order],
        xyxy=t.xyxy[order],
        score=t.score[order],
        detection=t.detection[order],
        class_names=t.class_names,
    )


def outshone(row_id: I64, frame: I64, score: F32) -> Bool:
    """(K,) the rows that share id and frame with a row of higher score, or an earlier one."""
    order = np.lexsort((np.arange(len(frame)), -score, frame, row_id))
    again = np.zeros(len(frame), bool)
    same = (np.diff(row_id[order]) == 0) & (np.diff(frame[order]) == 0)
    again[order[1:]] = same
    return again


def usual_classes(class_id: I32, score: F64, offsets: I64) -> I32:
    """(M,) the class that most of each one's confidence was given to."""
    chosen = []
    for begin, end in zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True):
        classes, at = np.unique(class_id[begin:end], return_inverse=True)
        chosen.append(classes[np.bincount(at, score[begin:end]).argmax()])
    return np.array(chosen, np.int32)
