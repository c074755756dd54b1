"""The camera's own clock: what RTCP's sender reports say about when a picture was taken."""

import struct
from typing import Final, TypeAlias

from av.packet import Packet
from av.video.stream import VideoStream

from camweave.sources.streams.stream_clock import LeastOf

VideoPacket: TypeAlias = "Packet[VideoStream]"  # generic for the type checker alone

MICROSECONDS: Final = 1e-6
SPAN: Final = 60.0  # s over which the least is looked for: clocks are put right now and then


def told_time(packet: VideoPacket) -> float | None:
    """Unix seconds of the packet's picture on the camera's clock; None before the first report."""
    if not packet.has_sidedata("prft"):
        return None
    (wall,) = struct.unpack_from("<q", bytes(packet.get_sidedata("prft")))
    return float(wall * MICROSECONDS)


class CameraClock:
    """How the camera's clock lies to a stream's stamps and to ours. Remembers the last report."""

    def __init__(self) -> None:
        self.error: float | None = None  # s that it is behind ours, way included: the least of late
        self._behind = LeastOf(SPAN)
        self._ahead: float | None = None  # s: unix time minus stamp

    def heed(self, told: float, stamp: float, host: float) -> None:
        """Take in what one packet says, which arrived at `host` unix seconds of ours."""
        self._ahead = told - stamp
        self.error = self._behind.add(host, host - told)

    def unix(self, stamp: float) -> float | None:
        """A stamp as unix seconds; None before the first report."""
        return None if self._ahead is None else stamp + self._ahead
