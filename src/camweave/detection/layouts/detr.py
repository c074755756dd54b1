"""RT-DETR, D-FINE, DEIM and RF-DETR: a few hundred queries, no grid, no suppression."""

from dataclasses import dataclass

import numpy as np

from camweave.core.arrays import F32
from camweave.detection.layouts.finished import decode_finished
from camweave.detection.layouts.layout import (
    IMAGENET,
    STRETCHED,
    Candidates,
    Decode,
    Family,
    Layout,
    Outputs,
    Preprocessing,
    Seen,
    best_class,
    float32,
    require,
    sigmoid,
)
from camweave.ops.boxes import cxcywh_to_xyxy

BOX = 4
MOST_QUERIES = 1000
SIZE_INPUT = "orig_target_sizes"


def decode_queries(cxcywh: F32, scores: F32, canvas: tuple[int, int], least: float) -> Candidates:
    """Boxes (q, 4) as shares of the canvas (width, height) px, and class scores (q, C), 0 to 1."""
    rows, score, class_id = best_class(scores, least)
    return Candidates(
        cxcywh_to_xyxy(cxcywh[rows]) * np.array([*canvas, *canvas], np.float32), score, class_id
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Queries:
    """A family whose boxes and class logits are two outputs."""

    name: str
    boxes: str
    logits: str
    preprocessing: Preprocessing

    def tell(self, seen: Seen) -> str | None:
        """Why the model is of this family, or None."""
        boxes, logits = seen.output(self.boxes), seen.output(self.logits)
        if boxes is None or logits is None or boxes.ndim != 3 or logits.ndim != 3:  # noqa: PLR2004 - batch, queries, columns
            return None
        return f"outputs {self.boxes} and {self.logits}"

    def build(self, seen: Seen, why: str) -> Layout:
        """The layout of a model with these outputs."""
        expected = f"{self.boxes} (1, queries, 4) and {self.logits} (1, queries, classes)"
        require(seen, self.name, expected, holds=self.tell(seen) is not None)
        boxes, logits = self.boxes, self.logits
        canvas = seen.width, seen.height

        def decode(outputs: Outputs, image: int, least: float) -> Candidates:
            scores = sigmoid(float32(outputs[logits][image]))
            return decode_queries(float32(outputs[boxes][image]), scores, canvas, least)

        found = seen.output(self.logits)
        count = 0 if found is None else found.shape[2]
        return _layout((self.name, why), count, self.preprocessing, decode)


def _tell_ultralytics(seen: Seen) -> str | None:
    if not (0 < seen.rows <= MOST_QUERIES and seen.columns > BOX + 2 and len(seen.outputs) == 1):
        return None
    return f"{seen.rows} queries of box and classes"


def _build_ultralytics(seen: Seen, why: str) -> Layout:
    require(seen, "rtdetr-ultralytics", "(1, queries, 4 + classes)", holds=seen.columns > BOX)
    name, canvas = seen.main_name, (seen.width, seen.height)

    def decode(outputs: Outputs, image: int, least: float) -> Candidates:
        rows = float32(outputs[name][image])
        return decode_queries(rows[:, :BOX], rows[:, BOX:], canvas, least)

    return _layout(("rtdetr-ultralytics", why), seen.columns - BOX, STRETCHED, decode)


def _tell_official(seen: Seen) -> str | None:
    outputs = all(seen.output(name) is not None for name in ("labels", "boxes", "scores"))
    return (
        f"outputs labels, boxes, scores, and input {SIZE_INPUT}"
        if outputs and SIZE_INPUT in seen.inputs
        else None
    )


def _build_official(seen: Seen, why: str) -> Layout:
    told = _tell_official(seen) is not None
    require(seen, "rtdetr", f"labels, boxes, scores and an input {SIZE_INPUT}", holds=told)

    def decode(outputs: Outputs, image: int, least: float) -> Candidates:
        labels, boxes, score = (outputs[name][image] for name in ("labels", "boxes", "scores"))
        return decode_finished(labels, float32(boxes), float32(score), least)

    return _layout(("rtdetr", why), len(seen.class_names), STRETCHED, decode)


def _layout(
    name_and_why: tuple[str, str], class_count: int, preprocessing: Preprocessing, decode: Decode
) -> Layout:
    name, why = name_and_why
    return Layout(
        name=name,
        why=why,
        preprocessing=preprocessing,
        suppressed=True,
        class_count=class_count,
        decode=decode,
    )


_HF = Queries(name="hf-detr", boxes="pred_boxes", logits="logits", preprocessing=STRETCHED)
_RF = Queries(name="rf-detr", boxes="dets", logits="labels", preprocessing=IMAGENET)

RTDETR = Family(
    "rtdetr", "labels, boxes, scores; px of a size fed in", _tell_official, _build_official
)
HF_DETR = Family(_HF.name, "logits, pred_boxes", _HF.tell, _HF.build)
RF_DETR = Family(_RF.name, "dets, labels", _RF.tell, _RF.build)
RTDETR_ULTRALYTICS = Family(
    "rtdetr-ultralytics", "(1, queries, 4 + classes)", _tell_ultralytics, _build_ultralytics
)
