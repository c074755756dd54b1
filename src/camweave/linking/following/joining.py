"""Which followed objects are one: other cameras' at the same time, or back after a while."""

from dataclasses import dataclass
from math import log

import numpy as np

from camweave.core.arrays import F64, I64, Bool
from camweave.linking.following.follow import Trail
from camweave.linking.following.movers import log_density, motion
from camweave.linking.following.observations import Observations
from camweave.linking.following.params import FollowParams

CEILING = 60.0  # nats: no return is surer
SAMPLE = 0.5  # s between the moments at which two paths are compared
MOST = 12.0  # nats: no company says more, for people walk in pairs
SOON = 1.0  # s that a path may lack a place and still be compared there


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """Where one object was: a place for each time, the mean of what its cameras saw."""

    time: F64  # (S,) s, rising
    xy: F64  # (S, 2) m
    variance: F64  # (S,) m²
    keys: I64  # sorted: the instants it was seen in


@dataclass(frozen=True, slots=True, eq=False)
class Walker(Walk):
    """The same, and where each camera by itself saw it."""

    views: dict[int, Walk]


@dataclass(frozen=True, slots=True)
class Odds:
    """What speaks against chance, in nats."""

    ground: float  # of a place: log of 1/m² of anywhere
    returns: float  # of a return at once against a newcomer, per m² and s


def join(observations: Observations, trail: Trail, params: FollowParams) -> I64:
    """(P,) labels, where objects found to be one have one label. Nobody is twice in an instant."""
    label = trail.label.copy()
    for step in (_company, _returns, _company):
        walks = walks_of(observations, label)
        onto = step(walks, odds_of(observations, walks, params), params)
        names = np.array(sorted(walks), np.int64)
        if len(names):
            target = np.array([onto.get(name, name) for name in names.tolist()], np.int64)
            seen = label >= 0
            label[seen] = target[np.searchsorted(names, label[seen])]
    return label


def walks_of(observations: Observations, label: I64) -> dict[int, Walker]:
    """The walk of each label."""
    rows = np.flatnonzero(label >= 0)
    rows = rows[np.lexsort([observations.time[rows], label[rows]])]
    bounds = np.flatnonzero(np.diff(label[rows])) + 1
    return {
        int(label[part[0]]): _walker(observations, part)
        for part in (np.split(rows, bounds) if len(rows) else [])
    }


def _walker(observations: Observations, rows: I64) -> Walker:
    """Of rows in order of time."""
    variance = np.einsum("pii->p", observations.covariance) / 2
    whole = _walk(observations, rows, variance)
    camera, noise = observations.camera[rows], observations.noise
    views = {int(c): _walk(observations, rows[camera == c], noise) for c in np.unique(camera)}
    return Walker(whole.time, whole.xy, whole.variance, whole.keys, views)


def _walk(observations: Observations, rows: I64, variance: F64) -> Walk:
    time, first = np.unique(observations.time[rows], return_index=True)
    weight = 1 / variance[rows]
    total = np.add.reduceat(weight, first)
    xy = np.add.reduceat(observations.xy[rows] * weight[:, None], first) / total[:, None]
    return Walk(time, xy, 1 / total, np.unique(observations.instant[rows]))


def odds_of(observations: Observations, walks: dict[int, Walker], params: FollowParams) -> Odds:
    """What is likely in a recording with such walks.

    Who is there from the beginning did not come, and who is gone at once is no newcomer.
    """
    start = observations.time[0] if len(observations) else 0.0
    span = float(np.ptp(observations.time)) if len(observations) else 0.0
    came = sum(w.time[0] > start + SOON and np.ptp(w.time) > SOON for w in walks.values())
    births = max(came, 1) / max(span, SOON) / observations.area
    return Odds(-log(observations.area), log(params.returns / params.absence / births))


def _company(walks: dict[int, Walker], odds: Odds, params: FollowParams) -> dict[int, int]:
    """Who is the same as whom because they walk in the same place: surest first."""
    names = sorted(walks)
    found = []
    for at, one in enumerate(names):
        for other in names[at + 1 :]:
            nats = company(walks[one], walks[other], odds, params)
            if nats > params.least:
                found.append((-nats, one, other))
    onto = {name: name for name in names}
    keys = {name: walks[name].keys for name in names}
    for _, one, other in sorted(found):
        a, b = _root(onto, one), _root(onto, other)
        if a == b or _meet(keys[a], keys[b]):
            continue
        first, second = min(a, b), max(a, b)
        onto[second] = first
        keys[first] = np.union1d(keys[a], keys[b])
    return {name: _root(onto, name) for name in names}


def company(one: Walker, other: Walker, odds: Odds, params: FollowParams) -> float:
    """Nats for two walks being one that overlap in time; -inf: they cannot be, or do not overlap.

    Beside where they are at the same time, it counts if one camera lost the one where it found
    the other: whatever its map is off by, it is off by for both.
    """
    begin, end = max(one.time[0], other.time[0]), min(one.time[-1], other.time[-1])
    if begin > end or _meet(one.keys, other.keys):
        return -np.inf
    beside = abreast(one, other, odds, params)
    lost = max(
        (handed(one, other, c, odds=odds, params=params) for c in one.views), default=-np.inf
    )
    if lost > 0:
        return lost + max(beside if beside > -np.inf else 0.0, params.doubt)
    return beside


def handed(one: Walker, other: Walker, camera: int, *, odds: Odds, params: FollowParams) -> float:
    """Nats for one camera having lost the one and found the other as the same; -inf: it did not."""
    if camera not in other.views:
        return -np.inf
    a, b = one.views[camera], other.views[camera]
    a, b = (a, b) if a.time[-1] < b.time[0] else (b, a)
    gap = b.time[0] - a.time[-1]
    return went_on(a, b, odds, params) if 0 < gap <= params.patience else -np.inf


def went_on(one: Walk, other: Walk, odds: Odds, params: FollowParams) -> float:
    """Nats for `other` being who ended as `one` did, against a newcomer."""
    gap = float(other.time[0] - one.time[-1])
    return carry(one, other, params) + odds.returns - gap / params.absence


def abreast(one: Walk, other: Walk, odds: Odds, params: FollowParams) -> float:
    """Nats by places at the same moments; -inf: there are none.

    Misses that follow each other closely tell little new: `pace` s count as one.
    """
    begin, end = max(one.time[0], other.time[0]), min(one.time[-1], other.time[-1])
    moments = np.arange(begin, end + SAMPLE / 2, SAMPLE)
    (a, va, near), (b, vb, close) = (_at(walk, moments) for walk in (one, other))
    keep = near & close
    if not keep.any():
        return -np.inf
    around = (va + vb)[keep, None, None] * np.eye(2)
    nats = log_density((a - b)[keep], around, params.freedom) - odds.ground
    count = 1 + (keep.sum() - 1) * SAMPLE / params.pace
    return float(np.minimum(nats.mean() * count, MOST))


def _returns(walks: dict[int, Walker], odds: Odds, params: FollowParams) -> dict[int, int]:
    """Who went on as whom: wherever that is likelier than a newcomer and every rival together."""
    names = sorted(walks)
    nats = np.full((len(names), len(names)), -np.inf)
    for i, one in enumerate(names):
        for j, other in enumerate(names):
            gap = walks[other].time[0] - walks[one].time[-1]
            if i != j and 0 < gap <= params.horizon:
                nats[i, j] = came_back(walks[one], walks[other], odds, params)
    likely = np.exp(np.minimum(nats, CEILING))
    rivals = likely.sum(axis=0) + likely.sum(axis=1, keepdims=True) - 2 * likely
    onto = {name: name for name in names}
    for i, j in sorted(np.argwhere(likely > 1 + rivals).tolist(), key=lambda pair: pair[1]):
        onto[names[j]] = names[i]
    return {name: _root(onto, name) for name in names}


def came_back(one: Walker, other: Walker, odds: Odds, params: FollowParams) -> float:
    """`went_on`, by all views together or by the camera that saw the one last and the other first.

    What that camera's map is off by says nothing then.
    """
    whole = went_on(one, other, odds, params)
    for camera in one.views.keys() & other.views.keys():
        a, b = one.views[camera], other.views[camera]
        if one.time[-1] - a.time[-1] <= SOON and b.time[0] - other.time[0] <= SOON:
            whole = max(whole, went_on(a, b, odds, params))
    return whole


def carry(one: Walk, other: Walk, params: FollowParams) -> float:
    """Log density (1/m²) of where `other` begins, for who ended as `one` did."""
    gap = float(other.time[0] - one.time[-1])
    place, velocity, variance, pace = end_of(one, last=True, params=params)
    begin, back, theirs, _ = end_of(other, last=False, params=params)
    move, noise = motion(gap, params)
    reach = move[0, 2]
    spread = variance + theirs + reach**2 * pace + noise[0, 0]
    ahead = log_density(begin - (place + reach * velocity), spread * np.eye(2), params.freedom)
    astern = log_density(begin - reach * back - place, spread * np.eye(2), params.freedom)
    return float((ahead + astern) / 2)


def end_of(walk: Walk, *, last: bool, params: FollowParams) -> tuple[F64, F64, float, float]:
    """Place, velocity and the variances of both at an end of a walk, by a line through 1 s."""
    edge = walk.time[-1] if last else walk.time[0]
    rows = np.flatnonzero(np.abs(walk.time - edge) <= SOON)
    t, w = walk.time[rows] - edge, 1 / walk.variance[rows]
    # The usual speed is what is known before anything is seen.
    normal = np.array([[w.sum(), (w * t).sum()], [(w * t).sum(), (w * t * t).sum()]])
    normal[1, 1] += 1 / params.speed**2
    inverse = np.linalg.inv(normal)
    seen = walk.xy[rows]
    fit = inverse @ np.stack([(w[:, None] * seen).sum(0), ((w * t)[:, None] * seen).sum(0)])
    least = float(walk.variance[rows].min())
    return fit[0], fit[1], max(float(inverse[0, 0]), least / 2), float(inverse[1, 1])


def _at(walk: Walk, moments: F64) -> tuple[F64, F64, Bool]:
    """Place, variance and whether it was seen near by, at each moment."""
    place = np.stack([np.interp(moments, walk.time, walk.xy[:, d]) for d in (0, 1)], axis=1)
    variance = np.interp(moments, walk.time, walk.variance)
    after = np.searchsorted(walk.time, moments).clip(0, len(walk.time) - 1)
    before = np.maximum(after - 1, 0)
    away = np.minimum(np.abs(walk.time[after] - moments), np.abs(walk.time[before] - moments))
    return place, variance, away <= SOON


def _meet(one: I64, other: I64) -> bool:
    """Whether two sorted lists, each without twins, share anything."""
    return bool(np.intersect1d(one, other, assume_unique=True).size)


def _root(onto: dict[int, int], name: int) -> int:
    while onto[name] != name:
        name = onto[name]
    return name
