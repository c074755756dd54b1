"""One camera's growing tracklets, collected frame by frame; a snapshot of them on demand."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from camweave.core.arrays import F32, F64
from camweave.core.detections import Detections
from camweave.core.frame import CameraId
from camweave.core.sightings import Crops, Paths, Sightings
from camweave.core.tracks import Tracks
from camweave.linking.ground import GroundParams, standing
from camweave.linking.live.life import Foot, GrowingParams, Life, Place
from camweave.linking.live.snapshot import Rows, Snapshot, rows_of
from camweave.linking.paths.laid import Feet
from camweave.linking.views import cut_off
from camweave.ops.calibration import Calibration
from camweave.ops.ground import feet_of

Ground: TypeAlias = Callable[[F32], tuple[F64, F64]]
"""From boxes (K, 4) px to ground places (K, 2) m, NaN where unknown, and their sigma (K,) m."""


class Growing:
    """Gathers one camera's tracks; keeps the live ones, and the ended ones until handed over.

    Tracklets are numbered `after` + track id, so that those of a camera that was started anew are
    others than those before.
    """

    def __init__(
        self,
        camera: CameraId,
        size: tuple[int, int] = (0, 0),
        class_names: Sequence[str] = (),
        *,
        ground: Ground | None = None,
        after: int = 0,
        params: GrowingParams | None = None,
    ) -> None:
        self.camera, self.size, self.class_names = camera, size, tuple(class_names)
        self.after, self.params = after, params or GrowingParams()
        self._ground = ground
        self._lives: dict[int, Life] = {}
        self._dimension = 0
        self._nobody = self._sightings([])

    def add(self, detections: Detections, tracks: Tracks) -> None:
        """Add the tracks of one frame, with the embeddings that its detections carry."""
        self.gather(rows_of(detections, tracks, self.size))

    def gather(self, rows: Rows) -> None:
        """Add the rows of some frames; none may be earlier than those before."""
        if not len(rows):
            return
        order = np.argsort(rows.track_id, kind="stable")
        ids, first = np.unique(rows.track_id[order], return_index=True)
        for track_id, own in zip(ids.tolist(), np.split(order, first[1:]), strict=True):
            life = self._lives.get(track_id)
            if life is None:
                row = own[0]
                life = Life(track_id, float(rows.time[row]), rows.xyxy[row].copy())
                self._lives[track_id] = life
            life.grow(rows, own)
        for crop, row in enumerate(rows.crop.tolist()):
            self._lives[int(rows.track_id[row])].look(rows, crop, self.params)
            self._dimension = rows.embedding.shape[1]
        self._stand(rows)

    def _stand(self, rows: Rows) -> None:
        if self._ground is None:
            self._step(rows)
            return
        xy, sigma = self._ground(rows.xyxy)
        known = np.flatnonzero(np.isfinite(xy).all(axis=1))
        places = np.column_stack([rows.time, xy, sigma])[known].tolist()
        for track_id, place in zip(rows.track_id[known].tolist(), places, strict=True):
            self._lives[track_id].stand(Place(*place), self.params)

    def _step(self, rows: Rows) -> None:
        """Without a ground plane: foot points in the image, of boxes away from its border."""
        whole = np.flatnonzero(~cut_off(rows.xyxy, self.size))
        box = rows.xyxy[whole].astype(np.float64)
        feet = np.column_stack([rows.time[whole], feet_of(rows.xyxy[whole]), box[:, 3] - box[:, 1]])
        for track_id, foot in zip(rows.track_id[whole].tolist(), feet.tolist(), strict=True):
            self._lives[track_id].step(Foot(*foot), self.params)

    def snapshot(self, time: float, *, over: bool = False) -> Snapshot:
        """All live tracklets, and those that ended since the last snapshot, which are let go.

        `time` is the instant before which everything was added; `over` says that nothing more
        will come, so that all have ended.
        """
        lives = [self._lives[track_id] for track_id in sorted(self._lives)]
        ended = np.array(
            [over or time - life.end > self.params.patience for life in lives], np.bool_
        )
        for life, gone in zip(lives, ended.tolist(), strict=True):
            if gone:
                del self._lives[life.track_id]
        feet = _feet(lives) if self._ground is None else None
        return Snapshot(time, self._sightings(lives) if lives else self._nobody, ended, feet)

    def _sightings(self, lives: list[Life]) -> Sightings:
        n = len(lives)
        return Sightings(
            cameras=(self.camera,),
            size=np.array([self.size], np.int64),
            camera=np.zeros(n, np.int64),
            tracklet_id=np.array([self.after + each.track_id for each in lives], np.int64),
            class_id=np.array([each.class_id for each in lives], np.int32),
            begin=np.array([each.begin for each in lives], np.float64),
            end=np.array([each.end for each in lives], np.float64),
            frames=np.array([each.frames for each in lives], np.int64),
            entry=np.array([each.entry for each in lives], np.float32).reshape(n, 4),
            exit=np.array([each.exit for each in lives], np.float32).reshape(n, 4),
            entry_motion=np.array([e.entry_motion for e in lives], np.float32).reshape(n, 2),
            exit_motion=np.array([e.exit_motion for e in lives], np.float32).reshape(n, 2),
            crops=self._crops(lives),
            paths=_paths(lives),
            class_names=self.class_names,
        )

    def _crops(self, lives: list[Life]) -> Crops:
        all_ = [crop for each in lives for crop in each.crops]
        embedding = np.array([crop.embedding for crop in all_], np.float32)
        return Crops(
            offsets=np.cumsum([0, *(len(each.crops) for each in lives)], dtype=np.int64),
            time=np.array([crop.time for crop in all_], np.float64),
            frame=np.array([crop.frame for crop in all_], np.int64),
            embedding=embedding.reshape(len(all_), self._dimension),
            quality=np.array([crop.quality for crop in all_], np.float32),
        )


def _paths(lives: list[Life]) -> Paths:
    table = np.array([place for each in lives for place in each.places], np.float64).reshape(-1, 4)
    return Paths(
        offsets=np.cumsum([0, *(len(each.places) for each in lives)], dtype=np.int64),
        time=table[:, 0].copy(),
        xy=table[:, 1:3].copy(),
        sigma=table[:, 3].copy(),
    )


def _feet(lives: list[Life]) -> Feet:
    table = np.array([foot for each in lives for foot in each.feet], np.float64).reshape(-1, 4)
    offsets = np.cumsum([0, *(len(each.feet) for each in lives)], dtype=np.int64)
    return Feet(offsets, table[:, 0].copy(), table[:, 1:3].copy(), table[:, 3].copy())


def standing_on(
    calibration: Calibration, size: tuple[int, int], params: GroundParams | None = None
) -> Ground:
    """The `Ground` of a calibrated camera; boxes that reach the lower border have no place."""

    def ground(xyxy: F32) -> tuple[F64, F64]:
        found = standing(calibration, xyxy, size, params)
        return np.where(found.cut[:, None], np.nan, found.xy), found.sigma

    return ground
