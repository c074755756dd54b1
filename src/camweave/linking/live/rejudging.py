"""Recent links decided again after a lesson, with global ids carried over."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import I64
from camweave.core.events import Event
from camweave.core.identities import Link, TrackletKey
from camweave.linking.live.calibration import Calibration
from camweave.linking.live.claims import Claims
from camweave.linking.live.columns import NOBODY
from camweave.linking.live.following import follow
from camweave.linking.live.gallery import Gallery
from camweave.linking.registry.registry import Registry

PATIENCE: Final = 3  # lessons running that part what stands, before it is in doubt


@dataclass(slots=True, eq=False)
class Piece:
    """The tracklets of one identity that a lesson found to be one object."""

    identity: int
    label: int  # of the object
    slots: list[int]  # in order of begin
    core: bool = False  # the longest of its identity: the others stay with it, or go
    stays: bool = True
    binds: bool = False  # the rest of its identity, and of its object: all are one


class Rejudging:
    """Changes identities to what lessons find, but not at every small change of evidence.

    What a lesson parts stays one unless the evidence against that is beyond `hold` nats, or some
    other claim is better by as much: evidence that hovers around the bar changes nothing.
    """

    def __init__(self, gallery: Gallery, registry: Registry, hold: float) -> None:
        self.gallery, self.registry, self.hold = gallery, registry, hold
        self._doubts: dict[TrackletKey, int] = {}  # lessons running that parted it from the rest

    def rejudge(
        self,
        known: Calibration,
        who: Mapping[TrackletKey, int],
        links: Sequence[Link],
        time: float,
    ) -> tuple[Event, ...]:
        """Carry ids over to the objects (`who`) that a lesson found, `links` being why.

        Who was not judged goes with whoever of its identity came before it, or after.
        """
        g = self.gallery
        slots = {g.slot[key]: own for key, own in who.items() if key in g.slot}
        judged = {s: own for s, own in slots.items() if g.tracklets["identity"][s] != NOBODY}
        pieces = self._pieces(judged)
        self._hold_fast(Claims(g, known), pieces)
        changed = [part for part in self._parts(pieces) if self._is_new(part)]
        if not changed:
            return ()
        spans = [[g.span(slot) for slot in part] for part in changed]
        events = self.registry.carry_over(spans, time, links)
        follow(g, events)
        return events

    def _pieces(self, judged: Mapping[int, int]) -> list[Piece]:
        """The pieces of all identities with a tracklet in the lesson."""
        g, found = self.gallery, list[Piece]()
        for identity in np.unique(g.tracklets["identity"][list(judged)]).tolist():
            members = g.members[identity]
            label = next(judged[slot] for slot in members if slot in judged)
            own: dict[int, list[int]] = {}
            for slot in members:
                label = judged.get(slot, label)
                own.setdefault(label, []).append(slot)
            pieces = [Piece(identity, label, slots) for label, slots in own.items()]
            max(pieces, key=self._seconds).core = True
            found += pieces
        return found

    def _seconds(self, piece: Piece) -> float:
        held = self.gallery.tracklets[piece.slots]
        return float((held["end"] - held["begin"]).sum())

    def _hold_fast(self, claims: Claims, pieces: Sequence[Piece]) -> None:
        """Mark the pieces that leave the core of their identity, and those that bind."""
        objects = _by(pieces, "label")
        home = {piece.identity: piece.label for piece in pieces if piece.core}
        loose = [piece for piece in pieces if not piece.core]
        own = [piece.slots for piece in loose]
        rest = [self._slots(objects[home[piece.identity]], piece) for piece in loose]
        rivals = [self._slots(objects[piece.label], piece) for piece in loose]
        stands, claimed, all_one = (
            claims.nats(list(zip(*parts, strict=True)))
            for parts in ((own, rest), (own, rivals), (rest, rivals))
        )
        agree = np.minimum(np.minimum(stands, claimed), all_one) > self.hold
        doubtful = (self._doubts_of(loose) >= PATIENCE) & (claimed - stands > -self.hold)
        leaves = (claimed - stands > self.hold) | doubtful
        for k, piece in enumerate(loose):
            piece.binds = bool(agree[k]) and not self._met(rest[k], rivals[k])
            piece.stays = piece.binds or not leaves[k]

    def _doubts_of(self, loose: Sequence[Piece]) -> I64:
        """For how many lessons in a row each piece was apart from the core."""
        keys = [[self.gallery.key(slot) for slot in piece.slots] for piece in loose]
        self._doubts = {key: self._doubts.get(key, 0) + 1 for own in keys for key in own}
        return np.array([min(self._doubts[key] for key in own) for own in keys], np.int64)

    def _met(self, one: Sequence[int], other: Sequence[int]) -> bool:
        """Whether one camera saw both at the same time."""
        a, b = (self.gallery.tracklets[list(slots)] for slots in (one, other))
        same = a["camera"][:, None] == b["camera"]
        beside = (a["begin"][:, None] <= b["end"]) & (b["begin"] <= a["end"][:, None])
        return bool((same & beside).any())

    def _slots(self, pieces: Iterable[Piece], but: Piece) -> list[int]:
        slots = [slot for piece in pieces if piece is not but for slot in piece.slots]
        begin = self.gallery.tracklets["begin"]
        return sorted(slots, key=lambda slot: (begin[slot], slot))

    def _parts(self, pieces: Sequence[Piece]) -> list[list[int]]:
        """All members, grouped as they are to be."""
        home = {piece.identity: piece.label for piece in pieces if piece.core}
        parts: dict[int, list[int]] = {}
        for piece in pieces:
            label = home[piece.identity] if piece.stays else piece.label
            parts.setdefault(label, []).extend(piece.slots)
        for piece in pieces:
            if piece.binds and piece.label in parts:
                mine, theirs = parts[home[piece.identity]], parts[piece.label]
                if mine is not theirs and not self._met(mine, theirs):
                    mine += theirs
                    parts |= {label: mine for label, part in parts.items() if part is theirs}
        return list({id(part): part for part in parts.values()}.values())

    def _is_new(self, part: Sequence[int]) -> bool:
        """Whether a part is not just all that one identity holds."""
        whose = set(self.gallery.tracklets["identity"][part].tolist())
        return len(whose) > 1 or len(part) < len(self.gallery.members[min(whose)])


def _by(pieces: Iterable[Piece], name: str) -> dict[int, list[Piece]]:
    found: dict[int, list[Piece]] = {}
    for piece in pieces:
        found.setdefault(getattr(piece, name), []).append(piece)
    return found
