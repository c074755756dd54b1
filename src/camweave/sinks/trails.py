"""Trails of tracks: their foot points over the last seconds."""

from collections import deque

import numpy as np

from camweave.core.arrays import F32
from camweave.core.tracks import Tracks
from camweave.ops.boxes import foot_point

Point = tuple[float, float, float]  # s, px, px


class Trails:
    """The trails of one camera's tracks. Remembers `length` seconds of each, then forgets it."""

    def __init__(self, length: float) -> None:
        self._length = length
        self._points: dict[int, deque[Point]] = {}

    def add(self, tracks: Tracks) -> None:
        """Take the tracks of the next frame, and forget what is too old."""
        time = tracks.stamp.time
        feet = foot_point(tracks.xyxy).tolist()
        for track_id, (x, y) in zip(tracks.track_id.tolist(), feet, strict=True):
            self._points.setdefault(track_id, deque()).append((time, x, y))
        oldest = time - self._length
        for track_id, points in list(self._points.items()):
            while points and points[0][0] < oldest:
                points.popleft()
            if not points:
                del self._points[track_id]

    def __len__(self) -> int:
        return len(self._points)

    def of(self, track_id: int) -> F32:
        """(n, 2) px of one track, the oldest first."""
        points = self._points.get(track_id, ())
        return np.array([(x, y) for _, x, y in points], np.float32).reshape(-1, 2)
