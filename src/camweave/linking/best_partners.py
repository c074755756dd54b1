"""Each tracklet's best partners, from blocks of similarities: a kernel."""

from typing import Any, Final

import numpy as np
from numba import types

from camweave.core.arrays import F32, F64, I32, I64
from camweave.linking import possible_steps
from camweave.linking.agglomerate import linkages
from camweave.linking.agglomerate.linkages import likeness
from camweave.linking.possible_steps import RULES, Rules, can_follow
from camweave.ops.compiled import entry, inner

EVERYONE: Final = 0  # pairs of all cameras count
BETWEEN: Final = 1  # pairs of different cameras
WITHIN: Final = 2  # pairs of one camera


@entry(possible_steps)
def keep_best(  # noqa: PLR0913, PLR0917 - Numba takes columns
    rules: Rules,
    alike: F32,
    rows: I64,
    columns: I64,
    kind: int,
    least: float,
    similarity: F32,
    partner: I32,
    count: I64,
) -> None:
    """Offer the pairs of a block (A, B), tracklets `rows` (A,) by `columns` (B,), to both sides.

    `similarity` and `partner` (N, K) hold each tracklet's best so far, `count` (N,) of them, as
    heaps with the worst on top.
    """
    for x in range(len(rows) - 1, -1, -1):
        i = rows[x]
        for y in range(len(columns)):
            j = columns[y]
            if alike[x, y] < least or j <= i or not _counts(rules, kind, i, j):
                continue
            wanted = is_wanted(similarity, partner, count, i, j, alike[x, y])
            welcome = is_wanted(similarity, partner, count, j, i, alike[x, y])
            if (wanted or welcome) and can_follow(rules, i, j):
                if wanted:
                    offer(similarity, partner, count, i, j, alike[x, y])
                if welcome:
                    offer(similarity, partner, count, j, i, alike[x, y])


@inner
def _counts(rules: Rules, kind: int, i: int, j: int) -> bool:
    if kind == EVERYONE:
        return True
    return bool((rules.spans[i].camera == rules.spans[j].camera) == (kind == WITHIN))


@entry(linkages)
def likenesses(look: F32, one: I64, other: I64) -> F64:
    """(E,) similarity of pairs of rows of `look` (N, D), to the same digits wherever they are."""
    out = np.empty(len(one))
    for e in range(len(one)):
        out[e] = likeness(look[one[e]], look[other[e]])
    return out


@inner
def is_wanted(similarity: F32, partner: I32, count: I64, me: int, you: int, alike: float) -> bool:  # noqa: PLR0917 - one question
    """Whether tracklet `me` would rather have `you` than the worst in its heap, or has room."""
    if count[me] < similarity.shape[1]:
        return True
    return _is_worse(similarity[me, 0], partner[me, 0], alike, you, me)


@inner
def _is_worse(alike: float, you: int, than_alike: float, than: int, me: int) -> bool:  # noqa: PLR0917 - two of a kind
    """Less alike; or as alike, and farther in time."""
    if alike != than_alike:
        return bool(alike < than_alike)
    near, far = abs(than - me), abs(you - me)
    return bool(far > near or (far == near and you > than))


@inner
def offer(similarity: F32, partner: I32, count: I64, me: int, you: int, alike: float) -> None:  # noqa: PLR0917 - one offer
    """Take `you` into the heap of `me`, instead of the worst if it is full."""
    place, room = count[me], similarity.shape[1]
    if place < room:
        count[me] += 1
        while place > 0:
            above = (place - 1) >> 1
            if not _is_worse(alike, you, similarity[me, above], partner[me, above], me):
                break
            similarity[me, place], partner[me, place] = similarity[me, above], partner[me, above]
            place = above
    else:
        place = 0
        while 2 * place + 1 < room:
            below = 2 * place + 1
            right = below + 1
            if right < room and _is_worse(
                similarity[me, right],
                partner[me, right],
                similarity[me, below],
                partner[me, below],
                me,
            ):
                below = right
            if not _is_worse(similarity[me, below], partner[me, below], alike, you, me):
                break
            similarity[me, place], partner[me, place] = similarity[me, below], partner[me, below]
            place = below
    similarity[me, place], partner[me, place] = alike, you


def _in(kind: Any, axes: int = 1) -> Any:  # noqa: ANN401 - Numba's have no types
    return types.Array(kind, axes, "C", readonly=True)


KEEP_BEST: Final = (
    RULES,
    _in(types.float32, 2),
    _in(types.int64),
    _in(types.int64),
    types.int64,
    types.float64,
    types.Array(types.float32, 2, "C"),
    types.Array(types.int32, 2, "C"),
    types.Array(types.int64, 1, "C"),
)
LIKENESSES: Final = (_in(types.float32, 2), _in(types.int64), _in(types.int64))
