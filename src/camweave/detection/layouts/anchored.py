"""YOLOX, YOLOv6, YOLOv5 and YOLOv7: a row per cell or anchor, box, objectness, classes."""

from functools import partial

import numpy as np

from camweave.core.arrays import F32, I64
from camweave.detection.layouts.layout import (
    CENTRED,
    STRIDES,
    Candidates,
    Decode,
    Family,
    Layout,
    Outputs,
    Preprocessing,
    Seen,
    float32,
    grid,
    require,
)
from camweave.ops.boxes import cxcywh_to_xyxy

BOX_AND_OBJECTNESS = 5  # columns before those of the classes
ANCHORS = 3  # of each cell, in YOLOv5 and YOLOv7
LARGEST = np.float32(80)  # logarithm of a size in cells; e to this is still a number

YOLOX_INPUT = Preprocessing(placement="top_left", rgb=False)


def decode_rows(raw: F32, least: float) -> tuple[I64, Candidates]:
    """Rows (n, 5 + C) whose objectness times best class is more than `least`.

    Gives the numbers of those rows, and candidates whose box is still what the row says
    (`xyxy` holds columns 0 to 3).
    """
    rows = np.flatnonzero(raw[:, 4] > least)  # no class score is above 1: most rows end here
    found = raw[rows]
    scores = found[:, 5:] * found[:, 4:5]
    class_id = scores.argmax(axis=1)
    score = scores.max(axis=1)
    sure = score > least
    return rows[sure], Candidates(found[sure, :4], score[sure], class_id[sure].astype(np.int32))


def decode_yolox(raw: F32, corner: F32, stride: F32, least: float) -> Candidates:
    """YOLOX without its last step: offsets from a cell (n, 2) in cells, and logarithms of sizes.

    See https://arxiv.org/abs/2107.08430; its objectness and classes are already 0 to 1.
    """
    rows, found = decode_rows(raw, least)
    box = found.xyxy
    size = np.exp(np.minimum(box[:, 2:], LARGEST))
    centred = np.concatenate((box[:, :2] + corner[rows], size), axis=1) * stride[rows]
    return Candidates(cxcywh_to_xyxy(centred), found.score, found.class_id)


def decode_anchored(raw: F32, least: float) -> Candidates:
    """Rows (n, 5 + C) with centre and size in px of the canvas."""
    _, found = decode_rows(raw, least)
    return Candidates(cxcywh_to_xyxy(found.xyxy), found.score, found.class_id)


def _tell_cells(seen: Seen) -> str | None:
    told_otherwise = len(seen.class_names) == seen.columns - 4  # YOLOv8, transposed
    if seen.rows != seen.cells(*STRIDES) or seen.columns <= BOX_AND_OBJECTNESS or told_otherwise:
        return None
    return f"{seen.rows} rows are the cells of strides 8, 16, 32"


def _in_pixels(seen: Seen) -> bool:
    """Whether box centres are px already: then they lie all over the canvas, else near 0."""
    return float(np.median(np.abs(seen.main[0, :, :2]))) > min(seen.width, seen.height) / 8


def _tell_yolox(seen: Seen) -> str | None:
    cells = _tell_cells(seen)
    return None if cells is None or _in_pixels(seen) else f"{cells}, centres are in cells"


def _tell_yolox_decoded(seen: Seen) -> str | None:
    cells = _tell_cells(seen)
    return f"{cells}, centres are in px" if cells is not None and _in_pixels(seen) else None


def _tell_yolov6(seen: Seen) -> str | None:
    why = _tell_yolox_decoded(seen)
    certain = why is not None and bool(np.all(seen.main[0, :, 4] == 1))
    return f"{why}, objectness is 1 everywhere" if certain else None


def _tell_yolov5(seen: Seen) -> str | None:
    cells = {seen.cells(*STRIDES), seen.cells(*STRIDES, 64)}
    if seen.rows not in {ANCHORS * count for count in cells} or seen.columns <= BOX_AND_OBJECTNESS:
        return None
    return f"{seen.rows} rows are 3 anchors for each cell"


def _build_yolox(seen: Seen, why: str) -> Layout:
    corner, stride = grid(seen.width, seen.height, STRIDES)
    require(seen, "yolox", f"(1, {len(corner)}, 5 + classes)", holds=seen.rows == len(corner))
    name = seen.main_name

    def decode(outputs: Outputs, image: int, least: float) -> Candidates:
        return decode_yolox(float32(outputs[name][image]), corner, stride, least)

    return _layout(seen, ("yolox", why), YOLOX_INPUT, decode)


def _build_in_pixels(
    seen: Seen, why: str, *, name: str, preprocessing: Preprocessing = CENTRED
) -> Layout:
    output = seen.main_name

    def decode(outputs: Outputs, image: int, least: float) -> Candidates:
        return decode_anchored(float32(outputs[output][image]), least)

    return _layout(seen, (name, why), preprocessing, decode)


def _layout(
    seen: Seen, name_and_why: tuple[str, str], preprocessing: Preprocessing, decode: Decode
) -> Layout:
    name, why = name_and_why
    enough = seen.columns > BOX_AND_OBJECTNESS
    require(seen, name, "(1, rows, 5 + classes)", holds=enough)
    return Layout(
        name=name,
        why=why,
        preprocessing=preprocessing,
        suppressed=False,
        class_count=seen.columns - BOX_AND_OBJECTNESS,
        decode=decode,
    )


YOLOV6 = Family(
    "yolov6", "(1, cells, 5 + classes), px", _tell_yolov6, partial(_build_in_pixels, name="yolov6")
)
YOLOX = Family("yolox", "(1, cells, 5 + classes), cells", _tell_yolox, _build_yolox)
YOLOX_DECODED = Family(
    "yolox-decoded",
    "(1, cells, 5 + classes), px",
    _tell_yolox_decoded,
    partial(_build_in_pixels, name="yolox-decoded", preprocessing=YOLOX_INPUT),
)
YOLOV5 = Family(
    "yolov5",
    "(1, 3 x cells, 5 + classes), px",
    _tell_yolov5,
    partial(_build_in_pixels, name="yolov5"),
)
