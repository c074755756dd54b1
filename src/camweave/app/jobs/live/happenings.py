"""What happens on a site, in words for people: who comes and goes, and who turns out to be who."""

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from camweave.app.jobs.live.book import Book
from camweave.core.condition import Condition
from camweave.core.events import Corrected, Event, Linked, Merged, Split, Undone
from camweave.core.frame import CameraId
from camweave.core.station import Happening, Kind
from camweave.core.tracks import UNLINKED

KEPT: Final = 2000  # the latest
AWAY: Final = 3.0  # s without a sight, after which somebody has left a camera
NEWS: Final = frozenset({"live", "reconnecting", "ended", "failed"})


class Happenings:
    """The latest happenings, numbered. Not locked: its owner locks around calls."""

    def __init__(self, book: Book, kept: int = KEPT) -> None:
        self._book = book
        self._kept: deque[Happening] = deque(maxlen=kept)
        self._seq = 0
        self._here: dict[tuple[CameraId, int], float] = {}  # s, when last seen there

    def after(self, seq: int) -> tuple[Happening, ...]:
        """Those with a number above `seq` that are still kept, in order."""
        return tuple(each for each in self._kept if each.seq > seq)

    def hear(self, events: Iterable[Event]) -> None:
        """Tell of the linker's events; the book must have them already."""
        for event in events:
            match event:
                case Linked(link=link) if link is not None:
                    told = f"#{event.identity} is also {event.span.key.camera}/{event.span.key[1]}"
                    self._add("linked", event.time, told, event.identity, camera=event.span.key[0])
                case Merged():
                    told = f"#{event.alias} is #{event.identity}"
                    self._add("merged", event.time, told, event.identity, other=event.alias)
                case Split():
                    told = f"#{event.into} is not #{event.identity}"
                    self._add("split", event.time, told, event.identity, other=event.into)
                case Corrected():
                    told = f"{event.correction.who or 'somebody'} said: {event.correction.kind}"
                    self._add("corrected", event.time, told, correction=event.seq)
                case Undone():
                    told = f"{event.undo.who or 'somebody'} took correction {event.undo.of} back"
                    self._add("undone", event.time, told, correction=event.undo.of)
                case _:
                    pass

    def see(self, camera: CameraId, ids: Iterable[int], time: float) -> None:
        """Tell which identities have entered or left a camera, by a frame of it at `time` s."""
        for global_id in ids:
            if global_id == UNLINKED:
                continue
            if (camera, global_id) not in self._here:
                self._add(
                    "entered", time, self._entering(camera, global_id), global_id, camera=camera
                )
            self._here[camera, global_id] = time
        for (where, global_id), last in list(self._here.items()):
            if where == camera and time - last > AWAY:
                del self._here[where, global_id]
                told = f"#{global_id} left {camera}"
                self._add("left", last, told, global_id, camera=camera)

    def turn(self, condition: Condition) -> None:
        """Tell that a camera is up or down."""
        if condition.state in NEWS:
            reason = f": {condition.reason}" if condition.reason else ""
            told = f"{condition.camera} is {condition.state}{reason}"
            self._add("camera", condition.since, told, camera=condition.camera)

    def note(self, text: str, time: float) -> None:
        """Tell of the site itself."""
        self._add("site", time, text)

    def _entering(self, camera: CameraId, global_id: int) -> str:
        """The sentence for an identity that enters a camera, with where it was before, if known."""
        try:
            entry = self._book.entry(global_id)
        except KeyError:
            return f"#{global_id} entered {camera}"
        label = self._book.label_of(entry.stays)
        before = [span.key.camera for span in entry.in_order if span.key.camera != camera]
        came = f", last seen in {before[-1]}" if before else ""
        return f"#{global_id} {label} entered {camera}{came}"

    def _add(
        self,
        kind: Kind,
        time: float,
        text: str,
        global_id: int | None = None,
        *,
        other: int | None = None,
        camera: CameraId | None = None,
        correction: int | None = None,
    ) -> None:
        self._seq += 1
        made = Happening(seq=self._seq, time=time, kind=kind, text=text, correction=correction)
        self._kept.append(replace(made, global_id=global_id, other_id=other, camera=camera))
