"""What meetings in overlapping views say, each two views by themselves, learned without a label.

How many of them are one object, how far apart both begin and end, and how far apart they stand are
found by expectation maximisation, looks held fast. A camera whose map is wrong stands far from the
others where both see one object: so its distances come to say little.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.core.sightings import Sightings
from camweave.linking.paths.meetings import Meetings

LAGS: Final = np.array(
    [-30, -15, -8, -5, -3, -2, -1.2, -0.6, -0.2, 0.2, 0.6, 1.2, 2, 3, 5, 8, 15, 30.0]
)
APART: Final = np.array([0.2, 0.4, 0.6, 0.9, 1.3, 1.9, 2.8, 4.0, 6.0, 10.0, 20.0])  # m
PRIOR: Final = 8.0  # meetings that "as usual" is worth
MOST: Final = 8.0  # nats of one meeting, its distance not counted
BEGIN: Final = 0.1  # share of true meetings
SHARES: Final = (0.001, 0.5)
ROUNDS: Final = 4
SURE: Final = 0.9  # odds of a meeting that tells where two views put one object
FEWEST: Final = 10  # of them


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """What Q meetings of C cameras say."""

    nats: F64  # (Q,) for one object
    apart: F64  # (C, C) m: median distance of one object in two views; NaN where few tell


def weigh(sightings: Sightings, met: Meetings, appearance: F64) -> Weighed:
    """All that meetings (Q,) say, appearance (Q,) nats included."""
    c = len(sightings.cameras)
    swap = sightings.camera[met.one] > sightings.camera[met.other]
    low, high = np.where(swap, met.other, met.one), np.where(swap, met.one, met.other)
    names, views = np.unique(
        sightings.camera[low] * c + sightings.camera[high], return_inverse=True
    )
    ends = (sightings.begin, sightings.end)
    lags = [np.searchsorted(LAGS, end[high] - end[low]) for end in ends]
    share, lag, place = np.full(len(names), BEGIN), np.zeros(len(met)), np.zeros(len(met))
    for _ in range(ROUNDS):
        chance = 1 / (1 + np.exp(-_sum(appearance, lag, share[views], place)))
        mean = np.bincount(views, chance, len(names)) / np.bincount(views, minlength=len(names))
        share = np.clip(mean, *SHARES)
        lag = sum((_bin_nats(each, views, chance) for each in lags), np.zeros(len(met)))
        place = _place_nats(met.distance, views, chance)
    nats = _sum(appearance, lag, share[views], place)
    apart = np.full(c * c, np.nan)
    sure = (nats > np.log(SURE / (1 - SURE))) & np.isfinite(met.distance)
    for at, name in enumerate(names.tolist()):
        told = met.distance[sure & (views == at)]
        if len(told) >= FEWEST:
            apart[name] = np.median(told)
    square = apart.reshape(c, c)
    return Weighed(nats, np.fmax(square, square.T))


def _sum(appearance: F64, lag: F64, share: F64, place: F64) -> F64:
    """(Q,) nats in all."""
    return np.asarray(np.clip(appearance + lag + np.log(share / (1 - share)), -MOST, MOST) + place)


def _bin_nats(place: I64, views: I64, chance: F64) -> F64:
    """(Q,) what lying in a bin (Q,) says: how much oftener true meetings do than others."""
    true, false = _counted(place, views, chance, len(LAGS) + 1)
    usual = (false + 1 / false.shape[1]) / (false.sum(axis=1, keepdims=True) + 1)
    return np.asarray(np.log(_leaning(true, usual) / usual)[views, place])


def _place_nats(distance: F64, views: I64, chance: F64) -> F64:
    """(Q,) what a distance says; two views lean on all together. 0 where it is not known."""
    said, known = np.zeros(len(distance)), np.flatnonzero(np.isfinite(distance))
    place = np.searchsorted(APART, distance[known])
    said[known] = distance_nats(place, views[known], chance[known])[views[known], place]
    return said


def distance_nats(place: I64, views: I64, chance: F64) -> F64:
    """(V, B) what lying in a bin of `APART` says, from meetings' bins (Q,), views and odds."""
    true, false = _counted(place, views, chance, len(APART) + 1)
    usual = (false.sum(axis=0) + 1 / false.shape[1]) / (false.sum() + 1)
    expected = _leaning(true.sum(axis=0), usual)
    return np.asarray(np.log(_leaning(true, expected) / _leaning(false, usual)))


def _counted(place: I64, views: I64, chance: F64, bins: int) -> tuple[F64, F64]:
    """(V, B) true meetings and others, by views and bin."""
    count = int(views.max(initial=-1)) + 1
    key = views * bins + place
    true, false = (np.bincount(key, each, count * bins) for each in (chance, 1 - chance))
    shape = count, bins
    return np.asarray(true.reshape(shape), np.float64), np.asarray(false.reshape(shape), np.float64)


def _leaning(seen: F64, expected: F64) -> F64:
    """(..., B) shares of the bins, leaning on what is expected."""
    return np.asarray((seen + PRIOR * expected) / (seen.sum(axis=-1, keepdims=True) + PRIOR))
