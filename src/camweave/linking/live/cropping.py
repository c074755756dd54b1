"""Crops of several tracklets joined, and the best crop of each."""

from collections.abc import Sequence

import numpy as np

from camweave.core.arrays import I64
from camweave.core.sightings import Crops


def joined(parts: Sequence[Crops]) -> Crops:
    """The crops of all parts, one part after the other."""
    counts = np.concatenate([_counts(part) for part in parts])
    return Crops(
        offsets=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        time=np.concatenate([part.time for part in parts]),
        frame=np.concatenate([part.frame for part in parts]),
        embedding=np.concatenate([part.embedding for part in parts]),
        quality=np.concatenate([part.quality for part in parts]),
    )


def first_best(crops: Crops) -> I64:
    """(N,) the index of each row's best crop, of equals the first; each row must have crops."""
    start, owner = crops.offsets[:-1], np.repeat(np.arange(len(crops.offsets) - 1), _counts(crops))
    best = np.flatnonzero(crops.quality == np.maximum.reduceat(crops.quality, start)[owner])
    return np.asarray(best[np.searchsorted(best, start)], np.int64)


def _counts(crops: Crops) -> I64:
    """(N,) crops of each row."""
    return np.diff(crops.offsets)
