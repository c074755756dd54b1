"""What moves in front of a fixed camera: background subtraction, no weights."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from camweave.core.detections import Detections
from camweave.core.errors import InputError
from camweave.core.frame import CameraId, Frame
from camweave.detection.backdrop import Backdrop, BackdropParams
from camweave.detection.blobs import find_blobs
from camweave.detection.every import Every, checked_every
from camweave.detection.one_thread import ONE_THREAD
from camweave.inference.cores import usable_cores
from camweave.inference.side_by_side import side_by_side
from camweave.ops.boxes import clip
from camweave.ops.images import shrink

LEAST_SHARE: Final = 1 / 4000  # of the frame: the least area where none is said
NARROWEST: Final = 16  # px


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionParams:
    """Knobs of `Motion`. Times are seconds, so they survive another frame rate."""

    kind: Literal["motion"] = "motion"
    score: float = 0.1  # least confidence
    width: int = 426  # px that wider frames are shrunk to before anything else
    memory: float = 120.0  # s; what stands still for a third of it fades into the background
    warm_up: float = 0.5  # s at the start in which nothing is reported
    contrast: float = 3.0  # standard deviations of its noise that a pixel must change by
    shadow: float = 0.5  # ground darkened to no less than this share is in shadow; 1: never
    least_area: float = 0.0  # px² of the frame that must have moved; 0: a 4000th of the frame
    upset: float = 0.6  # a larger share of a frame does not move: the light or camera changed
    every: Every = 1  # live: ticks from one detection to the next, or auto

    def __post_init__(self) -> None:
        checked_every("motion", self.every)
        shares = (self.score, self.shadow, self.upset)
        if not all(0 <= share <= 1 for share in shares) or self.width < NARROWEST:
            raise InputError("motion: score, shadow, upset are 0 to 1, width is 16 px or more")
        if min(self.memory, self.contrast) <= 0 or min(self.warm_up, self.least_area) < 0:
            raise InputError(
                "motion: memory and contrast are above 0, warm_up and least_area not below"
            )


class Motion:
    """A `Detector` of whatever moves. It remembers one background for each camera.

    Cameras go side by side, as many as there are cores (docs/adr/0005-inference-side-by-side.md).
    Things that touch are one; what stands still fades. A frame of another size, or one that goes
    back in time, begins a new background.
    """

    def __init__(self, params: MotionParams | None = None) -> None:
        self.params = params or MotionParams()
        self._backdrops: dict[CameraId, Backdrop] = {}

    @property
    def class_names(self) -> tuple[str, ...]:
        """One class: kinds of things are not told apart."""
        return ("object",)

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        """One `Detections` per frame, in the same order; those of a camera in order of time."""
        own: dict[CameraId, list[int]] = {}
        for row, frame in enumerate(frames):
            own.setdefault(frame.stamp.camera, []).append(row)
        seats = min(usable_cores(), len(own))
        if seats <= 1:
            return [self._detect(frame) for frame in frames]

        def job(_: int, rows: list[int]) -> list[tuple[int, Detections]]:
            return [(row, self._detect(frames[row])) for row in rows]

        with ONE_THREAD:
            found = dict(each for done in side_by_side(job, own.values(), seats) for each in done)
        return [found[row] for row in range(len(frames))]

    def _detect(self, frame: Frame) -> Detections:
        height, width = frame.image.shape[:2]
        image, scale = shrink(frame.image, self.params.width)
        time = frame.stamp.time
        backdrop = self._backdrops.get(frame.stamp.camera)
        if backdrop is None or not backdrop.continues(image, time):
            backdrop = Backdrop(image, time, self._backdrop_params())
            self._backdrops[frame.stamp.camera] = backdrop
        front = backdrop.see(image, time)
        if backdrop.age() < self.params.warm_up:
            return Detections.empty(frame.stamp)
        least_area = self.params.least_area or LEAST_SHARE * width * height
        xyxy, score = find_blobs(front, least_area / scale**2)
        sure = score >= self.params.score
        xyxy = clip(xyxy[sure] * np.float32(scale), width, height)
        return Detections(frame.stamp, xyxy, score[sure], np.zeros(len(xyxy), np.int32))

    def _backdrop_params(self) -> BackdropParams:
        p = self.params
        return BackdropParams(memory=p.memory, contrast=p.contrast, shadow=p.shadow, upset=p.upset)
