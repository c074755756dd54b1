"""A small stream whose result was worked out once and is kept: it must not change unnoticed.

The associations were also those of the authors' Python code, see docs/parity-bytetrack.md.
"""

import numpy as np

from camweave.core.detections import DetectionLog
from camweave.core.frame import CameraId
from camweave.tracking.bytetrack import ByteTrack, ByteTrackParams

FRAMES, FPS = 40, 10.0

# Frame by frame, which walker (0 to 3) each id is shown for.
SHOWN = """\
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
ENDS = {
    1: (28, [272.6669921875, 129.70700073242188, 323.1570129394531, 251.6739959716797]),
    2: (34, [373.24700927734375, 99.76100158691406, 423.27801513671875, 220.2100067138672]),
    3: (30, [67.79399871826172, 160.03700256347656, 117.4010009765625, 280.99798583984375]),
    4: (18, [640.1510009765625, 189.64500427246094, 689.0709838867188, 307.7070007324219]),
    5: (3, [584.2490234375, 190.25900268554688, 631.8809814453125, 309.9880065917969]),
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
    log = DetectionLog(
        camera=CameraId("golden"),
        fps=FPS,
        width=800,
        height=450,
        frame_times=np.arange(FRAMES) / FPS,
        frame=np.array(frames),
        xyxy=np.array(boxes, np.float32),
        score=np.array(scores, np.float32),
        class_id=np.zeros(len(frames), np.int32),
    )
    return log, names


def shown(log: DetectionLog, names: list[str]) -> str:
    """One line a frame: id and name of everyone shown."""
    tracklets, lines = ByteTrack(ByteTrackParams.published()).track(log), [""] * FRAMES
    for track_id, frame, row in zip(
        tracklets.row_ids, tracklets.frame, tracklets.detection, strict=True
    ):
        lines[frame] += f"{track_id}={names[row]} "
    return "\n".join(line.rstrip() for line in lines)


def test_the_associations_are_those_of_the_day_they_were_checked() -> None:
    assert shown(*walkers()) + "\n" == SHOWN


def test_the_boxes_are_those_of_the_day_they_were_checked() -> None:
    log, _ = walkers()
    for one in ByteTrack(ByteTrackParams.published()).track(log):
        rows, last = ENDS[one.tracklet_id]
        assert len(one) == rows
        np.testing.assert_allclose(one.bboxes[-1], last, atol=2e-3)
