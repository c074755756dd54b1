"""One fixed camera's background: what was always there, what is in front of it, what left."""

from dataclasses import dataclass
from functools import reduce
from typing import Final

import cv2
import numpy as np

from camweave.core.arrays import U8, Bool

SHADOW: Final = 127  # how OpenCV marks it
HISTORY: Final = 500  # frames; not used, since every update states its own rate
FIRST_LOOK: Final = 1.0  # s that the first image counts for
EXPLAINS: Final = 0.75  # share of the past that is background; what was seen less passed by
PATIENCE: Final = 0.5  # s that an upset lasts before everything is learnt anew

HOLE_INTERVAL: Final = 0.4  # s between two searches for holes
HOLE_OUTLINE: Final = 1.5  # the background has the outline of a hole this much stronger
HOLE_STILL: Final = 0.8  # share of a hole's pixels that stayed as they were since the last search
SAME: Final = 12  # levels of each channel within which a pixel shows the same thing

SQUARE: Final = np.ones((3, 3), np.uint8)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackdropParams:
    """Knobs of `Backdrop`; `MotionParams` says what they mean."""

    memory: float
    contrast: float
    shadow: float
    upset: float


class Backdrop:
    """Keeps the background of one camera, and tells what is in front of it.

    Each pixel is a mixture of Gaussians (https://doi.org/10.1016/j.patrec.2005.11.005, OpenCV's
    MOG2) that forgets by seconds. Where something that stood there from the start leaves, the
    hole is told from an object by its outline, which only the background still has, and the
    ground that shows in it is learnt at once.
    """

    def __init__(self, image: U8, time: float, params: BackdropParams) -> None:
        """Begin with this image (H, W, 3), the background until more is known."""
        self._params = params
        self._time = self._begun = self._searched = time
        self._upset_for = 0.0
        self._begin(image)

    def continues(self, image: U8, time: float) -> bool:
        """Whether this image can be the next one: of the same size, and not earlier."""
        return image.shape == self._ground.shape and time >= self._time

    def age(self) -> float:
        """Seconds that the background has been looked at."""
        return self._time - self._begun

    def see(self, image: U8, time: float) -> U8:
        """Where something stands in front (H, W), 255 or 0; nowhere while all is upset."""
        passed, self._time = time - self._time, time
        rate = max(passed / self._params.memory, passed / (self.age() + FIRST_LOOK))
        # Nothing is learnt from an upset: it may be over in a moment, as lightning is.
        mask = self._model.apply(image, learningRate=0.0 if self._upset_for else min(rate, 1.0))
        if cv2.countNonZero(mask) > self._params.upset * mask.size:
            self._endure(image, passed)
            return np.zeros(mask.shape, np.uint8)
        self._upset_for = 0.0
        front = (mask > SHADOW).astype(np.uint8) * np.uint8(255)
        bare = _same(image, self._ground) & self._laid_bare
        cv2.copyTo(image, bare, self._ground)  # the light on it changes slowly
        front[bare > 0] = 0
        front = np.asarray(cv2.medianBlur(front, 3), np.uint8)
        if time - self._searched >= HOLE_INTERVAL:
            self._lay_bare(self._holes(front, image), image)
            self._searched, self._last = time, image.copy()
        return front

    def _begin(self, image: U8) -> None:
        self._model = _mixture(self._params)
        self._model.apply(image, learningRate=1.0)
        self._begun = self._searched = self._time
        self._last = image.copy()
        self._ground: U8 = image.copy()  # what shows where something left
        self._laid_bare: U8 = np.zeros(image.shape[:2], np.uint8)  # 255 where that is known

    def _endure(self, image: U8, passed: float) -> None:
        """Wait for an upset to pass, and begin anew with what stays."""
        self._upset_for += max(passed, np.finfo(np.float64).tiny)
        if self._upset_for > PATIENCE:
            self._begin(image)
            self._upset_for = 0.0

    def _holes(self, front: U8, image: U8) -> Bool:
        """(H, W) what is in front only because something that stood there has left."""
        count, label = cv2.connectedComponents(front, connectivity=8)
        if count == 1:
            return np.zeros(front.shape, np.bool_)
        ring = (cv2.morphologyEx(front, cv2.MORPH_GRADIENT, SQUARE) > 0) & (label > 0)
        now = np.bincount(label[ring], _edges(image)[ring], count)
        before = np.bincount(label[ring], _edges(self._model.getBackgroundImage())[ring], count)
        still = np.bincount(label.ravel(), _same(image, self._last).ravel() > 0, count)
        area = np.bincount(label.ravel(), minlength=count)
        hole = (before > HOLE_OUTLINE * now) & (still > HOLE_STILL * area)
        hole[0] = False
        return np.asarray(hole[label])

    def _lay_bare(self, hole: Bool, image: U8) -> None:
        self._ground[hole] = image[hole]
        self._laid_bare[hole] = 255


def _mixture(params: BackdropParams) -> cv2.BackgroundSubtractorMOG2:
    model = cv2.createBackgroundSubtractorMOG2(HISTORY, params.contrast**2, params.shadow < 1)
    model.setShadowThreshold(params.shadow)
    model.setBackgroundRatio(EXPLAINS)
    return model


def _same(a: U8, b: U8) -> U8:
    """(H, W) 255 where two images show the same thing."""
    return np.asarray(cv2.inRange(cv2.absdiff(a, b), (0, 0, 0), (SAME, SAME, SAME)), np.uint8)


def _edges(image: U8) -> U8:
    """(H, W) how much the colour changes around each pixel, in the channel where it does most."""
    steps = (cv2.morphologyEx(plane, cv2.MORPH_GRADIENT, SQUARE) for plane in cv2.split(image))
    return np.asarray(reduce(cv2.max, steps), np.uint8)
