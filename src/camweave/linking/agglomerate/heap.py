"""The edges that may be joined, the best on top; and those that wait for a rival's fate."""

from camweave.linking.agglomerate.state import NONE, Record, State
from camweave.ops.compiled import inner


@inner
def put(state: State, e: int) -> None:
    """Put an edge into the heap, or move it to where it belongs by now."""
    place = state.edges[e].place
    if place == NONE:
        place = state.heaped[0]
        state.heaped[0] += 1
        _set(state, place, e)
    _rise(state, place)
    _sink(state, state.edges[e].place)


@inner
def take(state: State, e: int) -> None:
    """Take an edge out of the heap, if it is in it."""
    place = state.edges[e].place
    if place == NONE:
        return
    state.heaped[0] -= 1
    last = state.heap[state.heaped[0]]
    state.edges[e].place = NONE
    if last != e:
        _set(state, place, last)
        _rise(state, place)
        _sink(state, state.edges[last].place)


@inner
def wait(state: State, e: int, rival: int, by: int) -> None:
    """Let an edge wait until something happens to `rival`, which edge `by` leads to."""
    edge, first = state.edges[e], state.waiting[rival]
    edge.waits_for, edge.waits_by = rival, by
    edge.waits_before, edge.waits_after = NONE, first
    if first != NONE:
        state.edges[first].waits_before = e
    state.waiting[rival] = e


@inner
def stop_waiting(state: State, e: int) -> None:
    """Let an edge wait for nobody."""
    edge = state.edges[e]
    if edge.waits_for == NONE:
        return
    if edge.waits_before == NONE:
        state.waiting[edge.waits_for] = edge.waits_after
    else:
        state.edges[edge.waits_before].waits_after = edge.waits_after
    if edge.waits_after != NONE:
        state.edges[edge.waits_after].waits_before = edge.waits_before
    edge.waits_for = NONE


@inner
def wake(state: State, cluster: int) -> None:
    """Put back what waited for a cluster that is another one now, where that changes things.

    Who was impossible together stays so. What keeps an edge waiting is then only how alike the
    rival is.
    """
    e = state.waiting[cluster]
    while e != NONE:
        edge = state.edges[e]
        after = edge.waits_after
        if not stands_in_the_way(state, e, edge.waits_by):
            stop_waiting(state, e)
            put(state, e)
        e = after


@inner
def stands_in_the_way(state: State, e: int, by: int) -> bool:
    """Whether edge `by`, to a rival of edge `e`, still is and is good enough to be in doubt."""
    rival, terms = state.edges[by], state.terms
    if rival.a == NONE or rival.similarity < terms.least:
        return False
    return bool(state.edges[e].similarity - rival.similarity < terms.margin)


@inner
def _better(one: Record, other: Record) -> bool:
    """More alike; then seen earlier: no order of rows is ever asked."""
    if one.similarity != other.similarity:
        return bool(one.similarity > other.similarity)
    first, second = min(one.a, one.b), min(other.a, other.b)
    if first != second:
        return bool(first < second)
    return bool(max(one.a, one.b) < max(other.a, other.b))


@inner
def _set(state: State, place: int, e: int) -> None:
    state.heap[place] = e
    state.edges[e].place = place


@inner
def _rise(state: State, place: int) -> None:
    e = state.heap[place]
    while place > 0:
        above = (place - 1) >> 1
        if not _better(state.edges[e], state.edges[state.heap[above]]):
            break
        _set(state, place, state.heap[above])
        place = above
    _set(state, place, e)


@inner
def _sink(state: State, place: int) -> None:
    e, count = state.heap[place], state.heaped[0]
    while 2 * place + 1 < count:
        below = 2 * place + 1
        right = below + 1
        if right < count and _better(
            state.edges[state.heap[right]], state.edges[state.heap[below]]
        ):
            below = right
        if not _better(state.edges[state.heap[below]], state.edges[e]):
            break
        _set(state, place, state.heap[below])
        place = below
    _set(state, place, e)
