"""What people may ask of a site that runs: the one page between the live line and the web.

All values are plain and never change; times are seconds on the site's clock, whose 0 is `began`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol, TypeAlias

from camweave.core.arrays import U8
from camweave.core.condition import Condition
from camweave.core.frame import CameraId
from camweave.core.identities import Link, TrackletKey
from camweave.core.wishes import Wish

Status: TypeAlias = Literal["tentative", "confirmed", "closed"]
Place: TypeAlias = tuple[float, float, float]  # s, and m on the ground
Alike: TypeAlias = tuple[int, float, TrackletKey]
"""A global id, the cosine with the most alike of its tracklets, and that one."""
Kind: TypeAlias = Literal[
    "entered",  # an identity is seen in a camera in which it was not
    "left",  # it is seen there no longer
    "linked",  # a tracklet was found to be of an identity that was known
    "merged",  # two identities are one
    "split",  # one is two
    "corrected",  # a person said so
    "undone",  # and took it back
    "camera",  # a camera is up or down
    "site",  # the site was changed, or its file could not be read
]


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraStatus:
    """How one camera fares in the line."""

    condition: Condition  # as its reader says
    standing: str  # as the others see it: starting, in step, late, stalled, down
    skew: float | None  # s behind the foremost camera
    age: float | None  # s, of the newest picture that was looked at
    looked: int  # frames looked at
    looked_fps: float  # of late
    tracks: int  # in its newest picture
    ground: tuple[tuple[float, float], ...] = ()  # m: the corners of what it sees of the ground


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveTrack:
    """One object in the newest picture of one camera."""

    key: TrackletKey
    global_id: int | None  # None while pending
    label: str  # name of its class
    score: float
    xyxy: tuple[float, float, float, float]  # px
    time: float  # s
    place: tuple[float, float] | None = None  # m on the ground, where the camera is calibrated


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """One tracklet of an identity: it was in one camera for a while."""

    key: TrackletKey
    begin: float  # s
    end: float  # s, so far
    growing: bool
    label: str  # name of its class
    portrait: bool  # there is a picture of it
    way: tuple[Place, ...] = ()  # where it went, where the camera is calibrated


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One identity in a few words."""

    global_id: int
    status: Status
    label: str  # name of its class
    first: float  # s, when it was first seen
    last: float  # s, when it was last seen
    cameras: tuple[CameraId, ...]  # where it was, in order of its first sight there
    here: tuple[CameraId, ...]  # where it is now
    stays: int
    aliases: tuple[int, ...] = ()  # ids that were found to be the same
    portraits: tuple[TrackletKey, ...] = ()  # of which there is a picture, the newest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """Where one identity was, in order of time, and why that is held to be one."""

    card: Card
    stays: tuple[Stay, ...]
    links: tuple[Link, ...]
    more_links: bool = False  # there may be more: the linker had no time to say


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that people may want to hear of."""

    seq: int  # rising by 1
    time: float  # s
    kind: Kind
    text: str  # for people, in one line
    global_id: int | None = None
    other_id: int | None = None  # of merged and split
    camera: CameraId | None = None
    correction: int | None = None  # of corrected and undone: its number, by which it can be undone


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An identity that looks like what was searched for."""

    card: Card
    similarity: float  # cosine with the most alike of its tracklets
    key: TrackletKey  # that one


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many different objects there were; one seen by three cameras is one."""

    labels: tuple[str, ...]
    cameras: tuple[CameraId, ...]
    in_all: tuple[int, ...]  # of each label
    in_camera: tuple[tuple[int, ...], ...]  # of each camera, of each label
    journeys: tuple[tuple[int, ...], ...]  # [from][to]: passages from camera to camera


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number for those who watch over machines, in Prometheus' sense."""

    name: str  # without the prefix; ends with its unit, a counter's with _total
    help: str
    value: float
    labels: tuple[tuple[str, str], ...] = ()

    @property
    def counter(self) -> bool:
        """Whether it only ever rises."""
        return self.name.endswith("_total")


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What became another on a site while it runs."""

    added: tuple[CameraId, ...] = ()
    changed: tuple[CameraId, ...] = ()
    removed: tuple[CameraId, ...] = ()
    linker: bool = False  # how, and over what, it links
    restart: tuple[str, ...] = ()  # keys of the site file whose values hold from the next start on

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed or self.linker or self.restart)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFile:
    """How a running site stands to its file."""

    read: float  # s, when what is in force was read
    refused: str | None = None  # why the file, as it was found later, is not in force
    restart: tuple[str, ...] = ()  # as in `Changes`
    said: tuple[CameraId, ...] = ()  # cameras that are not as the file says: somebody said so


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """A site in numbers."""

    site: str
    began: datetime  # UTC of its clock's 0
    now: float  # s
    site_file: SiteFile | None  # None: it runs from none
    figures: tuple[Figure, ...]


class SiteChanges(Protocol):
    """What can be made another on a site while it runs. Any thread may; one at a time is done.

    All raise InputError where a section, or the file, is wrong, with a line for each problem, and
    JobError where the site is over. Nothing has changed then.
    """

    @property
    def site_file(self) -> SiteFile:
        """How the site stands to its file."""

    def add_camera(self, section: Mapping[str, Any]) -> Changes:
        """One more camera, as a site file has it, with its `name`.

        Raises:
            FileExistsError: there is one of this name.
        """

    def set_camera(self, camera: str, section: Mapping[str, Any], *, whole: bool) -> Changes:
        """Say a camera anew: all of it, or only these keys, of which null ones are left out.

        Raises:
            KeyError: there is no such camera, and the section is not whole.
        """

    def remove_camera(self, camera: str) -> Changes:
        """End with a camera.

        Raises:
            KeyError: there is no such camera.
        """

    def reload(self) -> Changes:
        """Read the site file again; where it is wrong, all stays as it was, and that is told."""


class Station(Protocol):
    """A running site, as people see it. Any thread may ask; none waits for a camera."""

    @property
    def site(self) -> str:
        """Its name."""

    @property
    def began(self) -> datetime:
        """UTC of its clock's 0."""

    def now(self) -> float:
        """S on its clock."""

    def cameras(self) -> Sequence[CameraStatus]:
        """How each camera fares, in the order of the site."""

    def tracks(self, camera: CameraId | None = None) -> Sequence[LiveTrack]:
        """Who is in the newest pictures.

        Raises:
            KeyError: there is no such camera.
        """

    def identities(
        self, *, most: int = 100, camera: CameraId | None = None, label: str | None = None
    ) -> Sequence[Card]:
        """Those seen last, the newest first."""

    def journey(self, global_id: int) -> Journey:
        """Where it was; an alias is asked for who it stands for.

        Raises:
            KeyError: that id was never given out.
        """

    def portrait(self, key: TrackletKey, time: float | None = None) -> bytes | None:
        """A JPEG of a tracklet's best crop, or of the one kept that was taken nearest to `time` s.

        None where none is kept.
        """

    def say(self, wish: Wish, *, who: str = "") -> int:
        """Correct who is who; the number of the correction, by which it can be undone.

        Raises:
            InputError: it cannot be: they were seen in one place at one time, or are not known.
            JobError: the linker does not answer.
        """

    def search(self, image: U8, *, most: int = 10) -> Sequence[Found]:
        """Who looks like the object that fills this image, (H, W, 3) BGR; the most alike first.

        Raises:
            InputError: nothing is embedded on this site.
            JobError: the linker does not answer.
        """

    def happenings(self, after: int = 0) -> Sequence[Happening]:
        """What happened after number `after`, as far as it is kept; in order."""

    def counts(self) -> Counts:
        """Objects by class and camera, and passages from camera to camera."""

    def figures(self) -> Sequence[Figure]:
        """How the site fares in numbers; those of one name stand together."""

    def stats(self) -> Stats:
        """The site in numbers, and how it stands to its file."""

    def trouble(self) -> str | None:
        """Why the site does not do its work, in a line; None where it does."""
