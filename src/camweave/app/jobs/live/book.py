"""Every identity and where it was, as people ask for it: the state that the events add up to.

The linker forgets what it cannot link to any more; people still want to look it up. So the stays
of an identity are kept here until `KEPT` others were closed after it, and it is counted for ever.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

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
from camweave.core.identities import TrackletKey
from camweave.core.station import Card, Counts, Status
from camweave.linking.registry.aliases import Aliases

KEPT: Final = 5000  # closed identities that can still be looked up, the latest
STRANGERS: Final = 4000  # tracklets without an identity whose labels are kept, the latest


@dataclass(slots=True)
class Entry:
    """One identity: its status, and when each of its tracklets was seen."""

    status: Status = "tentative"
    stays: dict[TrackletKey, Span] = field(default_factory=dict)

    @property
    def in_order(self) -> list[Span]:
        """Its stays in order of time."""
        return sorted(self.stays.values(), key=lambda span: (span.begin, span.key))

    @property
    def last(self) -> float:
        """When it was last seen, s."""
        return max((span.end for span in self.stays.values()), default=float("-inf"))

    @property
    def cameras(self) -> tuple[CameraId, ...]:
        """The cameras that saw it, in order of its first tracklet there."""
        return tuple(dict.fromkeys(span.key.camera for span in self.in_order))

    @property
    def passages(self) -> list[tuple[CameraId, CameraId]]:
        """Each change of camera: from which, to which; in order of time."""
        way = [span.key.camera for span in self.in_order]
        return [(one, other) for one, other in pairwise(way) if one != other]


@dataclass(slots=True)
class Counted:
    """How many identities there were: in all, by camera, and by passage between two cameras."""

    in_all: dict[str, int] = field(default_factory=dict)  # by label
    in_camera: dict[tuple[CameraId, str], int] = field(default_factory=dict)  # by label
    passages: dict[tuple[CameraId, CameraId], int] = field(default_factory=dict)

    def add(self, entry: Entry, label: str) -> None:
        """Count one identity."""
        self.in_all[label] = self.in_all.get(label, 0) + 1
        for camera in entry.cameras:
            self.in_camera[camera, label] = self.in_camera.get((camera, label), 0) + 1
        for passage in entry.passages:
            self.passages[passage] = self.passages.get(passage, 0) + 1


class Book:
    """Every identity, as the events so far tell. Not locked: its owner locks around calls."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._entries: dict[int, Entry] = {}
        self._owner: dict[TrackletKey, int] = {}
        self._aliases = Aliases()
        self._closed: OrderedDict[int, None] = OrderedDict()
        self._past = Counted()  # all that are closed: no event changes those
        self._labels: dict[TrackletKey, dict[str, float]] = {}
        self._strangers: OrderedDict[TrackletKey, dict[str, float]] = OrderedDict()

    def hear(self, events: Iterable[Event]) -> None:
        """Apply events; they come in order."""
        for event in events:
            self._hear(event)

    def label(self, key: TrackletKey, label: str, score: float) -> None:
        """Add a vote for what a tracklet is, with its weight: the detector's score."""
        votes = self._labels.get(key)
        if votes is None:  # most tracklets without an identity are noise, and stay without
            votes = self._strangers.setdefault(key, {})
            self._strangers.move_to_end(key)
            if len(self._strangers) > STRANGERS:
                self._strangers.popitem(last=False)
        votes[label] = votes.get(label, 0.0) + score

    def labelled(self, key: TrackletKey) -> bool:
        """Whether there is a vote for what a tracklet is."""
        return bool(self._labels.get(key) or self._strangers.get(key))

    def owner(self, key: TrackletKey) -> int | None:
        """The identity that a tracklet belongs to; None: none yet."""
        return self._owner.get(key)

    def shown_owner(self, key: TrackletKey) -> int | None:
        """The same, but None while that identity is tentative and not shown."""
        owner = self._owner.get(key)
        if owner is None or self._entries[owner].status == "tentative":
            return None
        return owner

    def resolve(self, global_id: int) -> int:
        """The identity that an id stands for now: itself, or the one that it was merged into.

        Raises:
            KeyError: the id was never given out, or its identity was closed too long ago.
        """
        home = self._aliases.resolve(global_id)
        if home not in self._entries:
            raise KeyError(global_id)
        return home

    def entry(self, global_id: int) -> Entry:
        """The entry of an identity, by its id or an alias.

        Raises:
            KeyError: as `resolve`.
        """
        return self._entries[self.resolve(global_id)]

    def label_of(self, keys: Iterable[TrackletKey]) -> str:
        """The label with most votes over tracklets of one object; "object" where there is none."""
        votes: dict[str, float] = {}
        for key in keys:
            said = self._labels.get(key) or self._strangers.get(key, {})
            for label, score in said.items():
                votes[label] = votes.get(label, 0.0) + score
        return max(sorted(votes), key=lambda label: votes[label], default="object")

    def card(self, global_id: int) -> Card:
        """The summary of an identity.

        Raises:
            KeyError: as `resolve`.
        """
        home = self.resolve(global_id)
        entry = self._entries[home]
        spans = entry.in_order
        return Card(
            global_id=home,
            status=entry.status,
            label=self.label_of(entry.stays),
            first=min((span.begin for span in spans), default=0.0),
            last=max((span.end for span in spans), default=0.0),
            cameras=entry.cameras,
            here=tuple(dict.fromkeys(span.key.camera for span in spans if span.growing)),
            stays=len(spans),
            aliases=tuple(sorted(self._aliases.under(home))),
        )

    def newest(self) -> list[int]:
        """The ids that are shown, latest seen first."""
        shown = dict(self._shown())
        return sorted(shown, key=lambda each: (-shown[each].last, each))

    def __len__(self) -> int:
        """How many identities are shown."""
        return sum(1 for _ in self._shown())

    def counts(self, cameras: tuple[CameraId, ...]) -> Counts:
        """Objects by label, in all and in each of `cameras`, and passages between these."""
        total = Counted(
            dict(self._past.in_all), dict(self._past.in_camera), dict(self._past.passages)
        )
        for _, entry in self._shown():
            if entry.status != "closed":
                total.add(entry, self.label_of(entry.stays))
        labels = tuple(sorted(total.in_all))
        return Counts(
            labels=labels,
            cameras=cameras,
            in_all=tuple(total.in_all[label] for label in labels),
            in_camera=tuple(
                tuple(total.in_camera.get((camera, label), 0) for label in labels)
                for camera in cameras
            ),
            journeys=tuple(
                tuple(total.passages.get((one, other), 0) for other in cameras) for one in cameras
            ),
        )

    def _shown(self) -> Iterator[tuple[int, Entry]]:
        """Identities that have tracklets and are not tentative, in no order."""
        return (
            (each, entry)
            for each, entry in self._entries.items()
            if entry.stays and entry.status != "tentative"
        )

    def _hear(self, event: Event) -> None:  # noqa: C901 - one line per kind of event
        match event:
            case Created():
                self._entries[event.identity] = Entry()
            case Confirmed():
                self._entries[event.identity].status = "confirmed"
            case Linked():
                self._give(event.span, event.identity)
            case Seen():
                self._seen(event.spans)
            case Merged():
                self._merge(event)
            case Split():
                self._split(event)
            case Moved():
                for move in event.moves:
                    self._hand([move.key], move.into)
            case Closed():
                self._close(event.identity)
            case Forgotten() | Corrected() | Undone():
                pass

    def _give(self, span: Span, into: int) -> None:
        self._entries[into].stays[span.key] = span
        self._owner[span.key] = into
        if span.key not in self._labels:
            self._labels[span.key] = self._strangers.pop(span.key, {})

    def _seen(self, spans: Iterable[Span]) -> None:
        for span in spans:
            owner = self._owner.get(span.key)
            if owner is not None:
                self._entries[owner].stays[span.key] = span

    def _hand(self, keys: Iterable[TrackletKey], into: int) -> None:
        for key in keys:
            owner = self._owner.get(key)
            if owner is not None and owner != into:
                span = self._entries[owner].stays.pop(key)
                self._give(span, into)

    def _merge(self, event: Merged) -> None:
        self._hand(list(self._entries[event.alias].stays), event.identity)
        gone = self._entries.pop(event.alias)
        confirmed = gone.status == "confirmed"
        self._aliases.add(event.alias, event.identity, confirmed=confirmed)

    def _split(self, event: Split) -> None:
        status = self._entries[event.identity].status
        if not event.fresh:
            status = "confirmed" if self._aliases.give_back(event.into) else "tentative"
        self._entries[event.into] = Entry(status)
        for alias in event.aliases:
            self._aliases.point(alias, event.into)
        self._hand(event.tracklets, event.into)

    def _close(self, identity: int) -> None:
        entry = self._entries[identity]
        if entry.status == "tentative":  # it was never shown
            self._forget(identity)
            return
        entry.status = "closed"
        entry.stays = {key: span._replace(growing=False) for key, span in entry.stays.items()}
        self._past.add(entry, self.label_of(entry.stays))
        self._closed[identity] = None
        while len(self._closed) > self._kept:
            self._forget(self._closed.popitem(last=False)[0])

    def _forget(self, identity: int) -> None:
        for alias in tuple(self._aliases.under(identity)):
            self._aliases.settle(alias)
        for key in self._entries.pop(identity).stays:
            self._owner.pop(key, None)
            self._labels.pop(key, None)
