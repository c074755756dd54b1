"""What is told of a frame beside its boxes: how the camera moved, and what the objects look like.

    frame → detector → camera motion → tracker.wants → embed those crops → tracker.update

This is the one place that does it, for the stages, for `batch`, and for whoever follows live.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol, TypeAlias

import numpy as np

from camweave.app.runtime.ahead import batches
from camweave.app.runtime.stopwatch import Stopwatch
from camweave.core.arrays import Bool
from camweave.core.detections import Detections
from camweave.core.frame import Frame
from camweave.core.stages import Embedder, Tracker
from camweave.core.tracks import Tracks
from camweave.ops.crops import cut

Seen: TypeAlias = tuple[Frame, Detections]


class CameraMotion(Protocol):
    """Tells how a camera moved since its last frame."""

    def see(self, frame: Frame, detections: Detections) -> Detections:
        """The frame's detections with `camera_motion`. Frames come in order."""


class Follower:
    """One camera's tracker with the pixels at hand: it gets the looks it asks for, and no others.

    It remembers the live tracks.
    """

    def __init__(
        self,
        tracker: Tracker,
        *,
        embedder: Embedder | None = None,
        motion: CameraMotion | None = None,
        watch: Stopwatch | None = None,
    ) -> None:
        self._tracker, self._embedder, self._motion = tracker, embedder, motion
        self._watch = watch or Stopwatch()

    def follow(self, frame: Frame, detections: Detections) -> tuple[Detections, Tracks]:
        """The frame's detections with all that the tracker was told, and what it follows in it."""
        if self._motion is not None:
            with self._watch.part("camera_motion"):
                detections = self._motion.see(frame, detections)
        if self._embedder is not None:
            rows = self._tracker.wants(detections)
            with self._watch.part("embed"):
                (detections,) = embedded([(frame, detections)], self._embedder, [rows])
            self._watch.counts["embedded"] += int(rows.sum())
        with self._watch.part("follow"):
            tracks = self._tracker.update(detections)
        return detections, tracks


def with_camera_motion(
    line: Iterable[Seen], motion: CameraMotion, watch: Stopwatch
) -> Iterator[Seen]:
    """The same frames, each told how the camera moved."""
    for frame, detections in line:
        with watch.part("camera_motion"):
            told = motion.see(frame, detections)
        yield frame, told


def all_embedded(
    line: Iterable[Seen], embedder: Embedder, watch: Stopwatch, size: int
) -> Iterator[Seen]:
    """The same frames with all their detections embedded, `size` frames in one run."""
    for batch in batches(line, size):
        with watch.part("embed"):
            told = embedded(batch, embedder)
        watch.counts["embedded"] += sum(map(len, told))
        yield from ((frame, found) for (frame, _), found in zip(batch, told, strict=True))


def embedded(
    frames: Sequence[Seen], embedder: Embedder, wanted: Sequence[Bool] | None = None
) -> list[Detections]:
    """The detections of some frames with the embeddings of the rows wanted, or of all of them.

    All crops go through the embedder in one run. A row that was not wanted has zeros.
    """
    wanted = wanted or [np.ones(len(found), np.bool_) for _, found in frames]
    crops, places = [], []
    for at, ((frame, found), rows) in enumerate(zip(frames, wanted, strict=True)):
        for row in np.flatnonzero(rows).tolist():
            crops.append(cut(frame.image, found.xyxy[row]))
            places.append((at, row))
    looks = [np.zeros((len(found), embedder.dimension), np.float32) for _, found in frames]
    for (at, row), vector in zip(places, embedder.embed(crops) if crops else (), strict=True):
        looks[at][row] = vector
    return [replace(found, embedding=look) for (_, found), look in zip(frames, looks, strict=True)]
