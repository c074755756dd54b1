"""Objects followed: in one frame (`Tracks`), and through a recording (`Tracklets`)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NewType

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
    column,
    embedding_column,
    setters,
)
from camweave.core.errors import ShapeError
from camweave.core.frame import CameraId, Stamp

TrackId = NewType("TrackId", int)  # unique within one camera's run, from 1 on
GlobalId = NewType("GlobalId", int)  # unique across cameras
UNLINKED: Final = GlobalId(-1)  # the linker has not spoken yet
UNDETECTED: Final = -1  # a row that was predicted, not seen


@dataclass(frozen=True, slots=True, eq=False)
class Tracks:
    """The confirmed tracks of one frame; row i of every column is the same object."""

    stamp: Stamp
    track_id: I64  # (T,)
    xyxy: F32  # (T, 4) px
    score: F32  # (T,) confidence of the detection
    class_id: I32  # (T,)
    detection: I64  # (T,) row of the frame's detections, or UNDETECTED

    def __post_init__(self) -> None:
        n = len(self.track_id)
        put = object.__setattr__
        put(self, "track_id", column("track_id", self.track_id, INT64, n))
        put(self, "xyxy", column("xyxy", self.xyxy, FLOAT32, n, 4))
        put(self, "score", column("score", self.score, FLOAT32, n))
        put(self, "class_id", column("class_id", self.class_id, INT32, n))
        put(self, "detection", column("detection", self.detection, INT64, n))

    def __len__(self) -> int:
        return len(self.track_id)

    @classmethod
    def trusted(  # noqa: PLR0917 - one per column
        cls, stamp: Stamp, track_id: I64, xyxy: F32, score: F32, class_id: I32, detection: I64
    ) -> "Tracks":
        """Without a look at the columns: a tracker's own, so read-only and right."""
        made = object.__new__(cls)
        _put_stamp(made, stamp)
        _put_track_id(made, track_id)
        _put_xyxy(made, xyxy)
        _put_score(made, score)
        _put_class_id(made, class_id)
        _put_detection(made, detection)
        return made


(_put_stamp, _put_track_id, _put_xyxy, _put_score, _put_class_id, _put_detection) = setters(Tracks)


@dataclass(frozen=True, slots=True, eq=False)
class Tracklet:
    """One object's path in one camera, T rows in order of time."""

    tracklet_id: TrackId
    class_id: int
    frame_numbers: I64  # (T,) rising
    times: F64  # (T,) s
    bboxes: F32  # (T, 4) px: left, top, right, bottom
    confidences: F32  # (T,)
    detection_indices: I64  # (T,) row of the detection log, or UNDETECTED
    embeddings: F32 | None = None  # (E, D) unit length, of its best crops; None until embedded

    def __len__(self) -> int:
        return len(self.frame_numbers)


@dataclass(frozen=True, slots=True, eq=False)
class Appearance:
    """What M tracklets look like in their best crops, E in all, flat.

    Crops `offsets[m]` to `offsets[m + 1]` are of tracklet m, in order of time.
    """

    offsets: I64  # (M + 1,)
    row: I64  # (E,) the row of the tracklets that the crop was cut from
    embedding: F32  # (E, D) unit length
    quality: F32  # (E,) 0 to 1

    def __post_init__(self) -> None:
        e, put = len(self.row), object.__setattr__
        put(self, "offsets", column("offsets", self.offsets, INT64, len(self.offsets)))
        put(self, "row", column("row", self.row, INT64, e))
        put(self, "embedding", embedding_column(self.embedding, e))
        put(self, "quality", column("quality", self.quality, FLOAT32, e))
        check_offsets(self.offsets, e)

    def __len__(self) -> int:
        return len(self.row)

    def of(self, m: int) -> slice:
        """The crops of tracklet m."""
        return slice(int(self.offsets[m]), int(self.offsets[m + 1]))


@dataclass(frozen=True, slots=True, eq=False)
class Tracklets:
    """All tracklets of one camera's recording: M of them over K rows, flat.

    Rows `offsets[m]` to `offsets[m + 1]` belong to tracklet m, in order of time.
    """

    camera: CameraId
    fps: float  # frames/s
    width: int  # px; 0 while unknown
    height: int  # px; 0 while unknown
    tracklet_id: I64  # (M,) rising
    class_id: I32  # (M,) the one most of its confidence was given to
    offsets: I64  # (M + 1,)
    frame: I64  # (K,)
    time: F64  # (K,) s
    xyxy: F32  # (K, 4) px
    score: F32  # (K,)
    detection: I64  # (K,) row of the detection log, or UNDETECTED
    class_names: tuple[str, ...] = ()
    appearance: Appearance | None = None  # None until embedded

    def __post_init__(self) -> None:
        m, k = len(self.tracklet_id), len(self.frame)
        put = object.__setattr__
        put(self, "tracklet_id", column("tracklet_id", self.tracklet_id, INT64, m))
        put(self, "class_id", column("class_id", self.class_id, INT32, m))
        put(self, "offsets", column("offsets", self.offsets, INT64, m + 1))
        put(self, "frame", column("frame", self.frame, INT64, k))
        put(self, "time", column("time", self.time, FLOAT64, k))
        put(self, "xyxy", column("xyxy", self.xyxy, FLOAT32, k, 4))
        put(self, "score", column("score", self.score, FLOAT32, k))
        put(self, "detection", column("detection", self.detection, INT64, k))
        check_offsets(self.offsets, k)
        if self.appearance is not None and len(self.appearance.offsets) != m + 1:
            n = len(self.appearance.offsets) - 1
            raise ShapeError(f"appearance: expected that of {m} tracklets, got {n}")

    def __len__(self) -> int:
        return len(self.tracklet_id)

    def __getitem__(self, m: int) -> Tracklet:
        rows, look = slice(self.offsets[m], self.offsets[m + 1]), self.appearance
        return Tracklet(
            tracklet_id=TrackId(int(self.tracklet_id[m])),
            class_id=int(self.class_id[m]),
            frame_numbers=self.frame[rows],
            times=self.time[rows],
            bboxes=self.xyxy[rows],
            confidences=self.score[rows],
            detection_indices=self.detection[rows],
            embeddings=None if look is None else look.embedding[look.of(m)],
        )

    def __iter__(self) -> Iterator[Tracklet]:
        return (self[m] for m in range(len(self)))

    @property
    def row_ids(self) -> I64:
        """(K,) the tracklet id of every row."""
        return np.repeat(self.tracklet_id, np.diff(self.offsets))


def check_offsets(offsets: I64, rows: int) -> None:
    """Refuse offsets that do not lead from 0 to `rows`.

    Raises:
        ShapeError: they do not.
    """
    if not len(offsets) or offsets[0] != 0 or offsets[-1] != rows or np.any(np.diff(offsets) < 0):
        raise ShapeError(f"offsets: must rise from 0 to {rows}")


@dataclass(frozen=True, slots=True, eq=False)
class BoxTable:
    """Boxes with ids, one row each, in order of frame: ground truth, or a result to be scored."""

    frame: I64  # (K,) 0 is the first frame
    object_id: I64  # (K,)
    xyxy: F32  # (K, 4) px
    score: F32  # (K,) confidence; in ground truth 0 says "do not count this row"
    class_id: I32  # (K,) -1 while unknown
    visibility: F32  # (K,) share that can be seen, 0 to 1; 1 while unknown

    def __post_init__(self) -> None:
        k = len(self.frame)
        put = object.__setattr__
        put(self, "frame", column("frame", self.frame, INT64, k))
        put(self, "object_id", column("object_id", self.object_id, INT64, k))
        put(self, "xyxy", column("xyxy", self.xyxy, FLOAT32, k, 4))
        put(self, "score", column("score", self.score, FLOAT32, k))
        put(self, "class_id", column("class_id", self.class_id, INT32, k))
        put(self, "visibility", column("visibility", self.visibility, FLOAT32, k))
        if np.any(np.diff(self.frame) < 0):
            raise ShapeError("frame: numbers must not fall")

    def __len__(self) -> int:
        return len(self.frame)


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What one camera shows at one instant: all that sinks and the linker ever need to know."""

    stamp: Stamp
    tracks: Tracks
