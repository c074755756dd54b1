"""Each tracklet's path on the ground plane, thinned for display."""

from array import array
from collections import OrderedDict
from dataclasses import dataclass, field
from math import isfinite
from threading import Lock
from typing import Final

import numpy as np

from camweave.app.jobs.live.place import Look
from camweave.core.identities import TrackletKey
from camweave.core.station import Place
from camweave.linking.live.growing import Ground

APART: Final = 0.5  # s between two places that are kept
LONGEST: Final = 600  # places of one tracklet; beyond that every other one is dropped
ROW: Final = 3  # numbers of a place: s, m, m


@dataclass(slots=True)
class Way:
    """One tracklet's path: places that are at least `apart` s from each other."""

    apart: float = APART  # s
    last: float = float("-inf")  # s, when the last place was kept
    places: "array[float]" = field(default_factory=lambda: array("d"))

    def add(self, time: float, x: float, y: float) -> None:
        """Add a place (s, m, m), unless the last one is too near in time."""
        if time - self.last < self.apart:
            return
        self.last = time
        self.places.extend((time, x, y))
        if len(self.places) > ROW * LONGEST:
            self.apart *= 2
            kept = np.frombuffer(self.places).reshape(-1, ROW)[::2]
            self.places = array("d", kept.ravel().tolist())


class Ways:
    """Keeps the paths of the latest tracklets. One thread adds to them, any may ask."""

    def __init__(self, most: int = 4000) -> None:
        self._most = most
        self._lock = Lock()
        self._kept: OrderedDict[TrackletKey, Way] = OrderedDict()

    def take(self, look: Look, ground: Ground) -> None:
        """Add the places of a frame's tracks, where they are known."""
        stamp, tracks = look.frame.stamp, look.tracks
        xy, _ = ground(tracks.xyxy)
        rows = zip(tracks.track_id.tolist(), xy.tolist(), strict=True)
        known = [(track_id, x, y) for track_id, (x, y) in rows if isfinite(x) and isfinite(y)]
        with self._lock:
            for track_id, x, y in known:
                key = TrackletKey(stamp.camera, track_id)
                self._kept.setdefault(key, Way()).add(stamp.time, x, y)
                self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def of(self, key: TrackletKey) -> tuple[Place, ...]:
        """The places of a tracklet, in order of time; none where they are not known or kept."""
        with self._lock:
            way = self._kept.get(key)
            numbers = [] if way is None else way.places.tolist()
        return tuple(zip(numbers[::ROW], numbers[1::ROW], numbers[2::ROW], strict=True))
