"""The changes told: from what was decided to what is written down."""

from dataclasses import dataclass
from typing import cast

import numpy as np

from camweave.core.arrays import I64
from camweave.core.tracks import Tracklets
from camweave.refinement.changes import Changes, Dropped, Fate, Filled, Joined, Split, Why
from camweave.refinement.joining import Links
from camweave.refinement.pieces import NONE, Pieces
from camweave.refinement.tracks import KEPT, Roll
from camweave.refinement.twins import Twins


@dataclass(frozen=True, slots=True, eq=False)
class Story:
    """What was there, how it was cut and linked, and what came of it."""

    tracklets: Tracklets
    pieces: Pieces
    roll: Roll
    links: Links
    why: list[Why]  # of each piece: what it was cut from the one before it for

    def given_id(self, piece: int) -> int:
        """The id of the tracklet that a piece was cut from."""
        return int(self.tracklets.tracklet_id[self.pieces.source[piece]])

    def made_id(self, piece: int) -> int:
        """The id of the track that a piece is in."""
        return int(self.roll.track_id[self.roll.of_piece[piece]])


def tell(story: Story, twins: Twins, made: Tracklets, filled: I64) -> Changes:
    """All changes, each kind in order of time or of id."""
    return Changes(
        splits=tuple(_splits(story)),
        joins=tuple(_joins(story)),
        drops=(*_doubles(story.tracklets, twins), *_false_starts(story)),
        fills=tuple(
            Filled(int(made.tracklet_id[m]), int(filled[m])) for m in np.flatnonzero(filled)
        ),
    )


def _splits(story: Story) -> list[Split]:
    pieces, of = story.pieces, story.roll.of_piece
    cut_off = np.flatnonzero(pieces.fore != NONE)
    parted = cut_off[of[cut_off] != of[pieces.fore[cut_off]]]
    evidence = story.links.own[pieces.fore[parted]]
    return [
        Split(
            tracklet_id=story.given_id(piece),
            time=float(pieces.first_time[piece]),
            becomes=story.made_id(piece),
            why=story.why[piece],
            evidence=float(nats) if np.isfinite(nats) else None,
        )
        for piece, nats in sorted(
            zip(parted.tolist(), evidence.tolist(), strict=True),
            key=lambda each: (float(pieces.first_time[each[0]]), each[0]),
        )
    ]


def _joins(story: Story) -> list[Joined]:
    pieces, after = story.pieces, story.links.after
    earlier = np.flatnonzero(after != NONE)
    earlier = earlier[pieces.fore[after[earlier]] != earlier]
    earlier = earlier[np.lexsort((earlier, pieces.first_time[after[earlier]]))]
    return [
        Joined(
            tracklet_id=story.given_id(piece),
            with_id=story.given_id(after[piece]),
            becomes=story.made_id(piece),
            time=float(pieces.first_time[after[piece]]),
            gap=float(pieces.first_time[after[piece]] - pieces.last_time[piece]),
            evidence=float(story.links.evidence[piece]),
        )
        for piece in earlier.tolist()
    ]


def _doubles(tracklets: Tracklets, twins: Twins) -> list[Dropped]:
    number = np.repeat(np.arange(len(tracklets)), np.diff(tracklets.offsets))
    rows = np.bincount(number[twins.row], minlength=len(tracklets))
    ids = tracklets.tracklet_id
    return [
        Dropped(int(ids[m]), int(rows[m]), "twin", int(ids[twins.of[m]]))
        for m in np.flatnonzero(rows)
    ]


def _false_starts(story: Story) -> list[Dropped]:
    roll = story.roll
    rows = np.bincount(roll.of_piece, np.diff(story.pieces.offsets), len(roll.track_id))
    return [
        Dropped(int(roll.track_id[c]), int(rows[c]), cast("Fate", str(roll.fate[c])))
        for c in np.flatnonzero(roll.fate != KEPT)
    ]
