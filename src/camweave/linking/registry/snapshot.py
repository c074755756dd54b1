"""All that a registry remembers in JSON's own types, so that a journal can begin with it."""

from collections.abc import Mapping
from math import inf
from typing import Any, Final

from camweave.core.corrections import Constraints, constraints_of
from camweave.core.errors import InputError
from camweave.core.frame import CameraId
from camweave.core.plain_events import (
    Plain,
    Unfit,
    plain_part,
    read_correction,
    read_link,
    read_span,
)
from camweave.core.tracks import GlobalId
from camweave.linking.registry.state import Deed, Identity, Member, State

SCHEMA: Final = "camweave.registry/1"


def snapshot_of(state: State) -> Plain:
    """The state as JSON's types; equal states give equal snapshots."""
    return {
        "schema": SCHEMA,
        "seq": state.seq,
        "time": None if state.time == -inf else state.time,
        "next_id": state.next_id,
        "last_tracklets": dict(sorted(state.last_tracklet.items())),
        "identities": [[i, *_plain_identity(each)] for i, each in sorted(state.living.items())],
        "aliases": state.aliases.rows(),
        "settled": state.aliases.settled(),
        "corrections": [
            [number, plain_part(said), [[d.kind, d.identity, d.other, d.seq] for d in deeds]]
            for number, said, deeds in (
                (n, state.standing[n], state.deeds[n]) for n in sorted(state.standing)
            )
        ],
    }


def _plain_identity(identity: Identity) -> list[Any]:
    members = [
        [plain_part(each.span), each.seq, list(each.via), plain_part(each.link)]
        for each in identity.members.values()
    ]
    return [identity.confirmed, members, [plain_part(link) for link in identity.joints]]


def state_of(plain: Mapping[str, Any]) -> State:
    """The state that `snapshot_of` gave this for.

    Raises:
        InputError: it is none, or of another version.
    """
    if plain.get("schema") != SCHEMA:
        found = str(plain.get("schema"))[:60]
        raise InputError(f"snapshot: expected schema {SCHEMA}, found {found!r}")
    try:
        return _restored(plain)
    except (KeyError, TypeError, ValueError, IndexError, OverflowError, Unfit) as error:
        raise InputError(f"snapshot: damaged ({type(error).__name__}: {error})") from error


def _restored(plain: Mapping[str, Any]) -> State:
    state = State()
    for number, confirmed, members, joints in plain["identities"]:
        identity = state.living[GlobalId(int(number))] = Identity(bool(confirmed))
        identity.joints = [read_link(each) for each in joints]
        for span, seq, via, link in members:
            why = None if link is None else read_link(link)
            member = Member(read_span(span), why, int(seq), tuple(GlobalId(a) for a in via))
            state.remember(GlobalId(number), member)
    state.aliases.restore(plain["aliases"], plain["settled"])
    for number, said, deeds in plain["corrections"]:
        state.standing[int(number)] = read_correction(said)
        state.deeds[int(number)] = [Deed(*deed) for deed in deeds]
    state.constraints = Constraints(constraints_of(state.standing.values()))
    state.last_tracklet = {CameraId(c): int(n) for c, n in plain["last_tracklets"].items()}
    state.seq, state.next_id = int(plain["seq"]), int(plain["next_id"])
    state.time = -inf if plain["time"] is None else float(plain["time"])
    return state
