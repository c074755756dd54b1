"""A TCP server in a thread of its own, whose cable can be pulled and put back."""

import asyncio
import socket
import ssl
import struct
import threading
from collections.abc import Coroutine
from types import TracebackType
from typing import Self, TypeVar

T = TypeVar("T")

HOST = "127.0.0.1"
PATIENCE = 10.0  # s for the server's own thread to answer


class LoopServer:
    """Serves on loopback while its `with` block lasts.

    A kind of server says in `converse` what it does with a connection, and in `work` what it does
    beside all of them. Public methods may be called from any thread, and hold when they return.
    """

    def __init__(self, *, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.connections = 0  # ever taken
        self._port = port
        self._tls = tls
        self._open: set[asyncio.StreamWriter] = set()
        self._listener: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="test-server", daemon=True
        )

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one client until it is done."""
        raise NotImplementedError

    async def work(self) -> None:
        """What goes on beside the clients."""

    @property
    def port(self) -> int:
        """The same after `refuse` and `accept`."""
        return self._port

    @property
    def clients(self) -> int:
        """Connections that are open."""
        return len(self._open)

    def __enter__(self) -> Self:
        self._thread.start()
        self.accept()
        asyncio.run_coroutine_threadsafe(self.work(), self._loop)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def accept(self) -> None:
        """Listen, always on the same port."""
        self._do(self._listen())

    def refuse(self) -> None:
        """Listen no more, and reset what is open: the camera is unplugged."""
        self._do(self._unlisten())
        self.kick()

    def kick(self) -> None:
        """Reset every connection; new ones are taken."""
        self._do(self._reset_all())

    def _do(self, work: Coroutine[object, object, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    async def _listen(self) -> None:
        if self._listener is None:
            self._listener = await asyncio.start_server(
                self._serve, HOST, self._port, reuse_address=True, ssl=self._tls
            )
            self._port = self._listener.sockets[0].getsockname()[1]

    async def _unlisten(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    async def _reset_all(self) -> None:
        for writer in list(self._open):
            reset(writer)

    async def _end(self) -> None:
        await self._unlisten()
        await self._reset_all()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open.add(writer)
        try:
            await self.converse(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # clients go as they like
        finally:
            self._open.discard(writer)
            writer.close()


def reset(writer: asyncio.StreamWriter) -> None:
    """Cut a connection without a goodbye."""
    if not writer.is_closing():
        made = writer.get_extra_info("socket")
        made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
