"""Views that overlap without a known ground: who is in another view just now may come into this."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64, Bool
from camweave.core.sightings import Sightings
from camweave.linking.live.columns import NOBODY
from camweave.linking.live.gallery import Gallery
from camweave.linking.paths.together import Groups

LAGS: Final = np.array([0.2, 0.6, 1.2, 2, 3, 5, 8, 15, 30.0])  # s between two begins
PRIOR: Final = 8.0  # meetings that "as usual" is worth
FEW: Final = 0.01  # share of meetings that are one object, and of newcomers, while nobody was seen


@dataclass(frozen=True, slots=True, eq=False)
class Abreast:
    """What it says of a newcomer and somebody in an overlapping view that the latter is there."""

    together: Bool  # (C, C) whose views overlap
    told: F64  # (C, C, L) nats by the camera of who is there, the newcomer's, and the lag

    def nats(self, gallery: Gallery, tracklet: I64, identity: I64) -> F64:
        """(Q,) nats of tracklets (Q,) and identities (Q,); NaN: that one is in no such view."""
        told = np.full(len(tracklet), np.nan)
        if not len(tracklet) or not self.together.any():
            return told
        table = gallery.tracklets
        there = np.flatnonzero(table["used"] & (table["identity"] != NOBODY))
        there = there[table["end"][there] >= table["begin"][tracklet].min()]
        there = there[np.argsort(table["identity"][there], kind="stable")]
        first, stop = (
            np.searchsorted(table["identity"][there], identity, side) for side in ("left", "right")
        )
        count = stop - first
        pair = np.repeat(np.arange(len(tracklet)), count)
        place = np.arange(len(pair)) - np.repeat(np.cumsum(count) - count, count)
        one, new = table[there[np.repeat(first, count) + place]], table[tracklet[pair]]
        lag = new["begin"] - one["begin"]
        met = self.together[one["camera"], new["camera"]] & (one["end"] >= new["begin"])
        said = self.told[one["camera"], new["camera"], np.searchsorted(LAGS, np.abs(lag))]
        np.fmax.at(told, pair[met], said[met])
        return told


def learn_abreast(rows: Sightings, groups: Groups, label: I64) -> Abreast | None:
    """How often who came in was whom an overlapping view had, by who is who (`label`, (N,)).

    It is set against how often whoever came in was somebody new. None: no views overlap.
    """
    if not groups.together.any():
        return None
    c, met, begin = len(rows.cameras), groups.meetings, rows.begin
    swap = begin[met.one] > begin[met.other]
    one, other = np.where(swap, met.other, met.one), np.where(swap, met.one, met.other)
    views = rows.camera[one] * c + rows.camera[other]
    by_lag = views * (len(LAGS) + 1) + np.searchsorted(LAGS, begin[other] - begin[one])
    same = label[one] == label[other]
    usual = (same.sum() + FEW * PRIOR) / (len(same) + PRIOR)
    share = _shares(views, same, c * c, usual)
    share = _shares(by_lag, same, c * c * (len(LAGS) + 1), np.repeat(share, len(LAGS) + 1))
    _, of_object = np.unique(label, return_inverse=True)
    soonest = np.full(len(rows), np.inf)
    np.minimum.at(soonest, of_object, begin)
    new = begin <= soonest[of_object]
    usual = (new.sum() + FEW * PRIOR) / (len(new) + PRIOR)
    fresh = _shares(rows.camera, new, c, usual)
    told = np.log(share).reshape(c, c, -1) - np.log(fresh)[None, :, None]
    return Abreast(groups.together, told)


def _shares(key: I64, hit: Bool, count: int, usual: F64 | float) -> F64:
    """(count,) share of hits by key, leaning on what is usual."""
    hits, all_ = np.bincount(key, hit, count), np.bincount(key, minlength=count)
    return np.asarray((hits + PRIOR * usual) / (all_ + PRIOR))
