"""Pictures of many cameras over one WebSocket: browsers stop at six streams per origin.

The page says, as JSON text, what it watches; each such list replaces the one before:

    {"watch": [{"camera": "cam_a", "width": 320}, {"camera": "cam_b"}]}

The answer is text, too, and tells which camera has which index in what follows it; those that
there are not are named under "unknown":

    {"watching": ["cam_a", "cam_b"], "unknown": [], "began": 1795200000.0, "now": 12.5}

"now" is the site's clock in s, so that a page can tell how old a picture is, whatever its own
clock says; "began" is the Unix time at which that clock was at 0.

Then come pictures, in binary: index (u8), seq (u32), time of capture in s on the site's clock
(f64), the JPEG. The page answers each with index and seq (u8, u32), in binary, when it has drawn
it: no more than `IN_FLIGHT` pictures of a camera are under way, and it is always the newest that
is sent next. All numbers are little-endian. {"over": "cam_a"} says that a camera was removed.
"""

import asyncio
import struct
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from typing import Any, Final

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from camweave.core.frame import CameraId
from camweave.core.picture import Picture
from camweave.web.audience import Audience, Channel

HEAD: Final = struct.Struct("<BId")
DRAWN: Final = struct.Struct("<BI")
SEQ: Final = 0xFFFFFFFF
IN_FLIGHT: Final = 2  # pictures of one camera
REASON: Final = 100  # letters; a close frame has room for 123 bytes
MOST: Final = 256  # cameras: an index is a u8
GOING_AWAY, POLICY, TRY_LATER = 1001, 1008, 1013  # RFC 6455 and its registry


class Wanted(BaseModel):
    """One camera of a list."""

    model_config = ConfigDict(extra="forbid")
    camera: str
    width: int | None = Field(None, ge=1, le=8192)


class WatchList(BaseModel):
    """What a page watches."""

    model_config = ConfigDict(extra="forbid")
    watch: list[Wanted] = Field(max_length=MOST)


def picture_socket(audience: Audience) -> APIRouter:
    """`/ws/pictures`."""
    router = APIRouter()

    @router.websocket("/ws/pictures")
    async def pictures(socket: WebSocket) -> None:
        await socket.accept()
        if not audience.has_room():
            await socket.close(TRY_LATER, f"{audience.params.viewers} viewers are watching already")
            return
        await Page(socket, audience).serve()

    return router


class Seat:
    """One camera of a page, and how far the page has come with it."""

    def __init__(self, camera: CameraId, channel: Channel) -> None:
        self.camera = camera
        self.channel = channel
        self.told = False  # that the camera was removed
        self._sent: Picture | None = None
        self._count = 0
        self._under_way: list[int] = []  # seqs that the page has not drawn yet

    def may_take(self, picture: Picture) -> bool:
        """Whether this is news, and there is room for it under way."""
        return picture is not self._sent and len(self._under_way) < IN_FLIGHT

    def take(self, picture: Picture) -> int:
        """It is sent now; how many before it never were."""
        skipped = 0 if self._sent is None else self.channel.count - self._count - 1
        self._under_way.append(picture.seq & SEQ)
        self._sent, self._count = picture, self.channel.count
        return skipped

    def drawn(self, seq: int) -> None:
        """The page has drawn this one, and so all before it."""
        if seq in self._under_way:
            del self._under_way[: self._under_way.index(seq) + 1]


class Page:
    """One open WebSocket."""

    def __init__(self, socket: WebSocket, audience: Audience) -> None:
        self._socket = socket
        self._audience = audience
        self._seats: tuple[Seat, ...] = ()
        self._open = ExitStack()  # the watches of the seats
        self._come = asyncio.Event()  # a picture, a list, room for more, or the end
        self._news: list[Any] = []  # to be told before any further picture

    async def serve(self) -> None:
        """Send and listen until the page has gone, or has to go."""
        with self._audience.viewer(self._come.set):
            speaker = asyncio.create_task(self._speak())
            try:
                await self._listen()
            finally:
                speaker.cancel()
                self._open.close()

    async def _listen(self) -> None:
        while (message := await self._socket.receive())["type"] != "websocket.disconnect":
            try:
                self._hear(message.get("text"), message.get("bytes"))
            except ValueError as error:
                await self._socket.close(POLICY, f"not understood: {reason_of(error)}"[:REASON])
                return
            self._come.set()

    def _hear(self, text: str | None, data: bytes | None) -> None:
        """Take a list, or that a picture was drawn.

        Raises:
            ValueError: it is neither.
        """
        if text is not None:
            self._watch(WatchList.model_validate_json(text).watch)
            return
        data = data or b""
        if len(data) != DRAWN.size:
            raise ValueError(f"{len(data)} bytes where u8 and u32 were expected")
        index, seq = DRAWN.unpack(data)
        if index < len(self._seats):
            self._seats[index].drawn(seq)

    def _watch(self, wanted: Sequence[Wanted]) -> None:
        """Watch these; what is on both lists is watched without a break."""
        before, self._open = self._open, ExitStack()
        seats, unknown = list[Seat](), list[str]()
        for each in wanted:
            watch = self._audience.watch(CameraId(each.camera), each.width, self._come.set)
            try:
                channel = self._open.enter_context(watch)
            except KeyError:
                unknown.append(each.camera)
            else:
                seats.append(Seat(CameraId(each.camera), channel))
        before.close()
        self._seats = tuple(seats)
        self._news.append(
            {
                "watching": [seat.camera for seat in seats],
                "unknown": unknown,
                "began": self._audience.began,
                "now": None if self._audience.now is None else self._audience.now(),
            }
        )

    async def _speak(self) -> None:
        with suppress(WebSocketDisconnect, RuntimeError):  # it has gone: the listener knows
            while not self._audience.closed:
                await self._tell_news()
                for index, seat in enumerate(self._seats):
                    await self._show(index, seat)
                    if self._news:  # a new list: what the index means must be told first
                        break
                else:
                    await self._come.wait()
                    self._come.clear()
            await self._socket.close(GOING_AWAY, "the server stops")

    async def _tell_news(self) -> None:
        while self._news:
            await self._socket.send_json(self._news.pop(0))

    async def _show(self, index: int, seat: Seat) -> None:
        if seat.channel.over and not seat.told:
            seat.told = True
            await self._socket.send_json({"over": seat.camera})
        picture, tally = seat.channel.picture, self._audience.tally
        if picture is None or not seat.may_take(picture):
            return
        tally.sent += 1
        tally.skipped += seat.take(picture)
        head = HEAD.pack(index, picture.seq & SEQ, picture.time)
        await self._socket.send_bytes(head + picture.jpeg)


def reason_of(error: ValueError) -> str:
    """What was wrong with a message, in a few words."""
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))} {first['msg']}".strip()
    return str(error)
