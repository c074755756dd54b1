"""Images onto the canvas of a network, and boxes back into the image."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import cv2
import numpy as np

from camweave.core.arrays import F32, U8

Placement: TypeAlias = Literal["top_left", "centre", "stretch"]

PAD = 114  # grey around a letterboxed image, as YOLO networks were trained with
LEVELS = 256  # values of an 8-bit channel


@dataclass(frozen=True, slots=True)
class Fit:
    """Where an image lies on a canvas, in px of the canvas."""

    left: int
    top: int
    width: int
    height: int
    image_width: int  # px of the image
    image_height: int

    def onto(self, xyxy: F32) -> F32:
        """Boxes of the image (N, 4) as boxes of the canvas."""
        return xyxy * self._scale + self._corner

    def back(self, xyxy: F32) -> F32:
        """Boxes of the canvas (N, 4) as boxes of the image."""
        return (xyxy - self._corner) / self._scale

    @property
    def _scale(self) -> F32:
        # Per axis and from whole pixels: right for a 1 px high image too, where one ratio is not.
        across, down = self.width / self.image_width, self.height / self.image_height
        return np.array([across, down, across, down], np.float32)

    @property
    def _corner(self) -> F32:
        return np.array([self.left, self.top, self.left, self.top], np.float32)


def fit(image: tuple[int, int], canvas: tuple[int, int], placement: Placement) -> Fit:
    """Where an image of (width, height) px lies on a canvas of (width, height) px.

    `top_left` keeps the ratio and rounds down, as YOLOX does; `centre` keeps the ratio and
    rounds to the nearest, as YOLOv5 and its successors do; `stretch` fills the canvas.

    >>> fit((480, 360), (416, 416), "top_left")
    Fit(left=0, top=0, width=416, height=312, image_width=480, image_height=360)
    """
    if placement == "stretch":
        return Fit(0, 0, *canvas, *image)
    ratio = min(canvas[0] / image[0], canvas[1] / image[1])
    if placement == "top_left":
        width, height = (max(1, int(side * ratio)) for side in image)
        return Fit(0, 0, width, height, *image)
    width, height = (max(1, round(side * ratio)) for side in image)
    # An odd pixel of padding goes below and to the right.
    return Fit((canvas[0] - width) // 2, (canvas[1] - height) // 2, width, height, *image)


def levels(mean: tuple[float, float, float], std: tuple[float, float, float]) -> F32:
    """What each 8-bit level becomes in each channel, (level - mean) / std: (3, 256)."""
    level = np.arange(LEVELS, dtype=np.float64)
    rows = [(level - m) / s for m, s in zip(mean, std, strict=True)]
    return np.array(rows, np.float32)


def shrink(image: U8, width: int) -> tuple[U8, float]:
    """An image (H, W, 3) no wider than `width` px, and how many of its px go into one of those.

    >>> shrink(np.zeros((720, 1280, 3), np.uint8), 320)[0].shape
    (180, 320, 3)
    """
    height, full = image.shape[:2]
    if full <= width:
        return image, 1.0
    # Averaging whole blocks is fast and quiet; what is left of the way is less than half.
    block = full // width
    if block > 1:
        rough = (full // block, max(1, height // block))
        image = np.asarray(cv2.resize(image, rough, interpolation=cv2.INTER_AREA), np.uint8)
    size = (width, max(1, round(height * width / full)))
    if size != (image.shape[1], image.shape[0]):
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    return image, full / width


class Canvas:
    """One image's place in a network's input; it keeps its buffers from image to image."""

    def __init__(self, out: F32, table: F32, *, rgb: bool = False, pad: int = PAD) -> None:
        """Paint into `out` (3, H, W), through `table` (3, 256), one row per channel of `out`."""
        self._out = out
        self._table = table
        self._rgb = rgb
        self._plain = bool(np.array_equal(table, levels((0, 0, 0), (1, 1, 1))))
        self._ground = table[:, pad, None, None]  # what the padding becomes
        self._laid: tuple[tuple[int, ...], Placement, Fit] | None = None
        self._inside = out  # the part of `out` that the image fills
        self._small = np.empty((0, 0, 3), np.uint8)
        self._planes: list[U8] = []

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) px."""
        return self._out.shape[2], self._out.shape[1]

    def paint(self, image: U8, placement: Placement) -> Fit:
        """Put a BGR image (H, W, 3) here, resized bilinearly; says where it lies."""
        where = self._place(image.shape, placement)
        cv2.resize(image, (where.width, where.height), dst=self._small)
        cv2.split(self._small, self._planes)
        for channel, plane in enumerate(reversed(self._planes) if self._rgb else self._planes):
            if self._plain:
                self._inside[channel] = plane
            else:
                cv2.LUT(plane, self._table[channel], dst=self._inside[channel])
        return where

    def _place(self, shape: tuple[int, ...], placement: Placement) -> Fit:
        """Where an image of this shape lies; after one of the same shape all is in place."""
        if self._laid is not None and self._laid[:2] == (shape, placement):
            return self._laid[2]
        where = fit((shape[1], shape[0]), self.size, placement)
        rows = slice(where.top, where.top + where.height)
        self._inside = self._out[:, rows, where.left : where.left + where.width]
        self._out[:] = self._ground
        self._small = np.empty((where.height, where.width, 3), np.uint8)
        self._planes = [np.empty((where.height, where.width), np.uint8) for _ in range(3)]
        self._laid = shape, placement, where
        return where
