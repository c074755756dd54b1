"""Runs of rows that lie one after the other in flat columns."""

import numpy as np

from camweave.core.arrays import I64


def offsets_of(lengths: I64) -> I64:
    """(M + 1,) where each of M runs of these lengths begins, and the last one ends."""
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
