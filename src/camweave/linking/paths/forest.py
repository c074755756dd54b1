"""The links that hold identities together, and how they are cut where a law forbids them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

from camweave.core.arrays import F64, I64, Bool

HAND: Final = 1e6  # nats of a link made by hand


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """K links between N tracklets, never one more than it takes to connect them."""

    count: int  # N
    one: I64  # (K,) row of the earlier one
    other: I64  # (K,)
    nats: F64  # (K,) HAND: made by hand
    source: I64  # (K,) row of the pairs; or -1 - row of the meetings; REUNITED - row; HELD

    @property
    def label(self) -> I64:
        """(N,) which tree each tracklet is in."""
        graph = coo_array(
            (np.ones(len(self.one)), (self.one, self.other)), shape=(self.count, self.count)
        )
        label: I64 = connected_components(graph, directed=False)[1].astype(np.int64)
        return label

    def __getitem__(self, keep: Bool | I64) -> "Forest":
        return Forest(
            self.count, self.one[keep], self.other[keep], self.nats[keep], self.source[keep]
        )


HELD: Final = np.iinfo(np.int64).min  # source of a link made by hand
REUNITED: Final = -(1 << 60)  # source of the first reunion; the next ones count down


def strongest_tree(count: int, one: I64, other: I64, nats: F64) -> I64:
    """The rows (K,) of the links that connect what these connect, with most evidence."""
    if not len(one):
        return np.empty(0, np.int64)
    cost = HAND * 2 - nats
    row = np.arange(len(one))
    low, high = np.minimum(one, other), np.maximum(one, other)
    order = np.lexsort([row, cost])
    _, first = np.unique(low[order] * count + high[order], return_index=True)
    kept = order[first]
    rank = np.empty(len(kept))
    rank[np.lexsort([kept, cost[kept]])] = np.arange(1, len(kept) + 1)
    tree = minimum_spanning_tree(
        coo_array((rank, (low[kept], high[kept])), shape=(count, count)).tocsr()
    )
    by_rank = kept[np.argsort(rank)]
    return np.sort(by_rank[tree.data.astype(np.int64) - 1])


def within_trees(label: I64) -> tuple[I64, I64]:
    """All pairs of rows (Q,) of one tree, the lower row first."""
    order = np.argsort(label, kind="stable")
    size = np.bincount(label[order])[label[order]]
    order = order[size > 1]
    starts = np.flatnonzero(np.append([True], np.diff(label[order]) != 0))
    position = np.arange(len(order))
    stop = np.append(starts, len(order))[np.searchsorted(starts, position, side="right")]
    ahead = stop - position - 1
    one = np.repeat(position, ahead)
    first = np.cumsum(ahead) - ahead
    other = one + 1 + np.arange(len(one)) - np.repeat(first, ahead)
    return order[one], order[other]


def cut(forest: Forest, impossible: Iterable[tuple[int, int]]) -> Forest:
    """Without the weakest links between any two that cannot be one; hands hold to the last."""
    edges: dict[int, dict[int, int]] = defaultdict(dict)
    for k, (i, j) in enumerate(zip(forest.one.tolist(), forest.other.tolist(), strict=True)):
        edges[i][j] = edges[j][i] = k
    gone = set()
    for i, j in impossible:
        way = _way(edges, i, j)
        if way:
            weakest = min(way, key=lambda k: (forest.nats[k], k))
            gone.add(weakest)
            a, b = int(forest.one[weakest]), int(forest.other[weakest])
            del edges[a][b], edges[b][a]
    return forest[np.array([k for k in range(len(forest.one)) if k not in gone], np.int64)]


def _way(edges: dict[int, dict[int, int]], start: int, end: int) -> list[int]:
    """The links between two tracklets; none where they are in different trees."""
    came: dict[int, tuple[int, int]] = {start: (start, -1)}
    stack = [start]
    while stack and end not in came:
        at = stack.pop()
        for to, k in edges.get(at, {}).items():
            if to not in came:
                came[to] = (at, k)
                stack.append(to)
    way, at = [], end
    while at in came and at != start:
        at, k = came[at]
        way.append(k)
    return way
