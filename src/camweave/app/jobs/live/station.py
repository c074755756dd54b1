"""`SiteStation`: the `core.station.Station` of a running site, wherever it runs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Generic, TypeAlias, TypeVar

from camweave.app.jobs.live.book import Book
from camweave.app.jobs.live.chronicle import Chronicle, Looked, class_name
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
    """A `Station` over a running site: any thread may ask it, correct identities, and search."""

    site: str
    clock: SiteClock | MediaClock
    running: Runs
    chronicle: Chronicle
    embedder: Embedder | None = None  # for search; not the line's, which has one caller
    changes: SiteChanges | None = None  # None: the site does not come from a file
    board: Board = field(default_factory=Board)  # metrics of other parts

    @property
    def began(self) -> datetime:
        """The date (UTC) at 0 of its clock."""
        return self.clock.began

    def now(self) -> float:
        """Seconds on its clock."""
        return self.clock.now()

    def cameras(self) -> Sequence[CameraStatus]:
        """The status of each camera, in the order of the site."""
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
        """The tracks in the newest frame of each live camera, of one or all of them.

        Raises:
            KeyError: there is no such camera.
        """
        conditions = self.running.fares().conditions
        if camera is not None and camera not in conditions:
            raise KeyError(camera)
        with self.chronicle.open() as known:
            sights = {
                each: known.looked[each].sight
                for each, condition in conditions.items()
                if camera in {None, each} and condition.state == "live" and each in known.looked
            }
        grounds, names_of = self.running.grounds, self.running.class_names
        return [
            track
            for each, sight in sights.items()
            for track in _tracks(sight, names_of(each), grounds.get(each))
        ]

    def identities(
        self, *, most: int = 100, camera: CameraId | None = None, label: str | None = None
    ) -> Sequence[Card]:
        """Identities, latest seen first; only those that `camera` saw, or of class `label`."""
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
        """Where an identity was and why it is one; `global_id` may be an alias.

        Raises:
            KeyError: the id was never given out, or its identity was closed too long ago.
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
        """Make a correction; returns its number, by which it can be undone.

        Raises:
            InputError: it is impossible: both were seen in one camera at one time, or one is not
                known.
            JobError: the linker does not answer.
        """
        return self._desk().say(wish, who=who)

    def search(self, image: U8, *, most: int = 10) -> Sequence[Found]:
        """Identities that look like the object that fills `image` (H, W, 3) BGR; most alike first.

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
        """Happenings with a number above `after` that are still kept, in order."""
        with self.chronicle.open() as known:
            return known.happenings.after(after)

    def counts(self) -> Counts:
        """Objects by class and camera, and passages from camera to camera."""
        cameras = tuple(self.running.fares().conditions)
        with self.chronicle.open() as known:
            return known.book.counts(cameras)

    def figures(self) -> Sequence[Figure]:
        """The metrics of the site; those of one name stand together."""
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
        """The metrics, the clock, and whether the site file is in force."""
        return Stats(
            site=self.site,
            began=self.began,
            now=self.now(),
            site_file=None if self.changes is None else self.changes.site_file,
            figures=tuple(self.figures()),
        )

    def trouble(self) -> str | None:
        """Why the site is not healthy, in one line; None where it is."""
        return self.running.trouble()

    def _desk(self) -> Desk:
        if self.running.desk is None:
            raise InputError("this site links nothing: `linker` is null in its site file")
        return self.running.desk

    def _pictured(self, card: Card, book: Book) -> Card:
        """The card with the portraits that are kept, latest tracklet first."""
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
"""The station of a site that runs in this process."""


def _status(condition: Condition, looked: Looked | None, now: float) -> CameraStatus:
    """A camera's status, without what only the other cameras tell: how it keeps step."""
    return CameraStatus(
        condition=condition,
        standing="starting" if condition.state == "starting" else "down",
        skew=None,
        age=None if looked is None else now - looked.sight.look.frame.stamp.time,
        looked=0 if looked is None else looked.frames,
        looked_fps=0.0 if looked is None else looked.meter.fps(now),
        tracks=len(looked.sight.look.tracks) if looked and condition.state == "live" else 0,
    )


def size_of(condition: Condition) -> tuple[int, int]:
    """(width, height) px; 0 while unknown."""
    return condition.width or 0, condition.height or 0


def _tracks(sight: Sight, names: Sequence[str], ground_of: GroundOf | None) -> Iterator[LiveTrack]:
    tracks = sight.look.tracks
    places = places_of(ground_of, sight.look.frame.size, tracks.xyxy)
    ids = [UNLINKED] * len(tracks) if sight.global_id is None else sight.global_id.tolist()
    for row, (track_id, global_id) in enumerate(zip(tracks.track_id.tolist(), ids, strict=True)):
        x1, y1, x2, y2 = tracks.xyxy[row].tolist()
        yield LiveTrack(
            key=TrackletKey(tracks.stamp.camera, track_id),
            global_id=None if global_id == UNLINKED else global_id,
            label=class_name(names, int(tracks.class_id[row])),
            score=float(tracks.score[row]),
            xyxy=(x1, y1, x2, y2),
            time=tracks.stamp.time,
            place=places[row],
        )
