"""Public scenes with overlapping calibrated views: truth boxes without their ids, and the truth."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from camweave.core.arrays import F32, F64, I64
from camweave.core.detections import DetectionLog
from camweave.core.frame import CameraId
from camweave.core.tracks import BoxTable
from camweave.formats.calibration import read_calibration
from camweave.ops.calibration import Calibration

PETS_VIEWS = (1, 5, 6, 7, 8)
PETS_SIZE = {1: (768, 576)}
WILDTRACK_VIEWS = ("CVLab1", "CVLab2", "CVLab3", "CVLab4", "IDIAP1", "IDIAP2", "IDIAP3")
CMC_SIZE = (1920, 1024)
EPFL_SIZE = (360, 288)
PERSON = 1
LOST = 6  # column


@dataclass(frozen=True)
class Scene:
    """A site: what is fed, and what is true."""

    name: str
    logs: Mapping[CameraId, DetectionLog]
    maps: Mapping[CameraId, Calibration]
    truth: Mapping[CameraId, BoxTable]


def scenes(data: Path) -> list[Scene]:
    """Those with boxes of truth."""
    return [pets(data / "mtmc"), wildtrack(data / "mtmc"), laboratory(data / "mtmc")]


def pets(folder: Path) -> Scene:
    """PETS09-S2L1, five views, 7 frames a second."""
    home, parts = folder / "PETS09-S2L1", []
    for view in PETS_VIEWS:
        name = f"View_00{view}"
        frame, who, boxes = _vatic(home / f"gt_{name}.txt")
        size = PETS_SIZE.get(view, (720, 576))
        made = _camera(name, (frame, who, boxes), fps=7.0, size=size, frames=795)
        parts.append((*made, read_calibration(home / "calibration_tsai" / f"{name}.xml")))
    return _scene("PETS09-S2L1, 5 views, 7 fps", parts)


def wildtrack(folder: Path) -> Scene:
    """WILDTRACK's first 200 frames, seven views, 2 frames a second."""
    home, parts = folder / "WILDTRACK", []
    with gzip.open(home / "wildtrack_boxes_world_0000-0995.csv.gz", "rt") as text:
        rows = np.loadtxt(text, delimiter=",", skiprows=1)
    for at, name in enumerate(WILDTRACK_VIEWS):
        mine = rows[rows[:, 1] == at]
        seen = (mine[:, 0] // 5, mine[:, 2], mine[:, 3:7])
        made = _camera(name, seen, fps=2.0, size=(1920, 1080), frames=200)
        path = home / "calibrations" / "extrinsic" / f"extr_{name}.xml"
        parts.append((*made, read_calibration(path)))
    return _scene("WILDTRACK, first 200 frames, 7 views, 2 fps", parts)


def laboratory(folder: Path) -> Scene:
    """EPFL's laboratory, four views, 25 frames a second."""
    home, parts = folder / "EPFL", []
    for view in range(4):
        seen = _vatic(home / "laboratory" / f"gt_c{view}.txt")
        made = _camera(f"c{view}", seen, fps=25.0, size=EPFL_SIZE, frames=2955)
        path = home / "metainfo_homographies.json"
        parts.append((*made, read_calibration(path, camera=f"laboratory/c{view}")))
    return _scene("EPFL laboratory, 4 views, 25 fps", parts)


def cmc(folder: Path) -> tuple[Scene, F64]:
    """CMC1 with its Faster R-CNN boxes of people, and the truth (K, 4): frame, id, x, y m."""
    home, parts = folder / "CMC", []
    for view in range(1, 5):
        rows = np.loadtxt(home / "det_frcnn" / f"CMC1_Cam{view}.csv", delimiter=",")
        rows = rows[rows[:, 1] == PERSON]
        boxes = rows[:, [3, 2, 5, 4]] * np.tile(CMC_SIZE, 2)
        seen = (rows[:, 0] - 1, np.zeros(len(rows)), boxes)
        made = _camera(f"cam{view}", seen, fps=4.0, size=CMC_SIZE, frames=261, score=rows[:, 6])
        parts.append((*made, read_calibration(home / f"cam{view}_P_3x4.txt")))
    truth = np.loadtxt(home / "CMC1_gt_world_centroid.txt")[:, [0, 1, 7, 8]]
    return _scene("CMC1", parts), truth - [1, 0, 0, 0]


def _vatic(path: Path) -> tuple[F64, F64, F64]:
    rows = np.loadtxt(path, delimiter=",")
    rows = rows[rows[:, LOST] == 0]
    return rows[:, 0], rows[:, 1], np.hstack([rows[:, 2:4], rows[:, 2:4] + rows[:, 4:6]])


def _camera(
    name: str,
    seen: tuple[F64, F64, F64],
    *,
    fps: float,
    size: tuple[int, int],
    frames: int,
    score: F64 | None = None,
) -> tuple[DetectionLog, BoxTable]:
    """A log without ids, and the same boxes with them, in one order that tells no ids."""
    count = len(seen[0])
    order = np.lexsort([np.random.default_rng(1).random(count), seen[0]])
    frame: I64 = seen[0][order].astype(np.int64)
    boxes: F32 = seen[2][order].astype(np.float32)
    sure = (np.ones(count) if score is None else score[order]).astype(np.float32)
    log = DetectionLog(
        camera=CameraId(name),
        fps=fps,
        width=size[0],
        height=size[1],
        frame_times=np.arange(frames) / fps,
        frame=frame,
        xyxy=boxes,
        score=sure,
        class_id=np.zeros(count, np.int32),
    )
    who = seen[1][order].astype(np.int64)
    ones = np.ones(count, np.float32)
    return log, BoxTable(frame, who, boxes, ones, np.full(count, -1, np.int32), ones)


def _scene(name: str, parts: list[tuple[DetectionLog, BoxTable, Calibration]]) -> Scene:
    return Scene(
        name,
        {log.camera: log for log, _, _ in parts},
        {log.camera: calibration for log, _, calibration in parts},
        {log.camera: truth for log, truth, _ in parts},
    )
