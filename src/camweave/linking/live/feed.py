"""One camera's recording as a stream: its rows in order of media time."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from camweave.core.arrays import F32, I64
from camweave.core.detections import Detections
from camweave.core.frame import CameraId
from camweave.core.tracks import Tracklets, Tracks
from camweave.linking.live.growing import Ground, Growing
from camweave.linking.live.life import GrowingParams
from camweave.linking.live.snapshot import Rows, rows_of


class Feed:
    """One camera's rows, in order of time; `until` goes forward only."""

    def __init__(
        self,
        camera: CameraId,
        parts: Iterable[Rows],
        size: tuple[int, int] = (0, 0),
        class_names: Sequence[str] = (),
    ) -> None:
        self.camera, self.size, self.class_names = camera, size, tuple(class_names)
        self._parts = iter(parts)
        self._next: Rows | None = None
        self._pull()

    @classmethod
    def of_frames(
        cls,
        camera: CameraId,
        frames: Iterable[tuple[Detections, Tracks]],
        size: tuple[int, int] = (0, 0),
        class_names: Sequence[str] = (),
    ) -> "Feed":
        """A tracker's frames, with the detections that it was given."""
        rows = (rows_of(detections, tracks, size) for detections, tracks in frames)
        return cls(camera, rows, size, class_names)

    @classmethod
    def of_tracklets(cls, tracklets: Tracklets) -> "Feed":
        """Finished tracklets: a crop is seen when its row is."""
        size = (tracklets.width, tracklets.height)
        return cls(tracklets.camera, [_in_time(tracklets)], size, tracklets.class_names)

    def growing(self, ground: Ground | None = None, params: GrowingParams | None = None) -> Growing:
        """A collector for this camera's rows."""
        return Growing(self.camera, self.size, self.class_names, ground=ground, params=params)

    @property
    def next_time(self) -> float:
        """S of the next row; infinite at the end."""
        return np.inf if self._next is None else float(self._next.time[0])

    def until(self, time: float) -> Rows:
        """All rows that come before `time` and were not handed out."""
        taken: list[Rows] = []
        while self._next is not None and self.next_time < time:
            part = self._next
            stop = int(np.searchsorted(part.time, time, side="left"))
            taken.append(cut(part, 0, stop))
            if stop < len(part):
                self._next = cut(part, stop, len(part))
            else:
                self._pull()
        return join(taken)

    def _pull(self) -> None:
        self._next = next((part for part in self._parts if len(part)), None)


def cut(rows: Rows, begin: int, end: int) -> Rows:
    """Some rows, with the crops that were cut from them."""
    some, crops = slice(begin, end), slice(*np.searchsorted(rows.crop, (begin, end)).tolist())
    return Rows(
        track_id=rows.track_id[some],
        frame=rows.frame[some],
        time=rows.time[some],
        xyxy=rows.xyxy[some],
        score=rows.score[some],
        class_id=rows.class_id[some],
        crop=rows.crop[crops] - begin,
        embedding=rows.embedding[crops],
        quality=rows.quality[crops],
    )


def join(parts: Sequence[Rows]) -> Rows:
    """All rows, one part after the other."""
    if len(parts) == 1:
        return parts[0]
    first = np.cumsum([0, *(len(part) for part in parts)])
    looks = [part.embedding for part in parts if len(part.crop)]
    crop = [part.crop + at for part, at in zip(parts, first[:-1].tolist(), strict=True)]
    return Rows(
        track_id=_all([part.track_id for part in parts], np.int64),
        frame=_all([part.frame for part in parts], np.int64),
        time=_all([part.time for part in parts], np.float64),
        xyxy=_all([part.xyxy for part in parts], np.float32, 4),
        score=_all([part.score for part in parts], np.float32),
        class_id=_all([part.class_id for part in parts], np.int32),
        crop=_all(crop, np.int64),
        embedding=np.concatenate(looks) if looks else np.empty((0, 0), np.float32),
        quality=_all([part.quality for part in parts], np.float32),
    )


def _all(columns: Iterable[Any], kind: type, *width: int) -> Any:  # noqa: ANN401 - any dtype
    return np.concatenate([np.empty((0, *width), kind), *columns])


def _in_time(t: Tracklets) -> Rows:
    """The rows of finished tracklets, in order of time."""
    order = np.lexsort((t.row_ids, t.time))
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    look = t.appearance
    row: I64 = np.empty(0, np.int64) if look is None else place[look.row]
    by_time = np.argsort(row, kind="stable")
    empty: F32 = np.empty((0, 0), np.float32)
    return Rows(
        track_id=t.row_ids[order],
        frame=t.frame[order],
        time=t.time[order],
        xyxy=t.xyxy[order],
        score=t.score[order],
        class_id=np.repeat(t.class_id, np.diff(t.offsets))[order],
        crop=row[by_time],
        embedding=empty if look is None else look.embedding[by_time],
        quality=np.empty(0, np.float32) if look is None else look.quality[by_time],
    )
