"""One camera as whoever serves it hears of it: results as they come, its end, or nothing."""

from dataclasses import dataclass, field
from typing import Final

from camweave.app.runtime.meter import Meter
from camweave.core.condition import Condition, State
from camweave.core.frame import CameraId, Stamp
from camweave.formats.messages.ends import EndOfStream
from camweave.formats.messages.results import Found

QUIET: Final = 5.0  # s without a result, after which it is told


@dataclass(slots=True)
class HeardCamera:
    """What came of a camera. `now` is s on any clock that only rises."""

    camera: CameraId
    class_names: tuple[str, ...] = ()
    size: tuple[int, int] | None = None  # (width, height) px
    newest: Stamp | None = None
    frames: int = 0  # results that came to us
    passed: int = 0  # frames between them that did not
    _end: EndOfStream | None = None
    _came: float | None = None  # when the newest result did; None: it is from before our start
    _since: float = 0.0  # s on the site's clock: since when it is as it is
    _state: State = "starting"
    _meter: Meter = field(default_factory=Meter)

    def know(self, stamp: Stamp | None, size: tuple[int, int], names: tuple[str, ...]) -> None:
        """What is known of it from before our start; what came since then is newer."""
        self.class_names = self.class_names or names
        if self.size is None and all(size):
            self.size = size
        if self.newest is None:
            self.newest = stamp

    def new(self, stamp: Stamp) -> bool:
        """Whether this frame is later than what came before: results may come twice."""
        newest = self.newest
        if self._came is None or newest is None:
            return True
        return (stamp.epoch, stamp.index) > (newest.epoch, newest.index)

    def see(self, found: Found, now: float) -> None:
        """A result came."""
        stamp, before = found.stamp, self.newest
        if self._came is not None and before is not None and before.epoch == stamp.epoch:
            self.passed += max(0, stamp.index - before.index - 1)
        self.frames += 1
        self.newest, self.size, self._came = stamp, found.size, now
        self._meter.see(captured=now, arrival=now)
        if self._end is not None and stamp.epoch > self._end.epoch:
            self._end = None

    def end(self, end: EndOfStream) -> None:
        """No more comes, until it begins anew."""
        if self.newest is None or end.epoch >= self.newest.epoch:
            self._end = end

    @property
    def over(self) -> str:
        """Why no more comes; empty: it may."""
        return "" if self._end is None else self._end.reason or "it is over"

    def condition(self, now: float, trouble: str) -> Condition:
        """How it fares; `trouble` is why nothing can come at all, if that is so."""
        state, reason = self._how(now, trouble)
        if state != self._state:
            self._state = state
            self._since = 0.0 if self.newest is None else self.newest.time
        width, height = self.size or (None, None)
        return Condition(
            camera=self.camera,
            state=state,
            reason=reason,
            since=self._since,
            epoch=0 if self.newest is None else self.newest.epoch,
            width=width,
            height=height,
            delivered_fps=self._meter.fps(now),
            frames=self.frames,
            dropped=self.passed,
            newest=None if self.newest is None else self.newest.time,
        )

    def _how(self, now: float, trouble: str) -> tuple[State, str]:
        if self._end is not None:
            return "ended", self.over
        if self.newest is None:
            return "starting", trouble
        if self._came is None or now - self._came > QUIET:
            return "reconnecting", trouble or "nothing comes from it"
        return "live", ""
