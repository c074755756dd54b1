"""Models that suppress doubles themselves: end-to-end YOLO, YOLOv7 end2end, EfficientNMS."""

from typing import Any

import numpy as np
import numpy.typing as npt

from camweave.core.arrays import F32
from camweave.detection.layouts.layout import (
    CENTRED,
    Candidates,
    Decode,
    Family,
    Layout,
    Outputs,
    Seen,
    float32,
    require,
)

MOST_ROWS = 1000  # of an end-to-end model; more are the cells of something else
END_TO_END = 6  # columns: box, score, class
WITH_IMAGE = 7  # columns: image, box, class, score

COUNTS = ("num_dets", "num_detections", "num")
BOXES = ("det_boxes", "detection_boxes", "nmsed_boxes", "boxes")
SCORES = ("det_scores", "detection_scores", "nmsed_scores", "scores")
CLASSES = ("det_classes", "detection_classes", "nmsed_classes", "classes")


def decode_end_to_end(rows: F32, least: float) -> Candidates:
    """Rows (k, 6): left, top, right, bottom in px of the canvas, score, class."""
    found = rows[rows[:, 4] > least]
    return Candidates(found[:, :4], found[:, 4], found[:, 5].astype(np.int32))


def decode_yolov7_end2end(rows: F32, image: int, least: float) -> Candidates:
    """Rows (k, 7): image of the batch, left, top, right, bottom in px, class, score."""
    found = rows[(rows[:, 0] == image) & (rows[:, 6] > least)]
    return Candidates(found[:, 1:5], found[:, 6], found[:, 5].astype(np.int32))


def decode_finished(class_id: npt.NDArray[Any], boxes: F32, score: F32, least: float) -> Candidates:
    """Classes (k,), boxes (k, 4) in px of the canvas, scores (k,)."""
    rows = np.flatnonzero(score > least)
    return Candidates(boxes[rows], score[rows], class_id[rows].astype(np.int32))


def _tell_end_to_end(seen: Seen) -> str | None:
    # Segmentation and pose models add their numbers behind the six.
    more = seen.metadata.get("end2end", "").lower() == "true"
    told = seen.columns == END_TO_END or (more and seen.columns > END_TO_END)
    few = 0 < seen.rows <= MOST_ROWS
    return f"{seen.rows} rows of box, score, class" if told and few else None


def _build_end_to_end(seen: Seen, why: str) -> Layout:
    require(seen, "end-to-end", "(1, rows, 6)", holds=seen.columns >= END_TO_END)
    name = seen.main_name

    def decode(outputs: Outputs, image: int, least: float) -> Candidates:
        return decode_end_to_end(float32(outputs[name][image]), least)

    return _layout(seen, "end-to-end", why, decode)


def _tell_yolov7(seen: Seen) -> str | None:
    told = seen.main.shape[1:] == (WITH_IMAGE,)
    return "rows of 7: image, box, class, score" if told else None


def _build_yolov7(seen: Seen, why: str) -> Layout:
    require(seen, "yolov7-end2end", "(rows, 7)", holds=seen.main.shape[1:] == (WITH_IMAGE,))
    name = seen.main_name

    def decode(outputs: Outputs, image: int, least: float) -> Candidates:
        return decode_yolov7_end2end(float32(outputs[name]), image, least)

    return _layout(seen, "yolov7-end2end", why, decode)


def _tell_counted(seen: Seen) -> str | None:
    parts = [seen.output(*words) for words in (COUNTS, BOXES, SCORES, CLASSES)]
    return None if any(part is None for part in parts) else "outputs named as EfficientNMS does"


def _build_counted(seen: Seen, why: str) -> Layout:
    told = _tell_counted(seen) is not None
    require(seen, "efficient-nms", "num_dets, det_boxes, det_scores, det_classes", holds=told)

    def decode(outputs: Outputs, image: int, least: float) -> Candidates:
        by_word = {name.lower(): array for name, array in outputs.items()}
        count, boxes, score, class_id = (
            next(by_word[word] for word in words if word in by_word)
            for words in (COUNTS, BOXES, SCORES, CLASSES)
        )
        first = slice(int(count[image].item()))  # the rest is filling
        boxes_, score_ = float32(boxes[image][first]), float32(score[image][first])
        return decode_finished(class_id[image][first], boxes_, score_, least)

    return _layout(seen, "efficient-nms", why, decode)


def _layout(seen: Seen, name: str, why: str, decode: Decode) -> Layout:
    return Layout(
        name=name,
        why=why,
        preprocessing=CENTRED,
        suppressed=True,
        class_count=len(seen.class_names),  # the outputs do not say
        decode=decode,
    )


END2END = Family("end-to-end", "(1, rows up to 1000, 6)", _tell_end_to_end, _build_end_to_end)
YOLOV7_END2END = Family("yolov7-end2end", "(rows, 7)", _tell_yolov7, _build_yolov7)
EFFICIENT_NMS = Family(
    "efficient-nms", "num_dets, det_boxes, det_scores, det_classes", _tell_counted, _build_counted
)
