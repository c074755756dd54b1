"""How alike two clusters are: the four linkages of the specification."""

from typing import Final

import numpy as np

from camweave.core.arrays import F32
from camweave.linking.agglomerate.state import NONE, State
from camweave.ops.compiled import inner

LINKAGES: Final = ("single", "complete", "average", "mean")
SINGLE: Final = 0
COMPLETE: Final = 1
AVERAGE: Final = 2
MEAN: Final = 3
TINY: Final = 1e-12


@inner
def likeness(one: F32, other: F32) -> float:
    """Cosine of two looks, to the same digits wherever they stand."""
    a = b = c = d = 0.0
    whole = len(one) - len(one) % 4
    for k in range(0, whole, 4):
        a += np.float64(one[k]) * np.float64(other[k])
        b += np.float64(one[k + 1]) * np.float64(other[k + 1])
        c += np.float64(one[k + 2]) * np.float64(other[k + 2])
        d += np.float64(one[k + 3]) * np.float64(other[k + 3])
    for k in range(whole, len(one)):
        a += np.float64(one[k]) * np.float64(other[k])
    return (a + b) + (c + d)


@inner
def similarity(state: State, one: int, two: int, other: int, edges: tuple[int, int]) -> float:  # noqa: PLR0917 - one merge
    """Of another cluster and `one` joined with `two`, whose total is `one`'s already.

    `edges` are those that the two have to the other one, or NONE.
    """
    linkage = state.terms.linkage
    if linkage == SINGLE:
        return max(_closest(state, edges[0]), _closest(state, edges[1]))
    if linkage == COMPLETE:
        return min(_farthest(state, one, other, edges[0]), _farthest(state, two, other, edges[1]))
    together = likeness(state.total[one], state.total[other])
    if linkage == AVERAGE:
        pairs = (state.size[one] + state.size[two]) * state.size[other]
        return float(together / pairs)
    mine = likeness(state.total[one], state.total[one])
    theirs = likeness(state.total[other], state.total[other])
    return float(together / max(np.sqrt(mine * theirs), TINY))


@inner
def _farthest(state: State, one: int, other: int, edge: int) -> float:
    """The least likeness of any two members of two clusters, whose edge is `edge` or NONE."""
    if edge != NONE:
        return float(state.edges[edge].similarity)
    if state.alike[one] and state.alike[other]:
        return likeness(state.look[one], state.look[other])
    least = 2.0
    for k in range(state.start[one], state.start[one] + state.size[one]):
        mine = state.look[state.pool[k]]
        for m in range(state.start[other], state.start[other] + state.size[other]):
            least = min(least, likeness(mine, state.look[state.pool[m]]))
            if least < state.terms.least:
                return least
    return least


@inner
def _closest(state: State, edge: int) -> float:
    return -2.0 if edge == NONE else float(state.edges[edge].closest)
