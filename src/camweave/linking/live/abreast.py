"""Evidence from overlapping views without a common ground plane: two tracklets at the same time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64, Bool
from camweave.core.sightings import Sightings
from camweave.linking.live.footing import apart_in_views
from camweave.linking.live.gallery import Gallery
from camweave.linking.paths.meetings import Meetings
from camweave.linking.paths.together import Groups
from camweave.linking.paths.weighed import APART, distance_nats
from camweave.linking.views import ViewPair

LAGS: Final = np.array([0.2, 0.6, 1.2, 2, 3, 5, 8, 15, 30.0])  # s between two begins
PRIOR: Final = 8.0  # meetings that "as usual" is worth
FEW: Final = 0.01  # share of meetings that are one object, and of new ones, before any was seen


@dataclass(frozen=True, slots=True, eq=False)
class Abreast:
    """Evidence for a new tracklet being an object that an overlapping view sees at the time."""

    together: Bool  # (C, C) whose views overlap
    told: F64  # (C, C, L) nats by the camera of who is there, the newcomer's, and the lag
    views: Mapping[tuple[int, int], ViewPair] = field(default_factory=dict)  # how these lie
    apart: F64 | None = None  # (C, C, B) nats by how far apart they stand; None: views do not tell

    def nats(self, gallery: Gallery, tracklet: I64, identity: I64) -> F64:
        """(Q,) nats of tracklets (Q,) and identities (Q,); NaN: that one is in no such view.

        Of several members that are there the best lag counts, and the mean of where they stand.
        """
        told = np.full(len(tracklet), np.nan)
        if not len(tracklet) or not self.together.any():
            return told
        table = gallery.tracklets
        there, owner = _there(gallery, identity, float(table["begin"][tracklet].min()))
        first, stop = (np.searchsorted(owner, identity, side) for side in ("left", "right"))
        count = stop - first
        pair = np.repeat(np.arange(len(tracklet)), count)
        place = np.arange(len(pair)) - np.repeat(np.cumsum(count) - count, count)
        one, new = there[np.repeat(first, count) + place], tracklet[pair]
        cameras, begin = table["camera"], table["begin"]
        met = self.together[cameras[one], cameras[new]] & (table["end"][one] >= begin[new])
        one, new, pair = one[met], new[met], pair[met]
        lag = np.searchsorted(LAGS, np.abs(begin[new] - begin[one]))
        np.fmax.at(told, pair, self.told[cameras[one], cameras[new], lag])
        return told + self._placed(gallery, one, new, pair, len(told))

    def of_two(self, gallery: Gallery, one: I64, new: I64) -> F64:
        """(Q,) nats of tracklets (Q,) and those that came later (Q,); NaN: never there at once."""
        table, told = gallery.tracklets, np.full(len(one), np.nan)
        camera, begin = table["camera"], table["begin"]
        met = self.together[camera[one], camera[new]] & (table["end"][one] >= begin[new])
        pair = np.flatnonzero(met)
        one, new = one[pair], new[pair]
        lag = np.searchsorted(LAGS, np.abs(begin[new] - begin[one]))
        told[pair] = self.told[camera[one], camera[new], lag]
        return told + self._placed(gallery, one, new, pair, len(told))

    def _placed(self, gallery: Gallery, one: I64, new: I64, pair: I64, count: int) -> F64:  # noqa: PLR0917 - columns
        """(count,) what it says of each pair where the two of it stand, the mean of all."""
        if self.apart is None or not len(one):
            return np.zeros(count)
        distance = apart_in_views(gallery, self.views, one, new)
        known = np.flatnonzero(np.isfinite(distance))
        camera = gallery.tracklets["camera"]
        far = np.searchsorted(APART, distance[known])
        said = self.apart[camera[one[known]], camera[new[known]], far]
        number = np.bincount(pair[known], minlength=count)
        return np.asarray(np.bincount(pair[known], said, count) / np.maximum(number, 1))


def _there(gallery: Gallery, identity: I64, since: float) -> tuple[I64, I64]:
    """Tracklets of these identities that were seen `since`, and the identity of each, rising."""
    whose = np.unique(identity[gallery.identities["end"][identity] >= since])
    members = [gallery.members[each] for each in whose.tolist()]
    there = np.array([slot for own in members for slot in own], np.int64)
    owner = np.repeat(whose, [len(own) for own in members])
    seen = gallery.tracklets["end"][there] >= since
    return there[seen], owner[seen]


def learn_abreast(
    rows: Sightings,
    groups: Groups,
    label: I64,
    views: Mapping[tuple[int, int], ViewPair] | None = None,
) -> Abreast | None:
    """How often who came in was whom an overlapping view had, by who is who (`label`, (N,)).

    It is set against how often whoever came in was somebody new. None: no views overlap. `views`
    are laid over each other; how far apart meetings were says how far apart one object stands.
    """
    if not groups.together.any():
        return None
    c, met, begin = len(rows.cameras), groups.meetings, rows.begin
    swap = begin[met.one] > begin[met.other]
    one, other = np.where(swap, met.other, met.one), np.where(swap, met.one, met.other)
    key = rows.camera[one] * c + rows.camera[other]
    by_lag = key * (len(LAGS) + 1) + np.searchsorted(LAGS, begin[other] - begin[one])
    same = label[one] == label[other]
    usual = (same.sum() + FEW * PRIOR) / (len(same) + PRIOR)
    share = _shares(key, same, c * c, usual)
    share = _shares(by_lag, same, c * c * (len(LAGS) + 1), np.repeat(share, len(LAGS) + 1))
    _, of_object = np.unique(label, return_inverse=True)
    soonest = np.full(len(rows), np.inf)
    np.minimum.at(soonest, of_object, begin)
    new = begin <= soonest[of_object]
    usual = (new.sum() + FEW * PRIOR) / (len(new) + PRIOR)
    fresh = _shares(rows.camera, new, c, usual)
    told = np.log(share).reshape(c, c, -1) - np.log(fresh)[None, :, None]
    apart = _apart(rows, met, same) if views else None
    return Abreast(groups.together, told, views or {}, apart)


def _apart(rows: Sightings, met: Meetings, same: Bool) -> F64 | None:
    """(C, C, B) nats by how far apart who met stood; None: that is known of nobody."""
    known = np.flatnonzero(np.isfinite(met.distance))
    if not len(known):
        return None
    c = len(rows.cameras)
    a, b = rows.camera[met.one[known]], rows.camera[met.other[known]]
    names, views = np.unique(np.minimum(a, b) * c + np.maximum(a, b), return_inverse=True)
    place = np.searchsorted(APART, met.distance[known])
    told = np.zeros((c, c, len(APART) + 1))
    nats = distance_nats(place, views, same[known].astype(np.float64))
    told[names // c, names % c] = told[names % c, names // c] = nats
    return told


def _shares(key: I64, hit: Bool, count: int, usual: F64 | float) -> F64:
    """(count,) share of hits by key, leaning on what is usual."""
    hits, all_ = np.bincount(key, hit, count), np.bincount(key, minlength=count)
    return np.asarray((hits + PRIOR * usual) / (all_ + PRIOR))
