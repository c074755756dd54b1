"""Detections made of the truth and some noise: a detector with known faults, without pixels."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F32, F64, I32, I64
from camweave.core.detections import DetectionLog
from camweave.core.frame import CameraId
from camweave.sources.synthetic.plan import CLASS_NAMES, CameraSpec
from camweave.sources.synthetic.truth import CameraTruth

ORACLE: Final = 5  # first word of its seed
FALSE_ALARM: Final = -1  # object id of a detection that is nobody
PERSON: Final = CLASS_NAMES.index("person")
SHAPES = np.array([(0.4, 1.0), (1.6, 1.0)])  # width and height of false alarms, by class 0 and 1


@dataclass(frozen=True, slots=True, kw_only=True)
class OracleParams:
    """How bad the detector is."""

    miss: float = 0.04  # share of objects in full view that are missed
    least_visibility: float = 0.15  # what is seen less of is never found
    least_side: float = 8.0  # px: what is smaller is never found
    jitter: float = 0.025  # standard deviation of an edge, share of the box's side
    false_alarms: float = 0.08  # in a frame, on average
    confusion: float = 0.03  # share of vehicles taken for another kind of vehicle
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """A detection log, and who each of its rows really is."""

    log: DetectionLog
    object_id: I64  # (N,) of the truth, or FALSE_ALARM


def record(
    truth: CameraTruth, times: F64, spec: CameraSpec, params: OracleParams | None = None
) -> Recording:
    """What a detector with these faults finds in frames stamped `times` (F,) s."""
    p = params or OracleParams()
    rng = np.random.default_rng([p.seed, ORACLE, *(ord(letter) for letter in spec.name)])
    rows = _found(truth, p, rng)
    side = (truth.xyxy[rows, 2:] - truth.xyxy[rows, :2]).astype(np.float64)
    seen = truth.visibility[rows].astype(np.float64)
    boxes = _boxes(truth, rows, side, rng.normal(0.0, p.jitter, (len(rows), 4)))
    small = np.clip(side.min(axis=1) / (4 * p.least_side), 0.0, 1.0)
    score = 0.18 + 0.52 * seen + 0.25 * small + rng.normal(0.0, 0.06, len(rows))
    ghosts = _ghosts(len(times), spec, p, rng)
    frame = np.concatenate([truth.frame[rows], ghosts[0]])
    order = np.lexsort([rng.random(len(frame)), frame])  # in a frame, no order tells who is who
    size = np.array([spec.width, spec.height] * 2)
    classes = _classes(truth.class_id[rows], p, rng)
    owner = np.concatenate([truth.object_id[rows], np.full(len(ghosts[0]), FALSE_ALARM)])
    log = DetectionLog(
        camera=CameraId(spec.name),
        fps=spec.fps,
        width=spec.width,
        height=spec.height,
        frame_times=np.asarray(times, np.float64),
        frame=frame[order],
        xyxy=np.concatenate([boxes, ghosts[1]]).clip(0, size).astype(np.float32)[order],
        score=np.concatenate([score, ghosts[2]]).clip(0.05, 0.99).astype(np.float32)[order],
        class_id=np.concatenate([classes, ghosts[3]])[order],
        class_names=CLASS_NAMES,
    )
    return Recording(log, owner[order])


def _found(truth: CameraTruth, p: OracleParams, rng: np.random.Generator) -> I64:
    """Rows of the truth that are detected: the less is seen, the less likely."""
    side = (truth.xyxy[:, 2:] - truth.xyxy[:, :2]).min(axis=1)
    clear = np.clip((truth.visibility - p.least_visibility) / 0.35, 0.0, 1.0)
    chance = (1 - p.miss) * np.sqrt(clear) * np.clip(side / p.least_side - 0.5, 0.0, 1.0)
    return np.flatnonzero(rng.random(len(truth)) < chance).astype(np.int64)


def _boxes(truth: CameraTruth, rows: I64, side: F64, noise: F64) -> F64:
    """Boxes that lean to what is seen, each edge a little off, left before right."""
    hidden = (1 - truth.visibility[rows, None].astype(np.float64)) * 0.6
    whole, visible = truth.xyxy[rows].astype(np.float64), truth.visible[rows]
    boxes = whole + (visible - whole) * hidden + noise * np.tile(side, 2)
    low, high = boxes[:, :2], boxes[:, 2:]
    return np.concatenate([np.minimum(low, high - 1.0), np.maximum(high, low + 1.0)], axis=1)


def _classes(class_id: I32, p: OracleParams, rng: np.random.Generator) -> I32:
    vehicles = [number for number in range(len(CLASS_NAMES)) if number != PERSON]
    other = rng.choice(np.array(vehicles, np.int32), len(class_id))
    wrong = (rng.random(len(class_id)) < p.confusion) & (class_id != PERSON)
    return np.where(wrong, other, class_id).astype(np.int32)


def _ghosts(
    frames: int, spec: CameraSpec, p: OracleParams, rng: np.random.Generator
) -> tuple[I64, F64, F32, I32]:
    """False alarms: frame, box, score and class of each."""
    frame = np.repeat(np.arange(frames), rng.poisson(p.false_alarms, frames)).astype(np.int64)
    count = len(frame)
    class_id = rng.integers(0, len(SHAPES), count).astype(np.int32)
    tall = spec.height * (0.05 + 0.2 * rng.random((count, 1)))
    side = SHAPES[class_id] * tall
    corner = rng.random((count, 2)) * (np.array([spec.width, spec.height]) - side)
    boxes = np.concatenate([corner, corner + side], axis=1)
    return frame, boxes, (0.06 + 0.5 * rng.random(count) ** 2).astype(np.float32), class_id
