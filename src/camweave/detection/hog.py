"""Upright people by OpenCV's built-in detector: no weights to fetch, no network."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import cv2
import numpy as np

from camweave.core.arrays import F32
from camweave.core.detections import Detections
from camweave.core.errors import InputError, JobError
from camweave.core.frame import Frame
from camweave.detection.every import Every, checked_every
from camweave.ops.boxes import clip, nms

WINDOW: Final = (64, 128)  # px of the trained window
PERSON: Final = (0.24, 0.12, 0.76, 0.86)  # where in its window a person stands, as shares
STANDING: Final = 0.74  # of the window's height is the person
STEP: Final = 1.05  # from one size searched to the next


@dataclass(frozen=True, slots=True, kw_only=True)
class HogParams:
    """Knobs of `Hog`."""

    kind: Literal["hog"] = "hog"
    score: float = 0.2  # least confidence
    nms: float = 0.45  # overlap from which the lesser of two boxes falls
    min_height: float = 48.0  # px of the smallest person looked for; half of it costs four times
    every: Every = 1  # live: ticks from one detection to the next, or auto

    def __post_init__(self) -> None:
        checked_every("hog", self.every)
        if not (0 <= self.score < 1 and 0 < self.nms <= 1 and self.min_height >= 8):  # noqa: PLR2004 - px
            raise InputError(
                "hog: score is 0 to below 1, nms above 0 to 1, min_height 8 px or more"
            )


class Hog:
    """A `Detector` of people on foot. It remembers nothing.

    Histograms of oriented gradients and a linear classifier, as Dalal and Triggs
    (https://doi.org/10.1109/CVPR.2005.177): good for people seen whole, from the side, and close.

    Raises:
        JobError: this OpenCV has no such detector: 5 has it among the contributed modules only.
    """

    def __init__(self, params: HogParams | None = None) -> None:
        self.params = params or HogParams()
        self._hog = _people_detector()

    @property
    def class_names(self) -> tuple[str, ...]:
        """People only."""
        return ("person",)

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        """One `Detections` per frame, in the same order, the surest first."""
        return [self._detect(frame) for frame in frames]

    def _detect(self, frame: Frame) -> Detections:
        height, width = frame.image.shape[:2]
        scale = WINDOW[1] * STANDING / self.params.min_height
        size = round(width * scale), round(height * scale)
        if size[0] < WINDOW[0] or size[1] < WINDOW[1]:
            return Detections.empty(frame.stamp)  # nobody that large fits in
        windows, weights = self._hog.detectMultiScale(
            cv2.resize(frame.image, size), winStride=(8, 8), scale=STEP, groupThreshold=0
        )
        xywh = np.asarray(windows, np.float32).reshape(-1, 4)
        score = 1 - np.exp(-np.asarray(weights, np.float32).ravel())  # a margin of 1 is sure
        xyxy = clip(_person(xywh) / np.float32(scale), width, height)
        sure = np.flatnonzero(score >= self.params.score)
        rows = sure[nms(xyxy[sure], score[sure], np.zeros(len(sure), np.int32), self.params.nms)]
        return Detections(frame.stamp, xyxy[rows], score[rows], np.zeros(len(rows), np.int32))


def _people_detector() -> Any:  # noqa: ANN401 - not every OpenCV has its type
    detector = getattr(cv2, "HOGDescriptor", None)
    if detector is None:
        raise JobError(
            f"hog: this OpenCV {cv2.__version__} has no people detector; another package has "
            "replaced the one with the contributed modules. Put it back: "
            "pip install --force-reinstall opencv-contrib-python-headless"
        )
    hog = detector()
    hog.setSVMDetector(detector.getDefaultPeopleDetector())
    return hog


def _person(xywh: F32) -> F32:
    """The person in each window (N, 4): (left, top, right, bottom)."""
    corner, size = np.tile(xywh[:, :2], 2), np.tile(xywh[:, 2:], 2)
    return np.asarray(corner + size * np.array(PERSON, np.float32), np.float32)
