"""Crops of tracklets taken from one another, put together, and looked through for the best."""

from collections.abc import Sequence

import numpy as np

from camweave.core.arrays import I64
from camweave.core.sightings import Crops


def part_of(crops: Crops, rows: I64) -> Crops:
    """The crops of some rows (R,)."""
    return gathered([(crops, rows)])


def gathered(parts: Sequence[tuple[Crops, I64]]) -> Crops:
    """The crops of some rows of each."""
    counts = [_counts(crops)[rows] for crops, rows in parts]
    own = [_places_of(crops, rows, n) for (crops, rows), n in zip(parts, counts, strict=True)]
    first = np.cumsum([0, *(len(crops.time) for crops, _ in parts)])
    at = np.concatenate([place + by for place, by in zip(own, first[:-1].tolist(), strict=True)])
    time, frame, quality = (
        np.concatenate([getattr(crops, name) for crops, _ in parts])[at]
        for name in ("time", "frame", "quality")
    )
    # an embedding is long: those that are left out are not copied
    looks = [crops.embedding[place] for (crops, _), place in zip(parts, own, strict=True)]
    offsets = np.concatenate([[0], np.cumsum(np.concatenate(counts))]).astype(np.int64)
    return Crops(offsets, time, frame, np.concatenate(looks), quality)


def joined(parts: Sequence[Crops]) -> Crops:
    """The crops of all, one after the other."""
    counts = np.concatenate([_counts(part) for part in parts])
    return Crops(
        offsets=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        time=np.concatenate([part.time for part in parts]),
        frame=np.concatenate([part.frame for part in parts]),
        embedding=np.concatenate([part.embedding for part in parts]),
        quality=np.concatenate([part.quality for part in parts]),
    )


def first_best(crops: Crops) -> I64:
    """(N,) where the best crop of each row stands, of equals the first; each row has some."""
    start, owner = crops.offsets[:-1], np.repeat(np.arange(len(crops.offsets) - 1), _counts(crops))
    best = np.flatnonzero(crops.quality == np.maximum.reduceat(crops.quality, start)[owner])
    return np.asarray(best[np.searchsorted(best, start)], np.int64)


def _counts(crops: Crops) -> I64:
    """(N,) crops of each row."""
    return np.diff(crops.offsets)


def _places_of(crops: Crops, rows: I64, counts: I64) -> I64:
    """Where the crops of some rows stand."""
    first = np.cumsum(counts) - counts
    return np.repeat(crops.offsets[rows] - first, counts) + np.arange(int(counts.sum()))
