"""RTP as written: coded pictures cut into packets (RFC 6184), and sender reports (RFC 3550)."""

import struct
from collections.abc import Iterator

CLOCK = 90_000  # steps a second of an RTP stamp
LARGEST = 1_400  # bytes of payload
FU_A = 28
VIDEO_TYPE = 96
NTP_EPOCH = 2_208_988_800  # s from 1900 to 1970


def payloads(nals: tuple[bytes, ...]) -> Iterator[tuple[bytes, bool]]:
    """Payloads of one picture in order, each with whether it is the last."""
    pieces = [piece for nal in nals for piece in fragments(nal)]
    for index, piece in enumerate(pieces):
        yield piece, index == len(pieces) - 1


def fragments(nal: bytes) -> list[bytes]:
    """A NAL unit as it is, or in fragments that fit a packet."""
    if len(nal) <= LARGEST:
        return [nal]
    indicator, kind, body = (nal[0] & 0xE0) | FU_A, nal[0] & 0x1F, nal[1:]
    cuts = range(0, len(body), LARGEST - 2)
    return [
        bytes([indicator, kind | (at == 0) << 7 | (at + LARGEST - 2 >= len(body)) << 6])
        + body[at : at + LARGEST - 2]
        for at in cuts
    ]


def packet(payload: bytes, *, sequence: int, stamp: int, source: int, last: bool) -> bytes:
    """One RTP packet."""
    kind = VIDEO_TYPE | last << 7
    return (
        struct.pack(">BBHII", 0x80, kind, sequence & 0xFFFF, stamp & 0xFFFFFFFF, source) + payload
    )


def sender_report(*, source: int, unix: float, stamp: int, sent: int) -> bytes:
    """An RTCP sender report: which instant of the camera's clock an RTP stamp means."""
    seconds = int(unix)
    fraction = int((unix - seconds) * 2**32)
    return struct.pack(
        ">BBHIIIIII",
        0x80,
        200,
        6,
        source,
        (seconds + NTP_EPOCH) & 0xFFFFFFFF,
        fraction,
        stamp & 0xFFFFFFFF,
        sent,
        sent * LARGEST & 0xFFFFFFFF,
    )


def interleaved(channel: int, data: bytes) -> bytes:
    """A packet framed to travel inside the RTSP connection."""
    return struct.pack(">cBH", b"$", channel, len(data)) + data
