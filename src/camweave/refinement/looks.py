"""What pieces look like: evidence from embedded crops, and the cut where a path looks like two.

How alike two sights of one object are, and of two objects, is learned from the recording: halves of
one tracklet are one object, tracklets that are seen at one time are two.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.core.tracks import Appearance, Tracklets
from camweave.refinement.pieces import Pieces, spread

SAME: Final = (0.75, 0.12)  # mean and standard deviation of the likeness of two sights of one
OTHER: Final = (0.40, 0.15)  # and of two
PRIOR: Final = 20.0  # pairs that these are worth
MOST: Final = 6.0  # nats: no likeness says more, for there are look-alikes
MOST_PAIRS: Final = 20_000
SHARPEST: Final = 0.03  # least standard deviation
ENOUGH: Final = 4  # crops of a tracklet, to hold its halves against each other
MAD_TO_SIGMA: Final = 1.4826
TINY: Final = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """What P pieces look like, and what a likeness says here."""

    total: F64  # (P, D) sum of a piece's embeddings; zeros for who was not embedded
    same: tuple[float, float]  # mean and standard deviation of the likeness of one object's sights
    other: tuple[float, float]  # and of two objects'

    def evidence(self, one: I64, other: I64) -> F64:
        """(Q,) nats for `one` (Q,) and `other` (Q,) being one; 0 where either was not embedded."""
        if not self.total.shape[1]:
            return np.zeros(len(one))
        a, b = self.total[one], self.total[other]
        known = a.any(axis=1) & b.any(axis=1)
        return np.where(known, nats(likeness(a, b), self.same, self.other), 0.0)

    def of_chains(self, chain: I64) -> "Looks":
        """The looks of each chain (P,) of pieces, in rising order of its number."""
        names, number = np.unique(chain, return_inverse=True)
        return Looks(sums(self.total, number, len(names)), self.same, self.other)


def nats(alike: F64, same: tuple[float, float], other: tuple[float, float]) -> F64:
    """(Q,) evidence of a likeness for one object; more likeness never says less."""
    one = -np.log(same[1]) - np.square((alike - same[0]) / same[1]) / 2
    two = -np.log(other[1]) - np.square((alike - other[0]) / other[1]) / 2
    beyond_same = np.where(alike > same[0], -np.log(same[1]), one)
    beyond_other = np.where(alike < other[0], -np.log(other[1]), two)
    return np.asarray(np.clip(beyond_same - beyond_other, -MOST, MOST))


def likeness(a: F64, b: F64) -> F64:
    """(Q,) cosine of row i of `a` (Q, D) and row i of `b`; 0 where one is nothing."""
    size = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    cosine: F64 = np.einsum("qd,qd->q", a, b) / np.maximum(size, TINY)
    return cosine


def sums(values: F64, owner: I64, count: int) -> F64:
    """(count, D) sum of the rows (E, D) of each owner (E,)."""
    total = np.zeros((count, values.shape[1]))
    np.add.at(total, owner, values)
    return total


def learn_looks(tracklets: Tracklets, pieces: Pieces) -> Looks:
    """The looks of the pieces, and how alike this recording's objects are."""
    look = tracklets.appearance
    if look is None or not len(look):
        return Looks(np.empty((len(pieces), 0)), SAME, OTHER)
    piece_of = np.full(len(tracklets.frame), len(pieces))
    piece_of[pieces.row] = pieces.of_row
    total = sums(look.embedding.astype(np.float64), piece_of[look.row], len(pieces) + 1)[:-1]
    same = _curve(_halves(look), SAME)
    return Looks(total, same, _curve(_strangers(tracklets, look), OTHER))


def _halves(look: Appearance) -> F64:
    """(Q,) likeness of each tracklet's earlier and later crops, where it has enough."""
    lengths = np.diff(look.offsets)
    many = np.flatnonzero(lengths >= ENOUGH)
    middle = look.offsets[many] + lengths[many] // 2
    embedding = look.embedding.astype(np.float64)
    early, late = spread(look.offsets[many], middle), spread(middle, look.offsets[many + 1])
    return likeness(
        *(sums(embedding[row], owner, len(many)) for owner, row in (early, late)),
    )


def _strangers(tracklets: Tracklets, look: Appearance) -> F64:
    """(Q,) likeness of tracklets that are seen at one time."""
    embedded = np.flatnonzero(np.diff(look.offsets))
    first = tracklets.time[tracklets.offsets[embedded]]
    last = tracklets.time[tracklets.offsets[embedded + 1] - 1]
    order = np.argsort(first, kind="stable")
    later = np.arange(1, len(order) + 1)
    one, place = spread(later, np.searchsorted(first[order], last[order], side="left"))
    thin = slice(None, None, max(1, len(one) // MOST_PAIRS))
    owner, row = spread(look.offsets[:-1], look.offsets[1:])
    total = sums(look.embedding[row].astype(np.float64), owner, len(tracklets))[embedded[order]]
    return likeness(total[one[thin]], total[place[thin]])


def _curve(seen: F64, expected: tuple[float, float]) -> tuple[float, float]:
    """Median and spread of what was seen, leaning on what is expected where that is little."""
    if not len(seen):
        return expected
    own = len(seen) / (len(seen) + PRIOR)
    middle = float(np.median(seen))
    apart = float(np.median(np.abs(seen - middle))) * MAD_TO_SIGMA
    return (
        own * middle + (1 - own) * expected[0],
        max(own * apart + (1 - own) * expected[1], SHARPEST),
    )
