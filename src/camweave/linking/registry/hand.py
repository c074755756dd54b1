"""Corrections by hand, and taking them back."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from camweave.core.corrections import (
    CannotLink,
    Constraint,
    Constraints,
    Correction,
    MustLink,
    Undo,
    checked,
    constraints_of,
    name_of,
)
from camweave.core.errors import InputError
from camweave.core.events import Corrected, Undone
from camweave.core.identities import TrackletKey
from camweave.core.tracks import GlobalId
from camweave.linking.registry.rules import (
    Ledger,
    elder,
    followers,
    held_apart,
    held_together,
    leavers,
    refuse_parting,
    root_of,
    seconds,
    why_not_merge,
)
from camweave.linking.registry.state import Deed, State, intervals
from camweave.linking.registry.steps import join, part


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who says so, and when."""

    who: str = ""
    at: float | None = None  # s since 1970


def merge_by_hand(ledger: Ledger, one: int, other: int, by: By) -> None:
    """Two identities are one: their longest tracklets must be linked from now on."""
    state = ledger.state
    first, second = root_of(state, one), root_of(state, other)
    if first == second:
        raise InputError(f"merge: {one} and {other} are one identity already")
    pair = MustLink(*(_longest(state, each, ledger.time) for each in (first, second)))
    _join_by_hand(ledger, "merge", pair, by)


def lock(ledger: Ledger, one: TrackletKey, other: TrackletKey, by: By, *, together: bool) -> None:
    """Hold two tracklets together, or apart, whatever a linker says later."""
    state = ledger.state
    for key in (one, other):
        if key not in state.where:
            raise InputError(f"lock: {name_of(key)} is of no identity, or is forgotten")
    if together:
        _join_by_hand(ledger, "lock", MustLink(one, other), by)
        return
    if one == other:
        raise InputError(f"lock: {name_of(one)} cannot be held apart from itself")
    if other in state.constraints.group(one):
        raise InputError(f"lock: {held_together(state, one, other)}")
    apart = CannotLink(one, other)
    said = Constraints((*constraints_of(state.standing.values()), apart))
    for key in sorted((said.group(one) | said.group(other)).intersection(state.where)):
        home = state.where[key]
        members = state.living[home].members
        if said.apart((key,), members) is not None:
            raise InputError(
                f"lock: {name_of(one)} and {name_of(other)} are both of identity {home}; "
                "split it, and say which tracklets go: that holds them apart"
            )
    _correct(ledger, "lock", (apart,), by)


def split_by_hand(
    ledger: Ledger, identity: int, tracklets: Collection[TrackletKey], by: By
) -> None:
    """These tracklets and the others of an identity are two: none may be linked across."""
    state = ledger.state
    home = root_of(state, identity)
    members = state.living[home].members
    leaving = leavers(state.living[home], tracklets, ledger.time)
    rest = [key for key in members if key not in leaving]
    refuse_parting(state, home, leaving)
    pairs = tuple(CannotLink(one, other) for one in sorted(leaving) for other in rest)
    number = _correct(ledger, "split", pairs, by)
    part(ledger, home, leaving, reason="by hand", by_hand=number)


def undo(ledger: Ledger, of: int | None, by: By) -> None:
    """Take back a correction, by default the last that stands, and what was done because of it.

    Who was linked since to a tracklet that goes back goes with it.
    """
    state = ledger.state
    if not state.standing:
        raise InputError("undo: no correction stands")
    number = max(state.standing) if of is None else of
    if number not in state.standing:
        stand = ", ".join(map(str, sorted(state.standing)))
        raise InputError(f"undo: correction {number} does not stand; these do: {stand}")
    deeds = state.deeds[number]
    taken = Undo(of=number, who=by.who, at=by.at)
    ledger.write(Undone(seq=ledger.seq, time=ledger.time, undo=taken))
    for deed in reversed(deeds):
        if deed.kind == "merged":
            _take_back_merge(ledger, deed)
        else:
            _take_back_split(ledger, deed)


def _take_back_merge(ledger: Ledger, deed: Deed) -> None:
    state = ledger.state
    if not state.aliases.living(deed.other):
        return  # all that came with it is forgotten, or went elsewhere
    home = state.aliases.resolve(deed.other)
    members = state.living[home].members
    came = [key for key, member in members.items() if deed.other in member.via]
    leaving = followers(members, came, deed.seq)
    stay = [key for key in members if key not in leaving]
    if stay and state.constraints.together(sorted(leaving), stay) is None:
        part(ledger, home, leaving, into=deed.other, reason="undone")


def _take_back_split(ledger: Ledger, deed: Deed) -> None:
    state = ledger.state
    stays, goes = (state.aliases.resolve(each) for each in (deed.identity, deed.other))
    if stays == goes or stays not in state.living or goes not in state.living:
        return
    if why_not_merge(state, stays, goes, ledger.params.shared) is None:
        join(ledger, stays, goes, reason="undone")


def _join_by_hand(ledger: Ledger, kind: Literal["merge", "lock"], pair: MustLink, by: By) -> None:
    state, most = ledger.state, ledger.params.shared
    first, second = state.where[pair.one], state.where[pair.other]
    apart = state.constraints.apart((pair.one,), (pair.other,))
    if apart is not None:
        raise InputError(f"{kind}: {held_apart(state, *apart)}")
    both = {**intervals(state.living[first]), **intervals(state.living[second])}
    checked((*constraints_of(state.standing.values()), pair), both, most)
    why = None if first == second else why_not_merge(state, first, second, most)
    if why is not None:
        raise InputError(f"{kind}: {first} and {second} cannot be one: {why}")
    number = _correct(ledger, kind, (pair,), by)
    if first != second:
        join(ledger, *elder(state, first, second), reason="by hand", by_hand=number)


def _correct(
    ledger: Ledger,
    kind: Literal["merge", "split", "lock"],
    constraints: tuple[Constraint, ...],
    by: By,
) -> int:
    """Write it down; its number."""
    number = ledger.seq
    said = Correction(kind=kind, constraints=constraints, who=by.who, at=by.at)
    ledger.write(Corrected(seq=number, time=ledger.time, correction=said))
    return number


def _longest(state: State, identity: GlobalId, now: float) -> TrackletKey:
    members = state.living[identity].members
    return min(members, key=lambda key: (-seconds(members[key].span, now), key))
