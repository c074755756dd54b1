"""uvicorn's HTTP connection, but one that can be cut, and that does not wait for ever."""

import asyncio
from typing import Final

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

EXTENSION: Final = "camweave.connection"  # the ASGI extension that tells the transport


class Connection(HttpToolsProtocol):
    """Closes where nobody asks for anything in time; tells the application its transport."""

    _asking: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Somebody came."""
        super().connection_made(transport)
        self._hurry()

    def connection_lost(self, exc: Exception | None) -> None:
        """Somebody went."""
        self._relax()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self.scope["extensions"] = {EXTENSION: {"transport": self.transport}}
        self._hurry()

    def on_headers_complete(self) -> None:
        """It is known what is asked for."""
        self._relax()
        super().on_headers_complete()

    def _hurry(self) -> None:
        if self._asking is None:
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
