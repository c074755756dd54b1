"""KITTI tracking's vehicles: its text, and its regions in which nobody said what is there.

Counted are Car, Van and Truck, and fed are the detections labelled so. A result box that overlaps
no vehicle by half and lies with more than half of its area in one DontCare region (or matches a
Tram or Misc) is neither right nor wrong, and is taken out before scoring.
"""

from pathlib import Path

import numpy as np

from benchmarks.peers.exchange import Stream
from camweave.core.arrays import F32, Bool
from camweave.core.tracks import BoxTable
from camweave.evaluation.matching import best_pairs
from camweave.evaluation.overlap import overlaps
from camweave.evaluation.tables import box_table, rows_of

FPS = 10.0
VEHICLES = ("Car", "Van", "Truck")
UNSAID = ("DontCare", "Tram", "Misc")
FRAME, ID, KIND, BOX, SCORE = 0, 1, 2, slice(6, 10), 17
SAME_BOX = 0.5  # overlap from which a result box is the vehicle
INSIDE = 0.5  # share of a result box

Lines = list[list[str]]


def kitti_stream(path: Path) -> Stream:
    """The detections of vehicles; the first frame is 0."""
    lines = sorted(_lines(path, VEHICLES), key=lambda line: int(line[FRAME]))
    frame = np.array([int(line[FRAME]) for line in lines])
    frames = int(frame.max()) + 1
    score = np.array([line[SCORE] for line in lines], np.float32)
    offsets = np.searchsorted(frame, np.arange(frames + 1))
    return Stream(f"KITTI-{path.stem}", FPS, offsets, _boxes(lines), score, people=False)


def kitti_truth(path: Path) -> tuple[BoxTable, BoxTable]:
    """The vehicles, and what is unsaid."""
    vehicles, unsaid = _lines(path, VEHICLES), _lines(path, UNSAID)
    return _table(vehicles), _table(unsaid)


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


def _lines(path: Path, kinds: tuple[str, ...]) -> Lines:
    lines = [line.split() for line in path.read_text().splitlines()]
    return [line for line in lines if line[KIND] in kinds]


def _boxes(lines: Lines) -> F32:
    return np.array([line[BOX] for line in lines], np.float32).reshape(-1, 4)


def _table(lines: Lines) -> BoxTable:
    frame = [int(line[FRAME]) for line in lines]
    return box_table(frame, [int(line[ID]) for line in lines], _boxes(lines))
