"""All that an agglomeration holds: clusters, the edges between them, and three lists of edges."""

from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from camweave.core.arrays import F32, F64, I64
from camweave.linking.possible_steps import Rules
from camweave.ops.compiled import inner

NONE: Final = -1

EDGE: Final = np.dtype(
    [
        ("similarity", np.float64),  # of the two clusters, by the linkage
        ("closest", np.float64),  # of their two most similar members that can follow each other
        ("a", np.int32),  # a cluster; NONE: the edge is no more
        ("b", np.int32),
        ("i", np.int32),  # the member of `a` or `b` that was seen first of those two
        ("j", np.int32),
        ("next_a", np.int32),  # the next half-edge of cluster `a`
        ("next_b", np.int32),
        ("place", np.int32),  # in the heap; NONE: not in it
        ("waits_for", np.int32),  # the cluster whose fate may free it; NONE: none
        ("waits_by", np.int32),  # the edge to that rival
        ("waits_before", np.int32),  # its neighbours among those that wait for the same
        ("waits_after", np.int32),
    ],
    align=True,
)

Edges: TypeAlias = npt.NDArray[np.void]  # records of EDGE
Record: TypeAlias = Any  # one record, whose fields only Numba knows


class Terms(NamedTuple):
    """What is asked for."""

    linkage: int
    complete: bool  # linkage
    least: float  # similarity from which on two clusters are joined
    margin: float  # by which the best must beat a rival
    far: float  # s apart, from which on any two tracklets can be one; infinite: never
    longest: float  # s, of all tracklets


class State(NamedTuple):
    """N tracklets in order of begin, E edges; a cluster is named by its earliest tracklet."""

    rules: Rules
    terms: Terms
    look: F32  # (N, D) unit length
    total: F64  # (N, D) sum of a cluster's looks
    alike: npt.NDArray[np.bool_]  # (N,) all of a cluster's looks are the same to the last digit
    edges: Edges  # (E,)
    half: I64  # (N,) a cluster's first half-edge: 2 e for side a of edge e, 2 e + 1 for side b
    heap: I64  # (E,) edges that may be joined, the best on top
    heaped: I64  # (1,) how many those are
    waiting: I64  # (N,) the first edge that waits for this cluster
    pool: I64  # (P,) members of all clusters, each cluster's together and rising
    spare: I64  # (P,) to lay them out anew
    used: I64  # (1,) of the pool
    start: I64  # (N,) where a cluster's members begin
    size: I64  # (N,) how many members; 0: it was joined to another
    room: I64  # (N,) how many it has room for


@inner
def other_end(edge: Record, cluster: int) -> int:
    """The cluster at the edge's other end."""
    end: int = edge.b if edge.a == cluster else edge.a
    return end


@inner
def next_half(edge: Record, half: int) -> int:
    """The half-edge after this one in its cluster's list."""
    after: int = edge.next_b if half & 1 else edge.next_a
    return after


@inner
def set_next_half(edge: Record, half: int, to: int) -> None:
    """Let `to` be the half-edge after this one."""
    if half & 1:
        edge.next_b = to
    else:
        edge.next_a = to


@inner
def first_half(state: State, cluster: int) -> int:
    """A cluster's first half-edge that still is; those that are no more leave the list."""
    half: int = state.half[cluster]
    while half != NONE and state.edges[half >> 1].a == NONE:
        half = next_half(state.edges[half >> 1], half)
    state.half[cluster] = half
    return half


@inner
def following_half(state: State, half: int) -> int:
    """The next half-edge that still is; those that are no more leave the list."""
    edge = state.edges[half >> 1]
    after: int = next_half(edge, half)
    while after != NONE and state.edges[after >> 1].a == NONE:
        after = next_half(state.edges[after >> 1], after)
    set_next_half(edge, half, after)
    return after
