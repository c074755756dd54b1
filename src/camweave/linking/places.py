"""Where in a camera's image tracklets come and go: a few places each, found by grouping.

No place is in two zones of which a drawn transition names one: what holds for a zone holds for
all of a place.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.core.sightings import Sightings
from camweave.core.topology import Topology, Zone
from camweave.linking.possible import End, zone_sets

PLACES: Final = 8  # of one camera, to either way, beside those that zones make
EACH: Final = 12  # tracklets that a place needs
HEADING: Final = 0.15  # what turning round is worth, in image sizes
ROUNDS: Final = 12
NOWHERE: Final = -1


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """The places at which tracklets of C cameras end, or begin."""

    end: End
    middles: tuple[F64, ...]  # C of (Z, 4)
    zones: tuple[I64, ...]  # C of (Z,) the drawn zones that each place is in, as `zone_sets`

    def of(self, sightings: Sightings, drawn: tuple[Zone, ...]) -> I64:
        """(N,) the place of each tracklet; -1 where there is none."""
        features, sets = _features(sightings, self.end), zone_sets(sightings, drawn, self.end)
        place = np.full(len(sightings), NOWHERE)
        for c, (middles, zones) in enumerate(zip(self.middles, self.zones, strict=True)):
            for each in np.unique(zones).tolist():
                mine = np.flatnonzero((sightings.camera == c) & (sets == each))
                near = np.flatnonzero(zones == each)
                place[mine] = near[_nearest(features[mine], middles[near])]
        return place


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """The places of exit and entry of C cameras."""

    exits: Side
    entries: Side
    zones: tuple[Zone, ...] = ()  # drawn, and named by a transition

    @property
    def count(self) -> int:
        """How many a camera has to either way, at most, or more."""
        sides = (*self.exits.middles, *self.entries.middles)
        return max(PLACES, *(len(each) for each in sides), 0)

    def leaving(self, sightings: Sightings) -> I64:
        """(N,) the place of exit of each tracklet; -1 where there is none."""
        return self.exits.of(sightings, self.zones)

    def entering(self, sightings: Sightings) -> I64:
        """(N,) the place of entry of each tracklet; -1 where there is none."""
        return self.entries.of(sightings, self.zones)


def learn_places(sightings: Sightings, topology: Topology | None = None) -> Places:
    """The places of a site, from where its tracklets begin and end, and its drawn zones."""
    zones = _named(topology) if topology else ()
    return Places(_side(sightings, zones, "exit"), _side(sightings, zones, "entry"), zones)


def _named(topology: Topology) -> tuple[Zone, ...]:
    """The zones that a transition names."""
    ends = [
        end
        for each in topology.transitions
        for end in ((each.source, each.exit_zone), (each.target, each.entry_zone))
    ]
    return tuple(zone for zone in topology.zones if (zone.camera, zone.name) in ends)


def _side(sightings: Sightings, drawn: tuple[Zone, ...], end: End) -> Side:
    features, sets = _features(sightings, end), zone_sets(sightings, drawn, end)
    found = []
    for c, camera in enumerate(sightings.cameras):
        mine = np.flatnonzero(sightings.camera == c)
        alone = all(zone.camera != camera for zone in drawn)
        found.append(_places(features[mine], sets[mine], least=0 if alone else 1))
    return Side(end, tuple(each[0] for each in found), tuple(each[1] for each in found))


def _places(features: F64, sets: I64, least: int) -> tuple[F64, I64]:
    """Middles (Z, 4) of a camera's places, and the zones (Z,) of each; those of a set apart."""
    middles, zones = [np.empty((0, features.shape[1]))], [np.empty(0, np.int64)]
    for each in np.unique(sets):
        mine = features[sets == each]
        most = round(PLACES * len(mine) / len(features))
        middles.append(_group(mine, most, least))
        zones.append(np.full(len(middles[-1]), each))
    return np.concatenate(middles), np.concatenate(zones)


def _features(sightings: Sightings, end: End) -> F64:
    """(N, 4) middle of the box in image sizes, and heading."""
    leaving = end == "exit"
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


def _group(features: F64, most: int, least: int) -> F64:
    """(Z, 4) middles by k-means from the farthest points on; the same ones every time.

    One place alone tells nothing: there is none then, or `least` of them.
    """
    count = min(most, len(features) // EACH)
    if count <= 1:
        return np.asarray(features.mean(axis=0, keepdims=True)[:least])
    start = features[np.lexsort(features.T)]
    middles = [np.median(start, axis=0)]
    gap = np.full(len(start), np.inf)
    for _ in range(count):
        gap = np.minimum(gap, np.square(start - middles[-1]).sum(axis=1))
        middles.append(start[int(gap.argmax())])
    centre, before = np.array(middles[1:]), None
    for _ in range(ROUNDS):
        near = _nearest(start, centre)
        if before is not None and np.array_equal(near, before):
            break
        size = np.bincount(near, minlength=count)
        for k in np.flatnonzero(size):
            centre[k] = start[near == k].mean(axis=0)
        before = near
    return centre


def _nearest(features: F64, middles: F64) -> I64:
    """(N,) the nearest of the middles (Z, 4) to each of these."""
    apart = np.square(features.T[:, :, None] - middles.T[:, None]).sum(axis=0)
    return np.asarray(apart.argmin(axis=1), np.int64)
