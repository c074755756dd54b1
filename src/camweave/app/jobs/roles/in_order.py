"""Results of many cameras in the order in which one process would have had them."""

from collections import deque
from collections.abc import Iterable, Iterator
from math import inf

from camweave.app.runtime.virtual_clock import together
from camweave.core.frame import CameraId
from camweave.formats.messages.results import Found


class InOrder:
    """Every frame, as the embedded line takes them where none may be dropped (`Intake`).

    A step is told when every camera has a frame that waits, or has ended: so it depends on
    nothing but the frames.
    """

    def __init__(self, cameras: Iterable[CameraId], fps: float, interval: float) -> None:
        """Frames of a step lie in one tick, and on one side of each multiple of `interval` s."""
        self._waiting: dict[CameraId, deque[Found]] = {camera: deque() for camera in cameras}
        self._ended: set[CameraId] = set()
        self._fps, self._interval = fps, interval

    @property
    def over(self) -> bool:
        """Whether all cameras have ended, and all was told."""
        return all(c in self._ended and not own for c, own in self._waiting.items())

    def add(self, found: Found) -> None:
        """The next frame of a camera."""
        self._waiting[found.stamp.camera].append(found)

    def end(self, camera: CameraId) -> None:
        """No more of this camera comes."""
        self._ended.add(camera)

    def steps(self) -> Iterator[tuple[float, list[Found]]]:
        """The steps that can be told: all that is older than so many s was in steps before."""
        while True:
            open_ = {c: own for c, own in self._waiting.items() if own or c not in self._ended}
            times = {c: own[0].stamp.time for c, own in open_.items() if own}
            if not open_ or len(times) < len(open_):
                return
            chosen = together(times, self._fps, self._interval)
            yield min(times.values()), [open_[camera].popleft() for camera in chosen]


class AsItComes:
    """How far cameras that are watched as it happens have come.

    Nobody is waited for who is `hold` s behind the newest frame of all.
    """

    def __init__(self, hold: float) -> None:
        self._newest: dict[CameraId, float] = {}  # s, of the cameras that are on
        self._hold = hold

    @property
    def idle(self) -> bool:
        """Whether no camera is on."""
        return not self._newest

    def see(self, found: Found) -> float:
        """Up to when, s, all there is has come, this frame itself left out."""
        stamp = found.stamp
        self._newest[stamp.camera] = max(stamp.time, self._newest.get(stamp.camera, -inf))
        slowest, newest = min(self._newest.values()), max(self._newest.values())
        return min(stamp.time, max(slowest, newest - self._hold))

    def end(self, camera: CameraId) -> None:
        """It is over."""
        self._newest.pop(camera, None)
