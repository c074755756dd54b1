"""What can be said about a connection to a camera."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamParams:
    """How a live camera is read. Times are seconds."""

    transport: Literal["tcp", "udp"] = "tcp"  # of RTSP; UDP loses packets, and keeps no one waiting
    open_timeout: float = 5.0  # s from knocking to the first packet
    read_timeout: float = 3.0  # s without a packet, after which the connection is given up
    whole_timeout: float = 30.0  # s without a whole picture; key pictures may be 20 s apart
    # After a damaged picture, deliver none until the next key picture. FFmpeg knows which pictures
    # it mended, and not which were made from those: most of what looks smeared is of that kind.
    strict: bool = False
    # Follow a camera that sends us elsewhere, be it by a playlist (HLS). This also spares an RTSP
    # camera the second connection that is held while it is opened, to see whether it does; a few
    # take no more than one.
    redirects: bool = False
    # The camera's clock is set by NTP, as the host's: its sender reports then say when a frame was
    # taken to the millisecond, the way not included. Wrong where either clock is not.
    ntp: bool = False
