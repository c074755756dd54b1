"""What ours is held against: the specification's own clustering, and the same made stronger.

Both are given the true layout, and each threshold is the one that scores best on the truth: no
user could have that.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from camweave.core.arrays import F64, I64
from camweave.core.sightings import Sightings
from camweave.core.topology import Topology
from camweave.linking.cluster import looks_of

SIMILARITIES = np.arange(0.0, 0.96, 0.02)  # thresholds tried
GAP = 4.0  # s between two fragments of one camera
ALIKE = (0.3, 0.5, 0.7)  # likenesses of fragments tried
NEAR = (0.5, 1.5, 4.0)  # and distances, in heights of the box

Bools = npt.NDArray[np.bool_]
Score = Callable[[I64], float]


@dataclass(frozen=True)
class Tracks:
    """What the origin's clustering knows of N tracklets."""

    camera: I64  # (N,)
    begin: F64  # (N,) s
    end: F64  # (N,) s
    look: F64  # (N, D) unit length


def specification(sightings: Sightings, topology: Topology, score: Score) -> I64:
    """The clustering as it is: one tracklet per camera and identity, one possible pair is enough.

    Average linkage, the true layout, and the similarity that scores best. Labels (N,).
    """
    return _best_cut(_tracks(sightings), topology, sightings, np.arange(len(sightings)), score)[1]


def strengthened(sightings: Sightings, topology: Topology, score: Score) -> I64:
    """The same with every camera's mean look removed, and fragments of a camera joined before.

    Likeness and distance of fragments, and the similarity of clusters, are those that score best.
    """
    tracks = _tracks(sightings)
    look = tracks.look.copy()
    for camera in np.unique(tracks.camera):
        look[tracks.camera == camera] -= look[tracks.camera == camera].mean(axis=0)
    tracks = Tracks(tracks.camera, tracks.begin, tracks.end, _unit(look))
    best: tuple[float, I64] = (-1.0, np.arange(len(sightings)))
    for alike, near in product(ALIKE, NEAR):
        owner = _join_fragments(tracks, sightings, alike, near)
        best = max(
            best,
            _best_cut(_joined(tracks, owner), topology, sightings, owner, score),
            key=lambda scored: scored[0],
        )
    return best[1]


def _tracks(sightings: Sightings) -> Tracks:
    look = looks_of(sightings.crops)[0].astype(np.float64)
    return Tracks(sightings.camera, sightings.begin, sightings.end, look)


def _unit(look: F64) -> F64:
    unit: F64 = look / np.maximum(np.linalg.norm(look, axis=1, keepdims=True), 1e-12)
    return unit


def _best_cut(  # noqa: PLR0917 - one problem
    tracks: Tracks, topology: Topology, sightings: Sightings, owner: I64, score: Score
) -> tuple[float, I64]:
    """The threshold that scores best, and the labels it gives to who was made of `owner`.

    A clustering with a higher threshold is the beginning of one with a lower one.
    """
    merges = list(origin_merges(tracks, topology, sightings.cameras, float(SIMILARITIES[0])))
    labels, done, best = np.arange(len(tracks.camera)), 0, (-1.0, owner)
    for least in SIMILARITIES[::-1]:
        while done < len(merges) and merges[done][2] >= least:
            labels[labels == labels[merges[done][1]]] = labels[merges[done][0]]
            done += 1
        best = max(best, (score(labels[owner]), labels[owner]), key=lambda scored: scored[0])
    return best


def origin_merges(
    tracks: Tracks, topology: Topology, cameras: tuple[str, ...], least: float
) -> Iterator[tuple[int, int, float]]:
    """The origin's merges in their order, with similarities: average linkage, over dense arrays.

    Two clusters are joined that share no camera and have one pair that is possible.
    """
    n = len(tracks.camera)
    total, possible = tracks.look @ tracks.look.T, origin_compatible(tracks, topology, cameras)
    size, seen = np.ones(n), np.zeros((n, len(cameras)), np.bool_)
    seen[np.arange(n), tracks.camera] = True
    mean = np.where(possible, total, -np.inf)
    best = mean.argmax(axis=1) if n else np.empty(0, np.int64)
    most = mean[np.arange(n), best]
    while n and most.max() >= least:
        one = int(most.argmax())
        other = int(best[one])
        yield one, other, float(most[one])
        total[one] += total[other]
        total[:, one] += total[:, other]
        size[one] += size[other]
        seen[one] |= seen[other]
        possible[one] |= possible[other]
        fits = possible[one] & ~(seen & seen[one]).any(axis=1) & (size > 0)
        fits[[one, other]] = False
        size[other] = 0.0
        row = np.where(fits, total[one] / np.maximum(size[one] * size, 1), -np.inf)
        possible[:, one], possible[:, other], possible[other] = possible[one], False, False
        mean[one], mean[:, one] = row, row
        mean[other], mean[:, other] = -np.inf, -np.inf
        for stale in np.flatnonzero((best == one) | (best == other) | (row > most)):
            best[stale] = mean[stale].argmax()
            most[stale] = mean[stale, best[stale]]


def origin_compatible(tracks: Tracks, topology: Topology, cameras: tuple[str, ...]) -> Bools:
    """(N, N) the origin's test: the later one is in view at some time of the window."""
    n = len(tracks.camera)
    out = np.zeros((n, n), np.bool_)
    at = {name: number for number, name in enumerate(cameras)}
    for each in topology.transitions:
        if each.source == each.target or each.source not in at or each.target not in at:
            continue
        i = np.flatnonzero(tracks.camera == at[each.source])
        j = np.flatnonzero(tracks.camera == at[each.target])
        begin, end = tracks.begin[j], tracks.end[j]
        left = tracks.end[i][:, None]
        out[np.ix_(i, j)] |= (begin <= left + each.most) & (left + each.least <= end)
    return out | out.T


def _join_fragments(tracks: Tracks, sightings: Sightings, alike: float, near: float) -> I64:
    """(N,) the number of the chain each tracklet is in: greedily, the most alike first."""
    heights = np.maximum(sightings.exit[:, 3] - sightings.exit[:, 1], 1)
    feet = [
        np.stack([(box[:, 0] + box[:, 2]) / 2, box[:, 3]], axis=1)
        for box in (sightings.exit, sightings.entry)
    ]
    follower, leader, pairs = {}, {}, []
    for camera in np.unique(tracks.camera):
        rows = np.flatnonzero(tracks.camera == camera)
        gap = tracks.begin[rows] - tracks.end[rows][:, None]
        a, b = np.nonzero((gap > 0) & (gap < GAP))
        a, b = rows[a], rows[b]
        likeness = np.einsum("qd,qd->q", tracks.look[a], tracks.look[b])
        apart = np.linalg.norm(feet[0][a] - feet[1][b], axis=1) / heights[a]
        keep = (likeness >= alike) & (apart <= near)
        pairs += list(zip(-likeness[keep], a[keep].tolist(), b[keep].tolist(), strict=True))
    for _, a, b in sorted(pairs):
        if a not in follower and b not in leader:
            follower[a], leader[b] = b, a
    owner = np.arange(len(tracks.camera))
    for row in np.argsort(tracks.begin, kind="stable").tolist():
        owner[row] = owner[leader[row]] if row in leader else row
    return np.unique(owner, return_inverse=True)[1].astype(np.int64)


def _joined(tracks: Tracks, owner: I64) -> Tracks:
    count = int(owner.max(initial=-1)) + 1
    begin, end = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(begin, owner, tracks.begin)
    np.maximum.at(end, owner, tracks.end)
    look = np.zeros((count, tracks.look.shape[1]))
    np.add.at(look, owner, tracks.look)
    camera = np.zeros(count, np.int64)
    camera[owner] = tracks.camera
    return Tracks(camera, begin, end, _unit(look))
