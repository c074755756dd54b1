"""`camweave live`: a site, and its server, until somebody stops it or all is over."""

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
from camweave.app.site.rules import host_problem
from camweave.app.site.sections import Serve
from camweave.app.site.written import Written
from camweave.core.errors import CamweaveError, InputError

LOOK: Final = 0.2  # s between two looks whether all is over


@dataclass(frozen=True, slots=True)
class CameraRun:
    """What came of one camera."""

    camera: str
    state: str
    frames: int  # that came
    dropped: int  # of these, overtaken by newer ones
    looked: int  # at


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a run."""

    cameras: tuple[CameraRun, ...]
    objects: dict[str, int]  # different ones, by class
    seconds: float  # s of wall time
    interrupted: bool = False  # somebody ended it


def serve_section(site: Site, *, host: str | None = None, port: int | None = None) -> Serve:
    """Where to serve: what the site says, but for what is given here.

    Raises:
        InputError: another host without a token, and without `serve.open`.
    """
    said = site.serve or Serve()
    changes = {"host": host, "port": port}
    made = said.model_copy(update={k: v for k, v in changes.items() if v is not None})
    problem = host_problem(made.host, guarded=made.token is not None or made.open)
    if problem is not None:
        raise InputError(f"--host: {problem} in the site file")
    return made


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

    `store` is the address of one, instead of the site's. Where it is served is told by `say`.
    Ctrl-C and SIGTERM end it cleanly: every end is closed. SIGHUP lets one that was
    read from a file read it again; where that fails, the log says so.

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
        ends.enter_context(nothing_loaded_is_walked())
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
def nothing_loaded_is_walked() -> Iterator[None]:
    """Until the block ends, what is there now is left out when Python looks for garbage.

    Else every full look walks all the modules and models: 100 ms in which no thread goes on.
    """
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def reload(station: LiveStation) -> None:
    """Read the site file again; how that went is in the log."""
    if station.changes is not None:
        with suppress(CamweaveError):
            station.changes.reload()


def summed_up(station: LiveStation, seconds: float) -> Run:
    """What there is to be said at the end."""
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
