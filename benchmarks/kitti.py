"""KITTI tracking's vehicles: its text, and its regions in which nobody said what is there.

Counted are Car, Van and Truck, and fed are the detections labelled so. A result box that overlaps
no vehicle by half and lies with more than half of its area in one DontCare region (or matches a
Tram or Misc) is neither right nor wrong, and is taken out before scoring.
"""

from pathlib import Path

import numpy as np

from benchmarks.peers.exchange import Stream
from camweave.core.arrays import I32, Bool
from camweave.core.frame import CameraId
from camweave.core.tracks import BoxTable
from camweave.evaluation.matching import best_pairs
from camweave.evaluation.overlap import overlaps
from camweave.evaluation.tables import rows_of
from camweave.formats.kitti import (
    CLASSES,
    NO_CLASS,
    UNLABELLED,
    read_kitti,
    read_kitti_detections,
)

FPS = 10.0
VEHICLES = ("car", "van", "truck")
UNSAID = (UNLABELLED, "tram", "misc")
SAME_BOX = 0.5  # overlap from which a result box is the vehicle
INSIDE = 0.5  # share of a result box


def kitti_stream(path: Path) -> Stream:
    """The detections of vehicles; the first frame is 0."""
    log = read_kitti_detections(path, camera=CameraId(path.stem), fps=FPS)
    rows = _are(log.class_id, VEHICLES)
    frame = log.frame[rows]
    offsets = np.searchsorted(frame, np.arange(int(frame.max()) + 2))
    name = f"KITTI-{path.stem}"
    return Stream(name, FPS, offsets, log.xyxy[rows], log.score[rows], people=False)


def kitti_truth(path: Path) -> tuple[BoxTable, BoxTable]:
    """The vehicles, and what is unsaid."""
    truth = read_kitti(path)
    vehicles = _are(truth.class_id, VEHICLES)
    return rows_of(truth, vehicles), rows_of(truth, _are(truth.class_id, UNSAID))


def said(result: BoxTable, truth: BoxTable, unsaid: BoxTable) -> BoxTable:
    """The result without the boxes that are neither right nor wrong."""
    return rows_of(result, _is_vehicle(result, truth) | ~_lies_in(result, unsaid))


def _is_vehicle(result: BoxTable, truth: BoxTable) -> Bool:
    every = overlaps(truth, result)
    close = every.where(every.overlap >= SAME_BOX)
    found = np.zeros(len(result), np.bool_)
    found[close.result_row[best_pairs(close, close.overlap)]] = True
    return found


def _lies_in(result: BoxTable, unsaid: BoxTable) -> Bool:
    inside = np.zeros(len(result), np.bool_)
    for frame in np.unique(unsaid.frame):
        rows = np.flatnonzero(result.frame == frame)
        boxes, regions = result.xyxy[rows], unsaid.xyxy[unsaid.frame == frame]
        near = np.maximum(boxes[:, None, :2], regions[None, :, :2])
        far = np.minimum(boxes[:, None, 2:], regions[None, :, 2:])
        shared = np.maximum(far - near, 0).prod(axis=2)
        area = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
        inside[rows] = (shared > INSIDE * area[:, None]).any(axis=1)
    return inside


def _are(class_id: I32, kinds: tuple[str, ...]) -> Bool:
    """(K,) who is of one of these kinds; what has no class lies in a region without labels."""
    named = dict(enumerate(CLASSES)) | {NO_CLASS: UNLABELLED}
    return np.array([named.get(number) in kinds for number in class_id.tolist()], np.bool_)
