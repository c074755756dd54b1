"""Boxes as arrays of (left, top, right, bottom) in px: overlap, conversion, suppression."""

from collections.abc import Sequence

import cv2
import numpy as np

from camweave.core.arrays import F32, F64, I32, I64

TWIN = 0.9  # two boxes this alike are one object, whatever their classes say


def area(xyxy: F32) -> F32:
    """Size of each box (N, 4) in px²: (N,); an inside-out box has none.

    >>> area(np.float32([[0, 0, 4, 2], [3, 3, 1, 5]]))
    array([8., 0.], dtype=float32)
    """
    side = np.maximum(xyxy[:, 2:] - xyxy[:, :2], np.float32(0))
    size: F32 = side[:, 0] * side[:, 1]
    return size


def iou(a: F32, b: F32) -> F32:
    """Overlap of each box in `a` (N, 4) with each in `b` (M, 4): (N, M), 0 to 1.

    >>> iou(np.float32([[0, 0, 2, 2]]), np.float32([[1, 0, 3, 2], [5, 5, 6, 6]])).round(2)
    array([[0.33, 0.  ]], dtype=float32)
    """
    near, far = a.T[:, :, None], b.T[:, None, :]  # (4, N, 1) and (4, 1, M): few, wide steps
    side = np.minimum(near[2:], far[2:]) - np.maximum(near[:2], far[:2])
    np.maximum(side, 0, out=side)
    shared: F32 = side[0] * side[1]
    union = area(a)[:, None] + area(b) - shared
    overlap: F32 = shared / np.maximum(union, np.finfo(np.float32).tiny)
    return overlap


def clip(xyxy: F32, width: float, height: float) -> F32:
    """The part of each box (N, 4) inside an image of this size: (N, 4)."""
    edge = np.array([width, height, width, height], np.float32)
    inside: F32 = np.minimum(np.maximum(xyxy, np.float32(0)), edge)
    return inside


def cxcywh_to_xyxy(cxcywh: F32) -> F32:
    """(centre x, centre y, width, height) to (left, top, right, bottom): (N, 4)."""
    half = cxcywh[:, 2:] * np.float32(0.5)
    return np.concatenate((cxcywh[:, :2] - half, cxcywh[:, :2] + half), axis=1)


def foot_point(xyxy: F32) -> F32:
    """Bottom centre of each box (N, 4), where an upright object meets the ground: (N, 2).

    >>> foot_point(np.float32([[10, 0, 20, 40]]))
    array([[15., 40.]], dtype=float32)
    """
    foot: F32 = np.stack(((xyxy[:, 0] + xyxy[:, 2]) * np.float32(0.5), xyxy[:, 3]), axis=1)
    return foot


def nms(xyxy: F32, score: F32, class_id: I32, iou_threshold: float, *, twin: float = TWIN) -> I64:
    """Rows that survive greedy non-maximum suppression, best score first: (K,) of N.

    First a box falls to a better one of its class that it overlaps by more than `iou_threshold`;
    then, among those left, to a better one of any class by more than `twin`: one object that was
    given two names. At equal scores the earlier row is the better one. A box without an inside
    or without a score above 0 never survives.

    >>> boxes = np.float32([[0, 0, 10, 10], [0, 0, 10, 9.5], [1, 0, 11, 10]])
    >>> nms(boxes, np.float32([0.5, 0.9, 0.4]), np.int32([2, 7, 2]), 0.95).tolist()
    [1, 2]
    """
    xywh = xyxy.astype(np.float64)
    xywh[:, 2:] -= xywh[:, :2]
    rows = np.flatnonzero((xywh[:, 2:] > 0).all(axis=1))
    if len(rows) < len(xywh):
        xywh, score, class_id = xywh[rows], score[rows], class_id[rows]
    if not (class_id != class_id[:1]).any():  # the usual case, at half the cost
        return rows[_greedy(xywh, score, min(iou_threshold, twin))]
    # OpenCV moves each class to a plane of its own by adding to x and y, which must not be below 0.
    xywh[:, :2] -= xywh[:, :2].min()
    alone = _rows(cv2.dnn.NMSBoxesBatched(xywh, score, class_id, 0.0, iou_threshold))  # type: ignore[arg-type]  # arrays are sequences to it
    return rows[alone[_greedy(xywh[alone], score[alone], twin)]]


def _greedy(xywh: F64, score: F32, limit: float) -> I64:
    return _rows(cv2.dnn.NMSBoxes(xywh, score, 0.0, limit))  # type: ignore[arg-type]  # arrays are sequences to it


def _rows(found: Sequence[int]) -> I64:
    """OpenCV's rows, which are a tuple where there are none."""
    return np.asarray(found, np.int64).reshape(-1)
