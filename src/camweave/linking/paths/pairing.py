"""Which whole paths are near enough to be asked about, and what share of all of them is one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F32, F64, I64
from camweave.linking.paths.contrast import GRID, Contrast, share_of_one
from camweave.linking.paths.stepping import Steps

LOW: Final = 6.0  # nats under even odds, from which growing may still bring a pair back
AWAKE: Final = 0.25  # of the way from two objects' usual likeness to one's: below, none is asked
BUDGET: Final = 5e8  # pairs that are compared, at most, about
KEPT: Final = 2_000_000  # pairs that are told, at most: the likeliest
STEP: Final = 1 << 27  # products of numbers that one block takes, at most
COLUMNS: Final = 2048  # of a block
ROWS: Final = 256  # of a block


@dataclass(frozen=True, slots=True, eq=False)
class Likely:
    """E pairs of M paths that are near enough."""

    one: I64  # (E,)
    other: I64  # (E,)
    nats: F64  # (E,) for one object, the odds of any two counted in
    prior: float  # nats: those odds


def likely_pairs(
    mean: F32, count: F64, contrast: Contrast, *, budget: float = BUDGET, most: int = KEPT
) -> Steps[Likely]:
    """The pairs of M paths in order of begin, with mean looks (M, D) of `count` (M,) tracklets.

    Of very many paths, none is held against more than `budget` / M of those that began after it:
    the next; of very many pairs, the `most` likeliest are kept.
    """
    n = len(mean)
    limit = min(n, max(1, int(budget / max(n, 1))))
    middle = np.float32(contrast.other + AWAKE * (contrast.same - contrast.other))
    seen, found = np.zeros(len(GRID)), _Likeliest(most)
    for rows, columns in _blocks(mean.shape, limit):
        yield
        cosine = mean[rows] @ mean[columns].T
        i, j = np.nonzero(cosine > middle)
        near = (j + columns.start > i + rows.start) & (j + columns.start <= i + rows.start + limit)
        i, j = i[near], j[near]
        alike = cosine[i, j].astype(np.float64)
        i, j = i + rows.start, j + columns.start
        nats = contrast.nats(alike, count[i], count[j])
        place = np.rint((np.clip(nats, GRID[0], GRID[-1]) - GRID[0]) / (GRID[1] - GRID[0]))
        seen += np.bincount(place.astype(np.int64), minlength=len(GRID))
        found.add(i, j, nats)
    yield
    asked = n * limit - limit * (limit + 1) / 2 if limit < n else n * (n - 1) / 2
    seen[0] += asked - seen.sum()
    share = share_of_one(seen)
    prior = float(np.log(share / (1 - share)))
    near = found.nats + prior > -LOW
    return Likely(found.one[near], found.other[near], found.nats[near] + prior, prior)


def _blocks(shape: tuple[int, ...], limit: int) -> Iterator[tuple[slice, slice]]:
    """Rows and columns in which some are held against those up to `limit` after them."""
    n, dimension = shape
    height = int(np.clip(STEP // (COLUMNS * max(dimension, 1)), 1, ROWS))
    for row in range(0, n, height):
        rows = slice(row, min(row + height, n))
        stop = min(rows.stop + limit, n)
        for column in range(row, stop, COLUMNS):
            yield rows, slice(column, min(column + COLUMNS, stop))


class _Likeliest:
    """The pairs that look more like one object than like two, so many at most."""

    def __init__(self, most: int) -> None:
        self._most, self._least = most, 0.0
        self.one, self.other = np.empty(0, np.int64), np.empty(0, np.int64)
        self.nats = np.empty(0)

    def add(self, one: I64, other: I64, nats: F64) -> None:
        """Take these (Q,) too, and drop the least likely if those are too many."""
        worth = nats > self._least
        self.one, self.other = np.append(self.one, one[worth]), np.append(self.other, other[worth])
        self.nats = np.append(self.nats, nats[worth])
        if len(self.nats) > self._most:
            best = np.sort(np.argsort(-self.nats, kind="stable")[: self._most])
            self.one, self.other, self.nats = self.one[best], self.other[best], self.nats[best]
            self._least = float(self.nats.min())
