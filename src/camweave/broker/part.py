"""What a `Broker` carries from one connection to the next."""

from typing import Protocol

from camweave.broker.client import Wire
from camweave.broker.health import Numbers


class Part(Protocol):
    """Something that works on a connection. All but `numbers` runs on the broker's loop."""

    async def attach(self, wire: Wire) -> None:
        """Declare what is needed and begin; `BrokerError` where that cannot be."""

    async def detach(self) -> None:
        """The connection is over: forget it. Never fails, and may come without `attach`."""

    async def leave(self) -> None:
        """Let the connection go, which still stands: what was taken is somebody else's now."""

    async def watch(self) -> str:
        """What is amiss that only another connection mends, in a few words; empty: nothing."""

    def close(self) -> None:
        """Nothing comes any more: let go who waits. Any thread."""

    def numbers(self) -> Numbers:
        """What is under way. Any thread."""
