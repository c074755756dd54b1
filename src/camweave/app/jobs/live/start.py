"""A site file to a site that runs."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from camweave.app.build.embedders import make_embedder
from camweave.app.build.streams import Playing, make_stream
from camweave.app.build.topology import Ground, make_topology
from camweave.app.jobs.live.chronicle import Chronicle
from camweave.app.jobs.live.intake import Intake
from camweave.app.jobs.live.line import Line
from camweave.app.jobs.live.linking import Linking
from camweave.app.jobs.live.live_site import Heard, LiveSite, RunParams, Sight, Standing, nobody
from camweave.app.jobs.live.station import LiveStation
from camweave.app.runtime.drawing import ShowingParams
from camweave.app.runtime.showing import Showing
from camweave.app.runtime.site_clock import MediaClock, SiteClock
from camweave.app.runtime.virtual_clock import ClockParams
from camweave.app.site.linker import Linker
from camweave.app.site.model import Site
from camweave.app.site.sections import Live, Serve
from camweave.core.events import Event
from camweave.core.frame import CameraId
from camweave.linking.live.growing import standing_on
from camweave.linking.live.live import LiveLinker
from camweave.linking.live.params import LiveParams
from camweave.sinks.annotate import AnnotateParams
from camweave.sources.streams.pace import Pace
from camweave.sources.streams.stream import Stream


def no_events(_: tuple[Event, ...]) -> None:
    """Hear of identities, and do nothing."""


@contextmanager
def live_site(
    site: Site,
    *,
    lossless: bool = False,
    heard: Heard = nobody,
    events: Callable[[tuple[Event, ...]], None] = no_events,
) -> Iterator[LiveStation]:
    """A site that runs until the block ends; models are read before its first camera is.

    `heard` hears what is seen, in the line's thread; `events` what becomes known of identities,
    in the linker's. In a lossless run every frame of every file is looked at, as fast as can be.

    Raises:
        SourceError: a source's name means nothing.
        ModelError: a model cannot be read.
        InputError: a parameter, layout or topology that does not fit.
    """
    settings, linker = site.live or Live(), site.linker
    ground = make_topology(site)
    line, clock, chronicle = Line(site.cameras, settings.fps), SiteClock(), Chronicle()
    interval = (linker or Linker()).interval

    def see(sight: Sight) -> None:
        camera = sight.look.frame.stamp.camera
        chronicle.see(sight, line.class_names(camera), clock.now())
        heard(sight)

    def hear(told: tuple[Event, ...]) -> None:
        chronicle.hear(told)
        events(told)

    names = line.class_names(CameraId(site.cameras[0].name))
    running = LiveSite(
        Intake(clock, clock_params(settings), lossless=lossless, interval=interval),
        line,
        Showing([], names, showing_params(site, clock, lossless=lossless)),
        connections=connections(site, clock, lossless=lossless),
        params=RunParams(interval=interval, lossless=lossless, grounds=grounds_of(ground, linker)),
        linking=None if linker is None else Linking(make_linker(ground, linker), hear),
        heard=see,
        turned=chronicle.turn,
    )
    shown = MediaClock(lambda: running.tick.until) if lossless else clock
    station = LiveStation(site.site, shown, running, chronicle, make_embedder(site.embedder))
    with running:
        yield station


def connections(
    site: Site, clock: SiteClock, *, lossless: bool
) -> dict[CameraId, Callable[[], Stream]]:
    """What makes a new connection to each camera."""
    loop = site.live is not None and site.live.loop and not lossless
    playing = Playing(clock=clock, pace=Pace(clock.now), loop=loop, lossless=lossless)
    return {CameraId(camera.name): make_stream(camera, playing) for camera in site.cameras}


def make_linker(ground: Ground, linker: Linker) -> LiveLinker:
    """The linker of a site, from what it says."""
    live = LiveParams(interval=linker.interval, memory=linker.memory)
    return LiveLinker(ground.topology, linker, live)


def grounds_of(ground: Ground, linker: Linker | None) -> Mapping[CameraId, Standing]:
    """What tells where a calibrated camera's boxes stand, once its picture's size is known."""
    if linker is None or linker.ground == "off":
        return {}
    return {
        camera: partial(standing_on, calibration)
        for camera, calibration in ground.calibrations.items()
    }


def clock_params(live: Live) -> ClockParams:
    """How the cameras are kept in step."""
    return ClockParams(fps=live.fps, max_skew=live.max_skew, stall_after=live.stall_after)


def showing_params(site: Site, clock: SiteClock, *, lossless: bool) -> ShowingParams:
    """How pictures are drawn: with the date, unless it is media time that counts."""
    serve = site.serve or Serve()
    began = 0.0 if lossless else clock.began.timestamp()
    return ShowingParams(quality=serve.jpeg_quality, annotate=AnnotateParams(began=began))
