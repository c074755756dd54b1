"""The linker's side of asks: what a site's linker is asked is done between two results."""

import logging
from contextlib import ExitStack
from typing import Self

from camweave.app.jobs.live.searching import most_alike
from camweave.app.jobs.roles.linking_run import LinkingRun
from camweave.app.jobs.roles.reaching import entered
from camweave.broker.broker import Broker
from camweave.broker.consumer import Consumer
from camweave.broker.delivery import Delivery
from camweave.broker.publisher import Publisher, PublisherParams
from camweave.broker.topology import Declaration, Topology
from camweave.core.errors import FileFormatError, InputError
from camweave.formats.messages.asks import Answer, Ask, LooksLike, Said, pack_answer, read_ask

log = logging.getLogger(__name__)


class Answering:
    """Answers what a site's linker is asked. Open it with `with`; one thread calls it."""

    def __init__(
        self,
        broker: Broker,
        topology: Topology,
        run: LinkingRun,
    ) -> None:
        self._run, self._lossless, self._site = run, topology.lossless, topology.site
        self._asks = Consumer(broker, topology, [topology.asks], topology.asking())
        self._answers = Publisher(broker, "", Declaration(), PublisherParams(lossless=False))
        self._ends = ExitStack()

    def __enter__(self) -> Self:
        """Begin.

        Raises:
            BrokerError: nothing can be asked there.
        """
        self._ends.enter_context(entered(self._answers, self._asks))
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.close()

    def answer(self) -> None:
        """Answer all that was asked meanwhile."""
        while (delivery := self._asks.take(0.0)) is not None:
            self._take(delivery)

    def _take(self, delivery: Delivery) -> None:
        """An ask is settled after its answer is under way: it comes again to whoever goes on."""
        try:
            ask = read_ask(delivery.headers, delivery.body)
        except FileFormatError as error:
            log.error("link-live: %s", error)  # noqa: TRY400 - it is said in a line
            delivery.reject(str(error))
            return
        try:
            answer = self._answered(ask)
        except InputError as error:
            answer = Answer(ask.address, ask.id, refused=str(error))
        delivery.ack(self._answers.publish(pack_answer(answer), ask.reply))

    def _answered(self, ask: Ask) -> Answer:
        match ask.what:
            case LooksLike(vector, most):
                alike = most_alike(self._run.linker, vector, most)
                return Answer(ask.address, ask.id, alike=tuple(alike))
            case Said(wish, who, at):
                if self._lossless:
                    raise InputError(recorded(self._site))
                return Answer(ask.address, ask.id, number=self._run.say(wish, who=who, at=at))


def recorded(site: str) -> str:
    """Why nobody corrects a lossless run."""
    return (
        f"site {site}: a recording is linked from nothing, always the same, so nothing is "
        "corrected in it. Publish it live, or correct what `camweave batch` leaves"
    )
