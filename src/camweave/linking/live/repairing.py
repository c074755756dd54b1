"""A look back: identities that turn out to be one are merged, links that turn out wrong are cut."""

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
from camweave.linking.registry import Registry
from camweave.ops.assignment import ALONE


class Repairs:
    """Judges recent decisions anew, by what has been seen since.

    Only what beats the decision that stands by `hold` nats, and does so twice running, is
    changed: what is shown should not flicker.
    """

    def __init__(self, registry: Registry, params: LiveParams) -> None:
        self.registry, self.params = registry, params
        self._merges: set[tuple[int, int]] = set()  # global ids that looked like one last time
        self._cuts: set[TrackletKey] = set()  # tracklets that looked out of place last time

    def repair(self, gallery: Gallery, known: Calibration, time: float) -> list[Event]:
        """What changes now; the gallery follows."""
        events = [*self._cut(gallery, known, time)]
        return events + self._merge(gallery, known, time)

    def _merge(self, gallery: Gallery, known: Calibration, time: float) -> list[Event]:
        young = self._young(gallery, time)
        proposed: set[tuple[int, int]] = set()
        events: list[Event] = []
        if len(young):
            for one, other in self._same(gallery, known, young):
                ids = self._ids(gallery, one, other)
                proposed.add(ids)
                if ids in self._merges and self.registry.why_not_merge(*ids) is None:
                    made = self.registry.merge(*ids, time, reason="seen for longer")
                    follow(gallery, made)
                    events += made
        self._merges = proposed
        return events

    def _young(self, gallery: Gallery, time: float) -> I64:
        """Identities whose first tracklet came within the window."""
        held = gallery.held
        return held[gallery.identities["begin"][held] >= time - self.params.window]

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

    def _ids(self, gallery: Gallery, one: int, other: int) -> tuple[GlobalId, GlobalId]:
        ids = gallery.identities["global_id"]
        return GlobalId(int(ids[one])), GlobalId(int(ids[other]))

    def _cut(self, gallery: Gallery, known: Calibration, time: float) -> list[Event]:
        """Split off tails that do not fit what comes before them."""
        held = gallery.identities
        slots = gallery.held
        tails = held["tail"][slots]
        fresh = gallery.tracklets["since"][tails] >= time - 2 * self.params.repair
        proposed: set[TrackletKey] = set()
        events: list[Event] = []
        for identity, tail in zip(slots[fresh].tolist(), tails[fresh].tolist(), strict=True):
            if len(gallery.members[identity]) > 1 and self._wrong(gallery, known, identity, tail):
                key = gallery.key(tail)
                proposed.add(key)
                if key in self._cuts:
                    events += self._part(gallery, identity, key, time)
        self._cuts = proposed
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
