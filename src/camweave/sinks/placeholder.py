"""The picture that stands in for a camera while it shows nothing: its name, and the reason."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from camweave.core.arrays import F32, U8
from camweave.core.frame import CameraId
from camweave.sinks.colours import Colour

FONT = cv2.FONT_HERSHEY_DUPLEX
THIN = cv2.FONT_HERSHEY_SIMPLEX
FINE: Final = 2  # as many px are drawn for each px shown, so that edges are smooth
LARGE: Final = 1280  # px
SIZE: Final = (640, 360)  # px, width and height where no picture has told them
GROUND: Final = ((46, 40, 34), (24, 20, 17))  # above and below
INK: Final[Colour] = (236, 232, 228)
SOFT: Final[Colour] = (168, 160, 152)
FAINT: Final[Colour] = (122, 116, 110)
ACCENT: Final[Colour] = (92, 168, 250)  # amber
DIM: Final = 0.28  # of the last picture's light that is left
GRAIN: Final = 97  # px after which the grain begins again
VEIL: Final = 0.55  # of the ground that lies over it


@dataclass(frozen=True, slots=True)
class Hand:
    """How a line of text is written."""

    font: int
    scale: float
    ink: Colour
    room: float  # px; a longer line is written smaller


def placeholder(
    camera: CameraId,
    reason: str,
    *,
    note: str = "",
    last: U8 | None = None,
    size: tuple[int, int] = SIZE,
) -> U8:
    """(H, W, 3) BGR: the camera's name over the reason.

    Args:
        camera: which one.
        reason: one line, in words.
        note: a few more words below it, fainter.
        last: the last picture there was (H, W, 3); it shows faintly behind the words.
        size: (width, height) px of the result.
    """
    width, height = size
    if max(size) > LARGE:  # drawn smaller: it is soft enough, and nobody waits for it
        ratio = LARGE / max(size)
        small = max(1, round(width * ratio)), max(1, round(height * ratio))
        drawn = placeholder(camera, reason, note=note, last=last, size=small)
        return np.asarray(cv2.resize(drawn, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    image = ground(size) if last is None else veiled(last, size)
    if min(size) < 32:  # noqa: PLR2004 - px; no word can be read there
        return image
    canvas = np.asarray(cv2.resize(image, (width * FINE, height * FINE)), np.uint8)
    unit = FINE * (min(width / 16, height / 9) / 40) ** 0.8  # 1 where it is 640 px wide
    middle, top = canvas.shape[1] // 2, canvas.shape[0] * 0.36
    crossed_camera(canvas, (middle, round(top)), 34 * unit)
    room = 0.88 * canvas.shape[1]
    y = top + 84 * unit
    written(canvas, str(camera), (middle, y), Hand(FONT, 1.15 * unit, INK, room))
    lines = [(line, 0.66, SOFT) for line in wrapped(reason, 0.66 * unit, room)]
    for line, scale, ink in [*lines, (note, 0.54, FAINT)]:
        y += 34 * unit
        if y < 0.96 * len(canvas):  # what does not fit is left out
            written(canvas, line, (middle, y), Hand(THIN, scale * unit, ink, room))
    return np.asarray(cv2.resize(canvas, size, interpolation=cv2.INTER_AREA), np.uint8)


def ground(size: tuple[int, int]) -> U8:
    """Dark, a little lighter above."""
    width, height = size
    above, below = (np.array(colour, np.float32) for colour in GROUND)
    way: F32 = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    column = above * (1 - way) + below * way
    # A trace of grain, the same each time: smooth shades of dark show as bands in a JPEG.
    grain = np.random.default_rng(7).random((1, GRAIN, 1), np.float32)
    rows = np.asarray(column[:, None] + grain, np.uint8)
    return np.tile(rows, (1, -(-width // GRAIN), 1))[:, :width]


def veiled(last: U8, size: tuple[int, int]) -> U8:
    """The last picture, blurred, grey and dark."""
    small = np.asarray(cv2.resize(last, (96, 54), interpolation=cv2.INTER_AREA), np.uint8)
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)
    mixed = cv2.addWeighted(small, 0.35, cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), 0.65, 0)
    soft = cv2.GaussianBlur(mixed, (0, 0), 2.0)
    wide = cv2.resize(soft, size, interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.addWeighted(wide, DIM, ground(size), VEIL, 0), np.uint8)


def crossed_camera(image: U8, centre: tuple[int, int], radius: float) -> None:
    """The sign of a camera that is off: a body, a lens, and a stroke through both."""
    x, y = centre
    thick = max(1, round(radius / 9))

    def at(across: float, down: float) -> tuple[int, int]:
        return round(x + across * radius), round(y + down * radius)

    cv2.rectangle(image, at(-1.05, -0.55), at(0.45, 0.55), SOFT, thick, cv2.LINE_AA)
    lens = np.array([at(0.45, -0.12), at(1.05, -0.5), at(1.05, 0.5), at(0.45, 0.12)], np.int32)
    cv2.polylines(image, [lens], True, SOFT, thick, cv2.LINE_AA)
    behind = tuple(int(v) for v in image[min(y, len(image) - 1), x])
    cv2.line(image, at(-1.15, 0.98), at(1.15, -0.98), behind, 4 * thick, cv2.LINE_AA)
    cv2.line(image, at(-1.15, 0.98), at(1.15, -0.98), ACCENT, thick, cv2.LINE_AA)


def written(image: U8, text: str, middle: tuple[float, float], hand: Hand) -> None:
    """A line of text about a middle, smaller where it would be wider than there is room."""
    (width, _), _ = cv2.getTextSize(text, hand.font, hand.scale, 1)
    scale = hand.scale * min(1.0, hand.room / max(1, width))
    thick = max(1, round(scale * 1.3))
    (width, _), _ = cv2.getTextSize(text, hand.font, scale, thick)
    place = (round(middle[0] - width / 2), round(middle[1]))
    cv2.putText(image, text, place, hand.font, scale, hand.ink, thick, cv2.LINE_AA)


def wrapped(text: str, scale: float, room: float) -> list[str]:
    """The text in lines no wider than `room` px, where its words allow."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and cv2.getTextSize(longer, THIN, scale, 1)[0][0] <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
