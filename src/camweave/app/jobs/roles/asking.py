"""The other side of asks: a site's linker is asked over the broker, and answers in time or not."""

import logging
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TookTooLong
from contextlib import ExitStack
from secrets import token_hex
from threading import Event, Lock, Thread
from typing import Final, Self

from camweave.app.jobs.roles.reaching import entered
from camweave.broker.broker import Broker
from camweave.broker.consumer import Consumer
from camweave.broker.depths import depths
from camweave.broker.publisher import Publisher, PublisherParams
from camweave.broker.topology import Topology
from camweave.core.errors import FileFormatError, InputError, JobError
from camweave.formats.messages.asks import Answer, Ask, LooksLike, Said, pack_ask, read_answer
from camweave.formats.messages.packed import Address

log = logging.getLogger(__name__)

GLANCE: Final = 0.2  # s between two looks whether to end


class NoLinkerError(JobError):
    """There is no linker of this site now."""


class Asking:
    """Asks a site's linker. Open it with `with`; any thread may ask."""

    def __init__(self, broker: Broker, topology: Topology, address: Address) -> None:
        self._broker, self._topology, self._address = broker, topology, address
        self._reply = topology.answers(token_hex(4))
        declaration = topology.asking(self._reply)
        self._answers = Consumer(broker, topology, [self._reply], declaration)
        self._asks = Publisher(broker, "", declaration, PublisherParams(lossless=False))
        self._waiting: dict[str, Future[Answer]] = {}
        self._lock, self._stopped = Lock(), Event()
        self._thread = Thread(target=self._hear, name="answers", daemon=True)
        self._ends = ExitStack()

    def __enter__(self) -> Self:
        """Begin.

        Raises:
            BrokerError: nothing can be asked there.
        """
        self._ends.enter_context(entered(self._answers, self._asks))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._ends.close()
        self._thread.join()

    def ask(self, what: Said | LooksLike) -> Answer:
        """What the linker says to that.

        Raises:
            InputError: it cannot be; the linker says why.
            NoLinkerError: there is no linker.
            JobError: it did not answer in time.
        """
        site, within = self._address.site, self._topology.bounds.asked
        queue = self._topology.asks.name
        there = depths(self._broker, [queue]).get(queue)
        if there is None or not there.consumers:
            raise NoLinkerError(f"site {site}: no linker is there to ask; start `link-live`")
        ask = Ask(self._address, token_hex(8), self._reply.name, what)
        with self._lock:
            future = self._waiting[ask.id] = Future[Answer]()
            self._asks.publish(pack_ask(ask), queue)
        try:
            answer = future.result(within)
        except TookTooLong:
            raise JobError(
                f"site {site}: its linker did not answer within {within:g} s; what was asked may "
                "still be done"
            ) from None
        finally:
            with self._lock:
                del self._waiting[ask.id]
        if answer.refused:
            raise InputError(answer.refused)
        return answer

    def _hear(self) -> None:
        while not self._stopped.is_set():
            delivery = self._answers.take(GLANCE)
            if delivery is None:
                continue
            try:
                answer = read_answer(delivery.headers, delivery.body)
            except FileFormatError as error:
                log.warning("serve: %s", error)
            else:
                with self._lock:
                    future = self._waiting.get(answer.id)
                if future is not None and not future.done():
                    future.set_result(answer)
            delivery.ack()
