"""Draws tracks onto an image: boxes, ids, trails, camera name and time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from camweave.core.arrays import F32, I32, I64, U8
from camweave.core.frame import Frame, Stamp
from camweave.core.tracks import UNDETECTED, UNLINKED, Tracks, View
from camweave.ops.images import shrink
from camweave.sinks.colours import Colour, id_colour
from camweave.sinks.label_layout import place_labels
from camweave.sinks.pen import Pen
from camweave.sinks.trails import Trails

CALENDAR = (1e8, 2.5e11)  # s; within, a time is a date (Unix time, 1973 to 9892), else media time
PENDING: Colour = (210, 210, 210)  # of a track that nobody has linked yet
ROOM = 0.5  # of its label's width that a box must have to be labelled in full


@dataclass(frozen=True, slots=True)
class Mark:
    """How one track is shown."""

    number: str
    rest: str  # class and score
    colour: Colour
    pending: bool  # nobody knows yet who this is
    predicted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotateParams:
    """What `Annotator` draws."""

    trail: float = 2.0  # s of each track's way; 0 draws none
    labels: bool = True
    scores: bool = True
    banner: bool = True  # camera and time
    began: float = 0.0  # s of Unix time when the stamps' clock was at 0, to show dates; else 0


class Annotator:
    """Draws one camera's views. Remembers the trails, so it wants every view once, in order."""

    def __init__(
        self, class_names: Sequence[str] = (), params: AnnotateParams | None = None
    ) -> None:
        self.params = params or AnnotateParams()
        self._class_names = dict(enumerate(class_names))
        self._trails = Trails(self.params.trail)

    def draw(self, frame: Frame, view: View, global_id: I64 | None = None) -> U8:
        """(H, W, 3) BGR: a copy of the frame's image with the view drawn on it.

        A box that was predicted, not detected, is dashed. Objects nearer to the camera (lower
        in the picture) are drawn over those behind them. With global ids (T,), number and
        colour are those of the identity; while it is UNLINKED, the track has grey corners and
        its own number with a question mark.
        """
        self.follow(view)
        return self.paint(frame, view, global_id)

    def follow(self, view: View) -> None:
        """Take a view for the trails alone."""
        if self.params.trail > 0:
            self._trails.add(view.tracks)

    def paint(
        self, frame: Frame, view: View, global_id: I64 | None = None, *, width: int | None = None
    ) -> U8:
        """What `draw` gives for a view that was followed, at most `width` px wide.

        Lines and lettering are made for that size, not made small with the picture.
        """
        image, ratio = (frame.image, 1.0) if width is None else shrink(frame.image, width)
        image = image.copy() if image is frame.image else image
        pen = Pen.for_image(*image.shape[:2])
        tracks = view.tracks
        near_last = np.argsort(tracks.xyxy[:, 3], kind="stable").tolist()
        boxes = drawable(tracks.xyxy / np.float32(ratio), image.shape[:2], pen.line)
        marks = [self._mark(tracks, global_id, row) for row in range(len(tracks))]
        if self.params.trail > 0:
            for row in near_last:
                points = self._trails.of(int(tracks.track_id[row])) / np.float32(ratio)
                pen.trail(image, points, marks[row].colour)
        for row in near_last:
            mark, box = marks[row], boxes[row].tolist()
            if mark.pending:
                pen.brackets(image, box, mark.colour)
            else:
                pen.box(image, box, mark.colour, dashed=mark.predicted)
        self._write(image, view.stamp, boxes[near_last[::-1]], [marks[r] for r in near_last[::-1]])
        return image

    def _mark(self, tracks: Tracks, global_id: I64 | None, row: int) -> Mark:
        """How one track is shown."""
        number = int(tracks.track_id[row])
        pending = False
        if global_id is not None:
            pending = int(global_id[row]) == UNLINKED
            number = number if pending else int(global_id[row])
        name = self._class_names.get(int(tracks.class_id[row]), "")
        score = f"{float(tracks.score[row]):.2f}" if self.params.scores else ""
        return Mark(
            number=f"{number}?" if pending else str(number),
            rest=" ".join(filter(None, (name, score))),
            colour=PENDING if pending else id_colour(number),
            pending=pending,
            predicted=int(tracks.detection[row]) == UNDETECTED,
        )

    def _write(self, image: U8, stamp: Stamp, boxes: I32, marks: Sequence[Mark]) -> None:
        """All lettering, over all lines; the first mark finds its place first."""
        pen = Pen.for_image(*image.shape[:2])
        taken = np.empty((0, 4), np.int32)
        if self.params.banner:
            when = replace(stamp, time=stamp.time + self.params.began)
            banner = f"{stamp.camera}  {clock_text(when)}"
            w, h = pen.label_size(banner)
            pen.shaded_label(image, banner, (0, 0))
            taken = np.array([[0, 0, w, h]], np.int32)
        if not self.params.labels or not marks:
            return
        texts = [lettering(*each, pen) for each in zip(marks, boxes.tolist(), strict=True)]
        sizes = np.array([pen.label_size(text) for text in texts], np.int32)
        corners = place_labels(boxes, sizes, image.shape[:2], taken).tolist()
        for text, mark, corner in zip(texts, marks, corners, strict=True):
            if mark.pending:
                pen.shaded_label(image, text, tuple(corner))
            else:
                pen.label(image, text, tuple(corner), mark.colour)


def lettering(mark: Mark, box: list[int], pen: Pen) -> str:
    """Id, class and score; the id alone where the object is small beside all that."""
    x1, _, x2, _ = box
    text = f"{mark.number} {mark.rest}".rstrip()
    return text if x2 - x1 >= ROOM * pen.label_size(text)[0] else mark.number


def drawable(xyxy: F32, shape: tuple[int, ...], margin: int) -> I32:
    """(T, 4) whole px; what lies far outside is brought to just outside the image."""
    height, width = shape
    most = np.array([width, height, width, height]) + margin
    return np.rint(np.clip(xyxy, -1 - margin, most)).astype(np.int32)


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
