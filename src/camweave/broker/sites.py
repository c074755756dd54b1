"""Who there is on a broker: sites tell, and whoever joins later hears all of them."""

from collections.abc import Mapping
from threading import Condition
from typing import Final

from camweave.broker.broker import Broker
from camweave.broker.client import Taken, Wire
from camweave.broker.health import Numbers
from camweave.broker.subscription import Subscription
from camweave.broker.topology import Bounds, sites_stream
from camweave.core.errors import FileFormatError
from camweave.formats.messages.sites import SiteNotice, pack_site, read_site

PREFETCH: Final = 100
FROM_THE_START: Final = {"x-stream-offset": "first"}


def announce(broker: Broker, notice: SiteNotice, bounds: Bounds | None = None) -> None:
    """Tell everybody of a site, now and later; it takes the place of what was told before.

    Raises:
        BrokerError: the broker did not take it.
        InputError: something in it gives access to a camera.
    """
    packed, stream = pack_site(notice), sites_stream(bounds)

    async def told(wire: Wire) -> None:
        channel = await wire.channel(confirms=True)
        await channel.declare(stream)
        async with wire.asked(f"queue {stream.name}"):
            await channel.publish("", stream.name, packed.id, packed.headers, packed.body)
        await channel.close()

    broker.persist(told)


class Sites:
    """What is told of every site, the newest of each. Open it with `with`; any thread may ask."""

    def __init__(self, broker: Broker, bounds: Bounds | None = None) -> None:
        self._broker, self._stream = broker, sites_stream(bounds)
        self._told: dict[str, SiteNotice] = {}
        self._changed = Condition()
        self._subscription: Subscription | None = None
        self._closed = False
        self.refused = ""  # why the last one that could not be read could not
        self.count = 0  # told so far; rises with each change

    def __enter__(self) -> "Sites":
        """Begin to listen.

        Raises:
            BrokerError: the broker has no place for it.
        """
        self._broker.add(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._broker.remove(self)

    @property
    def known(self) -> Mapping[str, SiteNotice]:
        """Sites that there are, by name."""
        with self._changed:
            return {site: notice for site, notice in self._told.items() if not notice.over}

    def wait(self, count: int, timeout: float | None = None) -> int:
        """Wait until more than `count` were told; how many were."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self.count > count, timeout)
            return self.count

    def numbers(self) -> Numbers:
        """Nothing that anybody counts."""
        return Numbers()

    def close(self) -> None:
        """Let go who waits."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    async def attach(self, wire: Wire) -> None:
        """Hear all that was told, and what will be."""
        channel = await wire.channel()
        await channel.declare(self._stream)
        await channel.close()
        self._subscription = Subscription(
            self._stream, wire, self._came, prefetch=PREFETCH, arguments=FROM_THE_START
        )
        await self._subscription.begin()

    async def detach(self) -> None:
        """Hear nothing."""
        if self._subscription is not None:
            self._subscription.over = True

    async def leave(self) -> None:
        """Take nothing any more."""
        if self._subscription is not None:
            await self._subscription.end()

    async def watch(self) -> str:
        """What is told comes, or the broker says that it does not."""
        return ""

    def _came(self, source: Subscription, taken: Taken) -> None:
        try:
            notice = read_site(taken.headers, taken.body)
        except FileFormatError as error:
            self.refused = str(error)
        else:
            with self._changed:
                self._told[notice.address.site] = notice
                self.count += 1
                self._changed.notify_all()
        source.ack(taken)
