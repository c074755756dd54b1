"""Instant by instant: who of those being followed is what this camera sees now."""

from dataclasses import dataclass
from math import log

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.linking.following.movers import Movers
from camweave.linking.following.observations import Observations
from camweave.linking.following.params import FollowParams
from camweave.ops.assignment import assign

CEILING = 60.0  # nats: costs are what is left to it; no pair has more


@dataclass(frozen=True, slots=True, eq=False)
class Trail:
    """Who each of P observations was taken to be, and where that object was then."""

    label: I64  # (P,) from 0 on; -1: nobody
    xy: F64  # (P, 2) m, after all that was seen until then
    variance: F64  # (P,) m², to either side


def follow(observations: Observations, params: FollowParams) -> Trail:
    """Follow all objects through all instants, in order.

    In each, the camera's places are given to objects one to one, by their log-likelihood against
    that of a new object. All cameras share the objects, as in PoseTrack (AI City Challenge 2024)
    and, with the error of each place from the slope of its camera's map, in UCMCTrack (AAAI 2024).
    """
    movers, born = Movers.nobody(params), 0
    label = np.full(len(observations), -1, np.int64)
    xy, variance = observations.xy.copy(), np.zeros(len(observations))
    holder: dict[int, int] = {}  # tracklet: the object it was last taken to be
    for time, rows in observations.instants():
        movers.predict(time)
        movers.retire()
        at, covariance = observations.xy[rows], observations.covariance[rows]
        owner = observations.owner[rows]
        nats = movers.nats(at, covariance) - log(params.rare)
        nats += held(movers.number, owner, holder, params.hold)
        who, what = assign(np.maximum(CEILING - nats, 0.0), CEILING)
        movers.correct(who, at[what], covariance[what])
        left = np.setdiff1d(np.arange(len(at)), what)
        fresh = left[observations.sure[rows][left]]
        movers.spawn(np.arange(born, born + len(fresh)), at[fresh], covariance[fresh])
        place = np.concatenate([who, np.arange(len(movers) - len(fresh), len(movers))])
        row = rows.start + np.concatenate([what, fresh])
        label[row], xy[row] = movers.number[place], movers.state[place, :2]
        variance[row] = np.einsum("kii->k", movers.spread[place, :2, :2]) / 2
        named = zip(observations.owner[row].tolist(), label[row].tolist(), strict=True)
        holder |= {who: what for who, what in named if who >= 0}
        born += len(fresh)
    return Trail(label, xy, variance)


def held(number: I64, owner: I64, holder: dict[int, int], hold: float) -> F64:
    """(K, D) nats for places that belong to tracklets whose object was known before."""
    before = np.array([holder.get(each, -1) for each in owner.tolist()], np.int64)
    known = np.isin(before, number)
    same = number[:, None] == before
    return np.where(same, hold, np.where(known, -hold, 0.0))
