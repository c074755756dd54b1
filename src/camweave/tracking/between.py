"""Where tracks are in a frame that no detector has looked at: they go on as they went."""

from typing import Final

import numpy as np

from camweave.core.arrays import F32
from camweave.core.frame import Stamp
from camweave.core.tracks import UNDETECTED, Tracks

MOST: Final = 1.0  # s that somebody is taken to go on as before


class Between:
    """Remembers where each track of one camera was in the last two frames it was seen in."""

    def __init__(self) -> None:
        self._last: Tracks | None = None
        self._seen: dict[int, tuple[float, F32]] = {}  # track id to s and its box (4,)
        self._speed: F32 = np.zeros((0, 4), np.float32)  # (T, 4) px/s of the last tracks' edges

    def see(self, tracks: Tracks) -> None:
        """Take the tracks of a frame that was looked at."""
        ids, time = tracks.track_id.tolist(), tracks.stamp.time
        speed = np.zeros((len(ids), 4), np.float32)
        for row, track_id in enumerate(ids):
            before = self._seen.get(track_id)
            if before is not None and time > before[0]:
                speed[row] = (tracks.xyxy[row] - before[1]) / np.float32(time - before[0])
        self._last, self._speed = tracks, speed
        self._seen = dict(zip(ids, ((time, box) for box in tracks.xyxy), strict=True))

    def at(self, stamp: Stamp) -> Tracks:
        """The same tracks at a later time, with edges that move as they did; none were detected."""
        last = self._last
        if last is None or stamp.time - last.stamp.time > MOST:
            none = np.empty(0, np.int64)
            nowhere = np.empty((0, 4), np.float32)
            return Tracks(stamp, none, nowhere, nowhere[:, 0], none.astype(np.int32), none)
        step = np.float32(stamp.time - last.stamp.time)
        return Tracks(
            stamp=stamp,
            track_id=last.track_id,
            xyxy=last.xyxy + step * self._speed,
            score=last.score,
            class_id=last.class_id,
            detection=np.full(len(last), UNDETECTED, np.int64),
        )
