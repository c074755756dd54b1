"""The joint assignment of new tracklets to identities, and the margin of each choice."""

from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.ops.assignment import ALONE, assign

NEVER: Final = -np.inf  # nats of a pair that cannot be
FAR: Final = 9.0  # nats: a margin is told up to here


def choose(gain: F64) -> tuple[I64, F64]:
    """The best joint choice of P tracklets among I identities, or ALONE, and its margins: (P,).

    `gain` (P, I) is in nats over being somebody new, `NEVER` where it cannot be. Each identity is
    chosen once at most. A margin, 0 to `FAR`, is what is lost in all if a row does not get its
    choice, looked at as far as one exchange goes: with a free identity, or with one other row.

    >>> choice, margin = choose(np.array([[5.0, 4.5], [3.0, -5.0]]))
    >>> choice.tolist(), margin.tolist()
    ([1, 0], [2.5, 2.5])
    """
    rows, columns = assign(-gain, limit=0.0)
    choice = np.full(len(gain), ALONE)
    choice[rows] = columns
    value = np.zeros(len(gain))
    value[rows] = gain[rows, columns]
    open_ = gain.copy()
    open_[:, columns] = NEVER
    spare = open_.max(axis=1, initial=0.0)  # without anybody else's
    forced = open_.max(axis=1, initial=NEVER)  # and not as somebody new
    forced[rows] = spare[rows]
    best = np.maximum(
        forced + _left_behind(gain, choice, value), _exchanged(gain, choice, value, spare)
    )
    return choice, np.clip(value - best, 0, FAR)


def _left_behind(gain: F64, choice: I64, value: F64) -> F64:
    """(P,) what the best other row gains if a row gives its identity up."""
    left = np.zeros(len(gain))
    for row in np.flatnonzero(choice != ALONE).tolist():
        others = gain[:, choice[row]] - value
        others[row] = 0.0
        left[row] = others.max()
    return left


def _exchanged(gain: F64, choice: I64, value: F64, spare: F64) -> F64:
    """(P,) the most a row and another one have in all, less the other's own, if it takes that's."""
    rows = np.flatnonzero(choice != ALONE)
    columns = choice[rows]
    if not len(rows):
        return np.full(len(gain), NEVER)
    takes = gain[:, columns]  # (P, K): the row takes what row k of `rows` has
    instead = np.broadcast_to(spare[rows], takes.shape).copy()
    instead[rows] = np.maximum(instead[rows], gain[np.ix_(rows, columns)].T)
    both = takes + instead - value[rows]
    both[rows, np.arange(len(rows))] = NEVER
    return np.asarray(both.max(axis=1))
