"""All that a registry remembers, and how each event changes it: the one place where it changes."""

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import inf

from camweave.core.corrections import Constraints, Correction, Interval, constraints_of
from camweave.core.errors import InputError
from camweave.core.events import (
    Closed,
    Confirmed,
    Corrected,
    Created,
    Event,
    Forgotten,
    Linked,
    Merged,
    Moved,
    Seen,
    Span,
    Split,
    Undone,
)
from camweave.core.frame import CameraId
from camweave.core.identities import Link, TrackletKey
from camweave.core.tracks import GlobalId
from camweave.linking.registry.aliases import Aliases


@dataclass(slots=True)
class Member:
    """A tracklet of an identity."""

    span: Span
    link: Link | None  # why it is here
    seq: int  # of the event that brought it here
    via: tuple[GlobalId, ...] = ()  # the aliases that it came with, the first one first


@dataclass(slots=True)
class Identity:
    """One living identity. Its members are in the order in which they came."""

    confirmed: bool = False
    members: dict[TrackletKey, Member] = field(default_factory=dict)
    joints: list[Link] = field(default_factory=list)  # why identities were merged into it


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done because of a correction: enough to take it back."""

    kind: str  # merged or split
    identity: GlobalId  # which kept its id
    other: GlobalId  # the alias, or who was split off
    seq: int


class State:
    """What the events so far add up to."""

    def __init__(self) -> None:
        self.seq = 0
        self.time = -inf  # s, of the latest event
        self.next_id = 1
        self.living: dict[GlobalId, Identity] = {}
        self.where: dict[TrackletKey, GlobalId] = {}
        self.aliases = Aliases()
        self.carried: dict[GlobalId, int] = {}  # by living alias: members that came with it
        self.last_tracklet: dict[CameraId, int] = {}
        self.standing: dict[int, Correction] = {}
        self.deeds: dict[int, list[Deed]] = {}
        self.constraints = Constraints()
        self.ended: list[tuple[float, TrackletKey]] = []  # heap of ends; some out of date

    def fold(self, event: Event) -> None:  # noqa: C901, PLR0912 - one line per kind of event
        """Let it have happened.

        Raises:
            InputError: it does not follow on what was before: an event is missing, or damaged.
        """
        if event.seq != self.seq + 1:
            raise InputError(f"event {event.seq}: expected event {self.seq + 1} here")
        try:
            match event:
                case Linked():
                    self._linked(event)
                case Seen():
                    self._seen(event)
                case Created():
                    self._created(event)
                case Confirmed():
                    self.living[event.identity].confirmed = True
                case Merged():
                    self._merged(event)
                case Split():
                    self._split(event)
                case Moved():
                    self._moved(event)
                case Forgotten():
                    self._drop(event.tracklets)
                case Closed():
                    self._closed(event)
                case Corrected():
                    self._corrected(event)
                case Undone():
                    self._undone(event)
        except KeyError as error:
            raise InputError(
                f"event {event.seq} ({event.kind}): nothing is known of {error.args[0]}"
            ) from error
        self.seq, self.time = event.seq, max(self.time, event.time)

    def _created(self, event: Created) -> None:
        if event.identity < self.next_id:
            raise InputError(f"event {event.seq}: id {event.identity} was given out before")
        self.living[event.identity] = Identity()
        self.next_id = event.identity + 1

    def _linked(self, event: Linked) -> None:
        key = event.span.key
        if self.where.get(key, event.identity) != event.identity:
            raise InputError(f"event {event.seq}: {key} is of identity {self.where[key]}")
        before = self.living[event.identity].members.get(key)
        via = () if before is None else before.via
        self._put(event.identity, Member(event.span, event.link, event.seq, via))
        latest = max(self.last_tracklet.get(key.camera, 0), key.tracklet_id)
        self.last_tracklet[key.camera] = latest

    def _seen(self, event: Seen) -> None:
        for span in event.spans:
            self.member(span.key).span = span
            self._note_end(span)

    def _merged(self, event: Merged) -> None:
        if event.alias == event.identity:
            raise InputError(f"event {event.seq}: identity {event.alias} merged with itself")
        loser, winner = self.living[event.alias], self.living[event.identity]
        for key, member in loser.members.items():
            member.via += (event.alias,)
            winner.members[key] = member
            self.where[key] = event.identity
        winner.joints += loser.joints + ([] if event.link is None else [event.link])
        self.carried[event.alias] = len(loser.members)
        del self.living[event.alias]
        self.aliases.add(event.alias, event.identity, confirmed=loser.confirmed)
        self._note_deed(event, event.alias)

    def _split(self, event: Split) -> None:
        source = self.living[event.identity]
        if event.fresh:
            if event.into < self.next_id:
                raise InputError(f"event {event.seq}: id {event.into} was given out before")
            self.next_id, confirmed = event.into + 1, source.confirmed
        else:
            confirmed = self.aliases.give_back(event.into)
            self.carried.pop(event.into, None)
        made = self.living[event.into] = Identity(confirmed)
        for alias in event.aliases:
            self.aliases.point(alias, event.into)
        for key in event.tracklets:
            made.members[key] = source.members.pop(key)
            self.where[key] = event.into
        theirs = frozenset(self.aliases.under(event.into))
        self._strip(made, theirs)
        self._strip(source, frozenset(self.aliases.under(event.identity)))
        _part_links(source, made)
        self._note_deed(event, event.into)

    def _moved(self, event: Moved) -> None:
        for move in event.moves:
            member = self.living[move.source].members.pop(move.key)
            for alias in member.via:
                self._uncarry(alias)
            self._put(move.into, Member(member.span, move.link, event.seq))

    def _closed(self, event: Closed) -> None:
        self._drop(tuple(self.living[event.identity].members))
        for alias in tuple(self.aliases.under(event.identity)):
            self.aliases.settle(alias)
        del self.living[event.identity]

    def _corrected(self, event: Corrected) -> None:
        self.standing[event.seq] = event.correction
        self.deeds[event.seq] = []
        self._constrain()

    def _undone(self, event: Undone) -> None:
        del self.standing[event.undo.of], self.deeds[event.undo.of]
        self._constrain()

    def _constrain(self) -> None:
        self.constraints = Constraints(constraints_of(self.standing.values()))

    def _note_deed(self, event: Merged | Split, other: GlobalId) -> None:
        if event.by_hand in self.deeds:
            deed = Deed(event.kind, event.identity, other, event.seq)
            self.deeds[event.by_hand].append(deed)

    def remember(self, identity: GlobalId, member: Member) -> None:
        """Put back a member that a snapshot tells of."""
        self._put(identity, member)
        for alias in member.via:
            self.carried[alias] = self.carried.get(alias, 0) + 1

    def _put(self, identity: GlobalId, member: Member) -> None:
        self.living[identity].members[member.span.key] = member
        self.where[member.span.key] = identity
        self._note_end(member.span)

    def _note_end(self, span: Span) -> None:
        if not span.growing:
            heapq.heappush(self.ended, (span.end, span.key))

    def _drop(self, tracklets: Iterable[TrackletKey]) -> None:
        homes = set()
        for key in tracklets:
            home = self.where.pop(key)
            homes.add(home)
            for alias in self.living[home].members.pop(key).via:
                self._uncarry(alias)
        for home in homes:
            identity = self.living[home]
            identity.joints = [each for each in identity.joints if _touches(identity, each)]

    def _uncarry(self, alias: GlobalId) -> None:
        """One tracklet less came with an alias; after the last one it is settled."""
        left = self.carried.get(alias, 0) - 1
        if left > 0:
            self.carried[alias] = left
        elif left == 0:
            del self.carried[alias]
            self.aliases.settle(alias)

    def _strip(self, identity: Identity, ours: frozenset[GlobalId]) -> None:
        """Let members carry only the aliases that are still those of their identity."""
        for member in identity.members.values():
            kept = tuple(alias for alias in member.via if alias in ours)
            for alias in set(member.via) - set(kept):
                self._uncarry(alias)
            member.via = kept

    def member(self, key: TrackletKey) -> Member:
        """A tracklet that is linked."""
        return self.living[self.where[key]].members[key]

    def interval(self, key: TrackletKey) -> Interval:
        """When a linked tracklet was seen; while it grows, without an end."""
        return open_interval(self.member(key).span)


def open_interval(span: Span) -> Interval:
    """When a tracklet was seen; while it grows, without an end."""
    return span.begin, inf if span.growing else span.end


def intervals(identity: Identity) -> Mapping[TrackletKey, Interval]:
    """When each member was seen."""
    return {key: open_interval(member.span) for key, member in identity.members.items()}


def _part_links(source: Identity, made: Identity) -> None:
    """No link leads from one part to the other any more."""
    for part, rest in ((source, made), (made, source)):
        for key, member in part.members.items():
            if member.link is not None and partner(member.link, key) in rest.members:
                member.link = None
    joints = source.joints
    source.joints = [each for each in joints if _holds(source, each)]
    made.joints = [each for each in joints if _holds(made, each)]


def _holds(identity: Identity, link: Link) -> bool:
    return link.one in identity.members and link.other in identity.members


def _touches(identity: Identity, link: Link) -> bool:
    return link.one in identity.members or link.other in identity.members


def partner(link: Link, key: TrackletKey) -> TrackletKey:
    """The other one of a link."""
    return link.one if link.other == key else link.other
