"""What is known of a running site now, collected from all of its threads for whoever asks."""

from collections.abc import Iterator, Sequence
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
    """What the line has processed of one camera."""

    sight: Sight  # the newest
    frames: int = 0
    meter: Meter = field(default_factory=Meter)


@dataclass(slots=True)
class Known:
    """The state that the lock guards."""

    book: Book
    happenings: Happenings
    looked: dict[CameraId, Looked] = field(default_factory=dict)


class Chronicle:
    """Collects what the line, the linker and the readers report, each from its own thread.

    To read it, hold the lock for a moment: `with chronicle.open() as known`.
    """

    def __init__(self) -> None:
        self.portraits, self.ways = Portraits(), Ways()
        self._lock = Lock()
        book = Book()
        self._known = Known(book, Happenings(book))

    @contextmanager
    def open(self) -> Iterator[Known]:
        """The state, locked; it must not be used after the block."""
        with self._lock:
            yield self._known

    def see(
        self, sight: Sight, names: tuple[str, ...], now: float, ground_of: GroundOf | None = None
    ) -> None:
        """Take a processed frame. `names` are those of the classes, `now` is s of the site's clock.

        `ground_of` maps boxes to the ground plane; None where the camera is not calibrated.
        """
        stamp = sight.look.frame.stamp
        self.portraits.take(sight.look)
        if ground_of is not None:
            self.ways.take(sight.look, ground_of(sight.look.frame.size))
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
        """Take the linker's events."""
        with self._lock:
            self._known.book.hear(events)
            self._known.happenings.hear(events)

    def turn(self, condition: Condition) -> None:
        """Take a camera's change of state."""
        with self._lock:
            self._known.happenings.turn(condition)

    def note(self, text: str, time: float) -> None:
        """Take a change of the site itself, in words, at `time` s."""
        with self._lock:
            self._known.happenings.note(text, time)


def _votes(look: Look, names: tuple[str, ...]) -> Iterator[tuple[TrackletKey, str, float]]:
    """The class name and score of each track in this frame."""
    tracks = look.tracks
    rows = zip(
        tracks.track_id.tolist(), tracks.class_id.tolist(), tracks.score.tolist(), strict=True
    )
    for track_id, kind, score in rows:
        yield TrackletKey(tracks.stamp.camera, track_id), class_name(names, kind), score


def class_name(names: Sequence[str], class_id: int) -> str:
    """The name of a class; "object" where the detector has none for it."""
    return names[class_id] if 0 <= class_id < len(names) else "object"
