"""Where in a camera's image tracklets come and go: a few places each, found by grouping."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.core.sightings import Sightings

PLACES: Final = 8  # of one camera, to either way
EACH: Final = 12  # tracklets that a place needs
HEADING: Final = 0.15  # what turning round is worth, in image sizes
ROUNDS: Final = 12


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """The middles of the places of exit and entry of C cameras."""

    exits: tuple[F64, ...]  # C of (Z, 4)
    entries: tuple[F64, ...]  # C of (Z, 4)

    def leaving(self, sightings: Sightings) -> I64:
        """(N,) the place of exit of each tracklet; -1 where there is none."""
        return _nearest(sightings, _features(sightings, leaving=True), self.exits)

    def entering(self, sightings: Sightings) -> I64:
        """(N,) the place of entry of each tracklet; -1 where there is none."""
        return _nearest(sightings, _features(sightings, leaving=False), self.entries)


def learn_places(sightings: Sightings) -> Places:
    """The places of a site, from where its tracklets begin and end."""
    found = []
    for leaving in (True, False):
        features = _features(sightings, leaving=leaving)
        found.append(
            tuple(_group(features[sightings.camera == c]) for c in range(len(sightings.cameras)))
        )
    return Places(found[0], found[1])


def _features(sightings: Sightings, *, leaving: bool) -> F64:
    """(N, 4) middle of the box in image sizes, and heading."""
    box = (sightings.exit if leaving else sightings.entry).astype(np.float64)
    motion = (sightings.exit_motion if leaving else sightings.entry_motion).astype(np.float64)
    size = sightings.size.astype(np.float64)
    for c in np.flatnonzero(~size.all(axis=1)):
        mine = sightings.camera == c
        size[c] = np.maximum(box[mine, 2:].max(axis=0, initial=1.0), 1.0)
    scale = size[sightings.camera]
    middle = (box[:, :2] + box[:, 2:]) / 2 / scale
    speed = motion / scale
    pace = np.linalg.norm(speed, axis=1, keepdims=True)
    heading = speed / np.maximum(pace, 0.02) * HEADING
    return np.hstack([middle, heading])


def _group(features: F64) -> F64:
    """(Z, 4) middles by k-means from the farthest points on; the same ones every time."""
    count = min(PLACES, len(features) // EACH)
    if count <= 1:
        return np.empty((0, features.shape[1]))
    start = features[np.lexsort(features.T)]
    middles = [np.median(start, axis=0)]
    gap = np.full(len(start), np.inf)
    for _ in range(count):
        gap = np.minimum(gap, np.square(start - middles[-1]).sum(axis=1))
        middles.append(start[int(gap.argmax())])
    centre = np.array(middles[1:])
    for _ in range(ROUNDS):
        near = np.square(start[:, None] - centre).sum(axis=2).argmin(axis=1)
        size = np.bincount(near, minlength=count)
        for k in np.flatnonzero(size):
            centre[k] = start[near == k].mean(axis=0)
    return centre


def _nearest(sightings: Sightings, features: F64, middles: tuple[F64, ...]) -> I64:
    place = np.full(len(features), -1)
    for c, centre in enumerate(middles):
        mine = np.flatnonzero(sightings.camera == c)
        if len(centre) and len(mine):
            apart = np.square(features[mine][:, None] - centre).sum(axis=2)
            place[mine] = apart.argmin(axis=1)
    return place
