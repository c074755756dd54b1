"""Boxes as arrays of (left, top, right, bottom) in px: overlap, conversion, suppression."""

import numpy as np

from camweave.core.arrays import F32, I32, I64, Bool

TWIN = 0.9  # two boxes this alike are one object, whatever their classes say
BLOCK = 256  # boxes compared at once: bounds the memory of `nms` in a crowd


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
    a_left, a_top, a_right, a_bottom = (a[:, k, None] for k in range(4))  # (N, 1) each
    b_left, b_top, b_right, b_bottom = (b[None, :, k] for k in range(4))  # (1, M) each
    zero = np.float32(0)
    shared: F32 = np.maximum(np.minimum(a_right, b_right) - np.maximum(a_left, b_left), zero)
    shared *= np.maximum(np.minimum(a_bottom, b_bottom) - np.maximum(a_top, b_top), zero)
    union = area(a)[:, None] + area(b)[None, :] - shared
    overlap: F32 = shared / np.maximum(union, np.finfo(np.float32).tiny)
    return overlap


def clip(xyxy: F32, width: float, height: float) -> F32:
    """The part of each box (N, 4) inside an image of this size: (N, 4)."""
    edge = np.array([width, height, width, height], np.float32)
    inside: F32 = np.minimum(np.maximum(xyxy, np.float32(0)), edge)
    return inside


def xywh_to_xyxy(xywh: F32) -> F32:
    """(left, top, width, height) to (left, top, right, bottom): (N, 4)."""
    return np.concatenate((xywh[:, :2], xywh[:, :2] + xywh[:, 2:]), axis=1)


def xyxy_to_xywh(xyxy: F32) -> F32:
    """(left, top, right, bottom) to (left, top, width, height): (N, 4)."""
    return np.concatenate((xyxy[:, :2], xyxy[:, 2:] - xyxy[:, :2]), axis=1)


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

    A box falls to a better one of its class that it overlaps by more than `iou_threshold`, and
    to a better one of any class by more than `twin`: one object that was given two names. At
    equal scores the earlier row is the better one.

    >>> boxes = np.float32([[0, 0, 10, 10], [0, 0, 10, 9.5], [1, 0, 11, 10]])
    >>> nms(boxes, np.float32([0.5, 0.9, 0.4]), np.int32([2, 7, 2]), 0.95).tolist()
    [1, 2]
    """
    order = np.argsort(-score, kind="stable").astype(np.int64)
    kept = order[:0]
    for start in range(0, len(order), BLOCK):
        fresh = order[start : start + BLOCK]
        if len(kept):
            fresh = fresh[~_falls(xyxy, class_id, (kept, fresh), (iou_threshold, twin)).any(axis=0)]
        beaten = _falls(xyxy, class_id, (fresh, fresh), (iou_threshold, twin))
        kept = np.concatenate((kept, fresh[_survivors(beaten)]))
    return kept


def _falls(xyxy: F32, class_id: I32, rows: tuple[I64, I64], limits: tuple[float, float]) -> Bool:
    """(K, L) whether each of the second rows falls where each of the first rows stands."""
    better, worse = rows
    same = class_id[better][:, None] == class_id[worse][None, :]
    limit = np.where(same, np.float32(min(limits)), np.float32(limits[1]))
    falls: Bool = iou(xyxy[better], xyxy[worse]) > limit
    return falls


def _survivors(beaten: Bool) -> I64:
    """Rows left when each standing row, in order, fells the later rows that it beats."""
    standing = np.ones(len(beaten), np.bool_)
    for row in np.flatnonzero(np.triu(beaten, 1).any(axis=1)).tolist():
        if standing[row]:
            standing[row + 1 :] &= ~beaten[row, row + 1 :]
    return np.flatnonzero(standing)
