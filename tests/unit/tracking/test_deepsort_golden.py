"""A small stream whose result was worked out once and is kept: it must not change unnoticed.

The associations were also those of the authors' Python code, see docs/parity-deepsort.md.
"""

import numpy as np
from tests.unit.tracking.golden_stream import assert_ends, shown, stream

from camweave.core.detections import DetectionLog
from camweave.tracking.deepsort import DeepSort, DeepSortParams

FRAMES, FPS, D = 40, 10.0, 16

# Frame by frame, which walker (0 to 3) each id is shown for.
SHOWN = """\


1=0 2=1 3=2
1=0 2=1 3=2
1=0 3=2
3=2
2=1 3=2
1=0 2=1 3=2
1=0 2=1 3=2
1=0 2=1 3=2 4=3
1=0 3=2 4=3
3=2 4=3
1=0 2=1 3=2 4=3
1=0 2=1 4=3
1=0 3=2 4=3
1=0 3=2 4=3
1=0 3=2 4=3
1=0 3=2 4=3
1=0 3=2 4=3
1=0 3=2 4=3
1=0 2=1 3=2 4=3
1=0 2=1 3=2 4=3
1=0 2=1 3=2
1=0 2=1 3=2
1=0 2=1
1=0 2=1 3=2
1=0 2=1 3=2
1=0 2=1 3=2
1=0 2=1 3=2
3=2
1=0 2=1 3=2
1=0 2=1 3=2
1=0 3=2
1=0 2=1 3=2
1=0 2=1
1=0 3=2
1=0 2=1 3=2
1=0 2=1 3=2 5=3
1=0 3=2 5=3
3=2 5=3
"""
# Rows of each tracklet, and the last of its boxes.
ENDS = {
    1: (33, [246.87351989746094, 99.8132095336914, 297.90338134765625, 222.32777404785156]),
    2: (23, [209.23048400878906, 109.17864990234375, 258.7452392578125, 226.96270751953125]),
    3: (35, [64.15837097167969, 114.21276092529297, 113.64525604248047, 234.2436981201172]),
    4: (13, [308.2873229980469, 125.3776626586914, 357.16815185546875, 244.80003356933594]),
    5: (3, [291.0231018066406, 124.4559097290039, 340.10113525390625, 242.77342224121094]),
}


def walkers() -> tuple[DetectionLog, list[str]]:
    """Four walkers who cross, with misses, long waits and false alarms, and each row's name."""
    rng = np.random.default_rng(5)
    start, step = np.array([20.0, 60, 260, 330]), np.array([6.0, 4.0, -5.0, -1.0])
    looks = rng.normal(size=(4, D))
    frames, boxes, scores, names, seen = [], [], [], [], []
    for index in range(FRAMES):
        for who in range(4):
            hidden = (who == 1 and 14 <= index < 20) or (who == 3 and 22 <= index < 35)
            if hidden or rng.random() < 0.1:
                continue
            left, top = start[who] + step[who] * index, 100.0 + 8 * who
            frames.append(index)
            boxes.append(np.array([left, top, left + 50, top + 120]) + rng.normal(0, 1.5, 4))
            scores.append(0.2 if rng.random() < 0.05 else 0.9)
            names.append(str(who))
            seen.append(looks[who] + rng.normal(0, 0.4, D))
        if rng.random() < 0.2:
            left = rng.uniform(0, 400)
            frames.append(index)
            boxes.append(np.array([left, 90, left + 60, 190]))
            scores.append(rng.uniform(0.2, 1))
            names.append("*")
            seen.append(rng.normal(size=D))
    log = stream(frames, boxes, scores, frames=FRAMES, fps=FPS, embedding=seen)
    return log, names


def test_the_associations_are_those_of_the_day_they_were_checked() -> None:
    log, names = walkers()
    assert shown(DeepSort(DeepSortParams.published()).track(log), names, FRAMES) == SHOWN


def test_the_boxes_are_those_of_the_day_they_were_checked() -> None:
    log, _ = walkers()
    assert_ends(DeepSort(DeepSortParams.published()).track(log), ENDS)
