"""Predicts tracks in frames without detection."""

from typing import Final, NamedTuple

import numpy as np

from camweave.core.arrays import F32, I32, I64
from camweave.core.frame import Stamp
from camweave.core.remembered import Remembered
from camweave.core.tracks import UNDETECTED, Tracks

KIND: Final = "between"
VERSION: Final = 1  # of what is remembered

MOST: Final = 1.0  # s that somebody is taken to go on as before


class _Seen(NamedTuple):
    """The tracks of the last frame that was looked at."""

    time: float  # s
    track_id: I64  # (T,)
    class_id: I32  # (T,)
    xyxy: F32  # (T, 4) px
    score: F32  # (T,)
    speed: F32  # (T, 4) px/s of the edges


class Between:
    """Remembers where each track of one camera was in the last two frames it was seen in."""

    def __init__(self) -> None:
        none, nowhere = np.empty(0, np.int64), np.empty((0, 4), np.float32)
        self._last = _Seen(-np.inf, none, none.astype(np.int32), nowhere, nowhere[:, 0], nowhere)

    def see(self, tracks: Tracks) -> None:
        """Take the tracks of a frame that was looked at."""
        places = {track_id: row for row, track_id in enumerate(self._last.track_id.tolist())}
        before = np.array([places.get(each, -1) for each in tracks.track_id.tolist()], np.int64)
        passed = np.float32(tracks.stamp.time - self._last.time)
        speed = np.zeros((len(tracks), 4), np.float32)
        if passed > 0:
            known = before >= 0
            moved = tracks.xyxy[known] - self._last.xyxy[before[known]]
            speed[known] = moved / passed
        self._last = _Seen(
            tracks.stamp.time, tracks.track_id, tracks.class_id, tracks.xyxy, tracks.score, speed
        )

    def at(self, stamp: Stamp) -> Tracks:
        """The same tracks at a later time, with edges that move as they did; none were detected."""
        last, passed = self._last, stamp.time - self._last.time
        rows = slice(None) if passed <= MOST else slice(0)
        speed = last.speed[rows]
        return Tracks(
            stamp=stamp,
            track_id=last.track_id[rows],
            xyxy=last.xyxy[rows] + np.float32(passed) * speed,
            score=last.score[rows],
            class_id=last.class_id[rows],
            detection=np.full(len(speed), UNDETECTED, np.int64),
        )

    def remembered(self) -> Remembered:
        """The tracks of the last frame that was looked at, and their speed."""
        last = self._last
        arrays = {
            "time": np.array([last.time]),
            "track_id": last.track_id,
            "class_id": last.class_id,
            "xyxy": last.xyxy,
            "score": last.score,
            "speed": last.speed,
        }
        return Remembered(KIND, VERSION, arrays)

    def resume(self, remembered: Remembered) -> None:
        """Go on where another one was.

        Raises:
            InputError: another's, of another version, or damaged. Nothing has changed then.
        """
        remembered.check(KIND, VERSION)
        ids: I64 = remembered.array("track_id", np.int64, -1)
        n = len(ids)
        self._last = _Seen(
            time=float(remembered.array("time", np.float64, 1)[0]),
            track_id=ids,
            class_id=remembered.array("class_id", np.int32, n),
            xyxy=remembered.array("xyxy", np.float32, n, 4),
            score=remembered.array("score", np.float32, n),
            speed=remembered.array("speed", np.float32, n, 4),
        )
