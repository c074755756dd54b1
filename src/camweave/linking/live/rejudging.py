"""Recent decisions judged anew: who is one by a lesson, with the ids carried over."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from camweave.core.events import Event
from camweave.core.identities import Link, TrackletKey
from camweave.linking.live.calibration import Calibration
from camweave.linking.live.columns import NOBODY
from camweave.linking.live.following import follow
from camweave.linking.live.gallery import Gallery
from camweave.linking.live.grounding import apart_on_ground
from camweave.linking.registry.registry import Registry

PATIENCE: Final = 3  # lessons running that find no link where there is one, before it is cut

Couple = tuple[TrackletKey, TrackletKey]


class Rejudging:
    """Lets identities be as lessons judge them, without flapping.

    What a lesson links is linked at once. A link that it does not find again is cut at once where
    somebody else has a better claim or the looks speak against it by `hold` nats, else only after
    `PATIENCE` lessons: that nothing was found says little while tracklets are young.
    """

    def __init__(self, gallery: Gallery, registry: Registry, hold: float) -> None:
        self.gallery, self.registry, self.hold = gallery, registry, hold
        self._doubts: dict[Couple, int] = {}  # lessons running that did not find this link

    def rejudge(
        self,
        known: Calibration,
        who: Mapping[TrackletKey, int],
        links: Sequence[Link],
        time: float,
    ) -> tuple[Event, ...]:
        """Carry ids over to the objects (`who`) that a lesson found, `links` being why.

        What it did not judge stays: who came since goes with whom it was linked to, and who was
        before with whoever went on with it, unless that is somebody else's now.
        """
        g = self.gallery
        slots = {g.slot[key]: own for key, own in who.items() if key in g.slot}
        held = {s: own for s, own in slots.items() if g.tracklets["identity"][s] != NOBODY}
        parts = self._parts(known, held)
        changed = [part for part in parts if self._is_new(part)]
        if not changed:
            return ()
        spans = [[g.span(slot) for slot in part] for part in changed]
        events = self.registry.carry_over(spans, time, links)
        follow(g, events)
        return events

    def _parts(self, known: Calibration, judged: Mapping[int, int]) -> list[list[int]]:
        """All members of the identities of who was judged, as they shall be together."""
        g, identity = self.gallery, self.gallery.tracklets["identity"]
        objects = _in_time(g, judged)
        before = {other: one for own in objects.values() for one, other in pairwise(own)}
        couples = [couple for own in objects.values() for couple in pairwise(own)]
        doubts: dict[Couple, int] = {}
        whose = np.unique(identity[list(judged)]).tolist()
        for each in whose:
            for one, other in pairwise(g.members[each]):
                claimed = other in before and identity[before[other]] != each
                missed = judged.get(one, one) != judged.get(other, other)
                if claimed and not self._at_one_place(one, other):
                    continue
                if missed and one in judged and other in judged:
                    key = (g.key(one), g.key(other))
                    doubts[key] = self._doubts.get(key, 0) + 1
                    unlike = self._unlike(known, objects[judged[one]], objects[judged[other]])
                    if unlike or doubts[key] >= PATIENCE:
                        continue
                couples.append((one, other))
        self._doubts = doubts
        return _joined([slot for each in whose for slot in g.members[each]], couples)

    def _is_new(self, part: Sequence[int]) -> bool:
        """Whether a part is not just all that one identity holds."""
        whose = set(self.gallery.tracklets["identity"][part].tolist())
        return len(whose) > 1 or len(part) < len(self.gallery.members[min(whose)])

    def _unlike(self, known: Calibration, one: Sequence[int], other: Sequence[int]) -> bool:
        """Whether the looks of two rows of tracklets speak against their being one."""
        (look, looks), (like, likes) = (self.gallery.summed(np.array(o)) for o in (one, other))
        if not looks or not likes or self._at_one_place(one[-1], other[0]):
            return False
        size = np.log(np.array([float(looks * likes)]))
        return bool(known.curve.nats(np.array([float(look @ like)]), size)[0] < -self.hold)

    def _at_one_place(self, one: int, other: int) -> bool:
        return apart_on_ground(self.gallery, one, other) > 0


def _in_time(gallery: Gallery, judged: Mapping[int, int]) -> dict[int, list[int]]:
    """The tracklets of each object, in order of begin."""
    slots = np.array(sorted(judged), np.int64)
    found: dict[int, list[int]] = {}
    for slot in slots[np.argsort(gallery.tracklets["begin"][slots], kind="stable")].tolist():
        found.setdefault(judged[slot], []).append(slot)
    return found


def _joined(slots: Sequence[int], couples: Sequence[tuple[int, int]]) -> list[list[int]]:
    """The parts that couples join; who is in none is alone."""
    part = {slot: [slot] for slot in slots}
    for one, other in couples:
        mine, theirs = part[one], part[other]
        if mine is not theirs:
            mine += theirs
            part.update(dict.fromkeys(theirs, mine))
    return list({id(each): each for each in part.values()}.values())
