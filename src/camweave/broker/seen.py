"""Which frames somebody has had already: messages may come twice, never in another order."""

from camweave.core.frame import CameraId, Stamp


class Seen:
    """Tells new frames from those that were there, by run, camera, epoch and frame.

    A camera's messages come in order, so that its newest frame is all that is remembered. What
    comes after a greater one was there, or was overtaken and dropped. State: the newest frames.
    """

    def __init__(self) -> None:
        self._newest: dict[tuple[str, CameraId], tuple[int, int]] = {}
        self.repeated = 0  # those that were there

    def new(self, stamp: Stamp, run: str = "") -> bool:
        """Whether this frame is new; it is not any more after that.

        >>> seen, gate = Seen(), CameraId("gate")
        >>> [seen.new(Stamp(0.0, gate, index)) for index in (0, 1, 1, 0, 2)]
        [True, True, False, False, True]
        """
        place, at = (run, stamp.camera), (stamp.epoch, stamp.index)
        if at <= self._newest.get(place, (-1, -1)):
            self.repeated += 1
            return False
        self._newest[place] = at
        return True

    def forget(self, run: str) -> None:
        """A run is over."""
        self._newest = {place: at for place, at in self._newest.items() if place[0] != run}
