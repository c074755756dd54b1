"""A strict reader of MJPEG: HTTP/1.1 (RFC 9112) and multipart (RFC 2046) to the letter."""

import re
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

TIMEOUT = 20.0  # s; tests fail, they do not hang
TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
BOUNDARY = re.compile(r"multipart/x-mixed-replace; boundary=([0-9A-Za-z'()+_,./:=?-]{1,70})")


class NotStrict(Exception):  # noqa: N818 - reads better at the raise
    """What came is not what the standards allow."""


@dataclass(frozen=True)
class Part:
    headers: dict[str, str]
    content: bytes
    arrived: float  # s of Unix time

    @property
    def time(self) -> float:
        return float(self.headers["x-timestamp"])

    @property
    def age(self) -> float:
        return self.arrived - self.time


class MjpegClient:
    """One viewer; with a rate, one that reads no faster than so many bytes/s."""

    def __init__(
        self,
        url: str,
        *,
        rate: float | None = None,
        method: str = "GET",
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._parts = urlsplit(url)
        self._rate = rate
        self._method = method
        self._trust = trust
        self._buffer = b""
        self._body = b""
        self._ended = False
        self._taken = 0
        self._began = 0.0
        self.status = 0
        self.headers: dict[str, str] = {}

    def __enter__(self) -> Self:
        host, port = self._parts.hostname or "", self._parts.port or 80
        self._socket = socket.create_connection((host, port), timeout=TIMEOUT)
        if self._trust is not None:
            self._socket = self._trust.wrap_socket(self._socket, server_hostname=host)
        query = f"?{self._parts.query}" if self._parts.query else ""
        path = f"{self._parts.path}{query}"
        self._began = time.monotonic()
        self._socket.sendall(f"{self._method} {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        self._read_head()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._socket.close()

    def parts(self, most: int | None = None) -> Iterator[Part]:
        """The parts as they come, each when its end is known; so many, or all there are."""
        boundary = BOUNDARY.fullmatch(self.headers["content-type"])
        if boundary is None:
            raise NotStrict(f"content type {self.headers['content-type']!r}")
        delimiter = b"--" + boundary[1].encode()
        self._expect(delimiter)
        done = 0
        while self._content(2) != b"--":
            self._expect(b"\r\n")
            headers = headers_of(self._line_block())
            length = int(headers["content-length"])
            arrived = time.time()
            content = self._take(length)
            self._expect(b"\r\n" + delimiter)
            yield Part(headers, content, arrived)
            done += 1
            if done == most:
                return
        self._expect(b"--\r\n")
        if not self.ended():
            raise NotStrict("more after the closing delimiter")

    def ended(self) -> bool:
        """Whether the answer is complete; waits for more until it is known."""
        while not self._ended and not self._body:
            self._read_chunk()
        return not self._body

    def silent_for(self, seconds: float) -> bool:
        """Whether nothing more comes within so many seconds."""
        if self._body or self._buffer:
            return False
        self._socket.settimeout(seconds)
        try:
            self._buffer += self._socket.recv(1)
        except TimeoutError:
            return True
        finally:
            self._socket.settimeout(TIMEOUT)
        return not self._buffer

    def rest(self) -> bytes:
        """The body of an ordinary answer."""
        length = int(self.headers["content-length"])
        while len(self._buffer) < length:
            self._receive()
        return self._buffer[:length]

    def _read_head(self) -> None:
        while b"\r\n\r\n" not in self._buffer:
            self._receive()
        head, self._buffer = self._buffer.split(b"\r\n\r\n", 1)
        first, *lines = head.split(b"\r\n")
        found = re.fullmatch(rb"HTTP/1\.1 (\d{3}) [\x20-\x7e]*", first)
        if found is None:
            raise NotStrict(f"status line {first!r}")
        self.status, self.headers = int(found[1]), headers_of(lines)

    def _receive(self) -> None:
        if self._rate is not None:
            wait = self._taken / self._rate - (time.monotonic() - self._began)
            time.sleep(max(0.0, wait))
        data = self._socket.recv(8192 if self._rate is not None else 1 << 18)
        if not data:
            raise ConnectionResetError("closed by the server")
        self._taken += len(data)
        self._buffer += data

    def _read_chunk(self) -> None:
        if self.headers.get("transfer-encoding") != "chunked":
            raise NotStrict("neither length nor chunks")
        while b"\r\n" not in self._buffer:
            self._receive()
        size, rest = self._buffer.split(b"\r\n", 1)
        if re.fullmatch(rb"[0-9a-fA-F]+", size) is None:
            raise NotStrict(f"chunk size {size!r}")
        length = int(size, 16)
        pieces, have = [rest], len(rest)
        while have < length + 2:
            self._buffer = b""
            self._receive()
            pieces.append(self._buffer)
            have += len(self._buffer)
        whole = b"".join(pieces)
        if whole[length : length + 2] != b"\r\n":
            raise NotStrict("a chunk that does not end")
        self._body += whole[:length]
        self._buffer = whole[length + 2 :]
        self._ended = length == 0

    def _content(self, size: int) -> bytes:
        """The next bytes of the body, not taken."""
        while len(self._body) < size:
            if self._ended:
                raise NotStrict("ends in the middle")
            self._read_chunk()
        return self._body[:size]

    def _take(self, size: int) -> bytes:
        content = self._content(size)
        self._body = self._body[size:]
        return content

    def _expect(self, wanted: bytes) -> None:
        found = self._take(len(wanted))
        if found != wanted:
            raise NotStrict(f"expected {wanted!r}, found {found!r}")

    def _line_block(self) -> list[bytes]:
        while b"\r\n\r\n" not in self._body:
            self._content(len(self._body) + 1)
        head = self._take(self._body.index(b"\r\n\r\n") + 4)
        return head[:-4].split(b"\r\n")


def headers_of(lines: list[bytes]) -> dict[str, str]:
    """Header lines, each name once, in lower case."""
    found: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(b":")
        if not colon or TOKEN.fullmatch(name) is None or b"\n" in value or b"\r" in value:
            raise NotStrict(f"header line {line!r}")
        key = name.decode().lower()
        if key in found:
            raise NotStrict(f"header {key} twice")
        found[key] = value.strip().decode("ascii")
    return found
