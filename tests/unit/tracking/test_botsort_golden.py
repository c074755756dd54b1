"""A small stream whose result was worked out once and is kept: it must not change unnoticed.

The associations of the published values were also those of the authors' Python
code, see docs/parity-botsort.md.
"""

import numpy as np
import pytest
from tests.unit.tracking.golden_stream import stream

from camweave.core.detections import DetectionLog
from camweave.tracking.botsort import BotSort, BotSortParams

FRAMES, FPS = 36, 12.0

# The last box of each tracklet, of our own values.
ENDS = [
    [349.491, 93.296, 394.314, 201.228],
    [283.805, 112.812, 333.854, 218.245],
    [246.722, 116.458, 298.608, 220.806],
    [271.882, 123.525, 311.424, 230.12],
    [310.618, 101.673, 359.012, 207.072],
]


def walkers(*, looks: bool) -> tuple[DetectionLog, list[str]]:
    """Five walkers seen by a camera that swings, and the name of each row."""
    rng = np.random.default_rng(7)
    start, step = np.array([200.0, 230, 300, 330, 420]), np.array([4.0, 2.0, 0.0, -2.0, -4.0])
    swing, faces = 30 * np.sin(np.arange(FRAMES)), rng.normal(size=(5, 12))
    frames, boxes, scores, names, seen = [], [], [], [], []
    for index in range(FRAMES):
        for who in range(5):
            if rng.random() < 0.2 or (who == 2 and 12 <= index < 22):
                continue
            left = start[who] + step[who] * index + swing[index]
            top = 100.0 + 4 * who
            frames.append(index)
            boxes.append(np.array([left, top, left + 45, top + 110]) + rng.normal(0, 5, 4))
            scores.append(rng.uniform(0.15, 0.55) if rng.random() < 0.2 else rng.uniform(0.7, 1))
            names.append(str(who))
            seen.append(faces[who] + rng.normal(0, 0.3, 12))
    embedding = np.array(seen) / np.linalg.norm(seen, axis=1, keepdims=True)
    motion = np.tile(np.eye(2, 3), (FRAMES, 1, 1))
    motion[1:, 0, 2] = np.diff(swing)
    log = stream(
        frames,
        boxes,
        scores,
        frames=FRAMES,
        fps=FPS,
        embedding=embedding if looks else None,
        camera_motion=motion,
    )
    return log, names


def shown(params: BotSortParams, *, looks: bool) -> list[str]:
    """One word per id: the name of every row that it is shown for, in order of time."""
    log, names = walkers(looks=looks)
    tracklets = BotSort(params).track(log)
    return ["".join(names[row] for row in one.detection_indices) for one in tracklets]


@pytest.mark.parametrize(
    ("params", "looks", "expected"),
    [
        (
            BotSortParams(),
            False,
            [
                "0000001011001111100110200000",
                "222222222222320022222122",
                "333333333333333111121",
                "4444444444444444444444444444444",
                "011111333333333",
            ],
        ),
        (
            BotSortParams(),
            True,
            [
                "00000010110010100000000000000",
                "2222222222222222222222",
                "3333333333333333333333333",
                "4444444444444444444444444444444",
                "11111111111111",
            ],
        ),
        (
            BotSortParams.published(),
            False,
            [
                "0000001011001111100110200000",
                "22222222222232002222222",
                "333333333333333111111",
                "44444444444444444444444444424444",
                "011111333333333",
            ],
        ),
        (
            BotSortParams.published(),
            True,
            [
                "00000010110010100000000000000",
                "222222222222222222222",
                "3333333333333333333333333",
                "44444444444444444444444444424444",
                "11111111111111",
            ],
        ),
    ],
)
def test_the_associations_are_those_of_the_day_they_were_checked(
    params: BotSortParams, looks: bool, expected: list[str]
) -> None:
    assert shown(params, looks=looks) == expected


def test_the_boxes_are_those_of_the_day_they_were_checked() -> None:
    log, _ = walkers(looks=True)
    tracklets = BotSort().track(log)
    ends = np.array([one.bboxes[-1] for one in tracklets])
    np.testing.assert_allclose(ends, ENDS, atol=2e-3)
