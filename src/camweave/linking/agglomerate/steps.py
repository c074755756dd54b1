"""Agglomeration: join the two most alike clusters, as long as that is possible and no rival near.

A rival of a pair is a third cluster that either could be joined with, but that cannot be the same
object as the other: of two such partners one must be wrong. Where the better one is not ahead by
the margin, the pair waits until something happens to the rival: mostly, that it finds its own.
Somebody who could be joined with both is no rival: nothing is decided against them.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
from numba import types

from camweave.core.arrays import F32, F64, I64
from camweave.linking import possible_steps
from camweave.linking.agglomerate import heap, joining, linkages, members, state
from camweave.linking.agglomerate.heap import put, stands_in_the_way, take, wait
from camweave.linking.agglomerate.joining import join
from camweave.linking.agglomerate.members import ROOM, all_possible
from camweave.linking.agglomerate.state import (
    EDGE,
    NONE,
    State,
    Terms,
    first_half,
    following_half,
    other_end,
)
from camweave.linking.possible_steps import RULES, Rules
from camweave.ops.compiled import entry, inner

MERGE: Final = np.dtype(
    [
        ("one", np.int64),  # the two members that are closest, the one seen first
        ("other", np.int64),
        ("closest", np.float64),  # similarity of those two
        ("similarity", np.float64),  # of their clusters, by the linkage
        ("rival", np.int64),  # the member of the best rival that comes closest; NONE: no rival
        ("rival_similarity", np.float64),
    ],
    align=True,
)


@entry(possible_steps, heap, joining, linkages, members, state)
def agglomerate(  # noqa: PLR0917 - Numba takes columns
    rules: Rules, terms: Terms, look: F32, one: I64, other: I64, similarity: F64
) -> tuple[I64, npt.NDArray[np.void]]:
    """Each tracklet's cluster (N,), named by its earliest member, and the merges, best first.

    `one` and `other` (E,) are the pairs that can follow each other and are alike enough.
    """
    desk = _lay_out(rules, terms, look, one, other, similarity)
    merges, done = np.empty(len(look), MERGE), 0
    edge_to = np.full(len(look), NONE)
    while desk.heaped[0]:
        e = desk.heap[0]
        take(desk, e)
        r = _best_rival(desk, e)
        if r != NONE and stands_in_the_way(desk, e, r):
            wait(desk, e, _third(desk, e, r), r)
            continue
        edge, merge = desk.edges[e], merges[done]
        merge.one, merge.other, merge.closest = edge.i, edge.j, edge.closest
        merge.similarity, merge.rival, merge.rival_similarity = edge.similarity, NONE, 0.0
        if r != NONE:
            merge.rival_similarity = desk.edges[r].similarity
            merge.rival = _member_of(desk, r, _third(desk, e, r))
        done += 1
        join(desk, e, edge_to)
    return _names(desk), merges[:done]


@inner
def _lay_out(  # noqa: PLR0917 - as above
    rules: Rules, terms: Terms, look: F32, one: I64, other: I64, similarity: F64
) -> State:
    n, e = len(look), len(one)
    total = np.empty(look.shape, np.float64)
    for i in range(n):
        for k in range(look.shape[1]):
            total[i, k] = look[i, k]
    desk = State(
        rules,
        terms,
        look,
        total,
        np.ones(n, np.bool_),
        np.empty(e, EDGE),
        np.full(n, NONE),
        np.empty(e, np.int64),
        np.zeros(1, np.int64),
        np.full(n, NONE),
        np.arange(ROOM * n),
        np.empty(ROOM * n, np.int64),
        np.full(1, n),
        np.arange(n),
        np.ones(n, np.int64),
        np.ones(n, np.int64),
    )
    for k in range(e):
        _add_edge(desk, k, min(one[k], other[k]), max(one[k], other[k]), similarity[k])
    return desk


@inner
def _add_edge(desk: State, e: int, a: int, b: int, alike: float) -> None:  # noqa: PLR0917 - one edge
    edge = desk.edges[e]
    edge.similarity, edge.closest = alike, alike
    edge.a, edge.b, edge.i, edge.j = a, b, a, b
    edge.next_a, edge.next_b = desk.half[a], desk.half[b]
    desk.half[a], desk.half[b] = 2 * e, 2 * e + 1
    edge.place, edge.waits_for, edge.waits_by = NONE, NONE, NONE
    edge.waits_before, edge.waits_after = NONE, NONE
    put(desk, e)


@inner
def _best_rival(desk: State, e: int) -> int:
    """The edge from either cluster of `e` to its best rival, or NONE; any that stands in its way.

    Who comes into question is whoever is more alike than the best so far.
    """
    best, most = NONE, -2.0
    edge = desk.edges[e]
    if edge.waits_by != NONE and stands_in_the_way(desk, e, edge.waits_by):
        return int(edge.waits_by)  # clusters grow: who excluded each other once, always will
    for here, there in ((edge.a, edge.b), (edge.b, edge.a)):
        half = first_half(desk, here)
        while half != NONE:
            f = half >> 1
            rival = other_end(desk.edges[f], here)
            better = desk.edges[f].similarity > most and rival != there
            if better and not all_possible(desk, rival, there):
                best, most = f, desk.edges[f].similarity
                if stands_in_the_way(desk, e, f):
                    return best
            half = following_half(desk, half)
    return best


@inner
def _third(desk: State, e: int, rival: int) -> int:
    """The cluster of the rival's edge that is none of edge `e`'s."""
    edge, other = desk.edges[e], desk.edges[rival]
    third: int = other.b if other.a in (edge.a, edge.b) else other.a
    return third


@inner
def _member_of(desk: State, e: int, cluster: int) -> int:
    """Which of the edge's two closest members is in this cluster."""
    edge = desk.edges[e]
    for k in range(desk.start[cluster], desk.start[cluster] + desk.size[cluster]):
        if desk.pool[k] == edge.i:
            return int(edge.i)
    return int(edge.j)


@inner
def _names(desk: State) -> I64:
    names = np.empty(len(desk.size), np.int64)
    for cluster in range(len(desk.size)):
        for k in range(desk.start[cluster], desk.start[cluster] + desk.size[cluster]):
            names[desk.pool[k]] = cluster
    return names


def _in(kind: object, axes: int = 1) -> object:
    return types.Array(kind, axes, "C", readonly=True)


TERMS: Final = types.NamedTuple(
    (types.int64, types.bool_, *[types.float64] * 4),
    Terms,
)
AGGLOMERATE: Final = (
    RULES,
    TERMS,
    _in(types.float32, 2),
    _in(types.int64),
    _in(types.int64),
    _in(types.float64),
)
