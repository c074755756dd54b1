"""From boxes of calibrated cameras to places on the ground plane, for the live line."""

from collections.abc import Mapping
from functools import lru_cache, partial
from math import isfinite
from typing import Final

import cv2
import numpy as np

from camweave.app.build.topology import Ground
from camweave.app.jobs.live.gathering import GroundOf
from camweave.app.site.linker import Linker
from camweave.core.arrays import F32
from camweave.core.frame import CameraId
from camweave.linking.live.growing import standing_on


def grounds_of(ground: Ground, linker: Linker | None) -> Mapping[CameraId, GroundOf]:
    """For each calibrated camera the function from its pictures' size to its ground."""
    if linker is None or linker.ground == "off":
        return {}
    return {
        camera: partial(standing_on, calibration)
        for camera, calibration in ground.calibrations.items()
    }


TALL: Final = 0.12  # of the picture's height: the boxes that sample the visible ground
WIDE: Final = 0.05  # of its width
STEPS: Final = 24  # samples, along each side
CORNERS: Final = 0.5  # m: corners that stick out less are left out


@lru_cache(maxsize=256)
def ground_seen(
    ground_of: GroundOf | None, size: tuple[int, int]
) -> tuple[tuple[float, float], ...]:
    """The convex polygon, m, of the ground that a camera sees; empty if that is unknown."""
    if ground_of is None or 0 in size:
        return ()
    width, height = size
    across, down = np.meshgrid(
        np.linspace(0.01, 0.99, STEPS) * width, np.linspace(0.02, 0.97, STEPS) * height
    )
    x, y = across.ravel(), down.ravel()
    half, tall = WIDE * width / 2, TALL * height
    boxes = np.stack([x - half, y - tall, x + half, y], axis=1).astype(np.float32)
    xy, _ = ground_of(size)(boxes)
    known = xy[np.isfinite(xy).all(axis=1)].astype(np.float32)
    if not len(known):
        return ()
    hull = cv2.approxPolyDP(cv2.convexHull(known), CORNERS, closed=True).reshape(-1, 2)
    return tuple((round(float(px), 2), round(float(py), 2)) for px, py in hull)


def places_of(
    ground_of: GroundOf | None, size: tuple[int, int], xyxy: F32
) -> list[tuple[float, float] | None]:
    """The place on the ground, m, of each of these boxes (N, 4) px; None where it has none."""
    if ground_of is None:
        return [None] * len(xyxy)
    xy, _ = ground_of(size)(xyxy)
    return [(x, y) if isfinite(x) and isfinite(y) else None for x, y in xy.tolist()]
