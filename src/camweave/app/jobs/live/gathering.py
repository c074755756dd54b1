"""From tracks of frames to what the linker takes: snapshots at instants on a grid of media time.

The instant k x interval holds all that the cameras saw before it and nothing that came at it or
later; it is made when all of that is there. So a replay of the same frames gives the same instants.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import floor
from typing import TypeAlias

from camweave.core.detections import Detections
from camweave.core.frame import CameraId
from camweave.core.tracks import Tracks
from camweave.linking.live.growing import Ground, Growing
from camweave.linking.live.snapshot import Snapshot

GroundOf: TypeAlias = Callable[[tuple[int, int]], Ground]
"""Given a picture's (width, height) px, known from the first frame on: boxes to ground places."""


@dataclass(frozen=True, slots=True)
class Instant:
    """What all cameras saw before a point in time, one snapshot of each."""

    time: float  # s
    snapshots: tuple[Snapshot, ...]


class Gathering:
    """Collects the tracks of all cameras, and cuts them at the instants of the grid.

    The first instant is the one after the very first track.
    """

    def __init__(self, interval: float) -> None:
        self.stride = 1  # points of the grid from one instant to the next: more for a slow linker
        self._growing: dict[CameraId, Growing] = {}
        self._interval = interval
        self._next: int | None = None  # of the grid; None: there was no track yet
        self._cut: dict[int, dict[CameraId, Snapshot]] = {}

    def __contains__(self, camera: CameraId) -> bool:
        """Whether tracks of this camera are being collected."""
        return camera in self._growing

    def meet(
        self,
        camera: CameraId,
        size: tuple[int, int] = (0, 0),
        class_names: Sequence[str] = (),
        ground_of: GroundOf | None = None,
    ) -> None:
        """Begin with a camera, or begin anew where its pictures have another `size` (px) now."""
        known = self._growing.get(camera)
        if known is not None and known.size == size:
            return
        self.lose(camera)
        ground = None if ground_of is None else ground_of(size)
        self._growing[camera] = Growing(camera, size, class_names, ground=ground)

    def lose(self, camera: CameraId) -> None:
        """End all tracks of a camera, if it had any; the next instant tells of it."""
        if camera not in self:
            return
        if self._next is not None:
            at = max([self._next, *(k + 1 for k, cut in self._cut.items() if camera in cut)])
            last = self._growing[camera].snapshot(at * self._interval, over=True)
            self._cut.setdefault(at, {})[camera] = last
        del self._growing[camera]

    def add(self, detections: Detections, tracks: Tracks) -> None:
        """Take one frame of a camera; its time must not be before that of earlier ones."""
        camera, time = tracks.stamp.camera, tracks.stamp.time
        if self._next is None:
            if not len(tracks):
                return
            self._next = floor(time / self._interval) + 1
        self._cut_before(camera, time)
        self._growing[camera].add(detections, tracks)

    def told(self, until: float) -> Iterable[Instant]:
        """The next instants, up to `until` s; all frames before that must have been added."""
        while self._next is not None and self._next * self._interval <= until:
            time = self._next * self._interval
            cut = self._cut.pop(self._next, {})
            for camera, growing in self._growing.items():
                if camera not in cut:
                    cut[camera] = growing.snapshot(time)
            self._next = min([self._next + self.stride, *self._cut])
            yield Instant(time, tuple(cut[camera] for camera in sorted(cut)))

    def over(self) -> Iterable[Instant]:
        """The last instants, when no frame will come any more: all tracks end at the last one."""
        if self._next is None:
            return
        last = max([self._next, *(at + 1 for at in self._cut)])
        yield from self.told((last - 1) * self._interval)
        time = last * self._interval
        self._next = None
        yield Instant(
            time, tuple(self._growing[c].snapshot(time, over=True) for c in sorted(self._growing))
        )

    def _cut_before(self, camera: CameraId, time: float) -> None:
        """Cut this camera's part of each instant that this frame comes at or after."""
        at = self._next
        while at is not None and at * self._interval <= time:
            cut = self._cut.setdefault(at, {})
            if camera not in cut:
                cut[camera] = self._growing[camera].snapshot(at * self._interval)
            at += self.stride
