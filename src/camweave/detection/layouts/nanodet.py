"""NanoDet and NanoDet-Plus: classes, and each side of the box as a distribution."""

import re

import numpy as np

from camweave.core.arrays import F32
from camweave.detection.layouts.layout import (
    Candidates,
    Family,
    Layout,
    Outputs,
    Preprocessing,
    Seen,
    best_class,
    float32,
    grid,
    require,
)

NANODET_INPUT = Preprocessing(
    placement="centre", rgb=False, mean=(103.53, 116.28, 123.675), std=(57.375, 57.12, 58.395)
)
SIDES = 4
PLUS_BINS = 8  # of each side's distribution, where one output holds all
PLUS_STRIDES = (8, 16, 32, 64)


def decode_nanodet(scores: F32, sides: F32, cells: tuple[F32, F32], least: float) -> Candidates:
    """Class scores (n, C), side logits (n, 4 x bins), cells: centres (n, 2) px, strides (n, 1) px.

    The distance to a side is the mean of its distribution, in strides: the integral of
    https://arxiv.org/abs/2006.04388.
    """
    centre, stride = cells
    rows, score, class_id = best_class(scores, least)
    logits = sides[rows].reshape(len(rows), SIDES, sides.shape[1] // SIDES)
    share = np.exp(logits - logits.max(axis=2, keepdims=True))
    bins = np.arange(share.shape[2], dtype=np.float32)
    distance = (share @ bins) / share.sum(axis=2) * stride[rows]  # (k, 4)
    corners = (centre[rows] - distance[:, :2], centre[rows] + distance[:, 2:])
    return Candidates(np.concatenate(corners, axis=1), score, class_id)


def _strides(seen: Seen) -> tuple[int, ...]:
    """Strides of the class outputs that have a side output beside them."""
    matches = (re.fullmatch(r"cls_pred_stride_(\d+)", name) for name in seen.outputs)
    strides = sorted(int(match[1]) for match in matches if match)
    return tuple(s for s in strides if f"dis_pred_stride_{s}" in seen.outputs)


def _tell(seen: Seen) -> str | None:
    strides = _strides(seen)
    return f"outputs cls_pred_stride and dis_pred_stride {strides}" if strides else None


def _build(seen: Seen, why: str) -> Layout:
    strides = _strides(seen)
    require(seen, "nanodet", "cls_pred_stride_N and dis_pred_stride_N", holds=bool(strides))
    corner, stride = grid(seen.width, seen.height, strides)
    centre = (corner + np.float32(0.5)) * stride
    first = [0, *np.cumsum([seen.cells(s) for s in strides]).tolist()]

    def decode(outputs: Outputs, image: int, least: float) -> Candidates:
        parts = []
        for begin, end, s in zip(first, first[1:], strides, strict=False):
            scores = float32(outputs[f"cls_pred_stride_{s}"][image])
            sides = float32(outputs[f"dis_pred_stride_{s}"][image])
            cells = centre[begin:end], stride[begin:end]
            parts.append(decode_nanodet(scores, sides, cells, least))
        return Candidates(
            np.concatenate([part.xyxy for part in parts]),
            np.concatenate([part.score for part in parts]),
            np.concatenate([part.class_id for part in parts]),
        )

    classes = seen.outputs[f"cls_pred_stride_{strides[0]}"].shape[2]
    return Layout(
        name="nanodet",
        why=why,
        preprocessing=NANODET_INPUT,
        suppressed=False,
        class_count=classes,
        decode=decode,
    )


def _tell_plus(seen: Seen) -> str | None:
    told = seen.rows == seen.cells(*PLUS_STRIDES) and seen.columns > SIDES * PLUS_BINS
    return f"{seen.rows} rows are the cells of strides {PLUS_STRIDES}" if told else None


def _build_plus(seen: Seen, why: str) -> Layout:
    corner, stride = grid(seen.width, seen.height, PLUS_STRIDES)
    classes = seen.columns - SIDES * PLUS_BINS
    expected = f"(1, {len(corner)}, classes + {SIDES * PLUS_BINS})"
    require(seen, "nanodet-plus", expected, holds=classes > 0 and seen.rows == len(corner))
    name, centre = seen.main_name, corner * stride  # its cells are measured from their corner

    def decode(outputs: Outputs, image: int, least: float) -> Candidates:
        rows = float32(outputs[name][image])
        return decode_nanodet(rows[:, :classes], rows[:, classes:], (centre, stride), least)

    return Layout(
        name="nanodet-plus",
        why=why,
        preprocessing=NANODET_INPUT,
        suppressed=False,
        class_count=classes,
        decode=decode,
    )


NANODET = Family("nanodet", "cls_pred_stride_N, dis_pred_stride_N", _tell, _build)
NANODET_PLUS = Family("nanodet-plus", "(1, cells, classes + 32)", _tell_plus, _build_plus)
