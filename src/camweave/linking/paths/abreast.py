"""Every meeting of two tracklets in views that overlap: whoever stands long is met by all."""

from typing import Final

import numpy as np

from camweave.core.arrays import F32, F64, I64, Bool
from camweave.core.sightings import Sightings
from camweave.linking.kinds import WALL, Kinds, walled
from camweave.linking.paths.laid import Laid
from camweave.linking.paths.meetings import SHORTEST, Meetings, dots
from camweave.linking.paths.standing import distances

MOST: Final = 4_000_000  # pairs; of more, those that began nearest to each other


def meetings_abreast(
    sightings: Sightings,
    vector: F32,
    together: Bool,
    laid: Laid | None = None,
    *,
    kinds: Kinds | None = None,
    most: int = MOST,
) -> Meetings:
    """All pairs that overlapping views (C, C) `together` had at the same time.

    Those whose classes are walls are left out; without `kinds`, all whose classes differ. Where
    views are `laid` over each other, they tell the distance, not the ground.
    """
    rows = np.flatnonzero(together[sightings.camera].any(axis=1))
    rows = rows[np.lexsort([sightings.end[rows], sightings.begin[rows]])]
    pairs = [np.empty((2, 0), np.int64)]
    for camera in np.unique(sightings.camera[rows]).tolist():
        ours = rows[sightings.camera[rows] == camera]
        theirs = rows[together[camera, sightings.camera[rows]]]
        pairs.append(_begun_within(sightings, ours, theirs, most // max(len(rows), 1)))
    one, other = np.ascontiguousarray(np.concatenate(pairs, axis=1))
    one, other, shared = _met(sightings, one, other, kinds)
    apart = distances(sightings.paths, one, other)
    if laid is not None:
        over = laid.distances(one, other)
        apart = np.where(np.isnan(over), apart, over)
    alike = dots(vector, one, other)
    return Meetings(one, other, alike, alike, shared, apart)


def _begun_within(sightings: Sightings, ours: I64, theirs: I64, most: int) -> I64:
    """(2, Q) each of ours with those of theirs that began in its life, `most` of them at most.

    Both are in order of begin; of two who began at once, the one of the lower row comes first.
    """
    begin = sightings.begin[theirs]
    first = np.searchsorted(begin, sightings.begin[ours], "left")
    stop = np.searchsorted(begin, sightings.end[ours] - SHORTEST, "left")
    count = np.clip(stop - first, 0, max(most, 1))
    one = np.repeat(ours, count)
    step = np.arange(len(one)) - np.repeat(np.cumsum(count) - count, count)
    other = theirs[np.repeat(first, count) + step]
    later = (sightings.begin[one] < sightings.begin[other]) | (one < other)
    return np.stack([one[later], other[later]])


def _met(sightings: Sightings, one: I64, other: I64, kinds: Kinds | None) -> tuple[I64, I64, F64]:
    """The pairs (Q,) that share time enough and can be of one class, and how much of a life."""
    begin, end = sightings.begin, sightings.end
    shared = np.minimum(end[one], end[other]) - np.maximum(begin[one], begin[other])
    known = kinds or walled(len(sightings.cameras), 1 + int(sightings.class_id.max(initial=-1)))
    told = known.told(sightings.camera, sightings.class_id)
    met = (shared > SHORTEST) & (known.nats(told[one], told[other]) > WALL)
    one, other = one[met], other[met]
    life = end - begin
    return one, other, shared[met] / np.minimum(life[one], life[other])
