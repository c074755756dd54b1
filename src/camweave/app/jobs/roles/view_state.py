"""What a viewer knows of one camera, and how it is drawn: its newest picture, or why none comes."""

from collections.abc import Mapping
from typing import Any, Final

from camweave.app.jobs.roles.compile_film import frame_of
from camweave.app.jobs.roles.compile_ids import ids_of
from camweave.app.jobs.roles.notices import began_in
from camweave.app.runtime.drawing import Down, Drawing, Seen, ShowingParams, Sight
from camweave.app.runtime.meter import Meter
from camweave.core.arrays import U8
from camweave.core.frame import CameraId
from camweave.core.tracks import View
from camweave.formats.messages import ends, events, results
from camweave.formats.messages.packed import kind_of
from camweave.formats.messages.sites import SiteNotice
from camweave.sinks.annotate import AnnotateParams

QUIET: Final = 3.0  # s without a picture, after which it is told


class Viewed:
    """Takes messages of one camera, and says what is to be seen. Time comes with the calls."""

    def __init__(self, camera: CameraId, notice: SiteNotice, now: float) -> None:
        self._camera, self._site = camera, notice.address.site
        # Media time is shown as such, as in a lossless run of one process.
        began = 0.0 if notice.lossless else began_in(notice)
        self._params = ShowingParams(annotate=AnnotateParams(began=began))
        self._linked = notice.sections.get("linker", "as usual") is not None
        self._shown: Mapping[int, int] = {}
        self._drawing = Drawing(camera, (), self._params)
        self._made_for: tuple[str, tuple[str, ...]] = "", ()  # a run, and its classes
        self._ended = ""  # why, in words
        self._meter = Meter()
        self._last: Seen | None = None
        self._since = now  # s, when the newest picture came

    def take(self, headers: Mapping[str, Any], body: bytes, now: float) -> None:
        """Take in a message.

        Raises:
            FileFormatError: it cannot be read.
        """
        match kind_of(headers):
            case results.KIND:
                self._see(results.read_found(headers, body), now)
            case events.KIND:
                self._shown = events.read_events(headers, body).shown.get(self._camera, {})
            case ends.KIND:
                self._ended = f"it has ended: {ends.read_end(headers, body).reason}"
            case _:
                pass

    def sight(self, now: float, trouble: str = "") -> Sight:
        """What is to be seen; `trouble` is the broker's."""
        if self._last is not None and now - self._since < QUIET and not self._ended:
            return self._last
        reason = self._ended or trouble or "nothing comes from it"
        last = None if self._last is None else self._last.frame
        return Down(reason, self._since, last, 0.0 if self._ended else now - self._since)

    def draw(self, sight: Sight, width: int) -> U8:
        """(H, W, 3) BGR, at most so wide; lines and lettering are made for that size."""
        return self._drawing.draw(sight, width)

    def title(self, now: float) -> str:
        """In a few words: which camera, and how many frames/s come."""
        return f"{self._camera} - {self._meter.fps(now):.1f} frames/s - {self._site} - camweave"

    def _see(self, found: results.Found, now: float) -> None:
        frame, view = frame_of(found), View(found.stamp, found.tracks)
        made_for = found.address.run, found.class_names
        if made_for != self._made_for:
            self._drawing = Drawing(self._camera, found.class_names, self._params)
            self._made_for = made_for
        self._drawing.follow([view])
        who = ids_of(found.tracks, self._shown) if self._linked else None
        self._last, self._since, self._ended = Seen(frame, view, who), now, ""
        self._meter.see(captured=found.stamp.time, arrival=now)
