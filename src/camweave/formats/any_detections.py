"""Detections of whoever found them: the kind of a file is told from how it begins."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from camweave.core.detections import DetectionLog
from camweave.core.errors import FileFormatError, InputError
from camweave.core.tracks import BoxTable
from camweave.formats.camera_name import checked_camera
from camweave.formats.coco import read_coco_detections
from camweave.formats.csv_detections import is_header, read_csv_detections
from camweave.formats.detections import UNNAMED, read_detections
from camweave.formats.kitti import is_kitti, read_kitti, read_kitti_detections
from camweave.formats.mot import read_mot, read_mot_detections
from camweave.formats.text import read_beginning

ZIP: Final = b"PK"  # what every .npz begins with
NPY: Final = b"\x93NUMPY"
ENOUGH: Final = 4096  # bytes
KINDS: Final = "a detections_raw.npz, MOTChallenge or KITTI text, a CSV table, or COCO results"


def load_detections(
    path: str | Path, *, camera: str | None = None, fps: float | None = None
) -> DetectionLog:
    """Detections of a `.npz`, MOTChallenge or KITTI text, a CSV table, or COCO results (JSON).

    Text may be gzipped. `camera` and `fps` speak where the file is silent.

    Raises:
        FileFormatError: none of them, or broken; the member, the line or the entry is named.
        InputError: `fps` is no frame rate.
    """
    if fps is not None and not 0 < fps < float("inf"):
        raise InputError(f"--fps: expected frames per second, more than 0, got {fps:g}")
    path = Path(path)
    start = read_beginning(path, ENOUGH)
    if start.startswith((ZIP, NPY)) or path.suffix == ".npz":
        return read_detections(path, camera=camera, fps=fps)
    name = checked_camera(camera or UNNAMED)
    return reader_of(path, start)(path, camera=name, fps=fps)


def reader_of(path: Path, start: bytes) -> Callable[..., DetectionLog]:
    """What reads a text that begins like this.

    Raises:
        FileFormatError: nothing does.
    """
    line = first_line(path, start)
    if line.startswith(("[", "{")):
        return read_coco_detections
    if is_kitti(line):
        return read_kitti_detections
    if is_header(line):
        return read_csv_detections
    return read_mot_detections


def first_line(path: Path, start: bytes) -> str:
    """The first line that says something; empty in an empty file."""
    if b"\0" in start:
        raise FileFormatError(f"{path}: not text; expected {KINDS}")
    lines = start.decode("utf-8-sig", "replace").splitlines()
    said = (line.strip() for line in lines)
    return next((line for line in said if line and not line.startswith("#")), "")


def read_boxes(path: Path) -> BoxTable:
    """Ground truth, or a result: MOTChallenge or KITTI text.

    Raises:
        FileFormatError: neither, or broken; the message begins with file:line.
    """
    line = first_line(path, read_beginning(path, ENOUGH))
    return read_kitti(path) if is_kitti(line) else read_mot(path)
