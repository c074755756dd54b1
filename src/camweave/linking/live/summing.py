"""Tracklets with all their crops, summarised to what the live linker keeps of them."""

from dataclasses import replace

import numpy as np

from camweave.core.sightings import Crops, Sightings
from camweave.linking.appearance import CameraMeans, looks_of
from camweave.linking.live.cropping import first_best
from camweave.linking.live.state import LiveState


def summed_up(sightings: Sightings, time: float) -> LiveState:
    """What a linker goes on with at `time` s that knows of these tracklets alone."""
    has = np.diff(sightings.crops.offsets) > 0
    crops = sightings.crops.only(np.flatnonzero(has))
    looks, best = looks_of(crops), first_best(crops)
    means = CameraMeans.none(len(sightings.cameras), looks.vector.shape[1])
    means = means.added(looks.vector, sightings.camera[has])
    kept = Crops(
        offsets=np.concatenate([[0], np.cumsum(has)]).astype(np.int64),
        time=crops.time[best],
        frame=crops.frame[best],
        embedding=looks.vector,
        quality=looks.trust.astype(np.float32),
    )
    return LiveState(time, replace(sightings, crops=kept), means.total, means.count)
