"""All that is heard of a running site, put where people can ask for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock

from camweave.app.jobs.live.book import Book
from camweave.app.jobs.live.gathering import GroundOf
from camweave.app.jobs.live.happenings import Happenings
from camweave.app.jobs.live.live_site import Sight
from camweave.app.jobs.live.place import Look
from camweave.app.jobs.live.portraits import Portraits
from camweave.app.jobs.live.ways import Ways
from camweave.app.runtime.meter import Meter
from camweave.core.condition import Condition
from camweave.core.events import Event
from camweave.core.frame import CameraId
from camweave.core.identities import TrackletKey


@dataclass(slots=True)
class Looked:
    """What the line has looked at of one camera."""

    sight: Sight
    frames: int = 0
    meter: Meter = field(default_factory=Meter)


@dataclass(slots=True)
class Known:
    """What there is to be told, while the lock is held."""

    book: Book
    happenings: Happenings
    looked: dict[CameraId, Looked] = field(default_factory=dict)


class Chronicle:
    """Hears the line, the linker and the readers, each in its own thread, and remembers.

    Whoever asks holds the lock for a moment: `with chronicle.open() as known`.
    """

    def __init__(self) -> None:
        self.portraits, self.ways = Portraits(), Ways()
        self._lock = Lock()
        book = Book()
        self._known = Known(book, Happenings(book))

    @contextmanager
    def open(self) -> Iterator[Known]:
        """What is known; not to be kept beyond the block."""
        with self._lock:
            yield self._known

    def see(
        self, sight: Sight, names: tuple[str, ...], now: float, ground_of: GroundOf | None = None
    ) -> None:
        """Something was looked at. `names` are those of the classes, `now` is s.

        `ground_of` tells where boxes stand, where the camera is calibrated.
        """
        stamp = sight.look.frame.stamp
        self.portraits.take(sight.look)
        if ground_of is not None:
            self.ways.take(sight.look, ground_of(sight.look.frame.image.shape[1::-1]))
        votes = list(_votes(sight.look, names))
        with self._lock:
            known = self._known
            looked = known.looked.setdefault(stamp.camera, Looked(sight))
            looked.sight, looked.frames = sight, looked.frames + 1
            looked.meter.see(captured=stamp.time, arrival=now)
            for key, label, score in votes:
                known.book.label(key, label, score)
            if sight.global_id is not None:
                known.happenings.see(stamp.camera, sight.global_id.tolist(), stamp.time)

    def hear(self, events: tuple[Event, ...]) -> None:
        """Something became known of identities."""
        with self._lock:
            self._known.book.hear(events)
            self._known.happenings.hear(events)

    def turn(self, condition: Condition) -> None:
        """A camera is up or down."""
        with self._lock:
            self._known.happenings.turn(condition)

    def note(self, text: str, time: float) -> None:
        """Something became another on the site itself, at `time` s."""
        with self._lock:
            self._known.happenings.note(text, time)


def _votes(look: Look, names: tuple[str, ...]) -> Iterator[tuple[TrackletKey, str, float]]:
    """What each track is, and how surely, as the detector says in this frame."""
    tracks = look.tracks
    rows = zip(
        tracks.track_id.tolist(), tracks.class_id.tolist(), tracks.score.tolist(), strict=True
    )
    for track_id, kind, score in rows:
        label = names[kind] if 0 <= kind < len(names) else "object"
        yield TrackletKey(tracks.stamp.camera, track_id), label, score
