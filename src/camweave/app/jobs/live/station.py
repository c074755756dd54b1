"""A running site as people see it, whatever runs it: our side of `core.station`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Generic, TypeAlias, TypeVar

from camweave.app.jobs.live.book import Book
from camweave.app.jobs.live.chronicle import Chronicle, Looked
from camweave.app.jobs.live.desk import Desk
from camweave.app.jobs.live.figures import of_cameras, of_pictures
from camweave.app.jobs.live.gathering import GroundOf
from camweave.app.jobs.live.grounds import ground_seen, places_of
from camweave.app.jobs.live.live_site import LiveSite, Sight
from camweave.app.jobs.live.running import Running
from camweave.app.runtime.board import Board
from camweave.app.runtime.site_clock import MediaClock, SiteClock
from camweave.core.arrays import U8
from camweave.core.condition import Condition
from camweave.core.errors import InputError
from camweave.core.frame import CameraId
from camweave.core.identities import TrackletKey
from camweave.core.stages import Embedder
from camweave.core.station import (
    CameraStatus,
    Card,
    Counts,
    Figure,
    Found,
    Happening,
    Journey,
    LiveTrack,
    SiteChanges,
    Stats,
    Stay,
)
from camweave.core.tracks import UNLINKED
from camweave.core.wishes import Wish

PICTURES: Final = 6  # on a card

Runs = TypeVar("Runs", bound=Running)


@dataclass(frozen=True, slots=True)
class SiteStation(Generic[Runs]):
    """A `Station`: what people may ask of a running site, and say to it. Any thread may."""

    site: str
    clock: SiteClock | MediaClock
    running: Runs
    chronicle: Chronicle
    embedder: Embedder | None = None  # for searching; its own, as the line's has one caller
    changes: SiteChanges | None = None  # None: it runs from no file
    board: Board = field(default_factory=Board)  # of what else tells figures beside it

    @property
    def began(self) -> datetime:
        """UTC of its clock's 0."""
        return self.clock.began

    def now(self) -> float:
        """S on its clock."""
        return self.clock.now()

    def cameras(self) -> Sequence[CameraStatus]:
        """How each camera fares, in the order of the site."""
        fares = self.running.fares()
        with self.chronicle.open() as known:
            found = [
                _status(condition, known.looked.get(camera), self.now())
                for camera, condition in fares.conditions.items()
            ]
        grounds = self.running.grounds
        return [
            replace(
                each,
                standing=fares.standing.get(each.condition.camera, each.standing),
                skew=fares.skew.get(each.condition.camera),
                ground=ground_seen(grounds.get(each.condition.camera), size_of(each.condition)),
            )
            for each in found
        ]

    def tracks(self, camera: CameraId | None = None) -> Sequence[LiveTrack]:
        """Who is in the newest pictures.

        Raises:
            KeyError: there is no such camera.
        """
        conditions = self.running.fares().conditions
        if camera is not None and camera not in conditions:
            raise KeyError(camera)
        with self.chronicle.open() as known:
            sights = [known.looked[each].sight for each in conditions if each in known.looked]
        return [
            track
            for sight in sights
            if camera in {None, sight.look.frame.stamp.camera}
            for track in _tracks(
                sight,
                self.running.class_names(sight.look.frame.stamp.camera),
                self.running.grounds.get(sight.look.frame.stamp.camera),
            )
        ]

    def identities(
        self, *, most: int = 100, camera: CameraId | None = None, label: str | None = None
    ) -> Sequence[Card]:
        """Those seen last, the newest first."""
        with self.chronicle.open() as known:
            cards = (known.book.card(each) for each in known.book.newest())
            wanted = (
                card
                for card in cards
                if (camera is None or camera in card.cameras) and label in {None, card.label}
            )
            found = [card for card, _ in zip(wanted, range(most), strict=False)]
            return [self._pictured(card, known.book) for card in found]

    def journey(self, global_id: int) -> Journey:
        """Where it was; an alias is asked for who it stands for.

        Raises:
            KeyError: that id was never given out, or is too long closed.
        """
        with self.chronicle.open() as known:
            card = self._pictured(known.book.card(global_id), known.book)
            stays = tuple(self._stays(known.book, card.global_id))
        links = self._desk().links(card.global_id)
        return Journey(card=card, stays=stays, links=links or (), more_links=links is None)

    def portrait(self, key: TrackletKey, time: float | None = None) -> bytes | None:
        """A JPEG of a tracklet's best crop, or of the one kept that was taken nearest to `time` s.

        None where none is kept.
        """
        return self.chronicle.portraits.of(key, time)

    def say(self, wish: Wish, *, who: str = "") -> int:
        """Correct who is who; the number of the correction, by which it can be undone.

        Raises:
            InputError: it cannot be: they were seen in one place at one time, or are not known.
            JobError: the linker does not answer.
        """
        return self._desk().say(wish, who=who)

    def search(self, image: U8, *, most: int = 10) -> Sequence[Found]:
        """Who looks like the object that fills this image, (H, W, 3) BGR; the most alike first.

        Raises:
            InputError: nothing is embedded on this site.
            JobError: the linker does not answer.
        """
        if self.embedder is None:
            raise InputError("search: this site embeds nothing; give it an embedder")
        (vector,) = self.embedder.embed([image])
        alike = self._desk().alike(vector, most)
        with self.chronicle.open() as known:
            return [
                Found(
                    card=self._pictured(known.book.card(i), known.book), similarity=cosine, key=key
                )
                for i, cosine, key in alike
            ]

    def happenings(self, after: int = 0) -> Sequence[Happening]:
        """What happened after number `after`, as far as it is kept; in order."""
        with self.chronicle.open() as known:
            return known.happenings.after(after)

    def counts(self) -> Counts:
        """Objects by class and camera, and passages from camera to camera."""
        cameras = tuple(self.running.fares().conditions)
        with self.chronicle.open() as known:
            return known.book.counts(cameras)

    def figures(self) -> Sequence[Figure]:
        """How the site fares in numbers; those of one name stand together."""
        with self.chronicle.open() as known:
            count = len(known.book)
        found = [*of_cameras(self.cameras()), *of_pictures(self.running.showing)]
        found += self.running.figures()
        found.append(Figure(name="identities", help="Identities that are remembered.", value=count))
        if self.changes is not None:
            told, refused = "1 while the site file is not in force.", self.changes.site_file.refused
            found.append(Figure(name="site_file_refused", help=told, value=refused is not None))
        return [*found, *self.board.figures()]

    def stats(self) -> Stats:
        """The site in numbers, and how it stands to its file."""
        return Stats(
            site=self.site,
            began=self.began,
            now=self.now(),
            site_file=None if self.changes is None else self.changes.site_file,
            figures=tuple(self.figures()),
        )

    def trouble(self) -> str | None:
        """Why the site does not do its work, in a line; None where it does."""
        return self.running.trouble()

    def _desk(self) -> Desk:
        if self.running.desk is None:
            raise InputError("this site links nothing: `linker` is null in its site file")
        return self.running.desk

    def _pictured(self, card: Card, book: Book) -> Card:
        """With the portraits that there are, the newest first."""
        newest = reversed(book.entry(card.global_id).in_order)
        kept = [span.key for span in newest if span.key in self.chronicle.portraits]
        return replace(card, portraits=tuple(kept[:PICTURES]))

    def _stays(self, book: Book, global_id: int) -> Iterator[Stay]:
        for span in book.entry(global_id).in_order:
            yield Stay(
                key=span.key,
                begin=span.begin,
                end=span.end,
                growing=span.growing,
                label=book.label_of([span.key]),
                portrait=span.key in self.chronicle.portraits,
                way=self.chronicle.ways.of(span.key),
            )


LiveStation: TypeAlias = SiteStation[LiveSite]
"""The one of a site that runs in this process."""


def _status(condition: Condition, looked: Looked | None, now: float) -> CameraStatus:
    """As far as the reader and the line know."""
    return CameraStatus(
        condition=condition,
        standing="starting" if condition.state == "starting" else "down",
        skew=None,
        age=None if looked is None else now - looked.sight.look.frame.stamp.time,
        looked=0 if looked is None else looked.frames,
        looked_fps=0.0 if looked is None else looked.meter.fps(now),
        tracks=0 if looked is None else len(looked.sight.look.tracks),
    )


def size_of(condition: Condition) -> tuple[int, int]:
    """(width, height) px; 0 while unknown."""
    return condition.width or 0, condition.height or 0


def _tracks(sight: Sight, names: Sequence[str], ground_of: GroundOf | None) -> Iterator[LiveTrack]:
    tracks = sight.look.tracks
    size = sight.look.frame.image.shape[1::-1]
    places = places_of(ground_of, size, tracks.xyxy)
    ids = [UNLINKED] * len(tracks) if sight.global_id is None else sight.global_id.tolist()
    for row, (track_id, global_id) in enumerate(zip(tracks.track_id.tolist(), ids, strict=True)):
        kind = int(tracks.class_id[row])
        x1, y1, x2, y2 = tracks.xyxy[row].tolist()
        yield LiveTrack(
            key=TrackletKey(tracks.stamp.camera, track_id),
            global_id=None if global_id == UNLINKED else global_id,
            label=names[kind] if 0 <= kind < len(names) else "object",
            score=float(tracks.score[row]),
            xyxy=(x1, y1, x2, y2),
            time=tracks.stamp.time,
            place=places[row],
        )
