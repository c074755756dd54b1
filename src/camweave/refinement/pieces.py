"""Tracklets cut into pieces: what refinement takes apart and puts together."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64, Bool
from camweave.core.tracks import UNDETECTED, Tracklets

NONE: Final = -1  # the number of a piece that is not there
FLAT: Final = 1.0  # px: least height of a box


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """P pieces of paths over K rows, flat; rows of a piece stand in order of time."""

    offsets: I64  # (P + 1,)
    time: F64  # (K,) s
    place: F64  # (K, 3) centre x and y in px, and the natural logarithm of the height
    row: I64  # (K,) row of the tracklets
    source: I64  # (P,) number of the tracklet that it was cut from
    fore: I64  # (P,) the piece that the tracker had before it, or NONE

    def __len__(self) -> int:
        return len(self.source)

    @property
    def first_time(self) -> F64:
        """(P,) s."""
        return self.time[self.offsets[:-1]]

    @property
    def last_time(self) -> F64:
        """(P,) s."""
        return self.time[self.offsets[1:] - 1]

    @property
    def of_row(self) -> I64:
        """(K,) the piece of every row."""
        return np.repeat(np.arange(len(self)), np.diff(self.offsets))


@dataclass(frozen=True, slots=True, eq=False)
class Chains:
    """Pieces linked to C longer ones, each from a first to a last piece."""

    path: Pieces  # C of them
    first: I64  # (C,) number of the piece that it begins with
    last: I64  # (C,) and of that with which it ends


def whole(tracklets: Tracklets, wanted: Bool) -> Pieces:
    """Every tracklet as one piece, with its `wanted` rows (K,), less those that were predicted.

    A tracklet in which nothing says that it was seen counts as seen. The order is by time and
    place, so that nothing depends on how the tracklets were numbered.
    """
    m = np.repeat(np.arange(len(tracklets)), np.diff(tracklets.offsets))
    row = np.flatnonzero(wanted & _seen(tracklets))
    place = _places(tracklets)
    source, first, lengths = np.unique(m[row], return_index=True, return_counts=True)
    start = row[first]
    by_start = np.lexsort((*place[start].T, tracklets.time[start]))
    picked = spread(first[by_start], first[by_start] + lengths[by_start])[1]
    row = row[picked]
    return Pieces(
        offsets=offsets_of(lengths[by_start]),
        time=tracklets.time[row],
        place=place[row],
        row=row,
        source=source[by_start],
        fore=np.full(len(source), NONE),
    )


def cut(pieces: Pieces, where: Bool) -> Pieces:
    """The same rows, with a new piece beginning at each row (K,) that is marked."""
    begins = where.copy()
    begins[pieces.offsets[:-1]] = True
    first = np.flatnonzero(begins)
    mother = pieces.of_row[first]
    new = np.zeros(len(pieces.row) + 1, np.bool_)
    new[pieces.offsets[:-1]] = True
    own = np.cumsum(begins) - 1  # the new number of the piece of every row
    before = own[np.maximum(pieces.offsets[1:] - 1, 0)]  # the last new piece of every old one
    old_fore = pieces.fore[mother]
    fore = np.where(
        new[first], np.where(old_fore == NONE, NONE, before[old_fore]), np.arange(len(first)) - 1
    )
    return Pieces(
        np.append(first, len(pieces.row)).astype(np.int64),
        pieces.time,
        pieces.place,
        pieces.row,
        pieces.source[mother],
        fore.astype(np.int64),
    )


def merged(pieces: Pieces, chain: I64) -> Chains:
    """The pieces of each chain (P,) as one, in rising order of its number."""
    order = np.lexsort((pieces.first_time, chain))
    lengths = np.diff(pieces.offsets)
    rows = spread(pieces.offsets[:-1][order], pieces.offsets[1:][order])[1]
    heads = np.flatnonzero(np.diff(chain[order], prepend=-1))
    first = order[heads]
    last = order[np.append(heads, len(order))[1:] - 1]
    joined = Pieces(
        offsets_of(np.add.reduceat(lengths[order], heads)),
        pieces.time[rows],
        pieces.place[rows],
        pieces.row[rows],
        pieces.source[first],
        pieces.fore[first],
    )
    return Chains(joined, first, last)


def spread(first: I64, stop: I64) -> tuple[I64, I64]:
    """Each range's number and its members, all ranges one after another.

    >>> spread(np.array([3, 7]), np.array([5, 8]))
    (array([0, 0, 1]), array([3, 4, 7]))
    """
    lengths = np.maximum(stop - first, 0)
    owner = np.repeat(np.arange(len(lengths)), lengths)
    begun = np.cumsum(lengths) - lengths
    return owner, np.arange(len(owner)) + (first - begun)[owner]


def offsets_of(lengths: I64) -> I64:
    """(M + 1,) where ranges of these lengths (M,) begin and the last one ends."""
    return np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)


def inside(pieces: Pieces) -> Bool:
    """(K,) rows with a row of the same piece before them."""
    within = np.ones(len(pieces.row), np.bool_)
    within[pieces.offsets[:-1]] = False
    return within


def in_time(pieces: Pieces, margin: float) -> F64:
    """(K,) a key that rises through all rows: s in a piece, more than `margin` s between two."""
    span = float(np.ptp(pieces.time)) if len(pieces.time) else 0.0
    key: F64 = pieces.time - pieces.time.min(initial=0) + (span + 2 * margin + 1) * pieces.of_row
    return key


def _seen(tracklets: Tracklets) -> Bool:
    """(K,) rows that are no prediction."""
    seen = tracklets.detection != UNDETECTED
    ever = np.zeros(len(tracklets), np.bool_)
    of_row = np.repeat(np.arange(len(tracklets)), np.diff(tracklets.offsets))
    ever[of_row[seen]] = True
    return np.asarray(seen | ~ever[of_row])


def _places(tracklets: Tracklets) -> F64:
    left, top, right, bottom = tracklets.xyxy.T.astype(np.float64)
    height = np.log(np.maximum(bottom - top, FLAT))
    return np.stack([(left + right) / 2, (top + bottom) / 2, height], axis=1)
