"""How likely each pair is one object's passage, with all its rivals in view."""

from typing import Final

import numpy as np
from scipy.sparse import csr_array

from camweave.core.arrays import F64
from camweave.linking.paths.pairs import Pairs

ROUNDS: Final = 12
MOST: Final = 30.0  # nats
FAINT: Final = 0.05  # odds below which nobody stands between two others


def posteriors(pairs: Pairs, nats: F64, count: int) -> F64:
    """(E,) probability that `other` comes next after `one`, of `count` nodes.

    Every node has one successor or none, and one predecessor or none: rows and columns are scaled
    in turn (Sinkhorn and Knopp), with odds of 1 for none.
    """
    odds = np.exp(np.clip(nats, -MOST, MOST))
    row, column = np.ones(count), np.ones(count)
    for _ in range(ROUNDS):
        row = 1 / (1 + np.bincount(pairs.one, odds * column[pairs.other], count))
        column = 1 / (1 + np.bincount(pairs.other, odds * row[pairs.one], count))
    return np.asarray(np.minimum(odds * row[pairs.one] * column[pairs.other], 1.0))


def only_next(pairs: Pairs, odds: F64, count: int) -> F64:
    """(E,) odds that `other` comes next after `one`, and not after somebody who does.

    Who looks like the next one looks like the one after, too: at first both seem to be next, and
    a way past a camera as good as the way through it.
    """
    told = np.flatnonzero(odds > FAINT)
    if not len(told):
        return odds
    ends = pairs.one[told], pairs.other[told]
    steps = csr_array((odds[told], ends), shape=(count, count))
    by_two = np.asarray((steps @ steps)[ends]).ravel()
    only: F64 = odds.copy()
    only[told] *= np.clip(1 - by_two, 0, 1)
    return only
