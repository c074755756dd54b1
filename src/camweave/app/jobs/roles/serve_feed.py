"""What is told of a site as it happens: the newest picture of each camera, and who is who.

All of it lies in queues of our own, which hold the newest only and go with us: nobody waits for
who serves, and any number may.
"""

import logging
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from secrets import token_hex
from threading import Event, Thread
from time import monotonic
from typing import Final, Self

from camweave.app.jobs.roles.notices import topology_in
from camweave.app.jobs.roles.reaching import entered
from camweave.app.jobs.roles.serve_history import History
from camweave.app.jobs.roles.serve_site import FarSite
from camweave.app.jobs.roles.serve_tail import tail_of
from camweave.broker.broker import Broker
from camweave.broker.client import Taken
from camweave.broker.consumer import Consumer, ConsumerParams
from camweave.broker.delivery import Delivery
from camweave.broker.topology import Queue, Topology, key
from camweave.core.errors import FileFormatError
from camweave.formats.messages import ends, events, results
from camweave.formats.messages.packed import kind_of
from camweave.formats.messages.sites import SiteNotice

log = logging.getLogger(__name__)

GLANCE: Final = 0.1  # s between two looks whether to end
TURN: Final = 0.25  # s between two looks at how cameras fare
APART: Final = 1 / 30  # s from one picture of a camera to the next, at least
NEWS: Final = 1000  # messages of the linker, and ends of cameras, that wait for us
ONE: Final = ConsumerParams(prefetch=1)  # so that what comes next is the newest there is then


class Feed:
    """Tells a site what comes, in a thread of its own. Open it with `with`."""

    def __init__(
        self,
        broker: Broker,
        notice: SiteNotice,
        *,
        site: FarSite,
        history: History,
        now: Callable[[], float],
    ) -> None:
        """`now` is s on the site's clock."""
        self._broker, self._notice = broker, notice
        self._site, self._history, self._now = site, history, now
        topology = self._topology = topology_in(notice)
        queues = queues_of(topology, notice)
        self._consumer = Consumer(broker, topology, queues, topology.following(*queues), params=ONE)
        self._held: deque[tuple[float, Delivery]] = deque()  # until when, s
        self._turned = float("-inf")  # s
        self._well = True
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="feed", daemon=True)
        self._ends = ExitStack()

    def __enter__(self) -> Self:
        """Begin.

        Raises:
            BrokerError: results cannot be asked for.
        """
        self._ends.enter_context(entered(self._consumer))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()
        self._ends.close()

    def _run(self) -> None:
        if self._topology.lossless:
            for taken in tail_of(self._broker, self._topology, self._notice.address.run):
                self._try(taken)
        while not self._stopped.is_set():
            delivery = self._consumer.take(self._wait())
            if delivery is not None:
                self._hear(delivery)
            self._settle()
            if monotonic() - self._turned > TURN:
                self._turned = monotonic()
                self._site.turn(self._broker.trouble)

    def _wait(self) -> float:
        """S until a picture may be settled."""
        return max(0.0, self._held[0][0] - monotonic()) if self._held else GLANCE

    def _settle(self) -> None:
        """With a picture settled, the next of its camera comes: the newest there is then."""
        while self._held and self._held[0][0] <= monotonic():
            self._held.popleft()[1].ack()

    def _hear(self, delivery: Delivery) -> None:
        if self._try(delivery.taken):
            self._held.append((monotonic() + APART, delivery))
        else:
            delivery.ack()

    def _try(self, taken: Taken) -> bool:
        """Take in a message, if it can be read; whether it was a picture."""
        try:
            picture = self._read(taken)
        except FileFormatError as error:
            if self._well:
                log.warning("serve: passed over, as all that are like it: %s", error)
            self._well = False
            return False
        except Exception:
            log.exception("serve: a message could not be taken in")
            return False
        self._well |= picture
        return picture

    def _read(self, taken: Taken) -> bool:
        """Take in a message; whether it was a picture.

        Raises:
            FileFormatError: it cannot be read.
        """
        headers, body = taken.headers, taken.body
        if headers.get("run") != self._notice.address.run:
            return False
        match kind_of(headers):
            case results.KIND:
                self._site.see(results.read_found(headers, body), self._now())
                return True
            case events.KIND:
                self._site.hear(events.read_events(headers, body))
                self._history.wake()
            case ends.KIND:
                self._site.end(ends.read_end(headers, body))
            case _:
                pass
        return False


def queues_of(topology: Topology, notice: SiteNotice) -> list[Queue]:
    """Our own: one for the pictures of each camera, one for all the rest."""
    name = token_hex(4)
    pictures = [
        topology.viewer(f"{camera}-{name}", key(camera, results.KIND)) for camera in notice.names
    ]
    keys = (key("*", ends.KIND), key("*", events.KIND))
    return [*pictures, topology.viewer(f"news-{name}", *keys, most=NEWS)]
