"""The steps that operations are made of, each written as events."""

import heapq
from collections.abc import Collection, Sequence

from camweave.core.corrections import meeting
from camweave.core.events import (
    Closed,
    Created,
    Forgotten,
    Linked,
    Merged,
    Seen,
    Span,
    Split,
)
from camweave.core.frame import CameraId
from camweave.core.identities import Link, TrackletKey
from camweave.core.tracks import GlobalId
from camweave.linking.registry.rules import Ledger, followers, former_of, leavers
from camweave.linking.registry.state import State, open_interval


def create(ledger: Ledger) -> GlobalId:
    """Give out the next id."""
    identity = GlobalId(ledger.state.next_id)
    ledger.write(Created(seq=ledger.seq, time=ledger.time, identity=identity))
    return identity


def put(ledger: Ledger, identity: GlobalId, span: Span, link: Link | None) -> None:
    """Let a tracklet be of an identity."""
    linked = Linked(seq=ledger.seq, time=ledger.time, identity=identity, span=span, link=link)
    ledger.write(linked)


def join(
    ledger: Ledger,
    stays: GlobalId,
    goes: GlobalId,
    *,
    link: Link | None = None,
    reason: str = "",
    by_hand: int | None = None,
) -> None:
    """Make one identity an alias of another."""
    ledger.write(
        Merged(
            seq=ledger.seq,
            time=ledger.time,
            identity=stays,
            alias=goes,
            tracklets=tuple(ledger.state.living[goes].members),
            link=link,
            reason=reason,
            by_hand=by_hand,
        )
    )


def part(
    ledger: Ledger,
    identity: GlobalId,
    leaving: Collection[TrackletKey],
    *,
    into: GlobalId | None = None,
    reason: str = "",
    by_hand: int | None = None,
) -> GlobalId:
    """Give leaving tracklets the id they had before, or `into`, or else a new one; tell which."""
    state = ledger.state
    former = former_of(state, identity, leaving, ledger.time)
    back = former.into if into is None else into
    others = {*former.others, *([former.into] if former.into else [])}
    if back is not None:
        others -= {back, *state.aliases.under(back), *state.aliases.above(back)}
    given = GlobalId(state.next_id) if back is None else back
    ledger.write(
        Split(
            seq=ledger.seq,
            time=ledger.time,
            identity=identity,
            into=given,
            fresh=back is None,
            tracklets=tuple(k for k in state.living[identity].members if k in leaving),
            aliases=tuple(sorted(others)),
            reason=reason,
            by_hand=by_hand,
        )
    )
    return given


def note_seen(ledger: Ledger, spans: Sequence[Span]) -> None:
    """Note how far tracklets are known; who meets another of its identity is split off."""
    state = ledger.state
    known = [span for span in spans if span.key in state.where]
    changed = [span for span in known if span != state.member(span.key).span]
    if not changed:
        return
    longer = [span.key for span in changed if _is_longer(state, span)]
    ledger.write(Seen(seq=ledger.seq, time=ledger.time, spans=tuple(changed)))
    for key in longer:
        _part_meeting(ledger, key)


def end_growing(ledger: Ledger, camera: CameraId | None) -> None:
    """Let every growing tracklet, of one camera or of all, end where it was last seen."""
    spans = tuple(
        member.span._replace(growing=False)
        for _, identity in sorted(ledger.state.living.items())
        for member in identity.members.values()
        if member.span.growing and camera in {None, member.span.key.camera}
    )
    if spans:
        ledger.write(Seen(seq=ledger.seq, time=ledger.time, spans=spans))


def _is_longer(state: State, span: Span) -> bool:
    begin, end = state.interval(span.key)
    now_begin, now_end = open_interval(span)
    return now_begin < begin or now_end > end


def _part_meeting(ledger: Ledger, key: TrackletKey) -> None:
    """Split this tracklet's identity until nobody in it was seen twice at once by its camera."""
    state = ledger.state
    while True:
        home = state.where[key]
        members = state.living[home].members
        here = {k: open_interval(m.span) for k, m in members.items() if k.camera == key.camera}
        met = meeting(here, here, ledger.params.shared)
        if met is None:
            return
        first, second = met  # in order of begin
        leaving = followers(members, {second}, members[second].seq)
        bound = {key for each in leaving for key in state.constraints.group(each)}
        stay = state.constraints.group(first) - {second}
        leaving = (leaving | bound.intersection(members)) - stay
        lighter = leavers(state.living[home], leaving, ledger.time)
        part(ledger, home, lighter, reason=f"seen twice by {key.camera}")


def forget(ledger: Ledger) -> None:
    """Let go of what ended too long ago: tracklets, and identities that have none left."""
    state = ledger.state
    gone: dict[GlobalId, set[TrackletKey]] = {}
    while state.ended and state.ended[0][0] < ledger.time - ledger.params.memory:
        end, key = heapq.heappop(state.ended)
        home = state.where.get(key)
        if home is None:
            continue
        span = state.living[home].members[key].span
        if not span.growing and span.end == end:
            gone.setdefault(home, set()).add(key)
    closed = sorted(h for h, keys in gone.items() if len(keys) == len(state.living[h].members))
    faded = tuple(sorted(k for h, keys in gone.items() if h not in closed for k in keys))
    if faded:
        ledger.write(Forgotten(seq=ledger.seq, time=ledger.time, tracklets=faded))
    for identity in closed:
        ledger.write(Closed(seq=ledger.seq, time=ledger.time, identity=identity))
