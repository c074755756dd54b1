"""A cable between whoever connects and a real server: slow, silent, or pulled at one end."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf

from tests.support.loop_server import HOST, LoopServer, reset

PIECE = 1 << 16  # bytes that are passed on at once


class Cable(LoopServer):
    """Passes bytes on, both ways, while its `with` block lasts; `rate` bytes/s to the server.

    Whoever connects while the server is away is hung up on.
    """

    def __init__(self, to: int, *, rate: float = inf) -> None:
        """`to` is the server's port."""
        super().__init__()
        self._to, self._rate = to, rate
        self._passes = asyncio.Event()
        self._passes.set()
        self._behind: set[asyncio.StreamWriter] = set()

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Nothing arrives at either end, and no connection is closed."""
        self._loop.call_soon_threadsafe(self._passes.clear)
        try:
            yield
        finally:
            self._loop.call_soon_threadsafe(self._passes.set)

    def pull(self) -> None:
        """While it is silent: the server loses its ends, and whoever connected is not told."""
        self._do(self._pull())

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until one end hangs up."""
        await self._passes.wait()
        theirs, ours = await asyncio.open_connection(HOST, self._to)
        self._behind.add(ours)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pass_on(reader, ours, self._rate))
                both.create_task(self._pass_on(theirs, writer, inf))
        except* (ConnectionError, OSError):
            pass
        finally:
            self._behind.discard(ours)
            reset(ours)
            reset(writer)

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, rate: float
    ) -> None:
        while True:
            try:
                piece = await reader.read(PIECE)
            except ConnectionError:
                piece = b""
            await self._passes.wait()
            if not piece:
                raise ConnectionResetError
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(len(piece) / rate)

    async def _pull(self) -> None:
        for writer in list(self._behind):
            reset(writer)
