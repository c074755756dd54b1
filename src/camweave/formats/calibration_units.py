"""What a calibration file leaves unsaid: its unit, and which way its homography goes."""

from typing import Final, Literal

import numpy as np

from camweave.core.arrays import F64
from camweave.core.errors import FileFormatError, InputError
from camweave.ops.calibration import Calibration, Unit
from camweave.ops.ground import checked, homography_of_projection, inverse, to_ground
from camweave.ops.lenses import Lens

Length = Literal["m", "cm", "mm"]
Direction = Literal["auto", "to_ground", "to_image"]
METRES: Final[dict[str, float]] = {"m": 1.0, "cm": 0.01, "mm": 0.001}
HIGHEST: Final = 60.0  # a camera hangs no more than so many metres above the ground
HIGHEST_CM: Final = 1000.0  # and where lengths are not metres, up to 10 m are told in cm
FINEST, COARSEST = 1e-9, 1e-4  # degrees that a pixel spans: 0.1 mm to 10 m
POLE, DATE_LINE = 90.0, 180.0  # degrees
SPOTS: Final = np.array(
    [[320.0, 400], [160, 300], [640, 400], [960, 540], [960, 900], [1600, 1000]]
)  # px, in the lower half of usual pictures


def of_projection(
    projection: F64, lens: Lens | None, *, length: Length | None, plane: float, told: str
) -> Calibration:
    """The calibration of x ~ P X over the plane z = `plane` m.

    Without `length`, lengths are metres if the camera is then at most 60 m above z = 0; else
    centimetres up to 1000 of them, and beyond that millimetres.

    Raises:
        InputError: P is not finite or singular, or the camera lies in the plane.
    """
    matrix = np.array(projection, np.float64)
    if matrix.shape != (3, 4) or not np.isfinite(matrix).all():
        raise InputError("projection: expected 3x4 finite numbers. Check the calibration")
    if np.linalg.matrix_rank(matrix[:, :3]) < len(matrix):
        raise InputError("projection: singular, it belongs to no camera. Check the calibration")
    matrix *= np.sign(np.linalg.det(matrix[:, :3]))  # in front of the camera is then positive
    height = abs(float(np.linalg.solve(matrix[:, :3], -matrix[:, 3])[2]))
    taken = length or length_of(height)
    matrix[:, :3] /= METRES[taken]  # now of metres
    matrix[:, 3] += plane * matrix[:, 2]
    note = f"{told}, lengths in {taken}" + ("" if length else f" (camera {height:.4g} high)")
    return Calibration(homography_of_projection(matrix), lens, "m", note)


def length_of(height: float) -> Length:
    """The unit in which a camera may be so high above the ground."""
    if height <= HIGHEST:
        return "m"
    return "cm" if height <= HIGHEST_CM else "mm"


def of_homography(matrix: F64, direction: Direction, told: str) -> Calibration:
    """The calibration of a 3x3 matrix, whichever way it goes.

    `auto` holds both ways against what a pixel can span on the ground. 1e-9 to 1e-4 units and
    places within 90 and 180 are degrees of latitude and longitude. Where the inverse gives
    degrees, the matrix takes places to the image, as AI City's do; everything else is taken as
    it stands, image to ground.

    Raises:
        InputError: it is singular or not finite.
    """
    checked(matrix)
    if direction == "auto":
        direction = "to_image" if gives_degrees(inverse(matrix)) else "to_ground"
    way = matrix if direction == "to_ground" else inverse(matrix)
    unit: Unit = "degree" if gives_degrees(way) else "m"
    as_is = "image to ground" if direction == "to_ground" else "ground to image, inverted here"
    places = "latitude and longitude" if unit == "degree" else "metres"
    return Calibration(way, None, unit, f"{told}: {as_is}; {places}").facing(SPOTS)


def gives_degrees(homography: F64) -> bool:
    """Whether image points fall on latitudes and longitudes that one camera can see."""
    steps = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    places = to_ground(homography, (SPOTS[:, None] + steps).reshape(-1, 2)).reshape(-1, 3, 2)
    a, b = places[:, 1] - places[:, 0], places[:, 2] - places[:, 0]
    span = np.sqrt(np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]))
    on_earth = (np.abs(places[:, 0, 0]) <= POLE) & (np.abs(places[:, 0, 1]) <= DATE_LINE)
    usual = (span >= FINEST) & (span <= COARSEST) & on_earth
    return bool(usual.sum() * 2 > len(SPOTS))


def numbers_of(words: list[str], where: str) -> F64:
    """Words as finite numbers.

    Raises:
        FileFormatError: one is none; the message names it.
    """
    try:
        found = np.array([float(word) for word in words])
    except ValueError as error:
        raise FileFormatError(f"{where}: {error}. Expected numbers") from error
    if not np.isfinite(found).all():
        raise FileFormatError(f"{where}: expected finite numbers, found nan or inf")
    return found
