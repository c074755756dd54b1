"""Many viewers of MJPEG streams in one loop: how many pictures each gets, and how old."""

import re
import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Final

HEADER: Final = re.compile(rb"X-Timestamp: (\d+\.\d+)\r\n")
LONGEST: Final = 64  # bytes of header that may be cut in two
CHUNK: Final = 1 << 18  # bytes
PATIENCE: Final = 60.0  # s in which every viewer must have had a picture


@dataclass
class Heard:
    """What viewers got within the time that was measured."""

    seconds: float
    parts: list[int]  # of each viewer
    ages: list[float] = field(default_factory=list)  # s from capture to the first byte's arrival
    bytes: int = 0


@dataclass
class Reader:
    """One viewer."""

    socket: socket.socket
    parts: int = 0
    tail: bytes = b""  # what may be the begin of a header

    def read(self) -> tuple[int, list[float]]:
        """Take what is there: so many bytes, and the capture times in it."""
        data = self.socket.recv(CHUNK)
        if not data:
            raise ConnectionError("the server has ended a stream")
        text = self.tail + data
        found = list(HEADER.finditer(text))
        self.parts += len(found)
        done = found[-1].end() if found else 0
        self.tail = text[max(done, len(text) - LONGEST) :]
        return len(data), [float(each[1]) for each in found]


def read_all(address: tuple[str, int], paths: Sequence[str], seconds: float) -> Heard:
    """Open a stream of each path, and read them all as fast as they come.

    The time begins when every one of them has had a picture.

    Raises:
        TimeoutError: one of them has had none for too long.
    """
    with open_streams(address, paths) as readers, selectors.DefaultSelector() as selector:
        for reader in readers:
            selector.register(reader.socket, selectors.EVENT_READ, reader)
        patience = time.monotonic() + PATIENCE
        while not all(reader.parts for reader in readers):
            if time.monotonic() > patience:
                raise TimeoutError("a viewer has had no picture")
            for key, _ in selector.select(5):
                key.data.read()
        for reader in readers:
            reader.parts = 0
        heard, began = Heard(0.0, []), time.monotonic()
        while (now := time.monotonic()) < began + seconds:
            for key, _ in selector.select(began + seconds - now):
                size, taken = key.data.read()
                heard.bytes += size
                heard.ages += [time.time() - each for each in taken]
        heard.seconds = time.monotonic() - began
        heard.parts = [reader.parts for reader in readers]
    return heard


@contextmanager
def open_streams(address: tuple[str, int], paths: Sequence[str]) -> Iterator[list[Reader]]:
    """Connections that have asked for these streams."""
    with ExitStack() as open_ends:
        readers = []
        for path in paths:
            made = open_ends.enter_context(socket.create_connection(address, timeout=10))
            made.sendall(f"GET {path} HTTP/1.1\r\nHost: {address[0]}\r\n\r\n".encode())
            readers.append(Reader(made))
        yield readers
