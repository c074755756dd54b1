"""`camweave live`: runs a site and its web server until it is interrupted or all files are over."""

import gc
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from time import monotonic
from typing import Final

from camweave.app.build.mqtt import make_teller
from camweave.app.jobs.live.serving import served
from camweave.app.jobs.live.start import live_site
from camweave.app.jobs.live.station import LiveStation
from camweave.app.runtime.signals import reload_asked
from camweave.app.site.model import Site
from camweave.app.site.sections import Serve
from camweave.app.site.written import Written
from camweave.core.errors import CamweaveError

LOOK: Final = 0.2  # s between two looks at whether the run is over


@dataclass(frozen=True, slots=True)
class CameraRun:
    """The result of a run for one camera."""

    camera: str
    state: str
    frames: int  # received
    dropped: int  # of these, replaced by newer ones before they were processed
    looked: int  # of these, processed


@dataclass(frozen=True, slots=True)
class Run:
    """The result of a run."""

    cameras: tuple[CameraRun, ...]
    objects: dict[str, int]  # different ones, by class name
    seconds: float  # s of wall time
    interrupted: bool = False  # by Ctrl-C or SIGTERM


def run_live(
    given: Site | Written,
    serve: Serve | None,
    *,
    lossless: bool = False,
    store: str | None = None,
    seconds: float | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Run:
    """Run a site until all its files are over, `seconds` have passed, or it is interrupted.

    `store` is the address of a store to use instead of the site's. `say` is told the address of
    the web server. Ctrl-C and SIGTERM end the run cleanly. SIGHUP reads the site file again, if
    the site came from one; a file that cannot be used is logged and changes nothing.

    Raises:
        CamweaveError: it cannot be started.
    """
    began, site = monotonic(), given.site if isinstance(given, Written) else given
    tell = None if site.mqtt is None else make_teller(site.mqtt)
    with ExitStack() as ends:
        asked = ends.enter_context(reload_asked())
        station = ends.enter_context(live_site(given, lossless=lossless, store=store))
        if serve is not None:
            say(f"{site.site}: {ends.enter_context(served(station, serve)).url}  (Ctrl-C ends it)")
        if tell is not None:
            station.board.add(ends.enter_context(tell(station)).figures)
        ends.enter_context(startup_objects_frozen())
        interrupted = False
        try:
            while not station.running.wait(LOOK):
                if seconds is not None and monotonic() - began > seconds:
                    break
                if asked.is_set():
                    asked.clear()
                    reload(station)
        except KeyboardInterrupt:
            interrupted = True
        done = summed_up(station, monotonic() - began)
        station.running.halt()
    return replace(done, interrupted=interrupted)


@contextmanager
def startup_objects_frozen() -> Iterator[None]:
    """Exclude all objects that exist now from garbage collection until the block ends.

    Else each full collection walks all modules and models: 100 ms in which no thread runs.
    """
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def reload(station: LiveStation) -> None:
    """Read the site file again; the log tells how that went."""
    if station.changes is not None:
        with suppress(CamweaveError):
            station.changes.reload()


def summed_up(station: LiveStation, seconds: float) -> Run:
    """The result of a run that has taken so long."""
    cameras = tuple(
        CameraRun(
            camera=each.condition.camera,
            state=each.condition.state,
            frames=each.condition.frames,
            dropped=each.condition.dropped,
            looked=each.looked,
        )
        for each in station.cameras()
    )
    counts = station.counts()
    objects = dict(zip(counts.labels, counts.in_all, strict=True))
    return Run(cameras, objects, round(seconds, 3))
