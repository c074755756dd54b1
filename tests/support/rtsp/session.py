"""One client of the test camera: how its packets travel, and what the faults do to them."""

import asyncio
import socket
from dataclasses import dataclass, field
from random import Random

from tests.support.rtsp.faults import Faults
from tests.support.rtsp.film import Unit
from tests.support.rtsp.rtp import interleaved, packet, payloads, sender_report

MOST_WAITING = 4_000_000  # bytes; a client that does not read loses pictures
FLIPS = 8  # bits that change in a corrupted packet


@dataclass(slots=True, eq=False)
class Session:
    """Sends pictures over TCP inside the connection, or over UDP."""

    writer: asyncio.StreamWriter
    chance: Random
    faults: Faults
    playing: bool = False
    begun: bool = False  # a key picture has been sent
    udp: tuple[socket.socket, socket.socket] | None = None  # RTP, RTCP; connected
    sequence: int = 0
    sent: int = 0
    source: int = field(init=False)

    def __post_init__(self) -> None:
        self.source = self.chance.getrandbits(32)

    def show(self, unit: Unit, stamp: int) -> None:
        """Send one picture, or lose it where the client does not read."""
        self.begun |= unit.key
        full = self.writer.transport.get_write_buffer_size() > MOST_WAITING
        if not (self.playing and self.begun) or full:
            return
        for payload, last in payloads(unit.nals):
            self._send(payload, stamp, last=last)

    def report(self, unix: float, stamp: int) -> None:
        """Send what the camera's clock says."""
        if self.playing:
            data = sender_report(source=self.source, unix=unix, stamp=stamp, sent=self.sent)
            self._out(1, data)

    def close(self) -> None:
        """Close what the session opened."""
        self.playing = False
        for each in self.udp or ():
            each.close()
        self.udp = None

    def _send(self, payload: bytes, stamp: int, *, last: bool) -> None:
        self.sequence += 1
        if self.chance.random() < self.faults.drop:
            return
        if self.chance.random() < self.faults.corrupt:
            payload = self._flipped(payload)
        self.sent += 1
        self._out(
            0,
            packet(payload, sequence=self.sequence, stamp=stamp, source=self.source, last=last),
        )

    def _flipped(self, payload: bytes) -> bytes:
        damaged = bytearray(payload)
        for _ in range(FLIPS if len(payload) > 20 else 0):
            damaged[self.chance.randrange(3, len(damaged))] ^= 1 << self.chance.randrange(8)
        return bytes(damaged)

    def _out(self, channel: int, data: bytes) -> None:
        if self.udp is None:
            self.writer.write(interleaved(channel, data))
            return
        try:
            self.udp[channel].send(data)
        except OSError:  # nobody listens there (yet)
            return
