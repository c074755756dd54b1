"""Who there is on a broker: sites tell, and whoever joins later hears all of them."""

import logging
from collections.abc import Mapping

from camweave.broker.broker import Broker
from camweave.broker.client import Taken, Wire
from camweave.broker.stream_reader import Offset, StreamReader
from camweave.broker.subscription import Subscription
from camweave.broker.topology import Bounds, Declaration, sites_stream
from camweave.core.errors import FileFormatError
from camweave.formats.messages.sites import SiteNotice, pack_site, read_site

log = logging.getLogger(__name__)


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


class Sites(StreamReader):
    """What is told of every site, the newest of each. Open it with `with`; any thread may ask."""

    def __init__(self, broker: Broker, bounds: Bounds | None = None) -> None:
        stream = sites_stream(bounds)
        super().__init__(broker, stream, Declaration(queues=(stream,)))
        self._told: dict[str, SiteNotice] = {}
        self.refused = ""  # why the last one that could not be read could not
        self.count = 0  # told so far; rises with each change

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

    def _offset(self) -> Offset:
        return "first"

    def _came(self, source: Subscription, taken: Taken) -> None:
        try:
            notice = read_site(taken.headers, taken.body)
        except FileFormatError as error:
            if str(error) != self.refused:
                log.error("broker: a site is left out: %s", error)  # noqa: TRY400 - it is said in a line
            self.refused = str(error)
        else:
            with self._changed:
                self._told[notice.address.site] = notice
                self.count += 1
                self._changed.notify_all()
        source.ack(taken)
