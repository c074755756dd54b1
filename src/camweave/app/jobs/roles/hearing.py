"""A linker's ears: a run's results in order off its log, or as they come."""

import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from math import inf
from threading import Event
from typing import Final

from camweave.app.jobs.roles.in_order import AsItComes, InOrder
from camweave.app.jobs.roles.linking_run import LinkingRun
from camweave.broker.client import Taken
from camweave.broker.consumer import Consumer
from camweave.broker.log_reader import LogReader
from camweave.broker.seen import Seen
from camweave.core.errors import FileFormatError, JobError
from camweave.core.frame import CameraId, Stamp
from camweave.formats.messages.ends import EndOfStream, read_end
from camweave.formats.messages.packed import kind_of
from camweave.formats.messages.results import Found, read_found
from camweave.formats.messages.sites import SiteNotice

log = logging.getLogger(__name__)

GLANCE: Final = 0.2  # s between two looks whether to end
FIRST: Final = 1  # number of a log's first message, at most: the broker may count a note first
HOLD: Final = 2.0  # s that a live camera's results are waited for


class Hearing:
    """Reads what is told of one run: each result once, without its picture."""

    def __init__(self, notice: SiteNotice) -> None:
        self._notice = notice
        self._seen, self._refused = Seen(), False
        self.frames, self.newest = 0, -inf  # results; s, of capture

    def read(self, taken: Taken) -> Found | EndOfStream | None:
        """What was found, or that a camera has ended; None: nothing new for us.

        Raises:
            FileFormatError: nobody can read it; it is said once.
        """
        if taken.headers.get("run") != self._notice.address.run:
            return None
        try:
            match kind_of(taken.headers):
                case "found":
                    return self._new(read_found(taken.headers, taken.body))
                case "end":
                    return read_end(taken.headers, taken.body)
                case _:
                    return None
        except FileFormatError as error:
            if not self._refused:
                log.error("link-live: left out, as all that are like it: %s", error)  # noqa: TRY400 - it is said in a line
            self._refused = True
            raise

    def _new(self, found: Found) -> Found | None:
        if found.stamp.camera not in self._notice.names or not self._seen.new(found.stamp):
            return None
        self.frames += 1
        self.newest = max(self.newest, found.stamp.time)
        return replace(found, picture=b"")


def follow_recorded(
    hearing: Hearing,
    read: LogReader,
    linking: LinkingRun,
    order: InOrder,
    *,
    between: Callable[[], None],
    stop: Event,
) -> bool:
    """Link a lossless run, every frame in order, until it is over; whether it is.

    `between` is done between two results, and while none comes.

    Raises:
        JobError: the log does not go back to its beginning.
    """
    for told in heard(hearing, read, linking.name, between=between, stop=stop):
        match told:
            case Found():
                order.add(told)
            case EndOfStream():
                order.end(told.camera)
        for until, step in order.steps():
            linking.reach(until)
            for found in step:
                linking.add(found)
        if order.over:
            linking.over()
            return True
    return False


def heard(
    hearing: Hearing, read: LogReader, run: str, *, between: Callable[[], None], stop: Event
) -> Iterator[Found | EndOfStream]:
    """What a log tells of a run, until `stop`; what cannot be read stays there.

    Raises:
        JobError: it does not go back to the beginning of the run.
    """
    whole: bool | None = None
    begun: set[CameraId] = set()
    while not stop.is_set():
        between()
        entry = read.take(GLANCE)
        if entry is None:
            continue
        number, taken = entry
        whole = number <= FIRST if whole is None else whole
        with suppress(FileFormatError):
            told = hearing.read(taken)
            if isinstance(told, Found) and told.stamp.camera not in begun:
                begun.add(told.stamp.camera)
                if not whole and told.stamp.index:
                    raise JobError(lost_beginning(run, told.stamp))
            if told is not None:
                yield told


def follow_watched(
    hearing: Hearing,
    results: Consumer,
    linking: LinkingRun,
    *,
    between: Callable[[], None],
    stop: Event,
) -> None:
    """Link a live run as results come, until `stop`; those that cannot be read are put aside."""
    order = AsItComes(HOLD)
    while not stop.is_set():
        between()
        delivery = results.take(GLANCE)
        if delivery is None:
            continue
        try:
            _take(hearing.read(delivery.taken), linking, order)
        except FileFormatError as error:
            delivery.reject(str(error))
        else:
            delivery.ack()


def _take(told: Found | EndOfStream | None, linking: LinkingRun, order: AsItComes) -> None:
    """Link what came next."""
    match told:
        case Found():
            linking.reach(order.see(told))
            linking.add(told)
        case EndOfStream():
            order.end(told.camera)
            linking.end(told.camera)
            if order.idle:
                linking.rest()
        case None:
            pass


def lost_beginning(run: str, stamp: Stamp) -> str:
    """What to tell where the beginning of a run is gone from the log."""
    return (
        f"{run}: the broker's log of results has let go of its beginning (camera {stamp.camera} "
        f"begins at frame {stamp.index}): it cannot be linked. Publish it again as another run, "
        "while the linker is there"
    )
