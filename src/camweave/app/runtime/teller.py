"""Publishes a running site over MQTT, in a thread of its own that reconnects."""

import logging
from collections.abc import Callable, Iterator
from random import Random
from threading import Event, Thread
from time import monotonic
from typing import Final, Self

from camweave.core.backoff import Backoff, Outages
from camweave.core.station import Figure, Station
from camweave.sinks.mqtt.connection import BrokerError, Connection
from camweave.sinks.mqtt.message import Message, retained
from camweave.sinks.mqtt.news import News
from camweave.sinks.mqtt.outbox import Outbox
from camweave.sinks.mqtt.params import TellingParams
from camweave.sinks.mqtt.topics import OFFLINE, ONLINE

log = logging.getLogger(__name__)

LOOK: Final = 0.2  # s between two looks for news
GRACE: Final = 0.5  # s in which what is left is told at the end, and again that it is the end
WITHIN: Final = 1.5  # s that the end waits for the thread; a broker may take longer to be found


class Teller:
    """Publishes while its `with` block lasts. No other thread ever waits for the broker.

    This thread asks the site what is new. Messages wait in a bounded queue for the broker; retained
    ones are published again on every connection.
    """

    def __init__(
        self,
        station: Station,
        connect: Callable[[Message], Connection],
        telling: TellingParams,
        *,
        version: str,
        backoff: Backoff | None = None,
    ) -> None:
        """`connect` makes a connection with a last will; `version` is camweave's."""
        self._connect, self._qos = connect, telling.qos
        self._news = News(station, telling, version)
        self._outbox = Outbox(telling.queue)
        self._will = retained(self._news.topics.available, OFFLINE)
        self._outages = Outages(backoff or Backoff(), monotonic())
        self._chance = Random()  # noqa: S311 - when to knock again is no secret
        self._trouble = ""  # why there is no connection, as it was said
        self._connected = False
        self._reported = 0  # events of whose loss the log knows
        self._looked = float("-inf")  # s, when news was last looked for
        self._failing = False  # the site could not be asked, the last time
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="mqtt", daemon=True)
        self._outbox.put(retained(self._news.topics.available, ONLINE))

    @property
    def dropped(self) -> int:
        """Events that were dropped because the broker was away for too long."""
        return self._outbox.dropped + self._news.missed

    def figures(self) -> Iterator[Figure]:
        """The metrics; any thread may ask."""
        for name, words, value in (
            ("mqtt_connected", "1 while the MQTT broker is told.", self._connected),
            ("mqtt_waiting", "Messages that wait for it.", len(self._outbox)),
            ("mqtt_dropped_total", "Events that it was never told.", self.dropped),
        ):
            yield Figure(name=name, help=words, value=value)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join(WITHIN)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                with self._connect(self._will) as connection:
                    self._there(connection.where)
                    self._tell(connection)
            except BrokerError as error:
                self._away(str(error), urgent=not error.denied)
            except Exception as error:  # whatever it is, the site goes on
                self._away(f"unexpected {type(error).__name__}", urgent=True, fault=error)

    def _tell(self, connection: Connection) -> None:
        """Publish what is new until stopped; then what is left, and that the site is offline."""
        while not self._stopped.is_set():
            self._exchange(connection, self._gather())
        self._looked = float("-inf")
        self._gather()
        self._finish(connection)
        self._outbox.put(self._will)  # last: it would overtake waiting events
        self._finish(connection)

    def _finish(self, connection: Connection) -> None:
        """Send what waits, for `GRACE` s at most."""
        until = monotonic() + GRACE
        while len(self._outbox) and monotonic() < until:
            self._exchange(connection, LOOK)

    def _exchange(self, connection: Connection, seconds: float) -> None:
        """Send what there is room for, and take confirmations."""
        while connection.room and (message := self._outbox.take()) is not None:
            connection.send(message, self._qos)
        for message in connection.turn(seconds):
            self._outbox.done(message)

    def _gather(self) -> float:
        """Ask the site what is new, if it is time; returns the seconds until the next time."""
        left = self._looked + LOOK - monotonic()
        if left > 0:
            return left
        self._looked = monotonic()
        try:
            for message in self._news.messages(self._looked):
                self._outbox.put(message)
        except Exception:
            if not self._failing:  # once, until it goes well again
                log.exception("mqtt: the site could not be asked what is new")
            self._failing = True
        else:
            self._failing = False
        return LOOK

    def _there(self, where: str) -> None:
        """A connection stands: log it once."""
        self._connected = True
        self._outages.up(monotonic())
        self._trouble = ""
        dropped = self.dropped - self._reported
        self._reported += dropped
        if dropped:
            log.warning("mqtt: %s is told again; %d events were dropped meanwhile", where, dropped)
        else:
            log.info("mqtt: %s is told", where)

    def _away(self, reason: str, *, urgent: bool, fault: Exception | None = None) -> None:
        """There is no connection: log each reason once, and wait before the next try."""
        self._connected = False
        self._outbox.lost()
        if self._trouble != reason:
            log.warning("mqtt: %s; the site goes on without it", reason, exc_info=fault)
        self._trouble = reason
        now, chance = monotonic(), self._chance.random()
        until = now + self._outages.down(now, chance=chance, urgent=urgent)
        while not self._stopped.is_set() and (left := until - monotonic()) > 0:
            self._stopped.wait(min(self._gather(), left))
