"""Who is in a cluster, and whether every pair of two clusters' members is possible."""

from typing import Final

from camweave.linking.agglomerate.state import State
from camweave.linking.possible_steps import can_be_one
from camweave.ops.compiled import inner

ROOM: Final = 4  # the pool has room for so many times the tracklets


@inner
def all_possible(state: State, one: int, other: int) -> bool:
    """Whether every member of `one` can be the same object as every member of `other`.

    Members stand in order of begin, so only those near in time are looked at, where all that are
    far apart are possible.
    """
    few, many = (one, other) if state.size[one] <= state.size[other] else (other, one)
    first = state.start[many]
    stop = first + state.size[many]
    for k in range(state.start[few], state.start[few] + state.size[few]):
        me = state.pool[k]
        span, far = state.rules.spans[me], state.terms.far
        at = _first_after(state, first, stop, span.begin - far - state.terms.longest)
        while at < stop:
            you = state.pool[at]
            if state.rules.spans[you].begin > span.end + far:
                break
            if not can_be_one(state.rules, me, you):
                return False
            at += 1
    return True


@inner
def _first_after(state: State, first: int, stop: int, time: float) -> int:
    """Where the members from `first` to `stop` begin at `time` or later."""
    while first < stop:
        middle = (first + stop) >> 1
        if state.rules.spans[state.pool[middle]].begin < time:
            first = middle + 1
        else:
            stop = middle
    return first


@inner
def absorb(state: State, one: int, other: int) -> None:
    """Make the members of `other` members of `one`."""
    need = state.size[one] + state.size[other]
    if need > state.room[one]:
        _move(state, one, 2 * need)
    to, end, k = state.start[one], state.start[one] + need - 1, state.start[other]
    mine, theirs = to + state.size[one] - 1, k + state.size[other] - 1
    while theirs >= k:  # from the last one down, so that nobody is written over
        if mine >= to and state.pool[mine] > state.pool[theirs]:
            state.pool[end] = state.pool[mine]
            mine -= 1
        else:
            state.pool[end] = state.pool[theirs]
            theirs -= 1
        end -= 1
    state.size[one], state.size[other], state.room[other] = need, 0, 0


@inner
def _move(state: State, cluster: int, room: int) -> None:
    """Give a cluster more room, at the end of the pool."""
    if state.used[0] + room > len(state.pool):
        _lay_out_anew(state)
    to = state.used[0]
    for k in range(state.size[cluster]):
        state.pool[to + k] = state.pool[state.start[cluster] + k]
    state.start[cluster], state.room[cluster] = to, room
    state.used[0] += room


@inner
def _lay_out_anew(state: State) -> None:
    """Push all clusters together: what they left behind is free again."""
    to = 0
    for cluster in range(len(state.size)):
        first, count = state.start[cluster], state.size[cluster]
        for k in range(count):
            state.spare[to + k] = state.pool[first + k]
        state.start[cluster], state.room[cluster] = to, count
        to += count
    state.pool[:to] = state.spare[:to]
    state.used[0] = to
