"""Which id each part keeps when all tracklets were parted anew: the one that it mostly was."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.corrections import name_of
from camweave.core.errors import InputError
from camweave.core.events import Move, Moved, Span
from camweave.core.identities import Link, TrackletKey
from camweave.core.tracks import GlobalId
from camweave.linking.registry.lawful import Part, first_of, lawful
from camweave.linking.registry.rules import Ledger, elder, seconds
from camweave.linking.registry.state import partner
from camweave.linking.registry.steps import create, join, note_seen, part, put
from camweave.ops.assignment import assign

TICKS: Final = 1000.0  # per s: shared seconds are counted in whole ms, so that equals are equal
OLDER: Final = 1e-9  # share by which a younger one of a group must be ahead, for each place


def carry_over(ledger: Ledger, given: Sequence[Sequence[Span]], links: Sequence[Link]) -> None:
    """Let identities be these parts; what is not named in them stays with its identity.

    Raises:
        InputError: a tracklet is named twice.
    """
    named = _named(given)
    note_seen(ledger, [span for each in named for span in each.values()])
    full = _with_the_rest(ledger, named)
    parts = lawful(ledger.state.constraints, full, ledger.params.shared)
    shares = [_shares(ledger, each) for each in parts]
    owners = _owners(shares)
    for at, share in enumerate(shares):
        if owners[at] is None and share:
            owners[at] = _part_off(ledger, parts[at], share)
    plan = Plan(ledger, parts, owners, _homes(shares, owners), _by_tracklet(links))
    _move(plan)
    merged = plan.merged
    for at in range(len(parts)):
        _join_whole(plan, at, merged.get(at, []))
        _add_new(plan, at)


@dataclass(frozen=True, slots=True)
class Plan:
    """Where everything goes."""

    ledger: Ledger
    parts: list[Part]
    owners: list[GlobalId | None]  # of each part; None where all of it is new
    homes: dict[GlobalId, int]  # who keeps no part: the one that it is merged in
    why: dict[TrackletKey, Link]

    @property
    def merged(self) -> dict[int, list[GlobalId]]:
        """By part, who is merged in it."""
        found: dict[int, list[GlobalId]] = {}
        for identity, at in self.homes.items():
            found.setdefault(at, []).append(identity)
        return found


def _named(given: Sequence[Sequence[Span]]) -> list[Part]:
    named: set[TrackletKey] = set()
    for span in (span for part_ in given for span in part_):
        if span.key in named:
            raise InputError(f"carry over: {name_of(span.key)} is in two parts, or twice in one")
        named.add(span.key)
    parts = [{span.key: span for span in part_} for part_ in given if part_]
    return sorted(parts, key=first_of)


def _with_the_rest(ledger: Ledger, parts: Sequence[Part]) -> list[Part]:
    """Members that no part names go where most of their identity goes."""
    state = ledger.state
    full = [dict(each) for each in parts]
    shares = [_shares(ledger, each) for each in parts]
    most: dict[GlobalId, tuple[float, int]] = {}
    for at, share in enumerate(shares):
        for identity, weight in share.items():
            most[identity] = max(most.get(identity, (0.0, -at)), (weight, -at))
    named = {key for each in parts for key in each}
    for identity, (_, at) in most.items():
        for key, member in state.living[identity].members.items():
            if key not in named:
                full[-at][key] = member.span
    return full


def _shares(ledger: Ledger, members: Part) -> dict[GlobalId, float]:
    """How many ms of each identity are in a part, at least 1 of who is in it at all."""
    share: dict[GlobalId, float] = {}
    for key, span in members.items():
        home = ledger.state.where.get(key)
        if home is not None:
            ticks = round(seconds(span, ledger.time) * TICKS) + 1
            share[home] = share.get(home, 0) + ticks
    return share


def _owners(shares: Sequence[Mapping[GlobalId, float]]) -> list[GlobalId | None]:
    """The id that each part keeps: so that in all most seconds keep theirs, of equals the older.

    Identities and parts that are not entangled are matched apart.
    """
    owners: list[GlobalId | None] = [None] * len(shares)
    for identities, parts in _entangled(shares):
        count = len(identities)
        cost = np.full((len(identities), len(parts)), np.inf)
        for j, at in enumerate(parts):
            for i, identity in enumerate(identities):
                if identity in shares[at]:
                    cost[i, j] = -shares[at][identity] * (1 + OLDER * (count - i))
        for i, j in zip(*assign(cost, limit=0.0), strict=True):
            owners[parts[j]] = identities[i]
    return owners


def _entangled(
    shares: Sequence[Mapping[GlobalId, float]],
) -> Iterable[tuple[list[GlobalId], list[int]]]:
    """Groups of identities and parts, in order, that share tracklets with each other only."""
    parts_of: dict[GlobalId, list[int]] = {}
    for at, share in enumerate(shares):
        for identity in share:
            parts_of.setdefault(identity, []).append(at)
    done: set[int] = set()
    for first in range(len(shares)):
        if first in done or not shares[first]:
            continue
        done.add(first)
        parts, identities = [first], set[GlobalId]()
        for at in parts:  # grows while it is walked
            for identity in shares[at].keys() - identities:
                identities.add(identity)
                fresh = [each for each in parts_of[identity] if each not in done]
                done.update(fresh)
                parts += fresh
        yield sorted(identities), sorted(parts)


def _part_off(ledger: Ledger, members: Part, share: Mapping[GlobalId, float]) -> GlobalId:
    """A part that keeps no id leaves the identity that most of it was of."""
    source = min(share, key=lambda identity: (-share[identity], identity))
    leaving = {key for key in members if ledger.state.where.get(key) == source}
    return part(ledger, source, leaving, reason="linked anew")


def _homes(
    shares: Sequence[Mapping[GlobalId, float]], owners: Sequence[GlobalId | None]
) -> dict[GlobalId, int]:
    """The part in which each identity that lost its id to another is merged: where it mostly is."""
    kept = set(owners)
    best: dict[GlobalId, tuple[float, int]] = {}
    for at, share in enumerate(shares):
        for identity, weight in share.items():
            if identity not in kept:
                best[identity] = max(best.get(identity, (0.0, -at)), (weight, -at))
    return {identity: -at for identity, (_, at) in best.items()}


def _move(plan: Plan) -> None:
    """What is of an identity that stays elsewhere changes hands, all at once."""
    ledger, where = plan.ledger, plan.ledger.state.where
    moves = tuple(
        Move(key, where[key], owner, plan.why.get(key))
        for at, (members, owner) in enumerate(zip(plan.parts, plan.owners, strict=True))
        for key in members
        if owner is not None and where.get(key, owner) != owner and plan.homes.get(where[key]) != at
    )
    if moves:
        ledger.write(Moved(seq=ledger.seq, time=ledger.time, moves=moves, reason="linked anew"))


def _join_whole(plan: Plan, at: int, whole: Sequence[GlobalId]) -> None:
    """Merge into a part's identity those that are wholly in it."""
    ledger, owner = plan.ledger, plan.owners[at]
    for identity in sorted(whole):
        if owner is not None:
            stays, goes = elder(ledger.state, owner, identity)
            join(ledger, stays, goes, link=_between(plan, stays, goes), reason="linked anew")
            plan.owners[at] = owner = stays


def _between(plan: Plan, stays: GlobalId, goes: GlobalId) -> Link | None:
    """A link from one identity to the other."""
    state = plan.ledger.state
    for identity, other in ((goes, stays), (stays, goes)):
        for key in state.living[identity].members:
            link = plan.why.get(key)
            if link is not None and state.where.get(partner(link, key)) == other:
                return link
    return None


def _add_new(plan: Plan, at: int) -> None:
    """Link the tracklets that were of no identity; where a part is of such only, it gets an id."""
    ledger, owner = plan.ledger, plan.owners[at]
    new = [span for key, span in plan.parts[at].items() if key not in ledger.state.where]
    if new and owner is None:
        owner = create(ledger)
    for span in sorted(new, key=lambda each: (each.begin, each.key)):
        if owner is not None:
            put(ledger, owner, span, plan.why.get(span.key))


def _by_tracklet(links: Sequence[Link]) -> dict[TrackletKey, Link]:
    """For each tracklet the link that says why it is where it is: to an earlier one, if any."""
    why = {link.other: link for link in reversed(links)}
    for link in links:
        why.setdefault(link.one, link)
    return why
