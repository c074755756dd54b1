"""What became known of identities, event by event: their whole state is the fold of these.

An event is a fact, not a request: it says all that changed, so that who replays a list of them
decides nothing. The words are ONVIF's where it has one (ObjectTree: Rename, Split, Merge, Delete).
"""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple, TypeAlias

from camweave.core.corrections import (
    Correction,
    Undo,
)
from camweave.core.identities import Link, TrackletKey
from camweave.core.tracks import GlobalId


class Span(NamedTuple):
    """When a tracklet was seen; of one that still grows, as far as is known."""

    key: TrackletKey
    begin: float  # s, on the site's clock
    end: float  # s, when it was last seen
    growing: bool = False  # its track is not ended: it may be seen again


class Move(NamedTuple):
    """A tracklet that changes hands."""

    key: TrackletKey
    source: GlobalId
    into: GlobalId
    link: Link | None = None  # why it belongs there


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """A global id was given out; tentative until it is confirmed."""

    kind: ClassVar[str] = "created"
    seq: int  # rising by 1 from 1 on, over all restarts
    time: float  # s of media, on the site's clock
    identity: GlobalId


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """Enough of it was seen: it is an object, and its id is shown."""

    kind: ClassVar[str] = "confirmed"
    seq: int
    time: float  # s
    identity: GlobalId


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A tracklet was found to be of an identity, or, without a link, was its first."""

    kind: ClassVar[str] = "linked"
    seq: int
    time: float  # s
    identity: GlobalId
    span: Span
    link: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Tracklets were seen for longer, or their tracks ended."""

    kind: ClassVar[str] = "seen"
    seq: int
    time: float  # s
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """Two identities are one object: `alias` stands for `identity` from now on."""

    kind: ClassVar[str] = "merged"
    seq: int
    time: float  # s
    identity: GlobalId  # the one that stays
    alias: GlobalId
    tracklets: tuple[TrackletKey, ...]  # those of the alias
    link: Link | None = None
    reason: str = ""
    by_hand: int | None = None  # the number of the correction that it follows from


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """An identity was two objects: these tracklets are now another's."""

    kind: ClassVar[str] = "split"
    seq: int
    time: float  # s
    identity: GlobalId  # who keeps the rest
    into: GlobalId
    fresh: bool  # `into` was given out now; else it was an alias, and is an identity again
    tracklets: tuple[TrackletKey, ...]
    aliases: tuple[GlobalId, ...] = ()  # of `identity`, and now of `into`
    reason: str = ""
    by_hand: int | None = None  # as above


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Tracklets changed from one identity to another, all at once; none of these is left empty."""

    kind: ClassVar[str] = "moved"
    seq: int
    time: float  # s
    moves: tuple[Move, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """Tracklets of living identities are too long ago to be remembered."""

    kind: ClassVar[str] = "forgotten"
    seq: int
    time: float  # s
    tracklets: tuple[TrackletKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """An identity's memory is over: it cannot be met again, and its id is never given again."""

    kind: ClassVar[str] = "closed"
    seq: int
    time: float  # s
    identity: GlobalId


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """A person said who is who. Its number is `seq`; what follows from it are the next events."""

    kind: ClassVar[str] = "corrected"
    seq: int
    time: float  # s
    correction: Correction


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """A person took a correction back. What follows from that are the next events."""

    kind: ClassVar[str] = "undone"
    seq: int
    time: float  # s
    undo: Undo


Event: TypeAlias = (
    Created
    | Confirmed
    | Linked
    | Seen
    | Merged
    | Split
    | Moved
    | Forgotten
    | Closed
    | Corrected
    | Undone
)
