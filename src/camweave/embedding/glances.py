"""Which crops of growing tracks are worth a look now: the first few soon, then ever fewer.

A track's end is not known while it grows, so its best crops cannot be chosen as `choice` does.
What the linker needs is a few looks soon after a track begins, a better one when its object can
be seen better, and one now and then for as long as it stays.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import Bool
from camweave.core.detections import Detections
from camweave.core.errors import InputError
from camweave.core.remembered import Remembered
from camweave.core.tracks import UNDETECTED, Tracks
from camweave.ops.crops import geometry

KIND: Final = "glances"
VERSION: Final = 1  # of what is remembered

FORGET: Final = 60.0  # s after which a track that was not seen is over


@dataclass(frozen=True, slots=True, kw_only=True)
class GlanceParams:
    """How often a growing track is looked at. The defaults take 11 looks in 20 s."""

    soon: float = 0.25  # s between the first looks
    first: int = 3  # of them
    growth: float = 1.6  # by which the time between looks grows after those
    most: float = 10.0  # s that it grows to
    better: float = 1.3  # times as good as the best so far: worth a look out of turn
    poor: float = 0.1  # quality below which a look waits for a better sight, but not for ever
    at_once: int = 16  # crops of one frame at most, those of whom least is known first

    def __post_init__(self) -> None:
        for name in ("soon", "most", "poor"):
            if not 0 <= getattr(self, name) < np.inf:
                raise InputError(f"glances: {name}: expected 0 or more")
        if self.first < 1 or self.at_once < 1 or self.growth < 1 or self.better < 1:
            raise InputError("glances: first, at_once, growth and better are 1 or more")


@dataclass(slots=True)
class _Known:
    """What was seen of one track."""

    looks: int = 0
    last: float = -np.inf  # s, of the last look
    best: float = 0.0  # quality
    begun: float = 0.0  # s
    seen: float = 0.0  # s


class Glances:
    """Chooses the crops of one camera's tracks, frame by frame; remembers each track's looks."""

    def __init__(self, params: GlanceParams | None = None) -> None:
        self.params = params or GlanceParams()
        self._known: dict[int, _Known] = {}
        self._swept = -np.inf

    def choose(self, detections: Detections, tracks: Tracks, size: tuple[int, int]) -> Bool:
        """(N,) the rows of this frame's detections to be embedded.

        Rows that are embedded already, because the tracker asked for them, count as looks and are
        not chosen. `size` is the image's width and height, px.
        """
        chosen = np.zeros(len(detections), np.bool_)
        time = tracks.stamp.time
        quality = geometry(detections.xyxy, detections.score, width=size[0], height=size[1])
        wishes: list[tuple[int, float, int, int]] = []
        for track_id, row in zip(tracks.track_id.tolist(), tracks.detection.tolist(), strict=True):
            known = self._known.setdefault(track_id, _Known(begun=time))
            known.seen = time
            if row == UNDETECTED:
                continue
            if detections.embedding is not None and detections.embedding[row].any():
                self._look(known, time, float(quality[row]))
            elif self._worth(known, time, float(quality[row])):
                wishes.append((known.looks, known.last, track_id, row))
        for _, _, track_id, row in sorted(wishes)[: self.params.at_once]:
            chosen[row] = True
            self._look(self._known[track_id], time, float(quality[row]))
        self._sweep(time)
        return chosen

    def remembered(self) -> Remembered:
        """What is known of each track's looks."""
        known, n = self._known.values(), len(self._known)
        seconds = [(each.last, each.begun, each.seen) for each in known]
        arrays = {
            "track_id": np.fromiter(self._known, np.int64, n),
            "looks": np.fromiter((each.looks for each in known), np.int64, n),
            "best": np.fromiter((each.best for each in known), np.float64, n),
            "times": np.array(seconds, np.float64).reshape(n, 3),
            "swept": np.array([self._swept]),
        }
        return Remembered(KIND, VERSION, arrays)

    def resume(self, remembered: Remembered) -> None:
        """Go on where another one was.

        Raises:
            InputError: another's, of another version, or damaged. Nothing has changed then.
        """
        remembered.check(KIND, VERSION)
        ids = remembered.array("track_id", np.int64, -1).tolist()
        looks = remembered.array("looks", np.int64, len(ids)).tolist()
        best = remembered.array("best", np.float64, len(ids)).tolist()
        times = remembered.array("times", np.float64, len(ids), 3).tolist()
        self._swept = float(remembered.array("swept", np.float64, 1)[0])
        self._known = {
            track_id: _Known(count, last, quality, begun, seen)
            for track_id, count, quality, (last, begun, seen) in zip(
                ids, looks, best, times, strict=True
            )
        }

    def _worth(self, known: _Known, time: float, quality: float) -> bool:
        p, since = self.params, time - known.last
        if since < p.soon:
            return False
        if quality < p.poor and known.best < p.poor and time - known.begun < 1.0:
            return False
        late = max(known.looks - p.first, 0)
        return quality > p.better * known.best or since >= min(p.soon * p.growth**late, p.most)

    def _look(self, known: _Known, time: float, quality: float) -> None:
        known.looks += 1
        known.last = time
        known.best = max(known.best, quality)

    def _sweep(self, time: float) -> None:
        if time - self._swept < FORGET:
            return
        self._swept = time
        self._known = {k: each for k, each in self._known.items() if time - each.seen < FORGET}
