"""One camera's part of `Showing`: what it shows, its viewers, and its encoded pictures."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from time import monotonic
from typing import Final

from camweave.app.runtime.drawing import Down, Drawing, Seen, Sight
from camweave.core.frame import CameraId, Frame
from camweave.core.picture import Picture
from camweave.core.tracks import View

STARTING: Final = "waiting for its first picture"
AGAIN: Final = 2.0  # s after which a camera that is down is drawn again
MOST: Final = 1024  # views kept for the trails


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of one camera's pictures since the start."""

    shown: int = 0  # things handed in
    encoded: int = 0  # JPEGs made; more than one of a thing that is watched at several widths
    skipped: int = 0  # things that a newer one overtook while somebody watched
    watches: int = 0  # open now


class Watching:
    """One viewer of one camera at one width: a `core.picture.Watch`."""

    def __init__(self, booth: "Booth", width: int | None, wake: Callable[[], None]) -> None:
        self._booth = booth
        self.rung = width
        self.wake = wake

    @property
    def over(self) -> bool:
        """The camera was removed: nothing more will come."""
        return self._booth.gone

    def newest(self) -> Picture | None:
        """The newest picture; None until the first is encoded. Never blocks."""
        return self._booth.pictures.get(self.rung)


class Booth:
    """One camera's state. Used under the lock of its `Showing`, but for `drawing`."""

    def __init__(self, drawing: Drawing, trail: float) -> None:
        self.drawing = drawing  # used by the drawing thread alone
        self.watches: set[Watching] = set()
        self.pictures: dict[int | None, Picture] = {}  # by the width that was asked for
        self.gone = self.failing = self.annotated = False
        self.shown = self.encoded = self.skipped = 0
        self.last: Frame | None = None
        self._sight: Sight = Down(STARTING, 0.0)
        self._seq = 0
        self._began = self._drawn = monotonic()  # s: down since then, and drawn so last
        self._trail = trail
        self._views: deque[View] = deque(maxlen=MOST)  # not yet drawn, no older than a trail

    def put(self, sight: Sight) -> None:
        """Show this from now on."""
        self.shown += 1
        self._seq += 1
        before, self._drawn = self._sight, monotonic()
        match sight:
            case Seen(frame, view):
                self.last = frame
                self.annotated = view is not None
            case Down(since=since):
                self.annotated = False
                if isinstance(before, Down) and before.since == since:  # for another reason
                    sight = replace(sight, lasted=self._drawn - self._began)
                else:
                    self._began = self._drawn
        self._sight = sight
        if not self.watches:
            self.pictures.clear()  # so that the next viewer is not shown an old picture

    def remind(self) -> float | None:
        """In how many s a camera that is down is to be drawn again; 0: now. None: not at all."""
        if not self.watches or not isinstance(self._sight, Down):
            return None
        now = monotonic()
        if now < self._drawn + AGAIN:
            return self._drawn + AGAIN - now
        self._seq += 1
        self._drawn = now
        self._sight = replace(self._sight, lasted=now - self._began)
        return 0.0

    def current(self) -> dict[int | None, Picture]:
        """The pictures of what is shown now, by width; those that nobody watches may be past."""
        watched = {watch.rung for watch in self.watches}
        for width, picture in list(self.pictures.items()):
            if picture.seq != self._seq and width not in watched:
                del self.pictures[width]
        return {w: picture for w, picture in self.pictures.items() if picture.seq == self._seq}

    def remember(self, view: View) -> None:
        """Keep a view for the trails, until it is drawn or too old."""
        self._views.append(view)
        while view.stamp.time - self._views[0].stamp.time > self._trail:
            self._views.popleft()

    def job(self, camera: CameraId) -> "Job":
        """What there is to draw now."""
        views = tuple(self._views)
        self._views.clear()
        made = self.current()
        wanted = frozenset({watch.rung for watch in self.watches} - made.keys())
        return Job(camera, self, self._seq, self._sight, views, made, wanted)

    def counts(self) -> Counts:
        """Counts of its pictures."""
        return Counts(self.shown, self.encoded, self.skipped, len(self.watches))


@dataclass(frozen=True, slots=True)
class Job:
    """One thing to be drawn, at the widths that are watched and not there yet."""

    camera: CameraId
    booth: Booth
    seq: int
    sight: Sight
    views: tuple[View, ...]  # since the last one
    made: dict[int | None, Picture]
    wanted: frozenset[int | None]

    def pictures(self) -> dict[int | None, Picture]:
        """One picture for each width; widths that the camera does not reach share its own."""
        self.booth.drawing.follow(self.views)
        by_size = {self._size(width): picture for width, picture in self.made.items()}
        for size in {self._size(width) for width in self.wanted} - by_size.keys():
            by_size[size] = self._picture(size)
        return {width: by_size[self._size(width)] for width in self.wanted}

    def _size(self, width: int | None) -> int | None:
        return None if width is None or width >= self.sight.size[0] else width

    def _picture(self, size: int | None) -> Picture:
        image = self.booth.drawing.draw(self.sight, size)
        height, width = image.shape[:2]
        jpeg = self.booth.drawing.jpeg(image)
        return Picture(self.camera, self.seq, self.sight.time, jpeg, width, height)
