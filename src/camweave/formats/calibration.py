"""Camera calibrations as others write them, recognised by what is in the file."""

from pathlib import Path
from typing import Final

from camweave.core.errors import FileFormatError, InputError
from camweave.formats.calibration_json import read_json
from camweave.formats.calibration_text import parse_text
from camweave.formats.calibration_units import Direction, Length
from camweave.formats.calibration_xml import read_xml
from camweave.formats.text import read_text
from camweave.ops.calibration import Calibration

MOST_BYTES: Final = 1 << 20
EXPECTED: Final = "a camera calibration: numbers, XML or JSON"


def read_calibration(
    path: Path,
    *,
    camera: str | None = None,
    direction: Direction = "auto",
    length: Length | None = None,
    plane: float = 0.0,
) -> Calibration:
    """The calibration of one camera, whatever of these the file is; `told` says what was taken.

    A 3x3 homography (numbers, or a `Homography matrix:` line), a 3x4 projection, KRTD (MEVA),
    Tsai's XML (PETS), OpenCV's XML of K, R and t (WILDTRACK: give `extrinsic/extr_NAME.xml`),
    JSON of any of them, and EPFL's `metainfo_homographies.json`.

    Args:
        path: the file.
        camera: which, where one file holds many: `laboratory/c0`.
        direction: of a homography. `auto`: a labelled one that is GPS to image is inverted.
        length: unit of a projection's lengths; None: the one that makes the camera's height
            plausible (Tsai: mm).
        plane: m, height of the ground in the file's coordinates.

    Raises:
        FileFormatError: missing, cut short, or none of these; one line.
    """
    text = read_text(path, EXPECTED, MOST_BYTES)
    start = text.lstrip()[:1]
    if not start:
        raise FileFormatError(f"{path}: empty. Expected {EXPECTED}")
    try:
        if start == "<":
            return read_xml(path, text, length=length, plane=plane)
        if start == "{":
            return read_json(
                path, text, camera=camera, direction=direction, length=length, plane=plane
            )
        return parse_text(str(path), text, direction=direction, length=length, plane=plane)
    except FileFormatError:
        raise
    except InputError as error:
        raise FileFormatError(f"{path}: {error}") from error
