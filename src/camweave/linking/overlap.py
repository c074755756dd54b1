"""Which tracklets of overlapping views are one object, by where they are at the same time.

A tracklet may change its object. So what is grouped are its pieces: it is cut where its
partners on the ground change for good.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F64, FLOAT64, I64, INT64, column
from camweave.core.sightings import Sightings
from camweave.linking.following.follow import follow
from camweave.linking.following.joining import join
from camweave.linking.following.observations import Observations
from camweave.linking.following.params import FollowParams

ALONE: Final = -1
RATE: Final = 5.0  # instants a second
LASTING: Final = 1.5  # s from which on a change of partners is for good
SAME: Final = 0.15  # s that places of two views may be apart to be held against each other


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Q pieces of tracklets, in order of row and time, and which of them are one object.

    Whoever links must treat a piece, not its tracklet, as the unit: all pieces of a label are one
    object while they last; pieces of one row with different labels are different objects. A row
    without places has one piece, alone.
    """

    row: I64  # (Q,) row of the sightings
    begin: F64  # (Q,) s
    end: F64  # (Q,) s
    label: I64  # (Q,) group, from 0 on; ALONE: nobody else is with it
    distance: F64  # (Q,) m: median to its group's other views; NaN where alone
    common: F64  # (Q,) s in which another view had it too

    def __post_init__(self) -> None:
        q, put = len(self.row), object.__setattr__
        for name in ("row", "label"):
            put(self, name, column(name, getattr(self, name), INT64, q))
        for name in ("begin", "end", "distance", "common"):
            put(self, name, column(name, getattr(self, name), FLOAT64, q))

    @property
    def cut(self) -> I64:
        """Rows that hold more than one object."""
        names, counts = np.unique(self.row, return_counts=True)
        return np.asarray(names[counts > 1])

    def of_rows(self, count: int) -> I64:
        """(count,) the label of each row's longest piece, for those who cannot take pieces."""
        label = np.full(count, ALONE, np.int64)
        order = np.argsort(self.end - self.begin, kind="stable")
        label[self.row[order]] = self.label[order]
        return label


def group_on_ground(sightings: Sightings, params: FollowParams | None = None) -> Groups:
    """Group simultaneous tracklets of different cameras by their paths; no appearance is asked.

    In no instant a group holds two tracklets of one camera. Rows without a path stay alone.
    """
    p = params or FollowParams()
    observations = observations_of(sightings, p)
    label = join(observations, follow(observations, p), p)
    pieces = [
        piece
        for row in range(len(sightings))
        for piece in _pieces(sightings, row, observations, label)
    ]
    rows = np.array([piece[0] for piece in pieces], np.int64)
    begin = np.array([piece[1] for piece in pieces], np.float64)
    end = np.array([piece[2] for piece in pieces], np.float64)
    names = np.array([piece[3] for piece in pieces], np.int64)
    names = _one_of_a_camera(names, sightings.camera[rows], begin, end)
    distance, common = _evidence(observations, rows, (begin, end), names)
    return Groups(rows, begin, end, _shared(names), distance, common)


def observations_of(sightings: Sightings, params: FollowParams) -> Observations:
    """The places of all paths, in instants of `1 / RATE` s of each camera."""
    paths = sightings.paths
    owner = np.repeat(np.arange(len(sightings)), np.diff(paths.offsets)).astype(np.int64)
    camera = sightings.camera[owner]
    span = np.floor(paths.time * RATE).astype(np.int64)
    order = np.lexsort([owner, camera, span])
    key = np.stack([span[order], camera[order]])
    new = (np.diff(key, axis=1) != 0).any(axis=0)
    instant = np.concatenate([np.zeros(min(len(order), 1), np.int64), np.cumsum(new)])
    variance = np.square(paths.sigma[order])
    return Observations(
        instant=instant.astype(np.int64),
        time=((span[order] + 0.5) / RATE).astype(np.float64),
        camera=camera[order],
        xy=paths.xy[order],
        covariance=variance[:, None, None] * np.eye(2),
        noise=np.maximum(variance - params.ground.map_error**2, variance / 4),
        sure=np.ones(len(order), np.bool_),
        owner=owner[order],
    )


def _pieces(
    sightings: Sightings, row: int, observations: Observations, label: I64
) -> list[tuple[int, float, float, int]]:
    """Row, begin, end and label of a tracklet's pieces; short changes are no change."""
    begin, end = float(sightings.begin[row]), float(sightings.end[row])
    mine = np.flatnonzero((observations.owner == row) & (label != ALONE))
    if not len(mine):
        return [(row, begin, end, ALONE)]
    time, seen = observations.time[mine], label[mine]
    bounds = np.r_[0, np.flatnonzero(np.diff(seen)) + 1, len(seen)]
    runs: list[list[float]] = []
    for a, b in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        lasts = time[b - 1] - time[a] >= LASTING
        if runs and (seen[a] == runs[-1][1] or not lasts):
            continue
        if runs and time[a] - runs[-1][0] < LASTING:
            runs[-1][1] = float(seen[a])
            continue
        runs.append([float(time[a]), float(seen[a])])
    cuts = [begin, *(at for at, _ in runs[1:]), end]
    return [(row, cuts[i], cuts[i + 1], int(who)) for i, (_, who) in enumerate(runs)]


def _one_of_a_camera(names: I64, camera: I64, begin: F64, end: F64) -> I64:
    """The same names, but of two pieces of a camera at one time only the longer keeps its name."""
    kept: dict[tuple[int, int], list[int]] = {}
    free = names.copy()
    for at in np.argsort(begin - end, kind="stable").tolist():
        mine = kept.setdefault((int(names[at]), int(camera[at])), [])
        if any(begin[at] < end[other] and begin[other] < end[at] for other in mine):
            free[at] = ALONE
        else:
            mine.append(at)
    return free


def _shared(names: I64) -> I64:
    """Labels from 0 on of those whom several pieces share; the others are alone."""
    label = np.full(len(names), ALONE, np.int64)
    found, place, counts = np.unique(names, return_inverse=True, return_counts=True)
    several = (counts > 1) & (found != ALONE)
    rank = np.cumsum(several) - 1
    label[several[place]] = rank[place][several[place]]
    return label


def _evidence(
    observations: Observations, row: I64, span: tuple[F64, F64], names: I64
) -> tuple[F64, F64]:
    """Median distance to, and seconds in common with, the other views of a piece's group."""
    distance, common = np.full(len(row), np.nan), np.zeros(len(row))
    mine = [
        np.flatnonzero(
            (observations.owner == r) & (observations.time >= a) & (observations.time <= b)
        )
        for r, a, b in zip(row.tolist(), span[0].tolist(), span[1].tolist(), strict=True)
    ]
    for name in np.setdiff1d(names, [ALONE]).tolist():
        members = np.flatnonzero(names == name).tolist()
        for piece in members:
            others = np.concatenate(
                [np.empty(0, np.int64), *(mine[m] for m in members if m != piece)]
            )
            apart = _apart(observations, mine[piece], others)
            if len(apart):
                distance[piece], common[piece] = np.median(apart), len(apart) / RATE
    return distance, common


def _apart(observations: Observations, mine: I64, others: I64) -> F64:
    """Metres from each of my places to the mean of the others' at that time, if there are any."""
    names, place = np.unique(observations.time[others], return_inverse=True)
    if not len(names) or not len(mine):
        return np.empty(0)
    count = np.bincount(place)
    mean = np.stack([np.bincount(place, observations.xy[others, d]) / count for d in (0, 1)], 1)
    at = np.searchsorted(names, observations.time[mine]).clip(0, len(names) - 1)
    near = np.abs(names[at] - observations.time[mine]) <= SAME
    return np.asarray(np.linalg.norm(observations.xy[mine] - mean[at], axis=1)[near])
