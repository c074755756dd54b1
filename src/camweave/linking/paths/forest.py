"""The links that hold identities together, and how they are cut where a law forbids them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

from camweave.core.arrays import F64, I64, Bool

HAND: Final = 1e6  # nats of a link made by hand
AT_ONCE: Final = 1 << 20  # pairs that are asked about at a time

Spans = tuple[F64, F64]  # (N,) s: begins and ends
CanBeOne = Callable[[I64, I64], Bool]  # whether rows (Q,) and (Q,) can be one object


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


def apart_in_trees(label: I64, span: Spans, can_be_one: CanBeOne, far: float) -> tuple[I64, I64]:
    """All pairs of rows (Q,) of one tree (N,) that cannot be one, tree by tree.

    Args:
        label: (N,) the tree of each row.
        span: begin and end (N,) of each row, s.
        can_be_one: whether rows (Q,) and (Q,) can be one object.
        far: s from the end of one to the begin of another from which on they always can.
    """
    found = [np.empty((2, 0), np.int64)]
    for one, other in _near_in_trees(label, span, far):
        against = ~can_be_one(one, other)
        found.append(np.sort(np.stack([one[against], other[against]]), axis=0))
    one, other = np.concatenate(found, axis=1)
    order = np.lexsort([other, one, label[one]])
    return one[order], other[order]


def _near_in_trees(label: I64, span: Spans, far: float) -> Iterator[tuple[I64, I64]]:
    """The pairs of rows of one tree that are less than `far` s apart, a part of them at a time."""
    begin, end = span
    order = np.lexsort([begin, label])
    tree = np.unique(label[order], return_inverse=True)[1]
    position = np.arange(len(order))
    stop = np.searchsorted(tree, tree, side="right")
    if np.isfinite(far):
        longest = float(end.max(initial=0.0) - begin.min(initial=0.0)) + far + 1.0
        starts = begin[order] + tree * longest
        reach = end[order] + tree * longest + far
        stop = np.minimum(stop, np.searchsorted(starts, reach, side="right"))
    ahead = np.maximum(stop - position - 1, 0)
    done, total = 0, np.cumsum(ahead)
    while done < len(order):
        last = int(np.searchsorted(total, total[done] - ahead[done] + AT_ONCE, side="right"))
        part = slice(done, max(last, done + 1))
        one = np.repeat(position[part], ahead[part])
        first = np.cumsum(ahead[part]) - ahead[part]
        other = one + 1 + np.arange(len(one)) - np.repeat(first, ahead[part])
        yield order[one], order[other]
        done = part.stop


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
