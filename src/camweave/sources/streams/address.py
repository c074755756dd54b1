"""Addresses of cameras: which kinds there are, and what of one may be shown."""

from typing import Final
from urllib.parse import urlsplit

from camweave.core.errors import SourceError

# What FFmpeg may open on the way, so that a stream cannot lead it to files or other protocols.
PROTOCOLS: Final = {
    "rtsp": "rtsp,rtp,tcp,udp",
    "rtsps": "rtsp,rtsps,rtp,srtp,tls,tcp,udp",
    "http": "http,tcp",
    "https": "https,http,tls,tcp",
    "rtp": "rtp,udp",
    "udp": "udp",
    "tcp": "tcp",
    "srt": "srt",
    "rtmp": "rtmp,tcp",
}
USUAL_PORTS: Final = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}


def scheme_of(address: str) -> str:
    """The kind of stream that an address names.

    Raises:
        SourceError: none that can be read.

    >>> scheme_of("RTSP://user:secret@10.0.0.7/live")
    'rtsp'
    """
    scheme = address.partition("://")[0].lower() if "://" in address else ""
    if scheme not in PROTOCOLS:
        known = ", ".join(f"{each}://" for each in PROTOCOLS)
        raise SourceError(f"a stream's address begins with one of {known}")
    return scheme


def place_of(address: str) -> str:
    """Host and port, which may be shown; name, password and path may be secret and are not.

    >>> place_of("rtsp://admin:s3cret@10.0.0.7/live?key=1")
    '10.0.0.7:554'
    """
    authority, _, rest = address.partition("://")[2].partition("/")
    if "@" in rest and "@" not in authority:  # a password with a slash in it looks like a host
        return "the camera"
    host, port = host_and_port(address)
    return f"{host}:{port}" if port else host


def host_and_port(address: str) -> tuple[str, int | None]:
    """Where to knock.

    Raises:
        SourceError: the address is none.
    """
    try:
        parts = urlsplit(address)
        return parts.hostname or "", parts.port or USUAL_PORTS.get(parts.scheme.lower())
    except ValueError as error:
        raise SourceError("a stream's address is none: its port is no number") from error
