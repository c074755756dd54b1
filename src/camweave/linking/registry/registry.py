"""The registry of identities: who is who, for ever. Its state is the fold of its events.

Ids are given out from 1 on, never anew and never twice, also after a restart. One caller at a
time; no clock and no file: whoever calls it keeps the events (a journal) and tells the time.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy as np

from camweave.core.arrays import INT64
from camweave.core.corrections import Constraints, Correction
from camweave.core.errors import InputError
from camweave.core.events import Closed, Confirmed, Event, Span
from camweave.core.frame import CameraId
from camweave.core.identities import Identities, Link, TrackletKey
from camweave.core.sightings import Sightings
from camweave.core.tracks import UNLINKED, GlobalId
from camweave.core.wishes import Lock, Merge, Split, TakeBack, Wish
from camweave.linking.registry import hand
from camweave.linking.registry.carry import carry_over
from camweave.linking.registry.lawful import refuse_unlawful
from camweave.linking.registry.params import RegistryParams
from camweave.linking.registry.rules import (
    Ledger,
    elder,
    leavers,
    refuse_nan,
    refuse_parting,
    root_of,
    why_not_link,
    why_not_merge,
)
from camweave.linking.registry.snapshot import snapshot_of, state_of
from camweave.linking.registry.state import State, partner
from camweave.linking.registry.steps import create, end_growing, forget, join, note_seen, part, put

Status = Literal["tentative", "confirmed", "closed"]
Events = tuple[Event, ...]


class Registry:
    """Gives out ids, and knows which tracklets are of which identity.

    Operations give the events that they made, already folded in. What cannot be is refused as an
    `InputError` of one line, and leaves everything as it was.
    """

    def __init__(self, params: RegistryParams | None = None) -> None:
        self.params = RegistryParams() if params is None else params
        self._state = State()

    @classmethod
    def of(
        cls,
        events: Iterable[Event],
        params: RegistryParams | None = None,
        snapshot: Mapping[str, Any] | None = None,
    ) -> "Registry":
        """The registry that these events lead to, from a snapshot on where there is one.

        Raises:
            InputError: an event is missing or does not follow; the message gives its number.
        """
        made = cls(params) if snapshot is None else cls.restore(snapshot, params)
        for event in events:
            made._state.fold(event)  # noqa: SLF001 - its own class
        return made

    @classmethod
    def restore(
        cls, snapshot: Mapping[str, Any], params: RegistryParams | None = None
    ) -> "Registry":
        """The registry that gave this snapshot.

        Raises:
            InputError: it is none, or damaged.
        """
        made = cls(params)
        made._state = state_of(snapshot)
        return made

    def snapshot(self) -> dict[str, Any]:
        """All that it remembers, in JSON's types; equal registries give equal ones."""
        return snapshot_of(self._state)

    # What the linker does.

    def mint(self, spans: Sequence[Span], time: float, links: Sequence[Link] = ()) -> Events:
        """A new identity, tentative, of these tracklets. The first event tells its id."""
        ledger = self._at(time)
        told = [_plain_span(span) for span in spans]
        refuse_nan(links)
        refuse_unlawful(self._state, told, self.params.shared)
        identity = create(ledger)
        why = {link.other: link for link in links}
        for span in told:
            put(ledger, identity, span, why.get(span.key))
        return tuple(ledger.events)

    def link(self, identity: int, span: Span, time: float, link: Link | None = None) -> Events:
        """A tracklet is of this identity. Told again, its link and its times are replaced."""
        ledger, told = self._at(time), _plain_span(span)
        home = root_of(self._state, identity)
        refuse_nan([link])
        _refuse("link", why_not_link(self._state, told, home, self.params.shared))
        put(ledger, home, told, link)
        return tuple(ledger.events)

    def seen(self, spans: Iterable[Span], time: float) -> Events:
        """How far linked tracklets are known now; others are ignored.

        Tell it when a track ends. One that comes back, and so meets another tracklet of its
        identity in its camera, is split off, or the other one is.
        """
        ledger = self._at(time)
        note_seen(ledger, [_plain_span(span) for span in spans])
        return tuple(ledger.events)

    def end_growing(self, time: float, camera: CameraId | None = None) -> Events:
        """A tracker began anew, or all of them after a restart: what still grew has ended.

        Where a tracklet was last told to be is its end, so tell first what is known better.
        """
        ledger = self._at(time)
        end_growing(ledger, camera)
        return tuple(ledger.events)

    def confirm(self, identity: int, time: float) -> Events:
        """Enough was seen of it. Once is enough; later it gives no event."""
        ledger, home = self._at(time), root_of(self._state, identity)
        if not self._state.living[home].confirmed:
            ledger.write(Confirmed(seq=ledger.seq, time=ledger.time, identity=home))
        return tuple(ledger.events)

    def merge(
        self, one: int, other: int, time: float, *, link: Link | None = None, reason: str = ""
    ) -> Events:
        """Two identities are one. The oldest confirmed id stays, else the oldest."""
        ledger = self._at(time)
        refuse_nan([link])
        first, second = root_of(self._state, one), root_of(self._state, other)
        if first != second:
            most = self.params.shared
            _refuse("merge", why_not_merge(self._state, first, second, most))
            join(ledger, *elder(self._state, first, second), link=link, reason=reason)
        return tuple(ledger.events)

    def split(
        self, identity: int, tracklets: Collection[TrackletKey], time: float, *, reason: str = ""
    ) -> Events:
        """These tracklets and the rest are two.

        Who was seen for longer keeps the id, or who was first. The other part gets back the id
        that it had before it was merged, else a new one.
        """
        ledger, home = self._at(time), root_of(self._state, identity)
        leaving = leavers(self._state.living[home], tracklets, ledger.time)
        refuse_parting(self._state, home, leaving)
        part(ledger, home, leaving, reason=reason)
        return tuple(ledger.events)

    def carry_over(
        self, parts: Sequence[Sequence[Span]], time: float, links: Sequence[Link] = ()
    ) -> Events:
        """All was linked anew: let identities be these parts, and keep ids where they were.

        A part keeps the id that most of its seconds had. New tracklets may be among them; known
        ones that no part names stay with their identity. Parts that cannot be, by corrections or
        because one camera saw two at once, are mended, not refused.
        """
        ledger = self._at(time)
        refuse_nan(links)
        carry_over(ledger, [[_plain_span(s) for s in spans] for spans in parts], links)
        return tuple(ledger.events)

    def forget(self, time: float) -> Events:
        """Let go of tracklets that ended more than `memory` s ago, and of who has none left."""
        ledger = self._at(time)
        forget(ledger)
        return tuple(ledger.events)

    def close(self, identity: int, time: float) -> Events:
        """Forget an identity now. Its id and its aliases are never given out again."""
        ledger, home = self._at(time), root_of(self._state, identity)
        ledger.write(Closed(seq=ledger.seq, time=ledger.time, identity=home))
        return tuple(ledger.events)

    # What people do.

    def merge_by_hand(
        self, one: int, other: int, time: float, *, who: str = "", at: float | None = None
    ) -> Events:
        """Two identities are one, and stay so: their longest tracklets are locked together."""
        ledger = self._at(time)
        hand.merge_by_hand(ledger, one, other, hand.By(who=who, at=at))
        return tuple(ledger.events)

    def split_by_hand(
        self,
        identity: int,
        tracklets: Collection[TrackletKey],
        time: float,
        *,
        who: str = "",
        at: float | None = None,
    ) -> Events:
        """These tracklets and the rest are two, and stay so: each pair is locked apart."""
        ledger = self._at(time)
        hand.split_by_hand(ledger, identity, tracklets, hand.By(who=who, at=at))
        return tuple(ledger.events)

    def lock(
        self,
        one: TrackletKey,
        other: TrackletKey,
        time: float,
        *,
        together: bool,
        who: str = "",
        at: float | None = None,
    ) -> Events:
        """Two tracklets are held together, or apart. Together, their identities are merged."""
        ledger = self._at(time)
        hand.lock(ledger, one, other, hand.By(who=who, at=at), together=together)
        return tuple(ledger.events)

    def undo(
        self, time: float, of: int | None = None, *, who: str = "", at: float | None = None
    ) -> Events:
        """Take back a correction (the number of its event), or the last one that stands."""
        ledger = self._at(time)
        hand.undo(ledger, of, hand.By(who=who, at=at))
        return tuple(ledger.events)

    def say(self, wish: Wish, time: float, *, who: str = "", at: float | None = None) -> Events:
        """Whichever of these four is wished for."""
        match wish:
            case Merge(one, other):
                return self.merge_by_hand(one, other, time, who=who, at=at)
            case Split(identity, tracklets):
                return self.split_by_hand(identity, tracklets, time, who=who, at=at)
            case Lock(one=one, other=other, together=together):
                return self.lock(one, other, time, together=together, who=who, at=at)
            case TakeBack(of):
                return self.undo(time, of, who=who, at=at)

    # What may be asked.

    @property
    def seq(self) -> int:
        """The number of the latest event; 0 before the first."""
        return self._state.seq

    @property
    def next_id(self) -> int:
        """The id that is given out next."""
        return self._state.next_id

    @property
    def living(self) -> tuple[GlobalId, ...]:
        """The identities that can be met again, rising."""
        return tuple(sorted(self._state.living))

    @property
    def constraints(self) -> Constraints:
        """What people said, with all that follows from it."""
        return self._state.constraints

    @property
    def corrections(self) -> dict[int, Correction]:
        """The corrections that stand, by number."""
        return dict(self._state.standing)

    def resolve(self, identity: int) -> GlobalId:
        """The identity that an id stands for today; itself, where it is no alias.

        Raises:
            InputError: it was never given out.
        """
        if not 0 < identity < self._state.next_id:
            raise InputError(f"identity {identity} was never given out")
        return self._state.aliases.resolve(identity)

    def identity_of(self, key: TrackletKey) -> GlobalId:
        """The identity of a tracklet; UNLINKED where it has none, or is forgotten."""
        return self._state.where.get(key, UNLINKED)

    def status(self, identity: int) -> Status:
        """Whether it is tentative, confirmed or closed; of an alias, what it stands for."""
        entry = self._state.living.get(self.resolve(identity))
        if entry is None:
            return "closed"
        return "confirmed" if entry.confirmed else "tentative"

    def members(self, identity: int) -> tuple[Span, ...]:
        """The tracklets of an identity in order of time; none of a closed one."""
        entry = self._state.living.get(self.resolve(identity))
        spans = [] if entry is None else [member.span for member in entry.members.values()]
        return tuple(sorted(spans, key=lambda span: (span.begin, span.key)))

    def links(self, identity: int) -> tuple[Link, ...]:
        """Why its tracklets are one, in the order in which they came."""
        home, where = self.resolve(identity), self._state.where
        entry = self._state.living.get(home)
        if entry is None:
            return ()
        own = [
            member.link
            for key, member in entry.members.items()
            if member.link is not None and where.get(partner(member.link, key), home) == home
        ]
        return (*own, *entry.joints)

    def aliases(self, identity: int) -> tuple[GlobalId, ...]:
        """The ids that stand for an identity, and could be given back."""
        return tuple(sorted(self._state.aliases.under(self.resolve(identity))))

    def last_tracklet_id(self, camera: CameraId) -> int:
        """The highest that was ever linked; a tracker goes on from there after a restart."""
        return self._state.last_tracklet.get(camera, 0)

    def why_not_link(self, span: Span, identity: int) -> str | None:
        """Why `link` would refuse; None where it would not."""
        home = root_of(self._state, identity)
        return why_not_link(self._state, _plain_span(span), home, self.params.shared)

    def why_not_merge(self, one: int, other: int) -> str | None:
        """Why `merge` would refuse; None where it would not."""
        first, second = root_of(self._state, one), root_of(self._state, other)
        if first == second:
            return None
        return why_not_merge(self._state, first, second, self.params.shared)

    def identities(self, sightings: Sightings) -> Identities:
        """The identity of every row, with the links of those that are living."""
        keys = [
            TrackletKey(sightings.cameras[camera], tracklet)
            for camera, tracklet in zip(
                sightings.camera.tolist(), sightings.tracklet_id.tolist(), strict=True
            )
        ]
        found = np.fromiter((self.identity_of(key) for key in keys), INT64, len(keys))
        links = [
            link for each in np.unique(found[found != UNLINKED]) for link in self.links(int(each))
        ]
        return Identities(
            cameras=sightings.cameras,
            camera=sightings.camera,
            tracklet_id=sightings.tracklet_id,
            identity=found,
            links=tuple(links),
        )

    def _at(self, time: float) -> Ledger:
        return Ledger(self._state, time, self.params)


def _refuse(what: str, why: str | None) -> None:
    if why is not None:
        raise InputError(f"{what}: {why}")


def _plain_span(span: Span) -> Span:
    """The same in Python's own numbers, known to be an interval."""
    (camera, number), begin, end, growing = span
    made = Span(TrackletKey(camera, int(number)), float(begin), float(end), bool(growing))
    if not -np.inf < made.begin <= made.end < np.inf:
        raise InputError(
            f"{camera}/{number}: expected a begin and an end in s, got {begin} to {end}"
        )
    return made
