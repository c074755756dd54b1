"""`camweave work`: works on the frames of all sites of a broker, beside any number of others."""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import inf
from threading import Event
from time import monotonic
from typing import Final

from camweave.app.jobs.roles.joining import settled
from camweave.app.jobs.roles.reaching import broker_at, sites_of
from camweave.app.jobs.roles.shift import Shift
from camweave.app.runtime.board import Board
from camweave.broker.broker import Broker
from camweave.core.errors import InputError
from camweave.core.station import Figure
from camweave.detection.one_thread import ONE_THREAD
from camweave.formats.messages.sites import SiteNotice, pack_site

log = logging.getLogger(__name__)

LOOK: Final = 0.2  # s between two looks at who there is
WITHIN: Final = 5.0  # s that the end waits for what is being looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkParams:
    """What a worker does."""

    site: str | None = None  # the only one it works on; None: all that there are
    prefetch: int | None = None  # frames of a camera that are with a worker; None: what is usual
    seconds: float | None = None  # s after which it ends; None: when somebody ends it


@dataclass(frozen=True, slots=True)
class Worked:
    """What a worker did."""

    frames: Mapping[str, int]  # by site
    repeated: int  # frames that came again
    refused: int  # messages that nobody can work on
    seconds: float  # s of wall time
    interrupted: bool = False


class Crew:
    """One shift for each site, as sites come, change and go."""

    def __init__(self, connection: Callable[[], Broker], params: WorkParams) -> None:
        """`connection` makes one to the broker, not open yet."""
        self._connection, self._params = connection, params
        self._shifts: dict[str, Shift] = {}
        self._told: dict[str, tuple[str, bytes]] = {}  # what each site's last notice said
        self.ended: list[Shift] = []

    def follow(self, known: Mapping[str, SiteNotice]) -> None:
        """Work on these sites, as their notices tell."""
        for site in [site for site in self._shifts if site not in known]:
            self._end(site)
        for site, notice in known.items():
            if self._params.site in {None, site}:
                self._meet(site, notice)

    def figures(self) -> Iterator[Figure]:
        """How it goes at each site; any thread may ask."""
        for shift in tuple(self._shifts.values()):
            yield from shift.figures()

    def trouble(self) -> str | None:
        """Why a site cannot be worked on, in a line; None: all can."""
        return next(filter(None, (each.trouble() for each in tuple(self._shifts.values()))), None)

    def check(self) -> None:
        """Raise what a shift ended by: what is wrong is told, and somebody starts us anew."""
        for shift in self._shifts.values():
            if shift.error is not None:
                raise shift.error

    def end(self) -> None:
        """End with all sites."""
        for shift in self._shifts.values():
            shift.halt()
        for site in list(self._shifts):
            self._end(site)

    def _meet(self, site: str, notice: SiteNotice) -> None:
        packed = pack_site(notice)
        if self._told.get(site) == (packed.id, packed.body):
            return
        self._told[site] = packed.id, packed.body
        if site in self._shifts:
            self._end(site)
        try:
            shift = Shift(self._connection(), notice, prefetch=self._params.prefetch)
        except InputError as error:
            log.error("work: left out: %s", error)  # noqa: TRY400 - it is said in a line
            return
        log.info("work: site %s, run %s", site, notice.address.run)
        shift.start()
        self._shifts[site] = shift

    def _end(self, site: str) -> None:
        shift = self._shifts.pop(site)
        shift.halt()
        shift.join(WITHIN)
        self.ended.append(shift)


def run_work(
    url: str | None,
    params: WorkParams | None = None,
    *,
    stop: Event | None = None,
    say: Callable[[str], None] = lambda _: None,
    board: Board | None = None,
) -> Worked:
    """Work until `stop` is set, or so long; what is being looked at is finished then.

    How it goes is on the board.

    Raises:
        BrokerError: the broker is not to be had.
        InputError: its address is none.
    """
    began, params, stop = monotonic(), params or WorkParams(), stop or Event()
    over = began + params.seconds if params.seconds is not None else inf
    with ONE_THREAD, broker_at(url) as broker, sites_of(broker) as sites:
        crew, count = Crew(lambda: broker_at(url), params), settled(sites) - 1
        if board is not None:
            board.add(crew.figures, crew.trouble)
        say(f"working for {broker.params.where}  (Ctrl-C ends it)")
        try:
            while monotonic() < over and not stop.is_set():
                count = sites.wait(count, LOOK)
                crew.follow(sites.known)
                crew.check()
        finally:
            crew.end()
    done = crew.ended
    frames: dict[str, int] = {}
    for shift in done:
        frames[shift.site.site] = frames.get(shift.site.site, 0) + shift.tally.frames
    return Worked(
        frames=frames,
        repeated=sum(shift.tally.repeated for shift in done),
        refused=sum(shift.tally.refused for shift in done),
        seconds=round(monotonic() - began, 3),
        interrupted=stop.is_set(),
    )
