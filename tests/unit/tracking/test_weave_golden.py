"""A small stream whose result was worked out once and is kept: it must not change unnoticed."""

import numpy as np
from tests.unit.tracking.golden_stream import assert_ends, stream

from camweave.core.detections import DetectionLog
from camweave.tracking.weave import Weave

FRAMES, FPS, WALKERS = 50, 10.0, 7

ENDS: dict[int, tuple[int, list[float]]] = {  # rows of each tracklet, and its last box
    1: (39, [921.013, 59.077, 966.007, 173.292]),
    2: (46, [313.998, 85.606, 361.916, 204.785]),
    3: (38, [694.55, 109.521, 734.909, 208.691]),
    4: (45, [980.137, 135.076, 1035.117, 266.808]),
    5: (47, [623.679, 185.222, 664.114, 289.901]),
    6: (42, [884.339, 210.282, 931.788, 326.75]),
    7: (42, [249.735, 159.088, 311.769, 317.514]),
}


def shaken_walkers() -> DetectionLog:
    """Seven who cross before a camera that shakes, with misses, faint sights and false alarms."""
    rng = np.random.default_rng(14)
    start, step = rng.uniform(0, 900, WALKERS), rng.uniform(-8, 8, WALKERS)
    height = rng.uniform(80, 160, WALKERS)
    camera = np.cumsum(rng.normal(0, 6, FRAMES))
    frames, boxes, scores = [], [], []
    for index in range(FRAMES):
        for who in range(WALKERS):
            if rng.random() < 0.1 or (who == 2 and 20 <= index < 28):
                continue
            left, top = start[who] + step[who] * index + camera[index], 60.0 + 25 * who
            box = np.array([left, top, left + height[who] * 0.4, top + height[who]])
            boxes.append(box + rng.normal(0, 1.0, 4))
            scores.append(rng.uniform(0.1, 0.5) if rng.random() < 0.15 else 0.9)
            frames.append(index)
        if rng.random() < 0.2:
            left = rng.uniform(0, 900)
            boxes.append(np.array([left, 90, left + 60, 190]))
            scores.append(rng.uniform(0.2, 1))
            frames.append(index)
    return stream(frames, boxes, scores, frames=FRAMES, fps=FPS, width=1000)


def test_tracklets_are_those_of_the_day_they_were_written_down() -> None:
    assert_ends(Weave().track(shaken_walkers()), ENDS)
