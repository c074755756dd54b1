"""What a worker has taken and not worked on yet, by camera."""

from collections import deque
from collections.abc import Iterator
from functools import partial
from typing import Final

from camweave.app.jobs.roles.work_tally import WorkTally
from camweave.broker.consumer import Consumer
from camweave.broker.delivery import Delivery
from camweave.core.frame import CameraId
from camweave.formats.messages.frames import overtaken

MOST: Final = 1024  # messages
BEHIND: Final = 0.25  # s, live, that a frame may be older than the newest of its camera

late = partial(overtaken, by=BEHIND)


class Hand:
    """Messages of each camera in their order. One caller.

    Live, what a newer frame has left behind is let go: results are late by what one look takes,
    however many frames come. The broker's bounds alone would have them late by seconds.
    """

    def __init__(self, consumer: Consumer, tally: WorkTally, *, live: bool) -> None:
        """What is let go is counted."""
        self._consumer, self._tally, self._live = consumer, tally, live
        self._of: dict[str, deque[Delivery]] = {}  # by camera

    def take(self, within: float) -> None:
        """Take all that is ready; where nothing is in hand, wait so long for something."""
        held = sum(map(len, self._of.values()))
        while held < MOST and (delivery := self._consumer.take(0.0 if held else within)):
            held += 1 - self._add(delivery)

    def next(self) -> Iterator[Delivery]:
        """The next of each camera, less what came by a connection that is lost."""
        for camera, own in list(self._of.items()):
            while own:
                delivery = own.popleft()
                if delivery.valid_to_settle:
                    yield delivery
                    break
                delivery.ack()  # it comes again; this only puts it out of hand
            if not own:
                del self._of[camera]

    def _add(self, delivery: Delivery) -> int:
        """Hold one more; how many are let go for it."""
        camera, gone = str(delivery.headers.get("camera")), 0
        own = self._of.setdefault(camera, deque())
        while self._live and own and late(own[0].headers, delivery.headers):
            own.popleft().ack()
            gone += 1
            self._tally.overtaken(CameraId(camera))
        own.append(delivery)
        return gone
