"""Two clusters become one: their edges to every third one are brought together."""

from camweave.core.arrays import I64
from camweave.linking.agglomerate.heap import put, stop_waiting, take, wait, wake
from camweave.linking.agglomerate.linkages import similarity
from camweave.linking.agglomerate.members import absorb, all_possible
from camweave.linking.agglomerate.state import (
    NONE,
    Record,
    State,
    first_half,
    following_half,
    other_end,
    set_next_half,
)
from camweave.ops.compiled import inner


@inner
def join(state: State, e: int, edge_to: I64) -> None:
    """Join the two clusters of edge `e`; `edge_to` (N,) is scratch, NONE before and after."""
    one, two = min(state.edges[e].a, state.edges[e].b), max(state.edges[e].a, state.edges[e].b)
    _remove(state, e)
    for k in range(state.total.shape[1]):
        state.total[one, k] += state.total[two, k]
    _note_edges(state, two, edge_to)
    _settle_own(state, one, two, edge_to)
    _settle_taken_over(state, one, two, edge_to)
    state.alike[one] = state.alike[one] and state.alike[two] and _same_look(state, one, two)
    absorb(state, one, two)
    _wait_for(state, two, one)
    wake(state, one)


@inner
def _note_edges(state: State, two: int, edge_to: I64) -> None:
    half = first_half(state, two)
    while half != NONE:
        edge_to[other_end(state.edges[half >> 1], two)] = half >> 1
        half = following_half(state, half)


@inner
def _settle_own(state: State, one: int, two: int, edge_to: I64) -> None:
    """What `one` has an edge to: the edge stays where every pair is possible."""
    half = first_half(state, one)
    while half != NONE:
        f, after = half >> 1, following_half(state, half)
        third = other_end(state.edges[f], one)
        g = edge_to[third]
        if g == NONE and not all_possible(state, two, third):
            _remove(state, f)
        else:
            alike = similarity(state, one, two, third, (f, g))
            if g != NONE:
                _keep_closest(state.edges[f], state.edges[g])
                edge_to[third] = NONE
                _remove(state, g)
            _rate(state, f, alike)
        half = after


@inner
def _settle_taken_over(state: State, one: int, two: int, edge_to: I64) -> None:
    """What only `two` has an edge to: the edge becomes `one`'s where every pair is possible."""
    half = first_half(state, two)
    while half != NONE:
        g, after = half >> 1, following_half(state, half)
        third = other_end(state.edges[g], two)
        edge_to[third] = NONE
        if all_possible(state, one, third):
            alike = similarity(state, one, two, third, (NONE, g))
            _rename(state, half, one)
            _rate(state, g, alike)
        else:
            _remove(state, g)
        half = after
    state.half[two] = NONE


@inner
def _wait_for(state: State, two: int, one: int) -> None:
    """Let what waited for `two` wait for `one`."""
    while state.waiting[two] != NONE:
        e = state.waiting[two]
        by = state.edges[e].waits_by
        stop_waiting(state, e)
        wait(state, e, one, by)


@inner
def _rename(state: State, half: int, one: int) -> None:
    """Give a half-edge to cluster `one`."""
    edge = state.edges[half >> 1]
    take(state, half >> 1)  # its place in the heap goes by its clusters' names
    if half & 1:
        edge.b = one
    else:
        edge.a = one
    set_next_half(edge, half, state.half[one])
    state.half[one] = half


@inner
def _keep_closest(kept: Record, gone: Record) -> None:
    """The closest two members of both edges; of equally close ones, those seen first."""
    sooner = gone.i < kept.i or (gone.i == kept.i and gone.j < kept.j)
    if gone.closest > kept.closest or (gone.closest == kept.closest and sooner):
        kept.closest, kept.i, kept.j = gone.closest, gone.i, gone.j


@inner
def _rate(state: State, e: int, alike: float) -> None:
    """Give an edge its new similarity, and its place in the heap."""
    stop_waiting(state, e)
    if state.terms.complete and alike < state.terms.least:
        _remove(state, e)  # it can but fall
        return
    take(state, e)
    state.edges[e].similarity = alike
    if alike >= state.terms.least:
        put(state, e)


@inner
def _remove(state: State, e: int) -> None:
    take(state, e)
    stop_waiting(state, e)
    state.edges[e].a = NONE


@inner
def _same_look(state: State, one: int, two: int) -> bool:
    return bool((state.look[one] == state.look[two]).all())
