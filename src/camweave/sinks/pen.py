"""Draws lines, dashes and text whose thickness fits the image's size."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from camweave.core.arrays import F32, I32, U8
from camweave.sinks.colours import Colour, ink_on, shade_of

FONT = cv2.FONT_HERSHEY_DUPLEX
SHIFT = 4  # bits below the pixel, for smooth trails
UNIT = 1 << SHIFT
RIM = 2  # px
ROOM_FOR_RIM = 500  # px of image; below, objects are small and lines cover enough of them
BRACKET = 4  # of a side that a corner takes: one part in so many
FAR = 4096  # px outside the image: OpenCV's fixed-point numbers end somewhere


@dataclass(frozen=True, slots=True)
class Pen:
    """Widths for one size of image; a 4K picture and a thumbnail look alike."""

    line: int  # px
    rim: int  # px that a box's dark rim adds, both sides together
    scale: float  # of the font
    pad: int  # px around lettering
    dash: int  # px

    @classmethod
    def for_image(cls, height: int, width: int) -> "Pen":
        """The pen for an image of this size."""
        side = min(height, width)
        line = max(2, round(side / 360))
        return cls(
            line=line,
            rim=RIM if side >= ROOM_FOR_RIM else 0,
            scale=min(4.0, max(0.32, side / 1500)),
            pad=max(2, round(side / 200)),
            dash=max(4, 4 * line),
        )

    def box(self, image: U8, xyxy: list[int], colour: Colour, *, dashed: bool = False) -> None:
        """An outline with a thin rim of its dark shade, so that it shows on any ground."""
        x1, y1, x2, y2 = xyxy
        if self.rim:
            cv2.rectangle(image, (x1, y1), (x2, y2), shade_of(colour), self.line + self.rim)
        if dashed:
            cv2.polylines(image, [*dashes(xyxy, self.dash)], False, colour, self.line)
        else:
            cv2.rectangle(image, (x1, y1), (x2, y2), colour, self.line)

    def brackets(self, image: U8, xyxy: list[int], colour: Colour) -> None:
        """The four corners of an outline, as a viewfinder has them."""
        x1, y1, x2, y2 = xyxy
        across, down = max(1, (x2 - x1) // BRACKET), max(1, (y2 - y1) // BRACKET)
        pieces = np.array(
            [
                [(x, y + side * down), (x, y), (x + end * across, y)]
                for x, end in ((x1, 1), (x2, -1))
                for y, side in ((y1, 1), (y2, -1))
            ],
            np.int32,
        )
        if self.rim:
            cv2.polylines(image, [*pieces], False, shade_of(colour), self.line + self.rim)
        cv2.polylines(image, [*pieces], False, colour, self.line)

    def trail(self, image: U8, points: F32, colour: Colour) -> None:
        """A path through (n, 2) points that grows thicker towards now."""
        near = np.clip(points, -FAR, max(image.shape) + FAR)
        steps = np.rint(near * UNIT).astype(np.int32)
        n = len(steps)
        for part in range(3):
            piece = steps[max(0, n * part // 3 - 1) : n * (part + 1) // 3]
            if len(piece) > 1:
                thick = max(1, self.line + part - 2)
                cv2.polylines(image, [piece], False, colour, thick, cv2.LINE_AA, SHIFT)
        if n:
            x, y = steps[-1].tolist()
            radius = UNIT * (self.line + 1)
            cv2.circle(image, (x, y), radius, colour, cv2.FILLED, cv2.LINE_AA, SHIFT)

    def label_size(self, text: str) -> tuple[int, int]:
        """Width and height in px of a label that holds this text."""
        width, height, below = text_size(text, self.scale)
        return width + 2 * self.pad, height + below + 2 * self.pad

    def label(self, image: U8, text: str, corner: tuple[int, int], paper: Colour) -> None:
        """Text on a filled ground, its left top at `corner`."""
        x, y = corner
        w, h = self.label_size(text)
        cv2.rectangle(image, (x, y), (x + w - 1, y + h - 1), paper, cv2.FILLED)
        self.letter(image, text, (x, y), ink_on(paper))

    def shaded_label(self, image: U8, text: str, corner: tuple[int, int]) -> None:
        """White text on the darkened picture."""
        x, y = corner
        w, h = self.label_size(text)
        ground = image[y : y + h, x : x + w]
        np.right_shift(ground, 2, out=ground)
        self.letter(image, text, (x, y), (255, 255, 255))

    def letter(self, image: U8, text: str, corner: tuple[int, int], ink: Colour) -> None:
        """Text alone, where a label at `corner` would have it."""
        x, y = corner
        _, height, _ = text_size(text, self.scale)
        place = (x + self.pad, y + self.pad + height)
        cv2.putText(image, text, place, FONT, self.scale, ink, 1, cv2.LINE_AA)


@lru_cache(maxsize=4096)
def text_size(text: str, scale: float) -> tuple[int, int, int]:
    """Width, height above and below the line of writing, in px, as this OpenCV draws it."""
    (width, height), below = cv2.getTextSize(text, FONT, scale, 1)
    return int(width), int(height), int(below)


def dashes(xyxy: list[int], dash: int) -> I32:
    """(K, 2, 2) the pieces of a dashed rectangle."""
    x1, y1, x2, y2 = xyxy
    across = np.arange(x1, x2 + 1, 2 * dash)
    down = np.arange(y1, y2 + 1, 2 * dash)
    across_end, down_end = np.minimum(across + dash, x2), np.minimum(down + dash, y2)
    sides = [
        *(
            np.stack([across, np.full_like(across, y), across_end, np.full_like(across, y)], 1)
            for y in (y1, y2)
        ),
        *(
            np.stack([np.full_like(down, x), down, np.full_like(down, x), down_end], 1)
            for x in (x1, x2)
        ),
    ]
    return np.concatenate(sides).reshape(-1, 2, 2).astype(np.int32)
