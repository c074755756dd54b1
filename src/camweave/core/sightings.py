"""The tracklets of all cameras as a linker sees them: when, where, and what they look like."""

from dataclasses import dataclass, replace
from typing import Final, Self

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
)
from camweave.core.errors import ShapeError
from camweave.core.frame import CameraId
from camweave.core.tracks import check_offsets

BY_ROW: Final = (
    "camera", "tracklet_id", "class_id", "begin", "end", "frames",
    "entry", "exit", "entry_motion", "exit_motion",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """Where N tracklets stood on the ground, flat: P places, each tracklet's in order of time.

    Places `offsets[n]` to `offsets[n + 1]` are tracklet n's: none where its camera has no
    homography.
    """

    offsets: I64  # (N + 1,)
    time: F64  # (P,) s, on the site's clock
    xy: F64  # (P, 2) m
    sigma: F64  # (P,) m: standard deviation of a place, to either side

    def __post_init__(self) -> None:
        p, put = len(self.time), object.__setattr__
        put(self, "offsets", column("offsets", self.offsets, INT64, len(self.offsets)))
        put(self, "time", column("time", self.time, FLOAT64, p))
        put(self, "xy", column("xy", self.xy, FLOAT64, p, 2))
        put(self, "sigma", column("sigma", self.sigma, FLOAT64, p))
        check_offsets(self.offsets, p)

    @classmethod
    def none(cls, count: int) -> Self:
        """No places at all, of `count` tracklets."""
        return cls(np.zeros(count + 1, np.int64), np.empty(0), np.empty((0, 2)), np.empty(0))

    def of(self, n: int) -> slice:
        """The places of tracklet n."""
        return slice(int(self.offsets[n]), int(self.offsets[n + 1]))

    def only(self, rows: I64) -> "Paths":
        """Those of some tracklets (R,), in that order."""
        offsets, at = _flat(self.offsets, rows)
        return Paths(offsets, self.time[at], self.xy[at], self.sigma[at])


@dataclass(frozen=True, slots=True, eq=False)
class Crops:
    """The embedded crops of N tracklets, E in all, flat, each tracklet's in order of time."""

    offsets: I64  # (N + 1,)
    time: F64  # (E,) s
    frame: I64  # (E,) the frame of its camera that it was cut from
    embedding: F32  # (E, D) unit length
    quality: F32  # (E,) 0 to 1

    def __post_init__(self) -> None:
        e, put = len(self.time), object.__setattr__
        put(self, "offsets", column("offsets", self.offsets, INT64, len(self.offsets)))
        put(self, "time", column("time", self.time, FLOAT64, e))
        put(self, "frame", column("frame", self.frame, INT64, e))
        put(self, "embedding", embedding_column(self.embedding, e))
        put(self, "quality", column("quality", self.quality, FLOAT32, e))
        check_offsets(self.offsets, e)

    @classmethod
    def none(cls, count: int, dimensions: int = 0) -> Self:
        """No crops at all, of `count` tracklets."""
        looks = np.empty((0, dimensions), np.float32)
        frame, quality = np.empty(0, np.int64), np.empty(0, np.float32)
        return cls(np.zeros(count + 1, np.int64), np.empty(0), frame, looks, quality)

    def of(self, n: int) -> slice:
        """The crops of tracklet n."""
        return slice(int(self.offsets[n]), int(self.offsets[n + 1]))

    def only(self, rows: I64) -> "Crops":
        """Those of some tracklets (R,), in that order."""
        offsets, at = _flat(self.offsets, rows)
        return Crops(offsets, self.time[at], self.frame[at], self.embedding[at], self.quality[at])


@dataclass(frozen=True, slots=True, eq=False)
class Sightings:
    """N tracklets of a site's C cameras, finished or still growing, one row each.

    (camera, tracklet_id) names a tracklet. Rows are in order of camera, then tracklet id, so that
    whoever gathers them, in whatever order, gets the same value.
    """

    cameras: tuple[CameraId, ...]  # C, in order of name
    size: I64  # (C, 2) px: width and height of the image; 0 while unknown
    camera: I64  # (N,) index into `cameras`
    tracklet_id: I64  # (N,)
    class_id: I32  # (N,) index into `class_names`; -1 while unknown
    begin: F64  # (N,) s, when it was first seen, on the site's clock
    end: F64  # (N,) s, when it was last seen
    frames: I64  # (N,) how many frames it was seen in
    entry: F32  # (N, 4) px: its first box, left, top, right, bottom
    exit: F32  # (N, 4) px: its last box
    entry_motion: F32  # (N, 2) px/s of the foot point, over its first second
    exit_motion: F32  # (N, 2) px/s, over its last second
    crops: Crops  # what it looks like
    paths: Paths  # where it stood
    class_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        n, put = len(self.camera), object.__setattr__
        put(self, "size", column("size", self.size, INT64, len(self.cameras), 2))
        put(self, "camera", column("camera", self.camera, INT64, n))
        put(self, "tracklet_id", column("tracklet_id", self.tracklet_id, INT64, n))
        put(self, "class_id", column("class_id", self.class_id, INT32, n))
        for name in ("begin", "end"):
            put(self, name, column(name, getattr(self, name), FLOAT64, n))
        put(self, "frames", column("frames", self.frames, INT64, n))
        for name, width in (("entry", 4), ("exit", 4), ("entry_motion", 2), ("exit_motion", 2)):
            put(self, name, column(name, getattr(self, name), FLOAT32, n, width))
        self._check(n)

    def _check(self, n: int) -> None:
        for name, has in (("crops", self.crops), ("paths", self.paths)):
            if len(has.offsets) != n + 1:
                raise ShapeError(f"{name}: expected those of {n}, got {len(has.offsets) - 1}")
        key = np.stack([self.camera, self.tracklet_id])
        step = np.diff(key, axis=1)
        if np.any((step[0] < 0) | ((step[0] == 0) & (step[1] <= 0))):
            raise ShapeError("sightings: must be in order of camera and tracklet id, each once")

    def __len__(self) -> int:
        return len(self.camera)

    def only(self, rows: I64) -> "Sightings":
        """Some of these tracklets (R,); `rows` rise."""
        columns = {name: getattr(self, name)[rows] for name in BY_ROW}
        return replace(self, **columns, crops=self.crops.only(rows), paths=self.paths.only(rows))


def _flat(offsets: I64, rows: I64) -> tuple[I64, I64]:
    """Offsets (R + 1,) of some rows of a flat table, and where their elements stand."""
    counts = np.diff(offsets)[rows]
    chosen = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return chosen, np.repeat(offsets[rows] - chosen[:-1], counts) + np.arange(int(chosen[-1]))
