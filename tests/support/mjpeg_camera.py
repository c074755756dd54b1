"""A camera that sends MJPEG over HTTP, small, with the faults such cameras have."""

import asyncio

import cv2
from tests.support.loop_server import HOST, LoopServer
from tests.support.rtsp.film import numbered


class MjpegCamera(LoopServer):
    """Numbered pictures as `multipart/x-mixed-replace`; attributes may be changed at any time."""

    def __init__(self, *, width: int = 160, height: int = 96, fps: float = 25.0) -> None:
        super().__init__()
        self.width, self.height = width, height  # px
        self.fps = fps  # pictures/s
        self.frozen = False  # sends nothing more
        self.location = ""  # where a redirect leads; "" for none
        self.shown = 0  # pictures

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://{HOST}:{self.port}/video.mjpg"

    async def work(self) -> None:
        """Time goes on, whoever looks."""
        due = self._loop.time()
        while True:
            self.shown += 1
            due += 1 / self.fps
            await asyncio.sleep(max(0.0, due - self._loop.time()))

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Send pictures without end, or elsewhere."""
        await reader.readuntil(b"\r\n\r\n")
        if self.location:
            writer.write(
                f"HTTP/1.1 302 Found\r\nLocation: {self.location}\r\n"
                "Content-Length: 0\r\n\r\n".encode()
            )
            await writer.drain()
            return
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n"
        )
        sent = -1
        while True:
            if not self.frozen and sent != self.shown:
                sent = self.shown
                writer.write(self._part(sent))
                await writer.drain()
            await asyncio.sleep(0.25 / self.fps)

    def _part(self, number: int) -> bytes:
        picture = numbered(number % 256, self.width, self.height)
        jpeg = cv2.imencode(".jpg", picture)[1].tobytes()
        head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
        return head.encode() + jpeg + b"\r\n"
