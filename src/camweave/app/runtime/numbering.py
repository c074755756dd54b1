"""Renumbers the frames of a camera's successive connections as those of one stream."""

from typing import Final

from camweave.core.frame import Frame, Stamp

STEP: Final = 1e-6  # s between frames at the least


class Numbering:
    """Counts index and epoch on over all connections, and lets time rise through them."""

    def __init__(self) -> None:
        self.epoch = -1  # of the newest frame
        self._index = 0
        self._base = 0  # epoch of this connection's first frame
        self._last: float | None = None  # s of capture of the newest frame

    def begin(self) -> None:
        """Begin a new connection: it gets an epoch of its own, so that no track goes on in it."""
        self._base = self.epoch + 1

    def next(self, frame: Frame) -> Frame:
        """The same picture under its own number."""
        came = frame.stamp
        self.epoch = self._base + came.epoch
        floor = came.time if self._last is None else self._last + STEP
        self._last = max(came.time, floor)
        stamp = Stamp(self._last, came.camera, self._index, self.epoch)
        self._index += 1
        return Frame(stamp, frame.image)
