"""What a site's test cameras show: people who walk from one to the next, over and over."""

from collections.abc import Iterator
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from tests.support.rtsp.film import Film, coded

Colour: TypeAlias = tuple[int, int, int]  # BGR

ROUND: Final = 6.0  # s: who is in one camera comes there again after so long
CROSSING: Final = 1.7  # s that one is in the picture
COATS: Final[tuple[tuple[Colour, Colour], ...]] = (  # coat and trousers of each walker
    ((30, 30, 220), (30, 220, 230)),
    ((220, 60, 30), (220, 220, 30)),
    ((40, 200, 40), (230, 40, 200)),
)


def street(
    place: int,
    *,
    size: tuple[int, int] = (192, 112),
    fps: int = 10,
    declared: int | None = None,
) -> Film:
    """What the camera at `place` sees of all walkers, each a third of the round after the last.

    It tells of `declared` pictures/s, where that is not the truth.
    """
    frames = (scene(place, n / fps, size) for n in range(round(ROUND * fps)))
    return coded(frames, fps=declared or fps, gop=5, crf=14)


def scene(place: int, time: float, size: tuple[int, int]) -> NDArray[np.uint8]:
    """The picture (H, W, 3) at a time, in s."""
    image = ground(place, size)
    for who, (left, top, right, bottom) in present(place, time, size):
        middle = (top + bottom) // 2
        image[top:middle, left:right], image[middle:bottom, left:right] = COATS[who]
    return image


def present(
    place: int, time: float, size: tuple[int, int]
) -> Iterator[tuple[int, tuple[int, int, int, int]]]:
    """Who is in the picture, and the box, px."""
    width, height = size
    wide, tall = width // 8, height // 2
    for who in range(len(COATS)):
        since = (time - (place + who) * ROUND / len(COATS)) % ROUND
        if since < CROSSING:
            left = round((width + wide) * since / CROSSING) - wide
            yield who, (max(0, left), tall // 2, max(0, left + wide), tall // 2 + tall)


def ground(place: int, size: tuple[int, int]) -> NDArray[np.uint8]:
    """A wall that differs from camera to camera, and never moves."""
    width, height = size
    grain = np.random.default_rng(place).integers(90, 140, (height // 8, width // 8, 1), np.uint8)
    return np.repeat(grain.repeat(8, axis=0).repeat(8, axis=1), 3, axis=2)


def who_wears(pixels: NDArray[np.uint8]) -> int:
    """Which walker's coat this colour, (3,) BGR, is nearest to."""
    coats = np.array([coat for coat, _ in COATS], np.float64)
    return int(np.abs(coats - pixels).sum(axis=1).argmin())
