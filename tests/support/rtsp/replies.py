"""The words of RTSP: requests read, answers written, the stream described."""

import asyncio
import base64
import struct
from dataclasses import dataclass, field

from tests.support.rtsp.film import Film

REASONS = {
    200: "OK",
    302: "Moved Temporarily",
    401: "Unauthorized",
    404: "Not Found",
    461: "Unsupported Transport",
    503: "Service Unavailable",
}


@dataclass(frozen=True, slots=True)
class Request:
    """One request; the names of its fields are in lower case."""

    method: str
    url: str
    fields: dict[str, str]


@dataclass(slots=True)
class Reply:
    """What is answered."""

    status: int = 200
    fields: dict[str, str] = field(default_factory=dict)
    body: str = ""

    def written(self, request: Request) -> bytes:
        """As bytes, with the request's number."""
        fields = {"CSeq": request.fields.get("cseq", "0"), **self.fields}
        if self.body:
            fields["Content-Length"] = str(len(self.body))
        lines = [f"RTSP/1.0 {self.status} {REASONS[self.status]}"]
        lines += [f"{name}: {value}" for name, value in fields.items()]
        return ("\r\n".join(lines) + "\r\n\r\n" + self.body).encode()


async def next_request(reader: asyncio.StreamReader) -> Request:
    """Read the next request, past what the client sends of RTCP."""
    while (first := await reader.readexactly(1)) == b"$":
        _, length = struct.unpack(">BH", await reader.readexactly(3))
        await reader.readexactly(length)
    text = (first + await reader.readuntil(b"\r\n\r\n")).decode()
    opening, *lines = text.strip().split("\r\n")
    method, url, _ = opening.split(" ", 2)
    pairs = (line.split(":", 1) for line in lines if ":" in line)
    return Request(method, url, {name.strip().lower(): value.strip() for name, value in pairs})


def description(film: Film) -> str:
    """The stream in SDP."""
    sets = ",".join(base64.b64encode(each).decode() for each in film.parameter_sets)
    lines = [
        "v=0",
        "o=- 1 1 IN IP4 127.0.0.1",
        "s=test camera",
        "c=IN IP4 127.0.0.1",
        "t=0 0",
        "a=control:*",
        "m=video 0 RTP/AVP 96",
        "a=rtpmap:96 H264/90000",
        f"a=fmtp:96 packetization-mode=1;sprop-parameter-sets={sets}",
        f"a=framerate:{film.fps:g}",
        "a=control:trackID=0",
    ]
    return "\r\n".join(lines) + "\r\n"
