"""Linked pieces as tracks: their ids, their classes, and which of them are false starts."""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from camweave.core.arrays import F64, I32, I64
from camweave.core.tracks import Tracklets
from camweave.refinement.params import RefineParams
from camweave.refinement.pieces import NONE, Pieces

Words: TypeAlias = npt.NDArray[np.str_]

KEPT: Final = ""  # the word for no false start


@dataclass(frozen=True, slots=True, eq=False)
class Roll:
    """The C tracks that P linked pieces make, in order of id."""

    track_id: I64  # (C,) rising
    class_id: I32  # (C,) the one that most of its score was given to
    of_piece: I64  # (P,) number of the track of every piece
    fate: Words  # (C,) why it is dropped, or KEPT


def call_roll(tracklets: Tracklets, pieces: Pieces, head: I64, params: RefineParams) -> Roll:
    """Name the chains of pieces, given the first piece (P,) of each one's chain."""
    heads = np.unique(head)
    new = pieces.fore[heads] != NONE
    names = tracklets.tracklet_id[pieces.source[heads]]
    highest = int(tracklets.tracklet_id.max(initial=0))
    names = np.where(new, highest + np.cumsum(new), names)
    order = np.argsort(names)
    number = np.empty(len(heads), np.int64)
    number[order] = np.arange(len(heads))
    of_piece = number[np.searchsorted(heads, head)]
    return Roll(
        names[order],
        _classes(tracklets, pieces, of_piece, len(heads)),
        of_piece,
        _fates(tracklets, pieces, of_piece, params),
    )


def _classes(tracklets: Tracklets, pieces: Pieces, of_piece: I64, count: int) -> I32:
    known, kind = np.unique(tracklets.class_id[pieces.source], return_inverse=True)
    votes = np.zeros((count, len(known)))
    score = _sum(tracklets.score[pieces.row].astype(np.float64), pieces.of_row, len(pieces))
    np.add.at(votes, (of_piece, kind), score)
    return known[votes.argmax(axis=1)] if count else np.empty(0, np.int32)


def _fates(tracklets: Tracklets, pieces: Pieces, of_piece: I64, params: RefineParams) -> Words:
    """Short, or short and faint; what touches an end of the recording may have been cut by it."""
    count = int(of_piece.max(initial=-1)) + 1
    first, last = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(first, of_piece, pieces.first_time)
    np.maximum.at(last, of_piece, pieces.last_time)
    rows = np.bincount(of_piece, np.diff(pieces.offsets), count)
    score = tracklets.score[pieces.row].astype(np.float64)
    score = _sum(score, of_piece[pieces.of_row], count) / np.maximum(rows, 1)
    lasts = last - first
    inside = (first > tracklets.time.min(initial=0)) & (last < tracklets.time.max(initial=0))
    long = lasts >= params.faint_under
    usual = float(np.median(score[long])) if long.any() else -np.inf
    faint = (score < params.faint * usual) & ~long
    short = lasts < params.shortest
    return np.where(inside & short, "short", np.where(inside & faint, "faint", KEPT))


def _sum(values: F64, owner: I64, count: int) -> F64:
    return np.bincount(owner, values, count).astype(np.float64)
