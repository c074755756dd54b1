"""YOLOv8, 9, 11 and 12: a column per cell, box and classes, no objectness."""

import numpy as np

from camweave.core.arrays import F32
from camweave.core.errors import ModelError
from camweave.detection.layouts.layout import (
    CENTRED,
    STRIDES,
    Candidates,
    Family,
    Layout,
    Outputs,
    Seen,
    float32,
    require,
)
from camweave.ops.boxes import cxcywh_to_xyxy

BOX = 4  # rows before those of the classes
IMAGE_AXES = 4  # of the mask prototypes that a segmentation model gives beside its boxes


def decode_yolov8(columns: F32, class_count: int, least: float) -> Candidates:
    """Columns (4 + C, n) with centre and size in px of the canvas, classes 0 to 1.

    Rows after the classes (mask weights, key points) are left alone.
    """
    scores = columns[BOX : BOX + class_count]
    score = scores.max(axis=0)
    found = np.flatnonzero(score > least)
    class_id = scores[:, found].argmax(axis=0).astype(np.int32)
    return Candidates(cxcywh_to_xyxy(columns[:BOX, found].T), score[found], class_id)


def _tell(seen: Seen) -> str | None:
    cells = {seen.cells(*STRIDES), seen.cells(*STRIDES, 64)}
    if seen.columns in cells and BOX < seen.rows < seen.columns:
        return f"{seen.columns} columns are the cells of its strides"
    if seen.rows in cells and seen.columns == BOX + len(seen.class_names) and seen.class_names:
        return f"{seen.rows} rows are the cells of its strides, 4 columns more than classes"
    return None


def _build(seen: Seen, why: str) -> Layout:
    require(seen, "yolov8", "(1, 4 + classes, cells)", holds=min(seen.rows, seen.columns) > BOX)
    if seen.metadata.get("task") == "obb":
        raise ModelError(f"{seen.model}: turned boxes (task obb) are not read; use a detect model")
    name = seen.main_name
    upright = seen.rows > seen.columns  # (cells, 4 + classes)
    width = min(seen.rows, seen.columns)
    prototypes = [a.shape[1] for a in seen.outputs.values() if a.ndim == IMAGE_AXES]
    class_count = len(seen.class_names) or width - BOX - sum(prototypes)
    expected = f"(1, 4 + {class_count} classes, cells)"
    require(seen, "yolov8", expected, holds=0 < class_count <= width - BOX)

    def decode(outputs: Outputs, image: int, least: float) -> Candidates:
        columns = float32(outputs[name][image])
        return decode_yolov8(columns.T if upright else columns, class_count, least)

    return Layout(
        name="yolov8",
        why=why,
        preprocessing=CENTRED,
        suppressed=False,
        class_count=class_count,
        decode=decode,
    )


YOLOV8 = Family("yolov8", "(1, 4 + classes, cells)", _tell, _build)
