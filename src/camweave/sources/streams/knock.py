"""A look at what a camera's server answers, which FFmpeg does not say.

FFmpeg follows an RTSP camera that answers 3xx to any address, internal ones too, and has no option
against it; so we look before it is let in. (A server that redirects only after the login is not
caught.) For HTTP it has one, and calls a redirect an input/output error; so we look afterwards.
"""

import socket
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Final

from camweave.core.errors import StreamError
from camweave.sources.streams.address import host_and_port, place_of, scheme_of
from camweave.sources.streams.endings import ended

ENCRYPTED: Final = {"rtsps", "https"}
MOST_BYTES: Final = 512  # of the answer; its first line says it
REDIRECTS: Final = range(300, 400)
MISSING: Final = {404, 410, 454}


@contextmanager
def knocked(address: str, timeout: float) -> Iterator[None]:
    """Ask for a stream, without name and password, and look at the status; then let others in.

    The connection is kept while the block lasts: some servers (GStreamer's) make a stream ready
    for the first who asks, take it down as soon as he leaves, and refuse who comes meanwhile.

    Raises:
        StreamError: nobody is there, nobody answers, no such stream, or a redirect.
    """
    place = place_of(address)
    try:
        line = connected(address, timeout)
    except OSError as error:
        raise unheard(error, place, timeout) from error
    with closing(line):
        try:
            line.sendall(request_for(address))
            status = status_in(line.recv(MOST_BYTES))
        except OSError as error:
            raise unheard(error, place, timeout) from error
        if status in REDIRECTS:
            raise ended("redirected", place)
        if status in MISSING:
            raise ended("absent", place, f"it answers {status}")
        yield


def unheard(error: OSError, place: str, timeout: float) -> StreamError:
    """Why there is no answer."""
    if isinstance(error, TimeoutError):
        return ended("unanswered", place, f"waited {timeout:g} s")
    return ended("refused", place, error.strerror or str(error))


def status_in(answer: bytes) -> int:
    """The status of an answer; 0 where it is another protocol's, which FFmpeg says better.

    >>> status_in(b"RTSP/1.0 302 Moved Temporarily"), status_in(b"SSH-2.0-OpenSSH")
    (302, 0)
    """
    words = answer.split(maxsplit=2)
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0


def connected(address: str, timeout: float) -> socket.socket:
    """A connection to the server, encrypted where the address says so."""
    line = socket.create_connection(host_and_port(address), timeout)
    if scheme_of(address) not in ENCRYPTED:
        return line
    # As FFmpeg does by itself: cameras sign their own certificates.
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        return context.wrap_socket(line)
    except OSError:
        line.close()
        raise


def request_for(address: str) -> bytes:
    """DESCRIBE or GET, for the address without its name and password."""
    scheme, _, rest = address.partition("://")
    authority, _, path = rest.partition("/")
    host = authority.rpartition("@")[2]
    if scheme.lower().startswith("rtsp"):
        lines = [
            f"DESCRIBE {scheme}://{host}/{path} RTSP/1.0",
            "CSeq: 1",
            "Accept: application/sdp",
        ]
    else:
        lines = [f"GET /{path} HTTP/1.1", f"Host: {host}", "Connection: close"]
    return "\r\n".join([*lines, "", ""]).encode()
