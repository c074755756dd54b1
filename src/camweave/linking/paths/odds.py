"""How likely each pair is one object's passage, with all its rivals in view."""

from typing import Final

import numpy as np

from camweave.core.arrays import F64
from camweave.linking.paths.pairs import Pairs

ROUNDS: Final = 12
MOST: Final = 30.0  # nats


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
