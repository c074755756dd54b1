"""What was found, drawn onto the picture: boxes, ids, trails, camera and time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from camweave.core.arrays import I32, I64, U8
from camweave.core.frame import Frame, Stamp
from camweave.core.tracks import UNDETECTED, Tracks, View
from camweave.sinks.colours import id_colour
from camweave.sinks.label_layout import place_labels
from camweave.sinks.pen import Pen
from camweave.sinks.trails import Trails

CALENDAR = (1e8, 2.5e11)  # s; within, a time is a date (Unix time, 1973 to 9892), else media time
ROOM = 0.5  # of its label's width that a box must have to be labelled in full


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotateParams:
    """What `Annotator` draws."""

    trail: float = 2.0  # s of each track's way; 0 draws none
    labels: bool = True
    scores: bool = True
    banner: bool = True  # camera and time


class Annotator:
    """Draws one camera's views. Remembers the trails, so it wants every view once, in order."""

    def __init__(
        self, class_names: Sequence[str] = (), params: AnnotateParams | None = None
    ) -> None:
        self.params = params or AnnotateParams()
        self._class_names = dict(enumerate(class_names))
        self._trails = Trails(self.params.trail)

    def draw(self, frame: Frame, view: View) -> U8:
        """(H, W, 3) BGR: a copy of the frame's image with the view drawn on it.

        A box that was predicted, not detected, is dashed. Objects nearer to the camera (lower
        in the picture) are drawn over those behind them.
        """
        image = frame.image.copy()
        height, width = image.shape[:2]
        pen = Pen.for_image(height, width)
        tracks = view.tracks
        near_last: I64 = np.argsort(tracks.xyxy[:, 3], kind="stable").astype(np.int64)
        boxes = drawable(tracks, height, width, pen.line)
        if self.params.trail > 0:
            self._trails.add(tracks)
            for row in near_last.tolist():
                track_id = int(tracks.track_id[row])
                pen.trail(image, self._trails.of(track_id), id_colour(track_id))
        for row in near_last.tolist():
            colour = id_colour(int(tracks.track_id[row]))
            predicted = int(tracks.detection[row]) == UNDETECTED
            pen.box(image, boxes[row].tolist(), colour, dashed=predicted)
        self._write(image, tracks, boxes, near_last[::-1])
        return image

    def _write(self, image: U8, tracks: Tracks, boxes: I32, order: I64) -> None:
        """All lettering, over all lines; the first in `order` finds its place first."""
        pen = Pen.for_image(*image.shape[:2])
        taken = np.empty((0, 4), np.int32)
        if self.params.banner:
            banner = f"{tracks.stamp.camera}  {clock_text(tracks.stamp)}"
            w, h = pen.label_size(banner)
            pen.shaded_label(image, banner, (0, 0))
            taken = np.array([[0, 0, w, h]], np.int32)
        if not self.params.labels or not len(order):
            return
        texts = [self._text(tracks, row, pen, boxes[row].tolist()) for row in order.tolist()]
        sizes = np.array([pen.label_size(text) for text in texts], np.int32)
        corners = place_labels(boxes[order], sizes, image.shape[:2], taken)
        ids = tracks.track_id[order].tolist()
        for text, (x, y), track_id in zip(texts, corners.tolist(), ids, strict=True):
            pen.label(image, text, (x, y), id_colour(track_id))

    def _text(self, tracks: Tracks, row: int, pen: Pen, box: list[int]) -> str:
        """Id, class and score; the id alone where the object is small beside all that."""
        parts = [str(int(tracks.track_id[row]))]
        name = self._class_names.get(int(tracks.class_id[row]))
        if name:
            parts.append(name)
        if self.params.scores:
            parts.append(f"{float(tracks.score[row]):.2f}")
        text = " ".join(parts)
        x1, _, x2, _ = box
        return text if x2 - x1 >= ROOM * pen.label_size(text)[0] else parts[0]


def drawable(tracks: Tracks, height: int, width: int, margin: int) -> I32:
    """(T, 4) whole px; what lies far outside is brought to just outside the image."""
    most = np.array([width, height, width, height]) + margin
    return np.rint(np.clip(tracks.xyxy, -1 - margin, most)).astype(np.int32)


def clock_text(stamp: Stamp) -> str:
    """The time of a frame as people write it: media time, or the date (UTC).

    >>> clock_text(Stamp(3723.5, "cam", 0))
    '1:02:03.500'
    >>> clock_text(Stamp(1_700_000_000.25, "cam", 0))
    '2023-11-14 22:13:20.250'
    """
    first, last = CALENDAR
    if not first <= stamp.time < last:
        sign = "-" if stamp.time < 0 else ""
        millis = round(abs(stamp.time) * 1000)
        minutes, millis = divmod(millis, 60_000)
        return f"{sign}{minutes // 60}:{minutes % 60:02}:{millis / 1000:06.3f}"
    date = datetime.fromtimestamp(0, UTC) + timedelta(seconds=stamp.time)
    return f"{date:%Y-%m-%d %H:%M:%S}.{date.microsecond // 1000:03}"
