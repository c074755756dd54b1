"""A running site as people see it: the live line's side of `core.station`."""

from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic
from time import time as unix_time
from typing import Final

from camweave.app.jobs.live.book import Book
from camweave.app.jobs.live.chronicle import Chronicle, Looked
from camweave.app.jobs.live.figures import figures
from camweave.app.jobs.live.grounds import ground_seen, places_of
from camweave.app.jobs.live.linking import Linking
from camweave.app.jobs.live.live_site import LiveSite, Sight, Standing
from camweave.app.jobs.live.searching import most_alike
from camweave.app.runtime.site_clock import MediaClock, SiteClock
from camweave.core.arrays import U8
from camweave.core.condition import Condition
from camweave.core.errors import InputError
from camweave.core.events import Corrected, Undone
from camweave.core.frame import CameraId
from camweave.core.identities import Link, TrackletKey
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
LINKER_PATIENCE: Final = 0.5  # s
STUCK: Final = 10.0  # s; a tick takes a fraction of one


@dataclass(frozen=True, slots=True)
class LiveStation:
    """A `Station`: what people may ask of a running site, and say to it. Any thread may."""

    site: str
    clock: SiteClock | MediaClock
    running: LiveSite
    chronicle: Chronicle
    embedder: Embedder | None = None  # for searching; its own, as the line's has one caller
    changes: SiteChanges | None = None  # None: it runs from no file

    @property
    def began(self) -> datetime:
        """UTC of its clock's 0."""
        return self.clock.began

    def now(self) -> float:
        """S on its clock."""
        return self.clock.now()

    def cameras(self) -> Sequence[CameraStatus]:
        """How each camera fares, in the order of the site."""
        tick, conditions = self.running.tick, self.running.intake.conditions()
        order = [each for each in self.running.showing.cameras if each in conditions]
        with self.chronicle.open() as known:
            found = [
                _status(conditions[each], known.looked.get(each), self.now()) for each in order
            ]
        grounds = self.running.grounds
        return [
            replace(
                each,
                standing=tick.standing.get(each.condition.camera, each.standing),
                skew=tick.skew.get(each.condition.camera),
                ground=ground_seen(grounds.get(each.condition.camera), size_of(each.condition)),
            )
            for each in found
        ]

    def tracks(self, camera: CameraId | None = None) -> Sequence[LiveTrack]:
        """Who is in the newest pictures.

        Raises:
            KeyError: there is no such camera.
        """
        conditions = self.running.intake.conditions()
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
                self.running.line.class_names(sight.look.frame.stamp.camera),
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
        links = self._links(card.global_id)
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
        """
        at = unix_time()
        events = (
            self._linking()
            .correct(lambda registry, time: registry.say(wish, time, who=who, at=at))
            .result()
        )
        return next(each.seq for each in events if isinstance(each, Corrected | Undone))

    def search(self, image: U8, *, most: int = 10) -> Sequence[Found]:
        """Who looks like the object that fills this image, (H, W, 3) BGR; the most alike first.

        Raises:
            InputError: nothing is embedded on this site.
        """
        if self.embedder is None:
            raise InputError("search: this site embeds nothing; give it an embedder")
        (vector,) = self.embedder.embed([image])
        alike = self._linking().ask(lambda linker: most_alike(linker, vector, most)).result()
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
        cameras = tuple(self.running.intake.conditions())
        with self.chronicle.open() as known:
            return known.book.counts(cameras)

    def figures(self) -> Sequence[Figure]:
        """How the site fares in numbers; those of one name stand together."""
        with self.chronicle.open() as known:
            count = len(known.book)
        found = list(figures(self.running, list(self.cameras()), count))
        if self.changes is not None:
            told, refused = "1 while the site file is not in force.", self.changes.site_file.refused
            found.append(Figure(name="site_file_refused", help=told, value=refused is not None))
        return found

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
        silent = monotonic() - self.running.alive
        if silent > STUCK:
            return f"the line has not gone round for {silent:.0f} s"
        states = {each.condition.state for each in self.cameras()}
        return None if states - {"starting", "failed"} else "no camera has shown anything yet"

    def _linking(self) -> Linking:
        if self.running.linking is None:
            raise InputError("this site links nothing: `linker` is null in its site file")
        return self.running.linking

    def _links(self, global_id: int) -> tuple[Link, ...] | None:
        """Of a living identity; those of a closed one are in the journal alone.

        None where the linker has ended, or is in a long pass: who asks for a journey does not
        wait for its end.
        """
        asked = self._linking().ask(lambda linker: linker.registry.links(global_id))
        try:
            return asked.result(LINKER_PATIENCE)
        except (TimeoutError, CancelledError):
            return None

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


def _tracks(sight: Sight, names: Sequence[str], standing: Standing | None) -> Iterator[LiveTrack]:
    tracks = sight.look.tracks
    size = sight.look.frame.image.shape[1::-1]
    places = places_of(standing, size, tracks.xyxy)
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
