"""What lies between a camera's reader and the line: the newest frames, or every one of them."""

import math
from collections import deque
from threading import Condition

from camweave.core.frame import Frame


class Mailbox:
    """Frames of one camera, put by its reader and taken by the line; each has one caller.

    A live box keeps a short delay line, so that a camera that is ahead can be met at the others'
    time: the newest frame of each `slot` seconds of capture, over the last `hold` seconds; both
    at 0 it is the newest frame alone. A lossless box keeps every frame and lets the reader wait
    while `room` of them lie there.

    All boxes of a site share one `changed`, which is notified at every change: the line waits on
    it for any camera.
    """

    def __init__(
        self, changed: Condition, *, slot: float = 0.0, hold: float = 0.0, room: int | None = None
    ) -> None:
        self._changed = changed
        self._slot = slot  # s
        self._hold = hold  # s
        self._room = room  # frames; None: live
        self._frames: deque[Frame] = deque()
        self._closed = False
        self._dropped = 0
        self._last: float | None = None

    @property
    def lossless(self) -> bool:
        """Whether every frame must be taken."""
        return self._room is not None

    @property
    def closed(self) -> bool:
        """Whether nothing more will be put; what lies there can still be taken."""
        return self._closed

    @property
    def drained(self) -> bool:
        """Whether it is closed and empty: this camera is over."""
        with self._changed:
            return self._closed and not self._frames

    @property
    def dropped(self) -> int:
        """Frames that were put and will never be taken."""
        return self._dropped

    @property
    def last(self) -> float | None:
        """Seconds of capture of the newest frame ever put, taken or not."""
        return self._last

    def put(self, frame: Frame) -> bool:
        """Put the next frame; in a lossless box, wait for room. False: the box is closed."""
        with self._changed:
            if self._room is not None:
                self._changed.wait_for(self._has_room)
            if self._closed:
                return False
            self._last = frame.stamp.time
            if self._room is None:
                self._make_way(frame)
            self._frames.append(frame)
            self._changed.notify_all()
            return True

    def peek(self) -> Frame | None:
        """The oldest frame that lies there; it stays."""
        with self._changed:
            return self._frames[0] if self._frames else None

    def front(self, limit: float = math.inf) -> float | None:
        """When the newest frame not after `limit` was taken, s; it stays. None: there is none."""
        with self._changed:
            times = (frame.stamp.time for frame in reversed(self._frames))
            return next((time for time in times if time <= limit), None)

    def newest(self, limit: float = math.inf) -> Frame | None:
        """Take the newest frame not after `limit`, and drop those before it; None: there is none.

        From a lossless box it is the oldest one, as none may be passed over.
        """
        with self._changed:
            taken: Frame | None = None
            while self._frames and self._frames[0].stamp.time <= limit:
                self._dropped += taken is not None
                taken = self._frames.popleft()
                if self._room is not None:
                    self._changed.notify_all()
                    break
            return taken

    def close(self) -> None:
        """Take nothing more in, and let nobody wait; safe to call twice."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _has_room(self) -> bool:
        return self._closed or self._room is None or len(self._frames) < self._room

    def _make_way(self, frame: Frame) -> None:
        """Drop what this frame replaces: the one in its slot, and those held for too long."""
        time = frame.stamp.time
        if self._frames and self._same_slot(self._frames[-1].stamp.time, time):
            self._frames.pop()
            self._dropped += 1
        while self._frames and self._frames[0].stamp.time < time - self._hold:
            self._frames.popleft()
            self._dropped += 1

    def _same_slot(self, one: float, other: float) -> bool:
        """Slots end at whole ticks, so that the newest frame at a tick is never replaced."""
        return self._slot > 0 and math.ceil(one / self._slot) == math.ceil(other / self._slot)
