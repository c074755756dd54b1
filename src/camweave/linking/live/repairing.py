"""A look back: identities that turn out to be one are merged, links that turn out wrong are cut."""

from typing import Final

import numpy as np

from camweave.core.arrays import I64
from camweave.core.events import Event
from camweave.core.identities import TrackletKey
from camweave.core.tracks import GlobalId
from camweave.linking.live.calibration import Calibration
from camweave.linking.live.constraining import allowed
from camweave.linking.live.deciding import choose
from camweave.linking.live.evidence import Comers, pairs_of, table
from camweave.linking.live.following import follow
from camweave.linking.live.gallery import Gallery
from camweave.linking.live.grounding import apart_on_ground
from camweave.linking.live.params import LiveParams
from camweave.linking.registry.registry import Registry
from camweave.ops.assignment import ALONE

HEADS: Final = 32  # young identities looked at in one pass
TAILS: Final = 12  # tracklets looked at in one pass


class Repairs:
    """Judges recent decisions anew, by what has been seen since.

    Only what beats the decision that stands by `hold` nats, and does so twice running, is
    changed: what is shown should not flicker.
    """

    def __init__(self, registry: Registry, params: LiveParams) -> None:
        self.registry, self.params = registry, params
        self._heads: list[int] = []  # global ids of young identities still to be looked at
        self._tails: list[int] = []  # and of those that got a tracklet lately
        self._merges: dict[int, int] = {}  # whom each looked like when it was last looked at
        self._cuts: set[TrackletKey] = set()  # tracklets that looked out of place last time

    def repair(
        self, gallery: Gallery, known: Calibration, time: float, *, new: bool
    ) -> list[Event]:
        """Look at the next few; `new`: begin with all again, if nobody is left."""
        if new and not self._heads and not self._tails:
            self._begin(gallery, time)
        tails, self._tails = self._tails[:TAILS], self._tails[TAILS:]
        heads, self._heads = self._heads[:HEADS], self._heads[HEADS:]
        events = self._cut(gallery, known, self._slots(gallery, tails), time)
        return events + self._merge(gallery, known, self._slots(gallery, heads), time)

    def _begin(self, gallery: Gallery, time: float) -> None:
        """Who is to be looked at in this round, in order of slot."""
        held, table = gallery.held, gallery.identities
        ids = table["global_id"]
        young = held[table["begin"][held] >= time - self.params.window]
        self._heads = ids[young].tolist()
        since = gallery.tracklets["since"][table["tail"][held]]
        self._tails = ids[held[since >= time - 2 * self.params.repair]].tolist()
        kept = frozenset(self._heads)
        self._merges = {one: other for one, other in self._merges.items() if one in kept}
        self._cuts = {key for key in self._cuts if key in gallery.slot}

    def _slots(self, gallery: Gallery, ids: list[int]) -> I64:
        """Of those who are still there."""
        return np.array([gallery.by_id[each] for each in ids if each in gallery.by_id], np.int64)

    def _merge(self, gallery: Gallery, known: Calibration, young: I64, time: float) -> list[Event]:
        events: list[Event] = []
        if not len(young):
            return events
        before = {each: self._merges.pop(each, None) for each in self._ids(gallery, young)}
        for one, other in self._same(gallery, known, young):
            if not gallery.identities["used"][one] or not gallery.identities["used"][other]:
                continue
            older, younger = self._ids(gallery, np.array([one, other]))
            if before.get(younger) != older:
                self._merges[younger] = older
            elif self.registry.why_not_merge(older, younger) is None:
                made = self.registry.merge(older, younger, time, reason="seen for longer")
                follow(gallery, made)
                events += made
        return events

    def _same(self, gallery: Gallery, known: Calibration, young: I64) -> list[tuple[int, int]]:
        """Identities, and the younger ones that go on with them."""
        comers = Comers.heads(gallery, young)
        pairs = pairs_of(gallery, comers, gallery.held, known)
        whose = gallery.tracklets["identity"][pairs.tracklet]
        fit = ((pairs.gap > 0) | (pairs.ground > 0)) & (pairs.identity != whose)
        fit &= allowed(gallery, pairs, self.registry.constraints)
        pairs = pairs[np.flatnonzero(fit)]
        gain, names, _ = table(pairs, comers.tracklet)
        choice, margin = choose(gain - self.params.hold)
        found = np.flatnonzero((choice != ALONE) & (margin >= self.params.margin))
        return [(int(names[choice[row]]), int(young[row])) for row in found.tolist()]

    def _ids(self, gallery: Gallery, slots: I64) -> list[int]:
        ids: list[int] = gallery.identities["global_id"][slots].tolist()
        return ids

    def _cut(self, gallery: Gallery, known: Calibration, slots: I64, time: float) -> list[Event]:
        """Split off tails that do not fit what comes before them."""
        events: list[Event] = []
        for identity in slots.tolist():
            tail = int(gallery.identities["tail"][identity])
            key = gallery.key(tail)
            wrong = len(gallery.members[identity]) > 1 and self._wrong(
                gallery, known, identity, tail
            )
            if wrong and key in self._cuts:
                events += self._part(gallery, identity, key, time)
            if wrong and key not in self._cuts:
                self._cuts.add(key)
            else:
                self._cuts.discard(key)
        return events

    def _wrong(self, gallery: Gallery, known: Calibration, identity: int, tail: int) -> bool:
        """Whether the tail speaks against its identity by `hold` nats."""
        others = np.array([each for each in gallery.members[identity] if each != tail])
        look, size = gallery.summed(others)
        if not size or not gallery.tracklets["trust"][tail]:
            return False
        if any(apart_on_ground(gallery, tail, other) > 0 for other in others.tolist()):
            return False  # it stood where the others stood
        comer = Comers.of(gallery, np.array([tail]))
        like = float(comer.look[0] @ look)
        nats = known.curve.nats(np.array([like]), np.log(np.array([size])))
        return bool(nats[0] < -self.params.hold)

    def _part(
        self, gallery: Gallery, identity: int, key: TrackletKey, time: float
    ) -> tuple[Event, ...]:
        held = GlobalId(int(gallery.identities["global_id"][identity]))
        if self.registry.constraints.together([key], self._rest(gallery, identity, key)):
            return ()
        made = self.registry.split(held, [key], time, reason="unlike the others")
        follow(gallery, made)
        return made

    def _rest(self, gallery: Gallery, identity: int, key: TrackletKey) -> list[TrackletKey]:
        keys = (gallery.key(each) for each in gallery.members[identity])
        return [each for each in keys if each != key]
