"""Which layout a model has: told from its own inputs and outputs, or named."""

from typing import Final

from camweave.core.errors import ModelError
from camweave.core.nearest import did_you_mean
from camweave.detection.layouts.anchored import YOLOV5, YOLOV6, YOLOX, YOLOX_DECODED
from camweave.detection.layouts.detr import HF_DETR, RF_DETR, RTDETR, RTDETR_ULTRALYTICS
from camweave.detection.layouts.finished import EFFICIENT_NMS, END2END, YOLOV7_END2END
from camweave.detection.layouts.layout import Family, Layout, Seen
from camweave.detection.layouts.nanodet import NANODET, NANODET_PLUS
from camweave.detection.layouts.yolov8 import YOLOV8

AUTO: Final = "auto"

# Named outputs say most and are asked first; then shapes, those that only one family has first.
FAMILIES: Final[tuple[Family, ...]] = (
    EFFICIENT_NMS,
    RTDETR,
    HF_DETR,
    RF_DETR,
    NANODET,
    YOLOV7_END2END,
    YOLOV8,
    YOLOV6,
    YOLOX,
    YOLOX_DECODED,
    NANODET_PLUS,
    YOLOV5,
    END2END,
    RTDETR_ULTRALYTICS,
)
LAYOUT_NAMES: Final = tuple(family.name for family in FAMILIES)


def recognise(seen: Seen, layout: str = AUTO) -> Layout:
    """The layout of a model, from what was seen of it, or the one that is named.

    Raises:
        ModelError: no known layout fits, the named one does not, or there is none of that name.
    """
    if layout != AUTO:
        return _named(layout).build(seen, "named")
    for family in FAMILIES:
        why = family.tell(seen)
        if why is not None:
            return family.build(seen, why)
    raise ModelError(
        f"{seen.model}: no known layout of outputs; it gives {seen.shapes()} for a canvas of "
        f"{seen.width}x{seen.height}. If it is a detector, name its layout: "
        f"{', '.join(LAYOUT_NAMES)}"
    )


def _named(layout: str) -> Family:
    for family in FAMILIES:
        if family.name == layout:
            return family
    raise ModelError(f"no layout {layout!r}{did_you_mean(layout, LAYOUT_NAMES)}")
