"""A made-up city's map: junctions, the streets between them, and where the city ends."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import Delaunay

from camweave.core.arrays import F64, I64
from camweave.sources.synthetic.recorded.city.params import CityParams

MAP: Final = 21  # first word of the seed
SHAKE: Final = 0.27  # of a block that a junction is off its place on the grid
LONGEST: Final = 1.8  # blocks that a street may have
GATES: Final = 0.4  # share of the junctions at which the city can be entered and left
FEWEST_GATES: Final = 2
WAYS: Final = ("there", "back")  # of the one street of a dead end, whose end is a gate too
SPEEDS: Final = (8.0, 14.0)  # m/s on a street, least and most


@dataclass(frozen=True, slots=True, eq=False)
class Streets:
    """J junctions; S streets, each one way: a two-way street is two of them."""

    place: F64  # (J, 2) m
    source: I64  # (S,) junction
    target: I64  # (S,) junction
    speed: F64  # (S,) m/s
    gates: I64  # (G,) junctions from which a road leads out of the city
    outward: F64  # (J, 2) unit vector out of the city, for the gates
    period: F64  # (J,) s of the junction's traffic light; 0 where there is none

    @property
    def length(self) -> F64:
        """(S,) m."""
        return np.asarray(np.hypot(*(self.place[self.target] - self.place[self.source]).T))


def lay_streets(params: CityParams) -> Streets:
    """A spanning tree of short streets and some loops, each street one way or two ways."""
    rng = np.random.default_rng([params.seed, MAP])
    watched = -(-params.cameras // params.views)
    count = max(round(watched / params.watched), watched, 3)
    place = _places(count, params, rng)
    pairs = _streets(place, params, rng)
    single = np.zeros(len(pairs), np.bool_)
    single[count - 1 :] = rng.random(len(pairs) - count + 1) < params.one_way
    flip = rng.random(len(pairs)) < 0.5  # noqa: PLR2004 - a coin
    pairs = np.where(flip[:, None], pairs[:, ::-1], pairs)
    both = np.concatenate([pairs, pairs[~single][:, ::-1]])
    middle = place.mean(axis=0)
    outward = place - middle
    away = np.hypot(*outward.T)
    gates = max(FEWEST_GATES, round(GATES * count))
    outer = np.argsort(-away, kind="stable")[:gates]
    ends = np.flatnonzero(np.bincount(both.ravel(), minlength=count) <= len(WAYS))
    lit = rng.random(count) < params.signals
    return Streets(
        place=place,
        source=both[:, 0],
        target=both[:, 1],
        speed=rng.uniform(*SPEEDS, len(both)),
        gates=np.union1d(outer, ends).astype(np.int64),
        outward=outward / np.maximum(away, 1e-6)[:, None],
        period=np.where(lit, rng.uniform(40.0, 80.0, count), 0.0),
    )


def _places(count: int, params: CityParams, rng: np.random.Generator) -> F64:
    """(J, 2) m: a grid out of square, or a row with side streets."""
    across = 2 if params.corridor else max(2, round(count**0.5))
    grid = np.array([(k // across, k % across) for k in range(count)], np.float64)
    if params.corridor:  # every third junction is off the row, at the end of a side street
        row = np.arange(count)
        side = np.where(row % 3 == 2, np.where(row % 2, 1.0, -1.0), 0.0)  # noqa: PLR2004 - thirds
        grid = np.stack([(row - row // 3) - 0.5 * (side != 0), side], axis=1)
    return np.asarray((grid + rng.uniform(-SHAKE, SHAKE, (count, 2))) * params.block)


def _streets(place: F64, params: CityParams, rng: np.random.Generator) -> I64:
    """(P, 2) junctions: the spanning tree's, then the loops'."""
    near = _neighbours(place)
    length = np.hypot(*(place[near[:, 0]] - place[near[:, 1]]).T)
    count = len(place)
    graph = coo_array((length, (near[:, 0], near[:, 1])), shape=(count, count))
    tree = minimum_spanning_tree(graph).tocoo()
    kept = np.sort(np.stack([tree.row, tree.col], axis=1), axis=1).astype(np.int64)
    is_tree = np.isin(near[:, 0] * count + near[:, 1], kept[:, 0] * count + kept[:, 1])
    short = length < LONGEST * params.block
    loop = ~is_tree & short & (rng.random(len(near)) < params.loops)
    return np.concatenate([near[is_tree], near[loop]])


def _neighbours(place: F64) -> I64:
    """(P, 2) pairs of junctions, the lower number first, that no other junction is between."""
    triangles = Delaunay(place).simplices
    pairs = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [0, 2]]])
    return np.unique(np.sort(pairs, axis=1), axis=0).astype(np.int64)
