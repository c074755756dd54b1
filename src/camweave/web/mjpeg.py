"""MJPEG over HTTP: each viewer gets every new picture, and loses those it is too slow for."""

import asyncio
from typing import Final

from starlette.responses import PlainTextResponse, Response
from starlette.types import Message, Receive, Scope, Send

from camweave.core.frame import CameraId
from camweave.core.picture import Picture
from camweave.web.audience import Audience, Channel
from camweave.web.connection import transport_of
from camweave.web.multipart import ENDING, MEDIA_TYPE, OPENING

GOODBYE: Final = 0.2  # s that the polite end of a stream may take
HEADERS: Final = {
    "Content-Type": MEDIA_TYPE,
    "Cache-Control": "no-store",
    "Connection": "close",
    "X-Accel-Buffering": "no",  # to nginx: hand on what comes, at once
}


class MjpegResponse(Response):
    """An answer without end: a picture whenever there is a new one."""

    def __init__(self, audience: Audience, camera: CameraId, width: int | None) -> None:
        super().__init__(headers=HEADERS)
        del self.headers["Content-Length"]
        self._audience = audience
        self._camera = camera
        self._width = width

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; with 503 where no more viewers may come in."""
        if scope["method"] == "HEAD":
            await send(self._start())
            await send(body(b"", last=True))
        elif not self._audience.has_room():
            await full(self._audience)(scope, receive, send)
        else:
            come = asyncio.Event()
            with (
                self._audience.viewer(come.set),
                self._audience.watch(self._camera, self._width, come.set) as channel,
            ):
                viewer = Viewer(self._audience, channel, come)
                await viewer.serve(self._start(), scope, receive, send)

    def _start(self) -> Message:
        return {"type": "http.response.start", "status": 200, "headers": self.raw_headers}


class Viewer:
    """One open stream: which picture went last, and whether anybody is still there."""

    def __init__(self, audience: Audience, channel: Channel, come: asyncio.Event) -> None:
        self._audience = audience
        self._channel = channel
        self._come = come  # a new picture, the end of the camera, of the viewer, or of the server
        self._gone = False
        self._shown: Picture | None = None
        self._count = channel.count

    async def serve(self, start: Message, scope: Scope, receive: Receive, send: Send) -> None:
        """Send pictures until the viewer has gone, or has to go."""
        listener = asyncio.create_task(self._listen(receive))
        try:
            await send(start)
            await send(body(OPENING))
            await self._pictures(send)
            async with asyncio.timeout(GOODBYE):
                await send(body(ENDING, last=True))
        except TimeoutError:
            self._audience.tally.cut += not self._audience.closed
            transport = transport_of(scope)
            if transport is not None:
                transport.abort()  # a polite end would wait for the reader, too
                await listener
        finally:
            listener.cancel()

    async def _listen(self, receive: Receive) -> None:
        """Wait for the viewer to go."""
        while (await receive())["type"] != "http.disconnect":
            pass
        self._gone = True
        self._come.set()

    async def _pictures(self, send: Send) -> None:
        """Send each picture that is newest when the one before has left."""
        self._come.set()  # what is there already
        patience = self._audience.params.patience
        while True:
            await self._come.wait()
            self._come.clear()
            if self._gone or self._channel.over or self._audience.closed:
                return
            async with asyncio.timeout(patience):
                await send(body(b""))  # waits for room: only then it is known what is newest
                await self._send_newest(send)

    async def _send_newest(self, send: Send) -> None:
        picture, tally = self._channel.picture, self._audience.tally
        if picture is None or picture is self._shown:
            return
        if self._shown is not None:
            tally.skipped += self._channel.count - self._count - 1
        self._shown, self._count = picture, self._channel.count
        tally.sent += 1
        await send(body(self._channel.part(picture)))


def body(content: bytes, *, last: bool = False) -> Message:
    """A piece of an answer."""
    return {"type": "http.response.body", "body": content, "more_body": not last}


def full(audience: Audience) -> Response:
    """No more viewers may come in."""
    reason = f"{audience.params.viewers} viewers are watching already; try again later\n"
    return PlainTextResponse(reason, 503, {"Retry-After": "5"})
