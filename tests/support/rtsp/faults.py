"""What may go wrong with a test camera: switches that hold until they are thrown back."""

from dataclasses import dataclass


@dataclass(slots=True)
class Faults:
    """How the camera behaves at this moment."""

    frozen: bool = False  # no packet is sent; connections stay open
    still: bool = False  # the same picture over and over, as from a hung encoder
    hanging: bool = False  # connections are taken, and nothing is ever answered
    corrupt: float = 0.0  # share of packets that arrive with flipped bits
    drop: float = 0.0  # share of packets that never arrive
    rate: float | None = None  # pictures/s really sent; None: as the film says
    nominal_stamps: bool = False  # RTP stamps count at the film's rate, whatever is sent
    clock_offset: float = 0.0  # s that the camera's own clock is ahead of the host's
    reports: bool = True  # RTCP sender reports are sent
    login: str = ""  # NAME:PASSWORD that DESCRIBE asks for; "" for none
    status: int = 200  # the answer to DESCRIBE: 401, 404, 302 ...
    location: str = ""  # where a redirect leads
