"""`camweave view`: the newest picture of one camera in a window, with who is in it.

What it takes lies in queues of its own that hold one message each: whoever watches, however
slowly, sees the newest and keeps nobody waiting.
"""

import logging
from secrets import token_hex
from threading import Event
from time import monotonic
from typing import Final

from camweave.app.jobs.roles.compile_film import check_cameras
from camweave.app.jobs.roles.notices import topology_in
from camweave.app.jobs.roles.reaching import entered
from camweave.app.jobs.roles.view_state import Viewed
from camweave.app.jobs.roles.view_window import Window
from camweave.app.runtime.drawing import Seen, Sight
from camweave.broker.broker import Broker
from camweave.broker.consumer import Consumer, ConsumerParams
from camweave.broker.delivery import Delivery
from camweave.broker.topology import Queue, Topology, key
from camweave.core.errors import FileFormatError
from camweave.core.frame import CameraId
from camweave.formats.messages.sites import SiteNotice

log = logging.getLogger(__name__)

TURN: Final = 0.03  # s between two looks at the keyboard
AGAIN: Final = 0.5  # s from one title, or one telling that nothing comes, to the next
ONE: Final = ConsumerParams(prefetch=1)  # so that what comes next is the newest there is then


def view(
    broker: Broker, notice: SiteNotice, camera: CameraId, *, window: Window, stop: Event
) -> None:
    """Show a camera until the window is closed, or `stop` is set.

    Raises:
        InputError: the site has no such camera.
        BrokerError: its results cannot be asked for.
    """
    check_cameras(notice, [camera])
    topology, viewed = topology_in(notice), Viewed(camera, notice, monotonic())
    queues = queues_of(topology, camera)
    declaration = topology.following(*queues)
    consumer = Consumer(broker, topology, queues, declaration, params=ONE)
    with entered(consumer):
        screen = Screen(window, viewed)
        well = True
        while window.open and not stop.is_set():
            delivery = consumer.take(TURN)
            if delivery is not None:
                well = take(viewed, delivery, well=well)
            screen.turn(monotonic(), broker.trouble)
            if delivery is not None:
                delivery.ack()  # only now: the next one is the newest then


def queues_of(topology: Topology, camera: CameraId) -> tuple[Queue, Queue]:
    """A viewer's own: one for what the camera shows, one for who is who."""
    name = token_hex(4)
    return (
        topology.viewer(f"{camera}-{name}", key(camera)),
        topology.viewer(f"events-{name}", key("*", "events")),
    )


def take(viewed: Viewed, delivery: Delivery, *, well: bool) -> bool:
    """Take in a message; whether it could be read. `well`: so could the one before."""
    try:
        viewed.take(delivery.headers, delivery.body, monotonic())
    except FileFormatError as error:
        if well:
            log.warning("view: passed over: %s", error)
        return False
    return True


class Screen:
    """Puts what is to be seen into the window, when that is another."""

    def __init__(self, window: Window, viewed: Viewed) -> None:
        self._window, self._viewed = window, viewed
        self._shown: Sight | None = None
        self._size = (0, 0)
        self._told = self._named = float("-inf")  # s

    def turn(self, now: float, trouble: str) -> None:
        """Go round once: picture, title, keys."""
        sight = self._viewed.sight(now, trouble)
        size = self._window.room(sight.size)
        other = sight is not self._shown if isinstance(sight, Seen) else now - self._told >= AGAIN
        if other or size != self._size:
            self._window.show(self._viewed.draw(sight, size[0]))
            self._shown, self._size, self._told = sight, size, now
        if now - self._named >= AGAIN:
            self._window.name(self._viewed.title(now))
            self._named = now
        self._window.turn()
