"""A site's work at one worker: frames off the broker, rows to the store, results to the broker.

The order is what nothing is lost by: the transaction first, then the results, then, when they have
arrived, the frame is acknowledged. Who dies in between leaves in the store what may not have
arrived; its frames come again, to whoever goes on.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from threading import Event, Thread
from time import monotonic
from typing import Final

from camweave.app.jobs.roles.bench import Bench
from camweave.app.jobs.roles.figures import of_broker, of_patience
from camweave.app.jobs.roles.hand import Hand, late
from camweave.app.jobs.roles.notices import began_in, site_in, store_in, topology_in
from camweave.app.jobs.roles.patience import Patience, Stopped
from camweave.app.jobs.roles.scribe import Again, Ended, Piece, Scribe, Seen
from camweave.app.jobs.roles.work_tally import WorkTally
from camweave.app.site.model import Site
from camweave.broker.broker import Broker
from camweave.broker.consumer import Consumer, ConsumerParams
from camweave.broker.delivery import Delivery
from camweave.broker.errors import BrokerClosed
from camweave.broker.publisher import Publisher, PublisherParams
from camweave.broker.topology import Topology
from camweave.core.errors import InputError
from camweave.core.station import Figure
from camweave.formats.messages.ends import read_end
from camweave.formats.messages.frames import read_frame
from camweave.formats.messages.packed import Address, kind_of
from camweave.formats.messages.sites import SiteNotice
from camweave.store.store import Store, open_store

log = logging.getLogger(__name__)

GLANCE: Final = 0.2  # s between two looks whether to end
PREFETCH: Final = {"lossless": 8, "live": 32}  # frames of a camera; live, most are let go
RUNS: Final = 2  # of which lines are kept: a new one, and what is left of the one before
GOODBYE: Final = 3.0  # s in which results that were sent last arrive


class Shift:
    """Works on one site, as one notice tells of it, in a thread of its own until it is stopped.

    It has a connection of its own, so that with it all ends that it took and did not finish.
    """

    def __init__(self, broker: Broker, notice: SiteNotice, *, prefetch: int | None) -> None:
        """Nothing is taken yet; `broker` is not open yet. `prefetch`: None, what is usual.

        Raises:
            InputError: the notice is of a site that this camweave cannot run.
        """
        self.notice, self._broker, self._prefetch = notice, broker, prefetch
        self.site: Site = site_in(notice)
        self.topology: Topology = topology_in(notice)
        self._url = store_in(self.site)
        self._began = None if notice.lossless else began_in(notice)  # None: when work begins
        self.tally = WorkTally(self.site.site, None if notice.lossless else self._began)
        self.error: BaseException | None = None  # what it ended by
        self._stopped = Event()
        self._patience = Patience(f"work: site {notice.address.site}", self._stopped)
        self._benches: dict[str, Bench] = {}
        self._thread = Thread(target=self._run, name=f"work-{notice.address.site}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def halt(self) -> None:
        """Begin to end, after what is being looked at."""
        self._stopped.set()

    def join(self, within: float) -> None:
        """Wait for the end."""
        self._thread.join(within)

    def figures(self) -> Iterator[Figure]:
        """How it goes; any thread may ask."""
        yield from self.tally.figures()
        yield from of_broker(self._broker.health(), self.site.site)
        yield from of_patience(self._patience, self.site.site)

    def trouble(self) -> str:
        """Why it cannot work, in a line; empty: it can."""
        return self._patience.trouble or self._broker.health().trouble

    def _run(self) -> None:
        try:
            with ExitStack() as ends:
                self._patience.until_done(lambda: ends.enter_context(self._broker))
                self._store: Store = self._patience.until_done(lambda: open_store(self._url))
                ends.enter_context(self._store)
                results = self._patience.until_done(lambda: self._opened_results(ends))
                self._scribe = ends.enter_context(Scribe(results, self.tally))
                self._bench(self.notice.address).make_ready()  # before there is a camera to hold up
                consumer = self._patience.until_done(lambda: self._opened_frames(ends))
                hand = Hand(consumer, self.tally, live=not self.topology.lossless)
                while not self._stopped.is_set():
                    self._scribe.check()
                    hand.take(GLANCE)
                    self._work(list(hand.next()))
                if self._scribe.wait(GOODBYE):
                    results.flush(GOODBYE)
        except (Stopped, BrokerClosed):
            pass
        except BaseException as error:  # told by whoever started us
            self.error = error

    def _opened_results(self, ends: ExitStack) -> Publisher:
        topology = self.topology
        return ends.enter_context(
            Publisher(
                self._broker,
                topology.results.name,
                topology.following(),
                PublisherParams(lossless=topology.lossless, fresh=topology.bounds.fresh),
                lanes=topology.result_lanes(),
            )
        )

    def _opened_frames(self, ends: ExitStack) -> Consumer:
        topology, cameras = self.topology, self.notice.names
        usual = PREFETCH["lossless" if topology.lossless else "live"]
        return ends.enter_context(
            Consumer(
                self._broker,
                topology,
                topology.partition_queues(cameras),
                topology.declaration(cameras),
                params=ConsumerParams(
                    sharing=True,
                    prefetch=self._prefetch or usual,
                    overtaken=None if topology.lossless else late,
                ),
            )
        )

    def _work(self, deliveries: Sequence[Delivery]) -> None:
        """One look at these, one of a camera at most."""
        began, due = monotonic(), []
        for delivery in deliveries:
            try:
                piece = self._read(delivery)
            except InputError as error:
                self._refuse(delivery, str(error))
                continue
            if piece is not None:
                due.append(piece)
        for address in dict.fromkeys(piece.sent.address for piece in due):
            self._look(
                self._benches[address.run], [each for each in due if each.sent.address == address]
            )
        if not due:
            return
        took = monotonic() - began
        self.tally.seconds += took
        if not self.topology.lossless:
            for bench in self._benches.values():
                bench.felt(took)

    def _read(self, delivery: Delivery) -> Piece | None:
        """A frame that is to be looked at; whatever else comes is done with here.

        Raises:
            InputError: it is nothing that anybody can work on.
        """
        match kind_of(delivery.headers):
            case "end":
                end = read_end(delivery.headers, delivery.body)
                self._check(end.address)
                self._scribe.add(Ended(delivery, end))
                return None
            case "frame":
                sent = read_frame(delivery.headers, delivery.body)
                self._check(sent.address)
                bench = self._bench(sent.address)
                if not bench.holds(sent.stamp.camera, delivery.claim):
                    self._scribe.wait()
                return self._unseen(Piece(delivery, sent, bench.hold(sent.frame, delivery.claim)))
            case other:
                raise InputError(f"{other} message: expected a frame, or an end")

    def _check(self, address: Address) -> None:
        if address.site != self.site.site:
            raise InputError(f"it is of site {address.site}, here is {self.site.site}")

    def _bench(self, address: Address) -> Bench:
        """The line of a run."""
        if address.run not in self._benches:
            began = self._began if address.run == self.notice.address.run else None
            made = Bench(
                self.site,
                address,
                self._store,
                self._patience,
                recorded=self.topology.lossless,
                began=began,
                tally=self.tally,
            )
            self._benches[address.run] = made
            for run in list(self._benches)[:-RUNS]:
                del self._benches[run]
        return self._benches[address.run]

    def _unseen(self, piece: Piece) -> Piece | None:
        """The piece, where its frame is new; else what came of it is told again, if need be."""
        if piece.at > piece.held.at:
            return piece
        self.tally.repeated += 1
        result = piece.held.unsent.get(piece.at)
        if result is None:
            piece.delivery.ack()
        else:
            self._scribe.add(Again(piece, result))
        return None

    def _look(self, bench: Bench, pieces: Sequence[Piece]) -> None:
        looked, seen = bench.look([piece.sent.frame for piece in pieces]), []
        for piece in pieces:
            camera = piece.sent.stamp.camera
            if camera in looked.notes:
                seen.append(Seen(bench, piece, looked.notes[camera]))
            else:
                error = looked.failed[camera]
                self._refuse(piece.delivery, f"{type(error).__name__}: {error}")
        self._scribe.add(*seen)

    def _refuse(self, delivery: Delivery, reason: str) -> None:
        log.error("work: site %s: refused: %s", self.site.site, reason)
        self.tally.refused += 1
        delivery.reject(reason)
