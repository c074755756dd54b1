"""The live linker's state that outlives a restart."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from camweave.core.arrays import F64, FLOAT64, I64, column
from camweave.core.frame import CameraId
from camweave.core.identities import TrackletKey
from camweave.core.sightings import Crops, Sightings
from camweave.linking.appearance import CameraMeans
from camweave.linking.live.gallery import Gallery
from camweave.linking.registry.registry import Registry

COLUMNS: Final = (
    "class_id", "begin", "end", "frames", "entry", "exit", "entry_motion", "exit_motion",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class LiveState:
    """The gallery at one instant; who is who is told by the registry's events.

    Each tracklet has one crop at most: its mean look, whose quality is the trust in it.
    """

    time: float  # s, of the last linking
    sightings: Sightings
    total: F64  # (C, D) sum of the embeddings of each camera
    count: F64  # (C,) how many these are

    def __post_init__(self) -> None:
        c = len(self.sightings.cameras)
        count = column("count", self.count, FLOAT64, c)
        total = column("total", self.total, FLOAT64, c, self.total.shape[1])
        object.__setattr__(self, "count", count)
        object.__setattr__(self, "total", total)

    def after(self, camera: CameraId) -> int:
        """The highest tracklet id of a camera: its tracker, started anew, goes on from there."""
        s = self.sightings
        own = s.tracklet_id[s.camera == s.cameras.index(camera)]
        return int(own.max(initial=0))


def state_of(gallery: Gallery, time: float) -> LiveState:
    """The state of a gallery at `time` s."""
    rows, slots = gallery.sightings(np.flatnonzero(gallery.tracklets["used"]))
    sightings = replace(rows, crops=_looks(gallery, slots))
    return LiveState(time, sightings, gallery.means.total.copy(), gallery.means.count.copy())


def _looks(gallery: Gallery, slots: I64) -> Crops:
    held = gallery.tracklets[slots]
    known = held["trust"] > 0
    return Crops(
        offsets=np.concatenate([[0], np.cumsum(known)]).astype(np.int64),
        time=held["crop_time"][known],
        frame=held["crop_frame"][known],
        embedding=gallery.look[slots[known]],
        quality=held["trust"][known].astype(np.float32),
    )


def fill(gallery: Gallery, state: LiveState, registry: Registry) -> None:
    """Let an empty gallery hold what it held, each tracklet of whom the registry says.

    All tracks have ended: their trackers were started anew. Who had no identity is let go.
    """
    s, living = state.sightings, frozenset(registry.living)
    gallery.sizes[:] = s.size
    gallery.widen(state.total.shape[1])
    if state.total.shape[1]:
        gallery.means = CameraMeans(state.total, state.count)
    names = zip(s.camera.tolist(), s.tracklet_id.tolist(), strict=True)
    for row, (camera, number) in enumerate(names):
        where = registry.identity_of(TrackletKey(s.cameras[camera], number))
        if where in living:
            slot = _put(gallery, s, row)
            held = gallery.by_id.get(where)
            gallery.give(slot, gallery.identity(where) if held is None else held)


def _put(gallery: Gallery, s: Sightings, row: int) -> int:
    slot = gallery.tracklet(TrackletKey(s.cameras[s.camera[row]], int(s.tracklet_id[row])))
    record = gallery.tracklets[slot]
    for name in COLUMNS:
        record[name] = getattr(s, name)[row]
    record["closed"] = True
    own = s.crops.of(row)
    if own.stop > own.start:
        gallery.looked(np.array([slot]), s.crops.embedding[own.start : own.start + 1])
        record["trust"], record["crops"] = s.crops.quality[own.start], 1
        record["crop_time"], record["crop_frame"] = (
            s.crops.time[own.start],
            s.crops.frame[own.start],
        )
    return slot
