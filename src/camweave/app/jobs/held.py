"""What a folder's identities keep to: the numbers they had, and what people said of them.

`corrections.jsonl` is a journal of the registry of identities: it begins, with the first
correction, with the identities as they were then. Without it numbers are those of
`identities.json`. Tracklets that were made anew since are others, and nobody is taken for them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from pathlib import Path
from typing import Any, Final

import numpy as np

from camweave.core.arrays import I64
from camweave.core.corrections import Constraint, MustLink, Undo, constraints_of, name_of
from camweave.core.errors import FileFormatError, OutputError
from camweave.core.events import (
    Closed,
    Corrected,
    Created,
    Event,
    Forgotten,
    Linked,
    Merged,
    Span,
    Undone,
)
from camweave.core.frame import CameraId
from camweave.core.identities import Identities, Link, TrackletKey
from camweave.core.sightings import Sightings
from camweave.core.tracks import UNLINKED, GlobalId
from camweave.formats.identities import IdentityTable, read_identities
from camweave.formats.journal import Journal, read_journal
from camweave.linking.registry.params import RegistryParams
from camweave.linking.registry.registry import Registry

JOURNAL: Final = "corrections.jsonl"
IDENTITIES: Final = "identities.json"
BY_HAND: Final = 1e6  # nats of a link that people made
SAME: Final = 1e-3  # s by which the times of one tracklet may differ


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """Who was who in a folder, and by which corrections."""

    registry: Registry
    journal: Path | None = None  # None: nobody corrected anything
    notes: tuple[str, ...] = ()

    @property
    def constraints(self) -> tuple[Constraint, ...]:
        """All that people said and did not take back."""
        return constraints_of(self.registry.corrections.values())


@dataclass(frozen=True, slots=True, eq=False)
class Numbered:
    """Identities under the numbers that they had."""

    identities: Identities
    aliases: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    next_id: int = 0


def held_in(folder: Path | None, most_overlap: float = 0.3) -> Held:
    """What is there; of a new folder nothing.

    Raises:
        FileFormatError: the journal is damaged.
    """
    params = RegistryParams(memory=inf, most_overlap=most_overlap)
    if folder is None:
        return Held(Registry(params))
    if (folder / JOURNAL).is_file():
        told = read_journal(folder / JOURNAL)
        registry = Registry.of(told.events, params)
        return Held(registry, folder / JOURNAL, told.notes)
    try:
        table = read_identities(folder / IDENTITIES)
    except FileFormatError:  # there is none, or none that can be read: it is written anew
        return Held(Registry(params))
    return Held(Registry.of(events_of(table), params))


def standing_in(folder: Path | None) -> tuple[Constraint, ...]:
    """What people said of a folder's identities and did not take back.

    Raises:
        FileFormatError: the journal is damaged.
    """
    there = folder is not None and (folder / JOURNAL).is_file()
    return held_in(folder).constraints if there else ()


def events_of(table: IdentityTable) -> list[Event]:
    """The identities of a file, as if they had just been found."""
    who = table.identities
    time = float(table.end.max(initial=0.0))
    spans: dict[int, list[Span]] = {}
    for row in np.lexsort((table.begin, who.identity)).tolist():
        key = TrackletKey(who.cameras[who.camera[row]], int(who.tracklet_id[row]))
        span = Span(key, float(table.begin[row]), float(table.end[row]))
        spans.setdefault(int(who.identity[row]), []).append(span)
    spans.pop(int(UNLINKED), None)
    under = [(alias, root) for root, aliases in table.aliases.items() for alias in aliases]
    events: list[Event] = []
    for identity in sorted({*spans, *(alias for alias, _ in under)}):
        number = GlobalId(identity)
        events.append(Created(seq=len(events) + 1, time=time, identity=number))
        for span in spans.get(identity, ()):
            events.append(Linked(seq=len(events) + 1, time=time, identity=number, span=span))
    if table.next_id > 1 + max([0, *spans, *(alias for alias, _ in under)]):
        last = GlobalId(table.next_id - 1)  # it was given out once, and never again
        events.append(Created(seq=len(events) + 1, time=time, identity=last))
        events.append(Closed(seq=len(events) + 1, time=time, identity=last))
    for alias, root in under:
        seq, into = len(events) + 1, GlobalId(root)
        merged = Merged(seq=seq, time=time, identity=into, alias=GlobalId(alias), tracklets=())
        events.append(merged)
    return events


def still_there(held: Held, sightings: Sightings) -> tuple[Held, list[Event]]:
    """The same without tracklets that are gone or made anew, and the events that say so.

    What a correction says of one of them is taken back, and told. Cameras that are not asked
    about are left as they are.
    """
    registry = held.registry
    spans = {span.key: span for each in registry.living for span in registry.members(each)}
    asked = {key for key in spans if key.camera in sightings.cameras}
    gone = asked - set(_same(spans, sightings))
    if not gone:
        return held, []
    time, events = _latest(sightings), [*_forgotten(registry, gone, _latest(sightings))]
    lost: list[str] = []
    for number, said in sorted(registry.corrections.items()):
        ours = tuple(each for each in said.constraints if gone.isdisjoint((each.one, each.other)))
        if len(ours) < len(said.constraints):
            seq, undo = registry.seq + len(events) + 1, Undo(of=number)
            events.append(Undone(seq=seq, time=time, undo=undo))
            if ours:
                rest = replace(said, constraints=ours)
                events.append(Corrected(seq=seq + 1, time=time, correction=rest))
            keys = {key for each in said.constraints for key in (each.one, each.other)} & gone
            lost.append(
                f"correction {number} is of {name_of(min(keys))}, which was made anew since: "
                f"it no longer holds{' there' if ours else ''}"
            )
    left = Registry.of(events, registry.params, registry.snapshot())
    return replace(held, registry=left, notes=(*held.notes, *lost)), events


def _forgotten(registry: Registry, gone: set[TrackletKey], time: float) -> Iterator[Event]:
    """That nothing is known any more of these tracklets, nor of who has no others."""
    empty = [i for i in registry.living if gone.issuperset(s.key for s in registry.members(i))]
    rest = sorted(key for key in gone if registry.identity_of(key) not in empty)
    seq = registry.seq
    if rest:
        seq += 1
        yield Forgotten(seq=seq, time=time, tracklets=tuple(rest))
    for identity in empty:
        seq += 1
        yield Closed(seq=seq, time=time, identity=identity)


def under_old_numbers(
    held: Held, sightings: Sightings, found: Identities
) -> tuple[Numbered, tuple[Event, ...]]:
    """Identities, found anew, under the numbers that they had; and what changed since."""
    registry = held.registry
    if not registry.seq:
        return Numbered(found), ()
    keys = _keys(sightings)
    rows = np.lexsort([sightings.begin, found.identity])
    rows = rows[found.identity[rows] != UNLINKED].astype(np.int64)
    parts: dict[int, list[Span]] = {}
    for row in rows.tolist():
        span = Span(keys[row], float(sightings.begin[row]), float(sightings.end[row]))
        parts.setdefault(int(found.identity[row]), []).append(span)
    events = registry.carry_over(list(parts.values()), _latest(sightings))
    return _numbered(registry, found, rows, keys), events


def _numbered(
    registry: Registry, found: Identities, rows: I64, keys: list[TrackletKey]
) -> Numbered:
    identity = np.full(len(found), int(UNLINKED))
    identity[rows] = [registry.identity_of(keys[row]) for row in rows.tolist()]
    numbers = np.unique(identity[rows]).tolist()
    aliases = {number: tuple(map(int, registry.aliases(number))) for number in numbers}
    return Numbered(
        replace(found, identity=identity),
        {number: others for number, others in aliases.items() if others},
        registry.next_id,
    )


def told_by_hand(found: Identities, sightings: Sightings, said: Sequence[Constraint]) -> Identities:
    """The same, with a link for each two that people hold together, where it has none yet."""
    rows = {key: row for row, key in enumerate(_keys(sightings))}
    known = {frozenset((link.one, link.other)) for link in found.links}
    links = list(found.links)
    for each in said:
        pair = frozenset((each.one, each.other))
        if not isinstance(each, MustLink) or pair in known or not rows.keys() >= pair:
            continue
        one, other = sorted(pair, key=lambda key: (sightings.begin[rows[key]], key))
        if found.identity[rows[one]] == found.identity[rows[other]] != UNLINKED:
            gap = float(sightings.begin[rows[other]] - sightings.end[rows[one]])
            links.append(Link(one=one, other=other, how="hand", evidence=BY_HAND, gap=gap))
    links.sort(key=lambda link: (sightings.begin[rows[link.other]], link.other, link.one))
    return replace(found, links=tuple(links)) if len(links) > len(found.links) else found


def write_events(held: Held, events: Iterable[Event]) -> None:
    """Let the journal say what changed, where there is one.

    Raises:
        OutputError: it could not be written.
    """
    told = list(events)
    if held.journal is not None and told:
        append(held.journal, told)


def append(path: Path, events: Sequence[Event]) -> None:
    """Append to a journal, or begin it.

    Raises:
        OutputError: it could not be written, or somebody else has written to it meanwhile.
    """
    with Journal(path) as journal:
        if events[0].seq != len(journal.recorded.events) + 1:
            raise OutputError(f"{path}: somebody else corrected it meanwhile; do it again")
        journal.append(events)


def _same(spans: Mapping[TrackletKey, Span], sightings: Sightings) -> Iterator[TrackletKey]:
    """Those that are there with the same times; a camera's clock may have been set since."""
    there = dict(
        zip(_keys(sightings), zip(sightings.begin, sightings.end, strict=True), strict=True)
    )
    late: dict[CameraId, list[float]] = {}
    for key, span in spans.items():
        if key in there:
            late.setdefault(key.camera, []).append(float(there[key][0]) - span.begin)
    shift = {camera: float(np.median(each)) for camera, each in late.items()}
    for key, span in spans.items():
        if key in there:
            moved = np.array(there[key]) - shift[key.camera]
            if np.all(np.abs(moved - (span.begin, span.end)) <= SAME):
                yield key


def _keys(sightings: Sightings) -> list[TrackletKey]:
    pairs: Any = zip(sightings.camera.tolist(), sightings.tracklet_id.tolist(), strict=True)
    return [TrackletKey(sightings.cameras[camera], number) for camera, number in pairs]


def _latest(sightings: Sightings) -> float:
    return float(sightings.end.max(initial=0.0))
