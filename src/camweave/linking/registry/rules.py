"""The rules of identity: who can be one, who keeps an id, and who follows whom."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from math import isfinite
from typing import Final

from camweave.core.corrections import CannotLink, Constraint, MustLink, meeting, name_of
from camweave.core.errors import InputError
from camweave.core.events import Event, Span
from camweave.core.identities import Link, TrackletKey
from camweave.core.tracks import GlobalId
from camweave.linking.registry.params import RegistryParams
from camweave.linking.registry.state import (
    Identity,
    Member,
    State,
    intervals,
    open_interval,
    partner,
)

EVIDENCE: Final = tuple(field.name for field in fields(Link) if field.type in {float, float | None})


class Ledger:
    """The events of one operation; each is folded into the state as it is written."""

    def __init__(self, state: State, time: float, params: RegistryParams) -> None:
        if not isfinite(time):
            raise InputError(f"registry: expected a time in s, got {time}")
        self.state, self.time, self.params = state, float(time), params
        self.events: list[Event] = []

    @property
    def seq(self) -> int:
        """The number of the next event."""
        return self.state.seq + 1

    def write(self, event: Event) -> None:
        """Let it have happened."""
        self.state.fold(event)
        self.events.append(event)


def root_of(state: State, identity: int) -> GlobalId:
    """The living identity that an id stands for.

    Raises:
        InputError: it was never given out, or its memory is over.
    """
    root = state.aliases.resolve(identity)
    if not 0 < identity < state.next_id:
        raise InputError(
            f"identity {identity} was never given out; the last one is {state.next_id - 1}"
        )
    if root not in state.living:
        also = "" if root == identity else f" (now {root})"
        raise InputError(f"identity {identity}{also} is closed: its memory is over")
    return root


def why_not_link(state: State, span: Span, identity: GlobalId, most_overlap: float) -> str | None:
    """Why a tracklet cannot be of a living identity; None where it can."""
    members = state.living[identity].members
    home = state.where.get(span.key)
    if home is not None:
        at_home = f"{name_of(span.key)} is of identity {home}; merge or split instead"
        return None if home == identity else at_home
    apart = state.constraints.apart((span.key,), members)
    if apart is not None:
        return held_apart(state, *apart)
    begin, end = open_interval(span)
    for key, member in members.items():
        if key.camera == span.key.camera:
            first, last = open_interval(member.span)
            if min(end, last) - max(begin, first) > most_overlap:
                return _seen_at_once(key, span.key)
    return None


def why_not_merge(state: State, one: GlobalId, other: GlobalId, most_overlap: float) -> str | None:
    """Why two living identities cannot be one; None where they can."""
    ours, theirs = state.living[one], state.living[other]
    apart = state.constraints.apart(ours.members, theirs.members)
    if apart is not None:
        return held_apart(state, *apart)
    met = meeting(
        [*ours.members, *theirs.members], {**intervals(ours), **intervals(theirs)}, most_overlap
    )
    return None if met is None else _seen_at_once(*met)


def held_apart(state: State, one: TrackletKey, other: TrackletKey) -> str:
    """That two cannot be one, and by which correction."""
    which = _which(state, CannotLink, one, other)
    return f"{name_of(one)} and {name_of(other)} are held apart by {which}; undo that first"


def held_together(state: State, one: TrackletKey, other: TrackletKey) -> str:
    """That two must be one, and by which corrections."""
    which = _which(state, MustLink, one, other)
    return f"{name_of(one)} and {name_of(other)} are held together by {which}; undo that first"


def _which(state: State, kind: type[Constraint], one: TrackletKey, other: TrackletKey) -> str:
    """The corrections that say so, by number and name.

    Of those that hold together it is all that their group rests on.
    """
    group = state.constraints.group(one) | state.constraints.group(other)
    found = [
        f"{number} ({said.who})" if said.who else f"{number}"
        for number, said in state.standing.items()
        if any(isinstance(c, kind) and {c.one, c.other} <= group for c in said.constraints)
    ]
    return f"correction{'s' if len(found) > 1 else ''} {', '.join(found)}"


def _seen_at_once(one: TrackletKey, other: TrackletKey) -> str:
    return f"{name_of(one)} and {name_of(other)} were seen by {one.camera} at the same time"


def elder(state: State, one: GlobalId, other: GlobalId) -> tuple[GlobalId, GlobalId]:
    """Who stays and who becomes an alias: the oldest confirmed stays, else the oldest."""
    stays, goes = sorted((one, other), key=lambda each: (not state.living[each].confirmed, each))
    return stays, goes


Weight = tuple[float, int]  # s seen, and how many tracklets: the latter for those of one frame


def weigh(members: Iterable[Member], now: float) -> Weight:
    """For how long members were seen, and how many they are."""
    found = [seconds(member.span, now) for member in members]
    return sum(found), len(found)


def seconds(span: Span, now: float) -> float:
    """For how long a tracklet was seen; one that grows, until now."""
    return (max(span.end, now) if span.growing else span.end) - span.begin


def leavers(
    identity: Identity, tracklets: Collection[TrackletKey], now: float
) -> frozenset[TrackletKey]:
    """Which part gets another id when `tracklets` and the rest are parted.

    Who was seen for longer keeps the id; of equals, who was seen first.

    Raises:
        InputError: one of them is of another identity, or nothing is left on one side.
    """
    ours = frozenset(tracklets)
    strange = sorted(ours.difference(identity.members))
    if strange:
        raise InputError(f"split: {name_of(strange[0])} is not of this identity")
    rest = frozenset(identity.members) - ours
    if not ours or not rest:
        raise InputError("split: name some of its tracklets, and not all")
    return min((ours, rest), key=lambda part: _claim(identity, part, now))


def _claim(identity: Identity, part: Collection[TrackletKey], now: float) -> tuple[float, ...]:
    members = [identity.members[key] for key in part]
    return (*weigh(members, now), -min(member.span.begin for member in members))


@dataclass(frozen=True, slots=True)
class Former:
    """What ids leaving tracklets had before."""

    into: GlobalId | None  # the one they get back; None: a new one is given out
    others: tuple[GlobalId, ...]  # aliases that are theirs as well


def former_of(
    state: State, identity: GlobalId, leaving: Collection[TrackletKey], now: float
) -> Former:
    """The aliases that came with the leaving tracklets more than with those that stay."""
    goes: dict[GlobalId, Weight] = {}
    stays: dict[GlobalId, Weight] = {}
    for key, member in state.living[identity].members.items():
        side = goes if key in leaving else stays
        for alias in member.via:
            weight, count = side.get(alias, (0.0, 0))
            side[alias] = weight + seconds(member.span, now), count + 1
    theirs = [alias for alias, weight in goes.items() if weight > stays.get(alias, (0.0, 0))]
    if not theirs:
        return Former(None, ())
    into = min(theirs, key=lambda each: (each in stays, *(-part for part in goes[each]), each))
    kin = {into, *state.aliases.under(into), *state.aliases.above(into)}
    return Former(into, tuple(sorted(set(theirs) - kin)))


def followers(
    members: Mapping[TrackletKey, Member], first: Collection[TrackletKey], since: int
) -> set[TrackletKey]:
    """Those tracklets, and who was linked to one of them later than event `since`."""
    found = set(first)
    for key, member in sorted(members.items(), key=lambda item: item[1].seq):
        if member.seq > since and member.link is not None and partner(member.link, key) in found:
            found.add(key)
    return found


def refuse_parting(state: State, identity: GlobalId, leaving: Collection[TrackletKey]) -> None:
    """See that no correction holds leaving tracklets to those that stay.

    Raises:
        InputError: one does.
    """
    rest = [key for key in state.living[identity].members if key not in leaving]
    held = state.constraints.together(sorted(leaving), rest)
    if held is not None:
        raise InputError(f"split: {held_together(state, *held)}")


def refuse_nan(links: Sequence[Link | None]) -> None:
    """See that evidence is of numbers: no journal could hold it otherwise.

    Raises:
        InputError: something in it is none.
    """
    for link in links:
        if link is not None:
            values = [getattr(link, name) for name in EVIDENCE] + list(link.window or ())
            if any(value is not None and value != value for value in values):  # noqa: PLR0124 - only NaN is not itself
                pair = f"{name_of(link.one)} and {name_of(link.other)}"
                raise InputError(f"link of {pair}: its evidence is not a number: {link}")
