"""What goes into a store and comes out of it: values, with nothing of a database in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NewType

from camweave.core.arrays import F32
from camweave.core.events import Event
from camweave.core.frame import CameraId
from camweave.core.sightings import Sightings
from camweave.core.tracks import Tracks
from camweave.store.rows import NO_ROWS, Rows

RunId = NewType("RunId", int)  # of one store
Status = Literal["tentative", "confirmed", "closed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A camera of a run, as far as it is known."""

    name: CameraId
    width: int = 0  # px; 0 while unknown
    height: int = 0  # px
    fps: float = 0.0  # frames/s; 0 while unknown
    class_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One time that a site was watched, or its recordings were."""

    id: RunId
    site: str
    name: str  # unique within the site
    began: float  # s since 1970 at 0 of the clock that stamps its frames
    cameras: tuple[Camera, ...]  # in order of name

    @property
    def recorded(self) -> bool:
        """Whether it is of a recording: then 0 of its clock is the recording's begin."""
        return self.site.endswith(f"/{self.name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraState:
    """All that a camera's line remembers after a frame: who takes it over goes on from there."""

    camera: CameraId
    epoch: int
    frame: int
    version: int  # of what is in `state`
    state: bytes
    # What of it would be long: (D,) each, by place.
    looks: Mapping[int, F32] = field(default_factory=dict, compare=False)
    # The state that this one goes on from, as it was read or written. Where that one is still in
    # the store, only looks that are other arrays than its own are written.
    after: "CameraState | None" = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Batch:
    """What is written at once: all of it or nothing. Written again, it changes nothing."""

    run: RunId
    rows: Rows = NO_ROWS  # a frame that is there already is left as it is, with its rows
    tracklets: tuple[Sightings, ...] = ()  # of those known before, who was seen in more frames now
    embedder: str = ""  # whose looks theirs are
    events: tuple[Event, ...] = ()  # of the run's site, in order, going on from those there are
    states: tuple[CameraState, ...] = ()  # those of later frames take the place of earlier ones

    @classmethod
    def of(cls, run: RunId, tracks: Sequence[Tracks], *states: CameraState) -> "Batch":
        """Frames, and what was remembered after them."""
        return cls(run=run, rows=Rows.of(tracks), states=states)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What of a batch was new."""

    frames: int
    rows: int
    events: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A tracklet of an identity: it was seen by a camera from then until then."""

    camera: CameraId
    tracklet_id: int
    began: float  # s, on the site's clock
    ended: float  # s, when it was last seen
    growing: bool  # its track is not ended


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredIdentity:
    """An identity that stands for itself."""

    identity: int
    created: float  # s, on the site's clock
    confirmed: float | None  # s; None: tentative
    closed: float | None  # s; None: it can be met again
    aliases: tuple[int, ...]  # ids that stand for it, rising

    @property
    def status(self) -> Status:
        """In one word."""
        if self.closed is not None:
            return "closed"
        return "tentative" if self.confirmed is None else "confirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What was let go."""

    frames: int
    rows: int
    tracklets: int
    visits: int
    events: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """How large a store is, and how much is in it."""

    engine: str  # with its version
    schema: str  # its revision
    used: int  # bytes of rows and indexes
    held: int  # bytes taken from the disk, what is free inside included
    counts: dict[str, int]  # rows by table; of large tables on PostgreSQL, about
    oldest: float | None  # s since 1970: when its first frame was captured; None: it has none
    newest: float | None


def kept_as(site: str, run: str, *, recorded: bool) -> str:
    """The name under which a store keeps who is who.

    Identities of what is watched live go on from run to run. A recording is linked from nothing,
    so each run of one has identities of its own.

    >>> kept_as("yard", "monday", recorded=True)
    'yard/monday'
    """
    return f"{site}/{run}" if recorded else site
