"""Pictures of each tracklet, for people: the best crop so far, and those that were compared."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Final

import cv2

from camweave.app.jobs.live.place import Look
from camweave.core.arrays import U8
from camweave.core.detections import Detections
from camweave.core.identities import TrackletKey
from camweave.core.tracks import UNDETECTED
from camweave.linking.appearance import embedded
from camweave.ops.crops import cut, geometry

TALL: Final = 192  # px, of a portrait at most
QUALITY: Final = 82  # of the JPEG
BETTER: Final = 1.3  # times as good as the one that is kept
APART: Final = 0.5  # s between two portraits of one tracklet
COMPARED: Final = 6  # crops of a tracklet that the linker may have compared, the best ones
LATEST: Final = 1500  # tracklets of which they are kept


@dataclass(frozen=True, slots=True)
class Portrait:
    """One crop of one tracklet."""

    jpeg: bytes
    quality: float
    time: float  # s


class Portraits:
    """Keeps the portraits of the latest tracklets. The line takes them; any thread may look."""

    def __init__(self, most: int = 4000) -> None:
        self._most = most
        self._lock = Lock()
        self._kept: OrderedDict[TrackletKey, Portrait] = OrderedDict()
        self._compared: OrderedDict[TrackletKey, list[Portrait]] = OrderedDict()

    def take(self, look: Look) -> None:
        """Keep the crops that are better than those there are, and those that were embedded."""
        image, tracks = look.frame.image, look.tracks
        size = image.shape[1], image.shape[0]
        looked_at = embedded_rows(look.detections)
        quality = geometry(tracks.xyxy, tracks.score, width=size[0], height=size[1]).tolist()
        for row, track_id in enumerate(tracks.track_id.tolist()):
            key, found = TrackletKey(tracks.stamp.camera, track_id), int(tracks.detection[row])
            if found == UNDETECTED:
                continue
            worth, compared = self._worth(key, quality[row], tracks.stamp.time), looked_at[found]
            if worth or compared:
                jpeg = encoded(cut(image, tracks.xyxy[row]))
                portrait = Portrait(jpeg, quality[row], tracks.stamp.time)
                self._keep(key, portrait, best=worth, compared=compared)

    def of(self, key: TrackletKey, time: float | None = None) -> bytes | None:
        """The best one as a JPEG, or the one taken nearest to `time` s; None where none is kept."""
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


def encoded(crop: U8) -> bytes:
    """A JPEG of a crop (H, W, 3), made smaller where it is large."""
    if crop.shape[0] > TALL:
        width = max(1, round(crop.shape[1] * TALL / crop.shape[0]))
        crop = cv2.resize(crop, (width, TALL), interpolation=cv2.INTER_AREA).astype(crop.dtype)
    done, jpeg = cv2.imencode(".jpg", crop, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return jpeg.tobytes() if done else b""
