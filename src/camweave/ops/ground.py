"""The ground plane: image pixels to metres and back, by a 3x3 homography.

A homography here maps homogeneous image pixels to ground metres. It has no scale of its own.
"""

import re
from collections.abc import Sequence

import numpy as np

from camweave.core.arrays import F32, F64
from camweave.core.errors import InputError

TINY = 1e-12  # a third coordinate this near to zero is the horizon
NUMBERS = 9
LABEL = re.compile(r"homography matrix\s*:(?P<matrix>[^\n]*)", re.IGNORECASE)


def to_ground(homography: F64, pixels: F64 | F32) -> F64:
    """Ground metres (N, 2) of the image points `pixels` (N, 2); NaN for a point on the horizon.

    >>> to_ground(np.diag([0.5, 0.5, 1.0]), np.array([[10.0, 4.0]]))
    array([[5., 2.]])
    """
    return _apply(homography, pixels)


def to_image(homography: F64, metres: F64 | F32) -> F64:
    """Image pixels (N, 2) of the ground points `metres` (N, 2); the inverse of `to_ground`.

    Raises:
        InputError: the homography is singular.
    """
    return _apply(inverse(homography), metres)


def feet_of(xyxy: F32) -> F64:
    """(N, 2) px: the bottom centres of boxes (N, 4)."""
    return np.stack([(xyxy[:, 0] + xyxy[:, 2]) / 2, xyxy[:, 3]], axis=1).astype(np.float64)


def inverse(homography: F64) -> F64:
    """The homography the other way round: ground metres to image pixels.

    Raises:
        InputError: the homography is singular, or is not 3x3 finite numbers.
    """
    return np.asarray(np.linalg.inv(checked(homography)), np.float64)


def checked(homography: F64) -> F64:
    """`homography` itself, known to be 3x3, finite and invertible.

    Raises:
        InputError: it is not; the message says which.
    """
    if homography.shape != (3, 3) or not np.isfinite(homography).all():
        raise InputError("homography: expected 3x3 finite numbers. Check the calibration")
    if np.linalg.matrix_rank(homography) < len(homography):
        raise InputError(
            "homography: singular, all of the image falls on one line of the ground. "
            "Fit it again from at least four points, no three of them on one line"
        )
    return homography


def homography_of_camera(intrinsics: F64, rotation: F64, translation: F64) -> F64:
    """Image pixels to metres of the plane z = 0, of a pinhole x ~ K (R X + t).

    Args:
        intrinsics: K (3, 3), pixels.
        rotation: R (3, 3), world to camera.
        translation: t (3,), metres.

    Raises:
        InputError: the camera looks along the plane, so that it sees it as a line.
    """
    to_camera = np.column_stack([rotation[:, 0], rotation[:, 1], translation])
    return inverse(intrinsics @ to_camera)


def homography_of_projection(projection: F64) -> F64:
    """Image pixels to metres of the plane z = 0, of a 3x4 projection matrix."""
    if projection.shape != (3, 4):
        raise InputError(f"projection: expected 3x4 numbers, got {projection.shape}")
    return inverse(projection[:, [0, 1, 3]])


def parse_homography(text: str) -> F64:
    """The homography (3, 3) written in `text`.

    Nine numbers, in rows or not, apart by blanks, commas or semicolons; or, among other lines,
    `Homography matrix: a b c;d e f;g h i`. A line that begins with # is a comment.

    Raises:
        InputError: not nine numbers, or a singular matrix.

    >>> parse_homography("Homography matrix: 2 0 0;0 2 0;0 0 1").diagonal()
    array([2., 2., 1.])
    """
    labelled = LABEL.search(text)
    body = labelled["matrix"] if labelled else _without_comments(text.splitlines())
    words = re.split(r"[\s,;]+", body.strip(" \t\r\n[]"))
    try:
        numbers = [float(word) for word in words]
    except ValueError as error:
        raise InputError(f"homography: {error}. Expected three lines of three numbers") from error
    if len(numbers) != NUMBERS:
        raise InputError(
            f"homography: expected {NUMBERS} numbers (three lines of three), got {len(numbers)}"
        )
    return checked(np.array(numbers).reshape(3, 3))


def format_homography(homography: F64) -> str:
    """Three lines of three numbers, exact: `parse_homography` gives back the same bits."""
    return "".join(" ".join(map(repr, row)) + "\n" for row in checked(homography).tolist())


def _apply(homography: F64, points: F64 | F32) -> F64:
    mapped = points @ homography[:, :2].T + homography[:, 2]
    depth = mapped[:, 2:]
    flat = np.abs(depth) < TINY * np.abs(homography[2]).max()
    return np.asarray(
        np.divide(mapped[:, :2], depth, out=np.full((len(points), 2), np.nan), where=~flat)
    )


def _without_comments(lines: Sequence[str]) -> str:
    return "\n".join(line for line in lines if not line.lstrip().startswith("#"))
