"""Calibrations in XML: Tsai's (PETS), and OpenCV's files of K, R and t (WILDTRACK)."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as Xml

import cv2
import numpy as np

from camweave.core.arrays import F64
from camweave.core.errors import FileFormatError
from camweave.formats.calibration_text import of_camera
from camweave.formats.calibration_units import Length, numbers_of, of_projection
from camweave.formats.text import read_text
from camweave.ops.calibration import Calibration
from camweave.ops.lenses import TsaiLens

MOST_BYTES: Final = 1 << 20
EXPECTED: Final = "a calibration in XML"
GEOMETRY: Final = ("dpx", "dpy")
INTRINSIC: Final = ("focal", "kappa1", "cx", "cy", "sx")
EXTRINSIC: Final = ("tx", "ty", "tz", "rx", "ry", "rz")
INTRINSICS: Final = ("camera_matrix", "K", "intrinsic", "cameraMatrix")
LENS: Final = ("distortion_coefficients", "dist", "distCoeffs", "D")
TURN: Final = ("rvec", "rotation", "R")
SHIFT: Final = ("tvec", "translation", "T", "t")
FOLDERS: Final = ("intrinsic_zero", "intrinsic_original", "intrinsic", "intrinsics")


def read_xml(path: Path, text: str, *, length: Length | None, plane: float) -> Calibration:
    """The calibration in an XML text that was read from `path`.

    Raises:
        FileFormatError: not XML, cut short, or without what a camera needs; the message says what.
    """
    root = _root(path, text)
    if root.find(".//Extrinsic") is not None or root.find(".//Intrinsic") is not None:
        return _tsai(path, root, length, plane)
    found = {node.tag: _numbers(path, node) for node in root}
    if _first(found, SHIFT) is None and _first(found, INTRINSICS) is None:
        raise FileFormatError(
            f"{path}: neither Tsai's Geometry, Intrinsic and Extrinsic nor OpenCV's camera_matrix, "
            "rvec and tvec are in it"
        )
    beside = ""
    if _first(found, INTRINSICS) is None:
        partner = _partner(path)
        beside = f" with {partner.parent.name}/{partner.name}"
        inner = _root(partner, read_text(partner, EXPECTED, MOST_BYTES))
        found |= {node.tag: _numbers(partner, node) for node in inner}
    return of_found(str(path), found, length=length, plane=plane, told=f"OpenCV's K, R, t{beside}")


def of_found(
    where: str, found: Mapping[str, F64], *, length: Length | None, plane: float, told: str
) -> Calibration:
    """The calibration of a camera's parts, flat, under any of their usual names.

    Raises:
        FileFormatError: one is missing, or has another count of numbers.
    """
    k = _needed(where, found, INTRINSICS, (9,))
    turn = _needed(where, found, TURN, (3, 9))
    shift = _needed(where, found, SHIFT, (3,))
    if turn.size != k.size:
        turn = np.asarray(cv2.Rodrigues(turn)[0], np.float64).ravel()
    bent = _first(found, LENS)
    lens = np.zeros(0) if bent is None else bent
    return of_camera(where, (k, turn, shift, lens), length=length, plane=plane, told=told)


def _partner(path: Path) -> Path:
    """The intrinsics that belong to `extrinsic/extr_NAME.xml`, as WILDTRACK's folders lie.

    `intrinsic_zero` is of pictures already straightened, which is how they are published.
    """
    name = path.name.replace("extr_", "intr_")
    places = [path.parent.parent / folder / name for folder in FOLDERS]
    for place in places:
        if place != path and place.is_file():
            return place
    raise FileFormatError(
        f"{path}: R and t without K, and no {FOLDERS[0]}/{name} beside its folder. Put K there, "
        "or camera_matrix into this file"
    )


def _tsai(path: Path, root: Xml.Element, length: Length | None, plane: float) -> Calibration:
    dpx, dpy = _attributes(path, root, "Geometry", GEOMETRY)
    focal, kappa, cx, cy, sx = _attributes(path, root, "Intrinsic", INTRINSIC)
    tx, ty, tz, rx, ry, rz = _attributes(path, root, "Extrinsic", EXTRINSIC)
    if min(abs(dpx), abs(dpy), abs(sx), abs(focal)) == 0:
        raise FileFormatError(f"{path}: focal, sx, dpx and dpy must not be 0")
    pitch = np.array([dpx / sx, dpy])
    k = np.array([[focal / pitch[0], 0, cx], [0, focal / pitch[1], cy], [0, 0, 1]])
    outer = np.column_stack([_turn(rx, ry, rz), [tx, ty, tz]])
    lens = TsaiLens(np.array([cx, cy]), pitch, kappa) if kappa else None
    return of_projection(k @ outer, lens, length=length or "mm", plane=plane, told="Tsai's XML")


def _turn(rx: float, ry: float, rz: float) -> F64:
    """Tsai's rotation: about x first, then y, then z; radians."""
    (sx, sy, sz), (cx, cy, cz) = np.sin([rx, ry, rz]), np.cos([rx, ry, rz])
    about_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    return np.asarray(about_z @ about_y @ about_x)


def _attributes(path: Path, root: Xml.Element, name: str, wanted: tuple[str, ...]) -> list[float]:
    node = root.find(f".//{name}")
    if node is None:
        raise FileFormatError(f"{path}: no {name} in it. Expected Tsai's XML, whole")
    missing = [key for key in wanted if key not in node.attrib]
    if missing:
        raise FileFormatError(f"{path}: {name} lacks {missing[0]}. Expected {', '.join(wanted)}")
    found = numbers_of([node.attrib[key] for key in wanted], f"{path}: {name}")
    return [float(number) for number in found]


def _numbers(path: Path, node: Xml.Element) -> F64:
    data = node.find("data")
    text = (node if data is None else data).text or ""
    words = [word for word in re.split(r"[\s,]+", text) if word]
    try:
        return numbers_of(words, f"{path}: {node.tag}")
    except FileFormatError:
        if node.tag in (*INTRINSICS, *LENS, *TURN, *SHIFT):
            raise
        return np.zeros(0)


def _first(found: Mapping[str, F64], names: tuple[str, ...]) -> F64 | None:
    return next((found[name] for name in names if name in found), None)


def _needed(
    where: str, found: Mapping[str, F64], names: tuple[str, ...], counts: tuple[int, ...]
) -> F64:
    value = _first(found, names)
    if value is None:
        raise FileFormatError(f"{where}: no {names[0]} in it. Expected K, R and t of a camera")
    if value.size not in counts:
        expected = " or ".join(map(str, counts))
        raise FileFormatError(f"{where}: {names[0]}: expected {expected} numbers, got {value.size}")
    return value.ravel()


def _root(path: Path, text: str) -> Xml.Element:
    # Nothing a parser could be led astray by is let through: no document type, no entities.
    if "<!" in re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL):
        raise FileFormatError(f"{path}: has a document type or entities; refused")
    try:
        return Xml.fromstring(text)  # noqa: S314 - no entities can be in it, and it is small
    except Xml.ParseError as error:
        raise FileFormatError(f"{path}: no whole XML ({error}). Is it cut short?") from error
