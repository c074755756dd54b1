"""A small stream whose results were worked out once and are kept: they must not change unnoticed.

The associations were also those of the authors' Python code, see docs/parity-*.md.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
from tests.unit.tracking.golden_stream import assert_ends, shown, stream

from camweave.core.detections import DetectionLog
from camweave.core.stages import Tracker
from camweave.tracking.bytetrack import ByteTrack, ByteTrackParams
from camweave.tracking.ocsort import OcSort, OcSortParams
from camweave.tracking.sort import Sort, SortParams

FRAMES, FPS = 40, 10.0

# Frame by frame, which walker (0 to 3) each id is shown for.
BYTETRACK = """\
1=1
1=1
1=1 2=0 3=2 4=3
1=1 2=0 3=2 4=3
1=1 2=0 3=2 4=3
1=1 2=0 3=2 4=3
1=1 2=0 3=2 4=3
1=1 2=0 3=2 4=3
1=1 2=0 3=2 4=3
1=1 2=0 3=2
1=1 2=0 3=2 4=3
1=1 2=0 3=2 4=3
1=1 2=0 3=2 4=3
1=1 2=0 3=2 4=3
2=0 3=2 4=3
2=0 3=2 4=3
2=0 3=2 4=3
2=0 3=2 4=3
2=0 3=2 4=3
2=0 3=2 4=3
2=0 3=2 4=3
1=1 2=0
1=1 2=0
1=1 2=0
1=1 3=2

1=1 2=0
1=1 3=2
1=1 3=2
2=0
1=1 2=0 3=2
2=0 3=2
2=0 3=2
1=1 2=0 3=2
1=1 2=0
1=1 2=0 3=2
1=1 2=0 3=2 5=3
1=1 2=0
1=1 2=0 3=2 5=3
2=0 3=2 5=3
"""
# Rows of each tracklet, and the last of its boxes.
BYTETRACK_ENDS = {
    1: (28, [272.6669921875, 129.70700073242188, 323.1570129394531, 251.6739959716797]),
    2: (34, [373.24700927734375, 99.76100158691406, 423.27801513671875, 220.2100067138672]),
    3: (30, [67.79399871826172, 160.03700256347656, 117.4010009765625, 280.99798583984375]),
    4: (18, [640.1510009765625, 189.64500427246094, 689.0709838867188, 307.7070007324219]),
    5: (3, [584.2490234375, 190.25900268554688, 631.8809814453125, 309.9880065917969]),
}

SORT = """\
1=1
1=1 2=0 3=2 4=3
2=0 3=2 4=3

2=0 4=3
2=0 4=3

1=1 3=2
1=1 3=2
1=1 2=0
1=1
1=1
1=1
1=1 2=0
2=0
2=0
2=0
2=0
2=0
5=2
6=3

2=1
2=1
2=2



2=1



7=0
7=0 8=2
7=0
7=0
7=0 9=1
7=0 9=1
7=0 9=1
7=0
"""
SORT_ENDS = {
    1: (9, [171.23373413085938, 130.05335998535156, 222.8037872314453, 250.31216430664062]),
    2: (15, [233.76048278808594, 132.08425903320312, 283.1973876953125, 252.3910369873047]),
    3: (4, [347.57867431640625, 160.3531036376953, 397.7734069824219, 278.9611511230469]),
    4: (4, [684.6759033203125, 190.10719299316406, 735.054443359375, 311.1763000488281]),
    5: (1, [248.97300720214844, 159.07046508789062, 299.6631164550781, 279.9765930175781]),
    6: (1, [639.6275024414062, 189.48033142089844, 689.7647705078125, 307.0947265625]),
    7: (8, [373.491455078125, 100.22383117675781, 423.0164794921875, 219.72030639648438]),
    8: (1, [123.25039672851562, 161.6343536376953, 171.16653442382812, 280.80218505859375]),
    9: (3, [273.41595458984375, 130.83717346191406, 322.5023498535156, 250.97218322753906]),
}

OCSORT = """\
1=1
1=1 2=0 3=2 4=3
2=0 3=2 4=3

2=0 4=3
2=0 4=3

1=1 3=2
1=1 3=2
1=1 2=0
1=1
1=1
1=1
1=1 2=0
2=0
2=0
2=0
2=0
2=0
3=2
4=3







1=1


2=0
3=2
3=2

1=1 2=0
1=1 2=0
1=1 2=0
1=1 2=0
2=0
"""
OCSORT_ENDS = {
    1: (14, [274.4602355957031, 129.61366271972656, 321.5384521484375, 252.27462768554688]),
    2: (17, [374.1939697265625, 99.11707305908203, 423.79791259765625, 220.63192749023438]),
    3: (7, [123.71273803710938, 160.77467346191406, 171.01219177246094, 281.3294372558594]),
    4: (5, [638.3515625, 189.24940490722656, 690.294677734375, 306.77764892578125]),
}


class Golden(NamedTuple):
    """A tracker, who it shows in each frame, and each tracklet's length and last box."""

    tracker: Tracker
    shown: str
    ends: dict[int, tuple[int, list[float]]]


LONGER = replace(OcSortParams.published(), patience=3.0, look_back=0.3)  # its frames, at 10/s

GOLDEN = {
    "bytetrack": Golden(ByteTrack(ByteTrackParams.published()), BYTETRACK, BYTETRACK_ENDS),
    "sort": Golden(Sort(SortParams.published()), SORT, SORT_ENDS),
    "ocsort": Golden(OcSort(LONGER), OCSORT, OCSORT_ENDS),
}


def walkers() -> tuple[DetectionLog, list[str]]:
    """Four walkers who cross, with misses, faint sights and false alarms, and each row's name."""
    rng = np.random.default_rng(20)
    start, step = np.array([20.0, 120, 420, 700]), np.array([9.0, 4.0, -9.0, -3.0])
    frames, boxes, scores, names = [], [], [], []
    for index in range(FRAMES):
        for who in range(4):
            hidden = (who == 1 and 14 <= index < 20) or (who == 3 and 22 <= index < 35)
            if hidden or rng.random() < 0.08:
                continue
            left, top = start[who] + step[who] * index, 100.0 + 30 * who
            frames.append(index)
            boxes.append(np.array([left, top, left + 50, top + 120]) + rng.normal(0, 1.5, 4))
            scores.append(rng.uniform(0.15, 0.55) if rng.random() < 0.15 else 0.9)
            names.append(str(who))
        if rng.random() < 0.2:
            left = rng.uniform(0, 700)
            frames.append(index)
            boxes.append(np.array([left, 90, left + 60, 190]))
            scores.append(rng.uniform(0.2, 1))
            names.append("*")
    log = stream(frames, boxes, scores, frames=FRAMES, fps=FPS)
    return log, names


@pytest.mark.parametrize("tracker", GOLDEN)
def test_the_associations_are_those_of_the_day_they_were_checked(tracker: str) -> None:
    log, names = walkers()
    golden = GOLDEN[tracker]
    assert shown(golden.tracker.track(log), names, FRAMES) == golden.shown


@pytest.mark.parametrize("tracker", GOLDEN)
def test_the_boxes_are_those_of_the_day_they_were_checked(tracker: str) -> None:
    log, _ = walkers()
    golden = GOLDEN[tracker]
    assert_ends(golden.tracker.track(log), golden.ends)
