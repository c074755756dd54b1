"""Rows of a site for tests of values: a few tracklets, with crops and places of their own."""

import numpy as np

from camweave.core.frame import CameraId
from camweave.core.sightings import Crops, Paths, Sightings


def crops_of(*qualities: list[float]) -> Crops:
    """Rows with crops of these qualities, numbered from 0 on."""
    count = sum(map(len, qualities))
    return Crops(
        offsets=np.cumsum([0, *map(len, qualities)]),
        time=np.arange(count, dtype=np.float64),
        frame=np.arange(count),
        embedding=np.arange(2 * count, dtype=np.float32).reshape(count, 2),
        quality=np.array([each for own in qualities for each in own], np.float32),
    )


def sightings_of(crops: Crops, paths: Paths) -> Sightings:
    """Tracklets 0, 1, 2 ... of one camera, seen a second each."""
    count = len(crops.offsets) - 1
    boxes = np.arange(4 * count, dtype=np.float32).reshape(count, 4)
    return Sightings(
        cameras=(CameraId("gate"),),
        size=np.array([[640, 480]]),
        camera=np.zeros(count, np.int64),
        tracklet_id=np.arange(count),
        class_id=np.zeros(count, np.int32),
        begin=np.arange(count, dtype=np.float64),
        end=np.arange(count, dtype=np.float64) + 1,
        frames=np.full(count, 10),
        entry=boxes,
        exit=boxes + 1,
        entry_motion=np.zeros((count, 2), np.float32),
        exit_motion=np.ones((count, 2), np.float32),
        crops=crops,
        paths=paths,
    )
