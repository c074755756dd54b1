"""uvicorn's HTTP connection, but one that can be cut, and that does not wait for ever."""

import asyncio
from itertools import count
from typing import Any, Final

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

SENDING: Final = (b"content-length", b"transfer-encoding")  # headers of who sends something
TURNS: Final = count()
EXTENSION: Final = "camweave.connection"  # the ASGI extension that tells the transport


class Connection(HttpToolsProtocol):
    """Closes where nobody asks for anything in time; tells the application its transport.

    There are `most` at once. Where another one comes, the one that has waited longest for its
    client to ask is closed; where none waits, the new one is.
    """

    _asking: asyncio.TimerHandle | None = None
    _turn = 0  # the lower, the longer its client is waited for

    def __init__(self, *args: Any, most: int = 1000, **named: Any) -> None:  # noqa: ANN401 - uvicorn's
        super().__init__(*args, **named)
        self._most = most

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Somebody came."""
        super().connection_made(transport)
        self._hurry()
        others = [each for each in self.connections if isinstance(each, Connection)]
        here = [each for each in others if not each.transport.is_closing()]
        if len(here) > self._most:
            waiting = [each for each in here if each._asking is not None]  # noqa: SLF001 - its own class
            min(waiting, key=lambda each: each._turn).transport.abort()  # noqa: SLF001 - as above

    def connection_lost(self, exc: Exception | None) -> None:
        """Somebody went."""
        self._relax()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self.scope["extensions"] = {EXTENSION: {"transport": self.transport}}
        if self._asking is None:
            self._hurry()

    def on_headers_complete(self) -> None:
        """It is known what is asked for."""
        self._relax()
        if any(name in SENDING for name, _ in self.headers):
            self._hurry()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """More of what is sent is here."""
        self._relax()
        self._hurry()
        super().on_body(body)

    def on_message_complete(self) -> None:
        """All that is sent is here."""
        self._relax()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """It is answered; now it is the client's turn again."""
        super().on_response_complete()
        if not self.transport.is_closing() and self._asking is None and not self.pipeline:
            self._hurry()

    def _hurry(self) -> None:
        self._turn = next(TURNS)
        self._asking = self.loop.call_later(self.timeout_keep_alive, self.transport.abort)

    def _relax(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None


def transport_of(scope: Scope) -> asyncio.Transport | None:
    """The transport that carries the answer; None under a server that does not tell."""
    found: asyncio.Transport | None = (
        scope.get("extensions", {}).get(EXTENSION, {}).get("transport")
    )
    return found
