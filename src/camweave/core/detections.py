"""Objects found: in one frame, and in all frames of a recording."""

from collections.abc import Iterator
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
    column,
    embedding_column,
    setters,
)
from camweave.core.errors import ShapeError
from camweave.core.frame import CameraId, Stamp


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """Objects found in one frame; row i of every column is the same object."""

    stamp: Stamp
    xyxy: F32  # (N, 4) px: left, top, right, bottom
    score: F32  # (N,) confidence, 0 to 1
    class_id: I32  # (N,) index into the detector's class names
    embedding: F32 | None = None  # (N, D) unit length; a row of zeros was not embedded
    camera_motion: F64 | None = None  # (2, 3) affine, px: a point of the last frame to this one

    def __post_init__(self) -> None:
        n = len(self.xyxy)
        put = object.__setattr__  # the only write, before anyone has seen the value
        put(self, "xyxy", column("xyxy", self.xyxy, FLOAT32, n, 4))
        put(self, "score", column("score", self.score, FLOAT32, n))
        put(self, "class_id", column("class_id", self.class_id, INT32, n))
        if self.embedding is not None:
            put(self, "embedding", embedding_column(self.embedding, n))
        if self.camera_motion is not None:
            put(self, "camera_motion", column("camera_motion", self.camera_motion, FLOAT64, 2, 3))

    def __len__(self) -> int:
        return len(self.score)

    def __getitem__(self, rows: slice | np.ndarray) -> "Detections":
        """The same frame with only these rows: a slice, a mask (N,) or row numbers."""
        embedding = None if self.embedding is None else self.embedding[rows]
        return Detections(
            self.stamp,
            self.xyxy[rows],
            self.score[rows],
            self.class_id[rows],
            embedding,
            self.camera_motion,
        )

    @classmethod
    def trusted(  # noqa: PLR0917 - one per column
        cls,
        stamp: Stamp,
        xyxy: F32,
        score: F32,
        class_id: I32,
        embedding: F32 | None = None,
        camera_motion: F64 | None = None,
    ) -> "Detections":
        """Without a look at the columns: rows of another value's, so read-only and right."""
        made = object.__new__(cls)
        _put_stamp(made, stamp)
        _put_xyxy(made, xyxy)
        _put_score(made, score)
        _put_class_id(made, class_id)
        _put_embedding(made, embedding)
        _put_camera_motion(made, camera_motion)
        return made

    @classmethod
    def empty(cls, stamp: Stamp) -> "Detections":
        """A frame in which nothing was found."""
        return cls(
            stamp, np.empty((0, 4), np.float32), np.empty(0, np.float32), np.empty(0, np.int32)
        )


(_put_stamp, _put_xyxy, _put_score, _put_class_id, _put_embedding, _put_camera_motion) = setters(
    Detections
)


@dataclass(frozen=True, slots=True, eq=False)
class DetectionLog:
    """Everything found in one camera's recording: N boxes in F frames, in order of frame."""

    camera: CameraId
    fps: float  # frames/s
    width: int  # px; 0 while unknown
    height: int  # px; 0 while unknown
    frame_times: F64  # (F,) s of capture of every frame, those with nothing in them too
    frame: I64  # (N,) index into frame_times, never falling
    xyxy: F32  # (N, 4) px
    score: F32  # (N,)
    class_id: I32  # (N,)
    class_names: tuple[str, ...] = ()
    embedding: F32 | None = None  # (N, D) unit length; a row of zeros was not embedded
    camera_motion: F64 | None = None  # (F, 2, 3) affine, px: a point of the frame before to here

    def __post_init__(self) -> None:
        n, f = len(self.frame), len(self.frame_times)
        put = object.__setattr__
        put(self, "frame_times", column("frame_times", self.frame_times, FLOAT64, f))
        put(self, "frame", column("frame", self.frame, INT64, n))
        put(self, "xyxy", column("xyxy", self.xyxy, FLOAT32, n, 4))
        put(self, "score", column("score", self.score, FLOAT32, n))
        put(self, "class_id", column("class_id", self.class_id, INT32, n))
        if self.embedding is not None:
            put(self, "embedding", embedding_column(self.embedding, n))
        if self.camera_motion is not None:
            motion = column("camera_motion", self.camera_motion, FLOAT64, f, 2, 3)
            put(self, "camera_motion", motion)
        if n and (self.frame[0] < 0 or self.frame[-1] >= f or np.any(np.diff(self.frame) < 0)):
            raise ShapeError(f"frame: numbers must rise and lie in 0 to {f - 1}")

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def frame_count(self) -> int:
        """F, the frames looked at."""
        return len(self.frame_times)

    @property
    def frame_offsets(self) -> I64:
        """(F + 1,) where each frame's rows begin and the last one's end."""
        return np.searchsorted(self.frame, np.arange(self.frame_count + 1)).astype(np.int64)

    def frames(self) -> Iterator[Detections]:
        """One `Detections` per frame, empty ones too."""
        xyxy, score, class_id, embedding = self.xyxy, self.score, self.class_id, self.embedding
        motion, offsets = self.camera_motion, self.frame_offsets.tolist()
        for index, time in enumerate(self.frame_times.tolist()):
            rows = slice(offsets[index], offsets[index + 1])
            stamp = Stamp(time, self.camera, index)
            look = None if embedding is None else embedding[rows]
            moved = None if motion is None else motion[index]
            yield Detections.trusted(stamp, xyxy[rows], score[rows], class_id[rows], look, moved)
