"""What class ids are called: COCO's names, and a user's names turned into ids."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from camweave.core.arrays import Bool
from camweave.core.errors import InputError
from camweave.core.nearest import did_you_mean

COCO: Final[tuple[str, ...]] = (
    *("person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat"),
    *("traffic light", "fire hydrant", "stop sign", "parking meter", "bench", "bird", "cat"),
    *("dog", "horse", "sheep", "cow", "elephant", "bear", "zebra", "giraffe", "backpack"),
    *("umbrella", "handbag", "tie", "suitcase", "frisbee", "skis", "snowboard", "sports ball"),
    *("kite", "baseball bat", "baseball glove", "skateboard", "surfboard", "tennis racket"),
    *("bottle", "wine glass", "cup", "fork", "knife", "spoon", "bowl", "banana", "apple"),
    *("sandwich", "orange", "broccoli", "carrot", "hot dog", "pizza", "donut", "cake", "chair"),
    *("couch", "potted plant", "bed", "dining table", "toilet", "tv", "laptop", "mouse"),
    *("remote", "keyboard", "cell phone", "microwave", "oven", "toaster", "sink"),
    *("refrigerator", "book", "clock", "vase", "scissors", "teddy bear", "hair drier"),
    "toothbrush",
)
COCO_SLOTS: Final = 91  # of networks that count by COCO's own ids, which have gaps
COCO_GAPS: Final = frozenset({0, 12, 26, 29, 30, 45, 66, 68, 69, 71, 83})

VEHICLES: Final = frozenset({"car", "truck", "bus", "van", "pickup", "suv", "minibus", "lorry"})


def names_for(class_count: int, stated: Sequence[str]) -> tuple[str, ...]:
    """The names that the model states, else COCO's where the count is COCO's, else class_0 ...

    >>> names_for(2, ())
    ('class_0', 'class_1')
    """
    if stated:
        return tuple(stated)
    if class_count in (0, len(COCO)):  # 0: the layout does not say, and COCO is what most know
        return COCO
    if class_count == COCO_SLOTS:
        names = iter(COCO)
        return tuple(
            f"unused_{slot}" if slot in COCO_GAPS else next(names) for slot in range(COCO_SLOTS)
        )
    return tuple(f"class_{class_id}" for class_id in range(class_count))


def wanted_classes(wanted: Sequence[str], names: Sequence[str]) -> Bool:
    """(C,) whether each class is wanted; an empty list wants all.

    Raises:
        InputError: a name that is none of the detector's, with the nearest one.
    """
    if not wanted:
        return np.ones(len(names), np.bool_)
    lower = [name.lower() for name in names]
    for name in wanted:
        if name.lower() not in lower:
            hint = did_you_mean(name, names)
            raise InputError(f"no class {name!r} among the detector's {len(names)} classes{hint}")
    chosen = {name.lower() for name in wanted}
    return np.array([name in chosen for name in lower], np.bool_)
