"""Overlap that looks at heights, and how much of a box is hidden.

A person's width changes with every step, the height does not: where two people cross, their
heights tell them apart for longer. Yang et al., Hybrid-SORT: Weak Cues Matter for Online
Multi-Object Tracking (AAAI 2024), multiply the overlap by that of the heights alone.
"""

from camweave.core.arrays import F64
from camweave.ops.compiled import inner
from camweave.tracking.desk import IGNORED, Desk, Detection
from camweave.tracking.table import overlap


@inner
def likeness(a: F64, b: F64, heights: float) -> float:
    """Overlap of two boxes (4,), lessened by `heights` of what their vertical extents differ by."""
    shared = overlap(a, b)
    if shared == 0.0:
        return 0.0
    common = min(a[3], b[3]) - max(a[1], b[1])
    unlike = 1.0 - common / (max(a[3], b[3]) - min(a[1], b[1]))
    like: float = shared * (1.0 - heights * unlike)
    return like


@inner
def covered_share(one: Detection, desk: Desk) -> float:
    """The largest share of a box that one other box, which stands nearer, lies over.

    Nearer is who stands lower in the picture.
    """
    found, box, most = desk.found, one.xyxy, 0.0
    for i in range(desk.memory.count):
        other = found[i].xyxy
        if other[3] <= box[3] or found[i].band == IGNORED:
            continue
        width = min(box[2], other[2]) - max(box[0], other[0])
        height = box[3] - max(box[1], other[1])
        if width > 0.0 and height > 0.0:
            most = max(most, width * height)
    share: float = most / ((box[2] - box[0]) * (box[3] - box[1]))
    return share
