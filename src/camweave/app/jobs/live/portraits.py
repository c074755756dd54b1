"""JPEG crops of each tracklet, for display: the best so far, and those that were embedded."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Final

from camweave.app.jobs.live.place import Look
from camweave.core.detections import Detections
from camweave.core.identities import TrackletKey
from camweave.core.tracks import UNDETECTED
from camweave.linking.appearance import embedded
from camweave.ops.crops import cut, geometry
from camweave.ops.jpeg import thumbnail

HEIGHT: Final = 192  # px, of a portrait at most
QUALITY: Final = 82  # of the JPEG
BETTER: Final = 1.3  # times the quality of the one that is kept
APART: Final = 0.5  # s between two best crops of one tracklet
COMPARED: Final = 6  # embedded crops of a tracklet that are kept, the best
LATEST: Final = 1500  # tracklets of which they are kept


@dataclass(frozen=True, slots=True)
class Portrait:
    """One crop of one tracklet."""

    jpeg: bytes
    quality: float
    time: float  # s


class Portraits:
    """Keeps the portraits of the latest tracklets. One thread takes them, any may ask."""

    def __init__(self, most: int = 4000) -> None:
        self._most = most
        self._lock = Lock()
        self._kept: OrderedDict[TrackletKey, Portrait] = OrderedDict()
        self._compared: OrderedDict[TrackletKey, list[Portrait]] = OrderedDict()

    def take(self, look: Look) -> None:
        """Keep crops of a frame that are better than those kept so far, and those embedded."""
        tracks, (width, height) = look.tracks, look.frame.size
        looked_at = embedded_rows(look.detections)
        quality = geometry(tracks.xyxy, tracks.score, width=width, height=height).tolist()
        for row, track_id in enumerate(tracks.track_id.tolist()):
            key, found = TrackletKey(tracks.stamp.camera, track_id), int(tracks.detection[row])
            if found == UNDETECTED:
                continue
            worth, compared = self._worth(key, quality[row], tracks.stamp.time), looked_at[found]
            if worth or compared:
                image = thumbnail(cut(look.frame.image, tracks.xyxy[row]), HEIGHT, QUALITY)
                portrait = Portrait(image, quality[row], tracks.stamp.time)
                self._keep(key, portrait, best=worth, compared=compared)

    def of(self, key: TrackletKey, time: float | None = None) -> bytes | None:
        """A JPEG of the best crop, or of the one nearest to `time` s; None where none is kept."""
        with self._lock:
            kept = [*filter(None, [self._kept.get(key)]), *self._compared.get(key, [])]
        if not kept:
            return None
        return kept[0].jpeg if time is None else min(kept, key=lambda p: abs(p.time - time)).jpeg

    def __contains__(self, key: TrackletKey) -> bool:
        with self._lock:
            return key in self._kept

    def _worth(self, key: TrackletKey, quality: float, time: float) -> bool:
        with self._lock:
            kept = self._kept.get(key)
        return kept is None or (quality > BETTER * kept.quality and time - kept.time >= APART)

    def _keep(self, key: TrackletKey, portrait: Portrait, *, best: bool, compared: bool) -> None:
        with self._lock:
            if best:
                self._kept[key] = portrait
                self._kept.move_to_end(key)
            if compared:
                crops = self._compared.setdefault(key, [])
                crops.append(portrait)
                if len(crops) > COMPARED:
                    crops.remove(min(crops, key=lambda each: each.quality))
                self._compared.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
            while len(self._compared) > LATEST:
                self._compared.popitem(last=False)


def embedded_rows(detections: Detections) -> list[bool]:
    """(N,) whether each detection was embedded."""
    if detections.embedding is None:
        return [False] * len(detections)
    rows: list[bool] = embedded(detections.embedding).tolist()
    return rows
