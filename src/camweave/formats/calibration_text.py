"""Calibrations as plain numbers: a 3x3 homography, a 3x4 projection, or KRTD."""

import re
from typing import Final

import numpy as np

from camweave.core.arrays import F64
from camweave.core.errors import FileFormatError
from camweave.formats.calibration_units import (
    Direction,
    Length,
    numbers_of,
    of_homography,
    of_projection,
)
from camweave.ops.calibration import Calibration
from camweave.ops.ground import LABEL, parse_homography
from camweave.ops.lenses import BrownLens

NINE, TWELVE, CAMERA = 9, 12, 21  # numbers of a homography, a projection, and K, R and t
LENSES: Final = (0, 4, 5, 8, 12, 14)  # numbers that OpenCV's lens model may have
UPRIGHT: Final = 1e-3  # by which R may miss being a rotation


def parse_text(
    where: str, text: str, *, direction: Direction, length: Length | None, plane: float
) -> Calibration:
    """The calibration that numbers in a text say; how many there are says which kind.

    Raises:
        FileFormatError: no such number of numbers, or no numbers at all.
        InputError: a singular matrix.
    """
    if LABEL.search(text):
        return of_homography(parse_homography(text), direction, "Homography matrix line")
    lines = [line.partition("#")[0] for line in text.splitlines()]
    words = [word for word in re.split(r"[\s,;\[\]]+", " ".join(lines)) if word]
    numbers = numbers_of(words, where)
    if len(numbers) == NINE:
        way: Direction = "to_ground" if direction == "auto" else direction
        return of_homography(numbers.reshape(3, 3), way, "3x3 homography")
    if len(numbers) == TWELVE:
        projection = numbers.reshape(3, 4)
        return of_projection(projection, None, length=length, plane=plane, told="3x4 projection")
    if len(numbers) - CAMERA in LENSES:
        k, r, t = (numbers[:9], numbers[9:18], numbers[18:21])
        lens = numbers[CAMERA:]
        return of_camera(where, (k, r, t, lens), length=length, plane=plane, told="KRTD")
    raise FileFormatError(
        f"{where}: {len(numbers)} numbers. Expected 9 (homography), 12 (projection 3x4) or "
        "21 and a lens's 0, 4, 5, 8, 12 or 14 (K, R, t, D)"
    )


def of_camera(
    where: str,
    parts: tuple[F64, F64, F64, F64],
    *,
    length: Length | None,
    plane: float,
    told: str,
) -> Calibration:
    """The calibration of K (9,), R (9,), t (3,) and lens coefficients, x ~ K (R X + t).

    Raises:
        FileFormatError: K is singular, or R is no rotation.
    """
    k, r, t = parts[0].reshape(3, 3), parts[1].reshape(3, 3), parts[2].reshape(3, 1)
    if np.abs(r @ r.T - np.eye(3)).max() > UPRIGHT or np.linalg.det(r) < 0:
        raise FileFormatError(f"{where}: R is no rotation. Check the order of the numbers")
    if k[0, 0] <= 0 or k[1, 1] <= 0 or abs(k[2, 2] - 1) > UPRIGHT:
        raise FileFormatError(f"{where}: K is no camera's: expected f 0 u, 0 f v, 0 0 1")
    coefficients = parts[3]
    lens = BrownLens(k, coefficients) if coefficients.any() else None
    kind = f"{told}, {'with' if lens else 'without'} lens distortion"
    return of_projection(k @ np.hstack([r, t]), lens, length=length, plane=plane, told=kind)
