"""Calibrations in JSON: a homography, a projection or K, R and t; and EPFL's list of scenes."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from camweave.core.arrays import F64
from camweave.core.errors import FileFormatError
from camweave.core.nearest import did_you_mean
from camweave.formats.calibration_units import Direction, Length, of_homography, of_projection
from camweave.formats.calibration_xml import INTRINSICS, LENS, SHIFT, TURN, of_found
from camweave.ops.calibration import Calibration

HOMOGRAPHY: Final = ("homography", "H", "homography_matrix", "homography matrix")
PROJECTION: Final = ("projection", "P", "projection_matrix", "camera projection matrix")


def read_json(
    path: Path,
    text: str,
    *,
    camera: str | None,
    direction: Direction,
    length: Length | None,
    plane: float,
) -> Calibration:
    """The calibration in a JSON text that was read from `path`.

    Of EPFL's `metainfo_homographies.json`, `camera` picks one: `laboratory/c0`, `laboratory/0`.

    Raises:
        FileFormatError: not JSON, no such camera, or none of the forms known.
    """
    content = _content(path, text)
    if _is_epfl(content):
        return _epfl(path, content, camera)
    chosen = content.get(camera, content) if camera else content
    parts = chosen if isinstance(chosen, Mapping) else content
    for name in HOMOGRAPHY:
        if name in parts:
            matrix = _matrix(path, name, parts[name], (3, 3))
            return of_homography(matrix, direction, f"JSON {name}")
    for name in PROJECTION:
        if name in parts:
            matrix = _matrix(path, name, parts[name], (3, 4))
            told = f"JSON {name}"
            return of_projection(matrix, None, length=length, plane=plane, told=told)
    names = (*INTRINSICS, *LENS, *TURN, *SHIFT)
    found = {name: _flat(path, name, parts[name]) for name in names if name in parts}
    if not found:
        raise FileFormatError(
            f"{path}: no homography, projection or K, R, t in it"
            + ("" if camera is None else f", nor a camera {camera!r}")
        )
    return of_found(str(path), found, length=length, plane=plane, told="JSON K, R, t")


def _content(path: Path, text: str) -> Mapping[str, Any]:
    try:
        content: Any = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise FileFormatError(f"{path}: no whole JSON ({error}). Is it cut short?") from error
    if not isinstance(content, Mapping):
        raise FileFormatError(f"{path}: expected a JSON object with homography or K, R, t")
    return content


def _is_epfl(content: Mapping[str, Any]) -> bool:
    return any(
        isinstance(scene, Mapping)
        and isinstance(scene.get("homography"), list)
        and "cam_nbr" in scene
        for scene in content.values()
    )


def _epfl(path: Path, content: Mapping[str, Any], camera: str | None) -> Calibration:
    scene, _, which = (camera or "").rpartition("/")
    if scene not in content:
        names = [name for name, has in content.items() if isinstance(has, Mapping)]
        near = did_you_mean(scene, names)
        raise FileFormatError(
            f"{path}: which camera? Say it as SCENE/c0; scenes: {', '.join(names)}{near}"
        )
    matrices = content[scene].get("homography", [])
    digits = which.lower().removeprefix("cam").removeprefix("c")
    if not digits.isdecimal() or int(digits) >= len(matrices):
        raise FileFormatError(
            f"{path}: {scene} has cameras c0 to c{len(matrices) - 1}, not {which!r}"
        )
    matrix = _matrix(path, f"{scene} {which}", matrices[int(digits)], (3, 3))
    made = of_homography(matrix, "to_ground", f"EPFL {scene} c{digits}")
    return Calibration(made.homography, None, "unknown", f"EPFL {scene} c{digits}: a grid's steps")


def _matrix(path: Path, name: str, value: object, shape: tuple[int, int]) -> F64:
    flat = _flat(path, name, value)
    if flat.size != shape[0] * shape[1]:
        raise FileFormatError(f"{path}: {name}: expected {shape[0]}x{shape[1]}, got {flat.size}")
    return flat.reshape(shape)


def _flat(path: Path, name: str, value: object) -> F64:
    try:
        flat = np.asarray(value, np.float64).ravel()
    except (TypeError, ValueError) as error:
        raise FileFormatError(f"{path}: {name}: expected a matrix of numbers") from error
    if not np.isfinite(flat).all():
        raise FileFormatError(f"{path}: {name}: expected finite numbers")
    return flat
