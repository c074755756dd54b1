"""`camweave live`: a site, and its server, until somebody stops it or all is over."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from time import monotonic
from typing import Final

from camweave.app.jobs.live.serving import served
from camweave.app.jobs.live.start import live_site
from camweave.app.jobs.live.station import LiveStation
from camweave.app.site.model import Site
from camweave.app.site.rules import host_problem
from camweave.app.site.sections import Serve
from camweave.core.errors import InputError

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
    site: Site,
    serve: Serve | None,
    *,
    lossless: bool = False,
    seconds: float | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Run:
    """Run a site until all its files are over, `seconds` have passed, or it is interrupted.

    Where it is served is told by `say`. Ctrl-C and SIGTERM end it cleanly: every end is closed.

    Raises:
        CamweaveError: it cannot be started.
    """
    began = monotonic()
    with ExitStack() as ends:
        station = ends.enter_context(live_site(site, lossless=lossless))
        if serve is not None:
            say(f"{site.site}: {ends.enter_context(served(station, serve)).url}  (Ctrl-C ends it)")
        interrupted = False
        try:
            while not station.running.wait(LOOK):
                if seconds is not None and monotonic() - began > seconds:
                    break
        except KeyboardInterrupt:
            interrupted = True
        done = summed_up(station, monotonic() - began)
    return replace(done, interrupted=interrupted)


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
