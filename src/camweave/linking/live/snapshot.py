"""What one camera hands to the live linker at an instant, and the rows that it is made from."""

from dataclasses import dataclass

import numpy as np

from camweave.core.arrays import (
    F32,
    F64,
    FLOAT32,
    FLOAT64,
    I32,
    I64,
    INT32,
    INT64,
    Bool,
    column,
    embedding_column,
)
from camweave.core.detections import Detections
from camweave.core.errors import ShapeError
from camweave.core.frame import CameraId
from camweave.core.sightings import Sightings
from camweave.core.tracks import UNDETECTED, Tracks
from camweave.linking.paths.laid import Feet
from camweave.ops.crops import geometry

BOOL = np.dtype(np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """One camera's tracklets just before an instant: those that grow, and those that just ended.

    An ended tracklet is handed over once, with its last state. The value never changes, so it can
    cross threads.
    """

    time: float  # s: all that was seen before it is in here, nothing that came at it or later
    sightings: Sightings  # of this one camera
    ended: Bool  # (N,) it will not be seen again
    feet: Feet | None = None  # where they stood in the image, where no ground is known

    def __post_init__(self) -> None:
        object.__setattr__(self, "ended", column("ended", self.ended, BOOL, len(self.sightings)))
        if len(self.sightings.cameras) != 1:
            raise ShapeError(f"snapshot: of one camera, got {len(self.sightings.cameras)}")

    @property
    def camera(self) -> CameraId:
        """Whose it is."""
        return self.sightings.cameras[0]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """What one camera's tracks showed over some frames: K rows in order of time, and E crops."""

    track_id: I64  # (K,)
    frame: I64  # (K,)
    time: F64  # (K,) s
    xyxy: F32  # (K, 4) px
    score: F32  # (K,)
    class_id: I32  # (K,)
    crop: I64  # (E,) the row that a crop was cut from, rising
    embedding: F32  # (E, D) unit length
    quality: F32  # (E,) 0 to 1

    def __post_init__(self) -> None:
        k, e, put = len(self.track_id), len(self.crop), object.__setattr__
        put(self, "track_id", column("track_id", self.track_id, INT64, k))
        put(self, "frame", column("frame", self.frame, INT64, k))
        put(self, "time", column("time", self.time, FLOAT64, k))
        put(self, "xyxy", column("xyxy", self.xyxy, FLOAT32, k, 4))
        put(self, "score", column("score", self.score, FLOAT32, k))
        put(self, "class_id", column("class_id", self.class_id, INT32, k))
        put(self, "crop", column("crop", self.crop, INT64, e))
        put(self, "embedding", embedding_column(self.embedding, e))
        put(self, "quality", column("quality", self.quality, FLOAT32, e))

    def __len__(self) -> int:
        return len(self.track_id)


def rows_of(detections: Detections, tracks: Tracks, size: tuple[int, int] = (0, 0)) -> Rows:
    """One frame's tracks, with the embeddings that its detections carry.

    A crop is as good as its box tells: by score and size, by who stands before it, and by the
    border of an image of `size` (width, height) px, where that is known.
    """
    n, stamp = len(tracks), tracks.stamp
    crop, embedding, quality = _crops(detections, tracks, size)
    return Rows(
        track_id=tracks.track_id,
        frame=np.full(n, stamp.index, np.int64),
        time=np.full(n, stamp.time, np.float64),
        xyxy=tracks.xyxy,
        score=tracks.score,
        class_id=tracks.class_id,
        crop=crop,
        embedding=embedding,
        quality=quality,
    )


def _crops(detections: Detections, tracks: Tracks, size: tuple[int, int]) -> tuple[I64, F32, F32]:
    if detections.embedding is None or not len(detections):
        return np.empty(0, np.int64), np.empty((0, 0), np.float32), np.empty(0, np.float32)
    embedded: Bool = np.any(detections.embedding, axis=1)
    row = np.maximum(tracks.detection, 0)
    crop = np.flatnonzero((tracks.detection != UNDETECTED) & embedded[row])
    told = geometry(detections.xyxy, detections.score, width=size[0], height=size[1])
    return crop, detections.embedding[row[crop]], told[row[crop]]
