"""When the pictures of one connection were taken, by the best clock that it has."""

from typing import Final

from camweave.sources.streams.ntp import CameraClock
from camweave.sources.streams.stream_clock import StreamClock

AHEAD: Final = 0.5  # s: a camera's clock that is further ahead of ours is not set by NTP
BEHIND: Final = 10.0  # s


class CaptureTime:
    """Seconds of capture on the site's clock, strictly rising.

    The stamps' distance from our clock is estimated (`StreamClock`); where the camera's own clock
    is to be believed, it says the time itself as soon as a sender report has come, unless what it
    says cannot be.
    """

    def __init__(self, *, began: float, ntp: bool) -> None:
        """`began`: unix seconds of the site clock's 0."""
        self._began = began
        self._ntp = ntp
        self._stream = StreamClock()
        self._camera = CameraClock()

    @property
    def clock_error(self) -> float | None:
        """How far the camera's own clock is behind ours in s, way included; None: it tells none."""
        return self._camera.error

    def heed(self, *, told: float | None, stamp: float | None, arrival: float) -> None:
        """Take in what one packet says of the camera's clock (unix seconds), if anything."""
        if told is not None and stamp is not None:
            self._camera.heed(told, stamp, self._began + arrival)

    def time_of(self, stamp: float | None, arrival: float) -> float:
        """Seconds of the next picture, whose stamp in seconds may count from anywhere."""
        own = self._own_time(stamp, arrival) if self._ntp else None
        return self._stream.time_of(stamp, arrival, known=own)

    def _own_time(self, stamp: float | None, arrival: float) -> float | None:
        unix = None if stamp is None else self._camera.unix(stamp)
        time = None if unix is None else unix - self._began
        if time is None or not -AHEAD < arrival - time < BEHIND:
            return None
        return min(time, arrival)
