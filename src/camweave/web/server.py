"""The web server: uvicorn in a thread of its own, on a socket that we open."""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Final, Self

import uvicorn
from fastapi import FastAPI

from camweave.core.errors import InputError, JobError
from camweave.web.connection import Connection

SEND_BUFFER: Final = 64 << 10  # bytes: what a slow viewer can be behind by
UNSENT: Final = 16 << 10  # bytes of it that wait for their turn on the line
SILENCE: Final = 20  # s after which one who takes nothing, or is no more, is cut off
GRACE: Final = 0.3  # s for answers to come to their end when the server stops
MESSAGE: Final = 64 << 10  # bytes that a page may say at once
BACKLOG: Final = 512  # connections that wait to be accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerParams:
    """Where the server listens."""

    host: str = "127.0.0.1"
    port: int = 8080  # 0: one that is free
    idle: int = 10  # s in which a connection must have asked for something
    connections: int = 512  # at once; who has asked for nothing for longest makes room
    certificate: Path | None = None  # PEM, for HTTPS
    key: Path | None = None  # PEM, where it is not in the file of the certificate


class WebServer:
    """Serves an application of `make_app`. Open it with `with`: inside, it answers."""

    def __init__(self, app: FastAPI, params: ServerParams | None = None) -> None:
        self.params = params or ServerParams()
        self.port = self.params.port  # the one in use, once open
        self._app = app
        self._server: _Server | None = None
        self._thread: Thread | None = None

    @property
    def url(self) -> str:
        """Where it is to be found."""
        scheme = "http" if self.params.certificate is None else "https"
        host = f"[{self.params.host}]" if ":" in self.params.host else self.params.host
        return f"{scheme}://{host}:{self.port}"

    def __enter__(self) -> Self:
        """Begin to serve.

        Raises:
            InputError: the certificate or its key cannot be used.
            JobError: it cannot listen there, or the application would not start.
        """
        server = _Server(self._config(), self._app.state.closing)
        listening = listen(self.params.host, self.params.port)
        self.port = listening.getsockname()[1]
        thread = Thread(target=server.run_on, args=(listening,), name="web", daemon=True)
        self._server, self._thread = server, thread
        thread.start()
        server.ready.wait()
        if not server.started:
            thread.join()
            raise JobError("the web server could not start; the log says why")
        return self

    def __exit__(self, *_: object) -> None:
        server, thread = self._server, self._thread
        self._server = self._thread = None
        if server is not None and thread is not None:
            server.should_exit = True
            thread.join()

    def _config(self) -> uvicorn.Config:
        certificate, key = self.params.certificate, self.params.key
        config = uvicorn.Config(
            self._app,
            http=partial(Connection, most=self.params.connections),  # type: ignore[arg-type]  # it is called
            ws="websockets-sansio",
            ws_max_size=MESSAGE,
            ws_per_message_deflate=False,  # JPEG does not get smaller
            log_config=None,
            log_level=logging.ERROR,  # strangers cannot fill the log
            access_log=False,
            server_header=False,
            timeout_keep_alive=self.params.idle,
            timeout_graceful_shutdown=1,
            ssl_certfile=certificate,
            ssl_keyfile=key,
        )
        try:
            config.load()
        except (OSError, ssl.SSLError) as error:
            raise InputError(f"cannot serve HTTPS with {certificate}: {error}") from error
        return config


class _Server(uvicorn.Server):
    """uvicorn's server, which says when it is ready and does not wait for answers without end."""

    def __init__(self, config: uvicorn.Config, closing: Sequence[Callable[[], None]]) -> None:
        super().__init__(config)
        self.ready = Event()  # it has started, or never will
        self._closing = closing

    def run_on(self, listening: socket.socket) -> None:
        """Serve until `should_exit`."""
        try:
            self.run([listening])
        finally:
            listening.close()
            self.ready.set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let all answers end, and cut off those that do not."""
        for close in self._closing:
            close()
        cut = asyncio.get_running_loop().call_later(GRACE, self._cut)
        await super().shutdown(sockets)
        cut.cancel()

    def _cut(self) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.abort()


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens, with small buffers: what lies in them is old when it arrives.

    Accepted connections inherit its options.

    Raises:
        JobError: it cannot listen there.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        made = socket.socket(family, kind, protocol)
    except OSError as error:
        raise cannot_listen(host, port, error) from error
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in TCP_OPTIONS.items():
            if hasattr(socket, option):
                made.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
        made.bind(address)
        made.listen(BACKLOG)
    except OSError as error:
        made.close()
        raise cannot_listen(host, port, error) from error
    return made


TCP_OPTIONS: Final = {
    "TCP_NOTSENT_LOWAT": UNSENT,
    "TCP_USER_TIMEOUT": SILENCE * 1000,  # ms; for those who read nothing and say nothing
    "TCP_KEEPIDLE": SILENCE // 2,
    "TCP_KEEPINTVL": SILENCE // 4,
    "TCP_KEEPCNT": 2,
}


def cannot_listen(host: str, port: int, error: OSError) -> JobError:
    """Why not, and what can be done about it."""
    why = (error.strerror or str(error)).lower()
    return JobError(
        f"cannot serve at {host}:{port}: {why}. Choose another `serve.port`, or --port; 0 takes any"
    )
