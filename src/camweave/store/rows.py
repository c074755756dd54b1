"""Frames of any cameras and the tracks in them, as columns."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

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
)
from camweave.core.errors import ShapeError
from camweave.core.frame import CameraId
from camweave.core.tracks import Tracklets, Tracks, check_offsets


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """F frames of any cameras, in order of camera, epoch and index, and the K tracks seen in them.

    Tracks `offsets[f]` to `offsets[f + 1]` are of frame f, which may have none, by rising id.
    """

    cameras: tuple[CameraId, ...]  # C, in order of name
    camera: I64  # (F,) index into `cameras`
    epoch: I64  # (F,)
    frame: I64  # (F,)
    time: F64  # (F,) s of capture, on the site's clock
    offsets: I64  # (F + 1,)
    track_id: I64  # (K,)
    xyxy: F32  # (K, 4) px
    score: F32  # (K,)
    class_id: I32  # (K,)

    def __post_init__(self) -> None:
        f, k, put = len(self.frame), len(self.track_id), object.__setattr__
        for name in ("camera", "epoch", "frame"):
            put(self, name, column(name, getattr(self, name), INT64, f))
        put(self, "time", column("time", self.time, FLOAT64, f))
        put(self, "offsets", column("offsets", self.offsets, INT64, f + 1))
        put(self, "track_id", column("track_id", self.track_id, INT64, k))
        put(self, "xyxy", column("xyxy", self.xyxy, FLOAT32, k, 4))
        put(self, "score", column("score", self.score, FLOAT32, k))
        put(self, "class_id", column("class_id", self.class_id, INT32, k))
        check_offsets(self.offsets, k)
        self._check()

    def _check(self) -> None:
        frames = (self.camera, self.epoch, self.frame)
        if not _rising(*frames) or not _rising(self.frame_of_row, self.track_id):
            raise ShapeError("rows: expected each frame, and in it each track, once and in order")
        if not all(np.isfinite(each).all() for each in (self.time, self.xyxy, self.score)):
            raise ShapeError("rows: expected finite times, boxes and scores")

    def __len__(self) -> int:
        return len(self.track_id)

    @property
    def frame_of_row(self) -> I64:
        """(K,) which frame each track was seen in."""
        return np.repeat(np.arange(len(self.frame)), np.diff(self.offsets))

    def only(self, frames: I64) -> "Rows":
        """The rows of some frames, given by rising indices."""
        if len(frames) == len(self.frame):
            return self
        counts = np.diff(self.offsets)
        kept = np.zeros(len(self.frame), bool)
        kept[frames] = True
        rows = np.repeat(kept, counts)
        return Rows(
            cameras=self.cameras,
            camera=self.camera[frames],
            epoch=self.epoch[frames],
            frame=self.frame[frames],
            time=self.time[frames],
            offsets=_offsets(counts[frames]),
            track_id=self.track_id[rows],
            xyxy=self.xyxy[rows],
            score=self.score[rows],
            class_id=self.class_id[rows],
        )

    @classmethod
    def of(cls, tracks: Iterable[Tracks]) -> "Rows":
        """The rows of these frames; of two versions of a frame the first counts.

        Raises:
            ShapeError: a track is twice in one frame.
        """
        told = {(t.stamp.camera, t.stamp.epoch, t.stamp.index): t for t in reversed(list(tracks))}
        if not told:
            return NO_ROWS
        given = [told[key] for key in sorted(told)]
        cameras = tuple(sorted({each.stamp.camera for each in given}))
        places = {camera: at for at, camera in enumerate(cameras)}
        counts = np.array([len(each) for each in given])
        ids = np.concatenate([each.track_id for each in given])
        order = np.lexsort((ids, np.repeat(np.arange(len(given)), counts)))
        return cls(
            cameras=cameras,
            camera=np.array([places[each.stamp.camera] for each in given]),
            epoch=np.array([each.stamp.epoch for each in given]),
            frame=np.array([each.stamp.index for each in given]),
            time=np.array([each.stamp.time for each in given], np.float64),
            offsets=_offsets(counts),
            track_id=ids[order],
            xyxy=np.concatenate([each.xyxy for each in given])[order],
            score=np.concatenate([each.score for each in given])[order],
            class_id=np.concatenate([each.class_id for each in given])[order],
        )

    @classmethod
    def recorded(cls, tracklets: Tracklets, times: F64 | None = None) -> "Rows":
        """A camera's recording, all frames of epoch 0.

        `times` (F,) s are those of all frames, the empty ones included; without it only frames
        with a track in them are taken.
        """
        order = np.lexsort((tracklets.row_ids, tracklets.frame))
        number = tracklets.frame[order]
        frame, first = np.unique(number, return_index=True)
        time = tracklets.time[order][first]
        if times is not None:
            frame, time = np.arange(len(times)), times
        edges = np.append(frame, np.iinfo(np.int64).max)
        classes = np.repeat(tracklets.class_id, np.diff(tracklets.offsets))
        return cls(
            cameras=(tracklets.camera,),
            camera=np.zeros(len(frame), np.int64),
            epoch=np.zeros(len(frame), np.int64),
            frame=frame,
            time=time,
            offsets=np.searchsorted(number, edges).astype(np.int64),
            track_id=tracklets.row_ids[order],
            xyxy=tracklets.xyxy[order],
            score=tracklets.score[order],
            class_id=classes[order],
        )


def _offsets(counts: I64) -> I64:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _rising(*columns: I64) -> bool:
    """Whether the rows of these columns rise strictly, the first column counting most."""
    rises = np.zeros(max(len(columns[0]) - 1, 0), bool)
    for each in reversed(columns):
        step = each[1:] - each[:-1]  # np.diff takes ten times as long for a few
        rises = (step > 0) | ((step == 0) & rises)
    return bool(rises.all())


NO_ROWS: Final = Rows(
    cameras=(),
    camera=np.zeros(0, np.int64),
    epoch=np.zeros(0, np.int64),
    frame=np.zeros(0, np.int64),
    time=np.zeros(0),
    offsets=np.zeros(1, np.int64),
    track_id=np.zeros(0, np.int64),
    xyxy=np.zeros((0, 4), np.float32),
    score=np.zeros(0, np.float32),
    class_id=np.zeros(0, np.int32),
)
