"""From a site file to a running site: makes the parts and connects them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from camweave.app.build.embedders import make_embedder
from camweave.app.build.streams import Playing, make_stream
from camweave.app.build.topology import Ground, make_topology
from camweave.app.jobs.live.changing import Changing
from camweave.app.jobs.live.chronicle import Chronicle
from camweave.app.jobs.live.gathering import GroundOf
from camweave.app.jobs.live.grounds import grounds_of
from camweave.app.jobs.live.intake import Intake
from camweave.app.jobs.live.line import Line
from camweave.app.jobs.live.linking import Linking
from camweave.app.jobs.live.live_site import Heard, Hearers, LiveSite, RunParams, Sight, nobody
from camweave.app.jobs.live.memory import Memory
from camweave.app.jobs.live.recalling import Recalled
from camweave.app.jobs.live.site_upkeep import Hearing, SiteUpkeep
from camweave.app.jobs.live.station import LiveStation, SiteStation
from camweave.app.runtime.drawing import ShowingParams
from camweave.app.runtime.reader import ReaderParams
from camweave.app.runtime.showing import Showing
from camweave.app.runtime.site_clock import MediaClock, SiteClock
from camweave.app.runtime.virtual_clock import ClockParams
from camweave.app.site.linker import Linker
from camweave.app.site.model import Camera, Site
from camweave.app.site.sections import Live, Serve
from camweave.app.site.written import Written
from camweave.core.events import Event
from camweave.core.frame import CameraId
from camweave.detection.one_thread import ONE_THREAD
from camweave.linking.live.live import LiveLinker
from camweave.linking.live.moving import of_cameras, widened
from camweave.linking.live.summing import summed_up
from camweave.linking.registry.params import RegistryParams
from camweave.linking.registry.registry import Registry
from camweave.sinks.annotate import AnnotateParams
from camweave.sources.streams.pace import Pace
from camweave.sources.streams.stream import Stream


def no_events(_: tuple[Event, ...]) -> None:
    """Ignore events."""


@dataclass(frozen=True, slots=True)
class Listeners:
    """Passes on what a running site sees and learns: to its chronicle, its store, its caller."""

    line: Line
    clock: SiteClock
    chronicle: Chronicle
    memory: Memory | None
    heard: Heard
    events: Callable[[tuple[Event, ...]], None]

    def see(self, sight: Sight, grounds: Mapping[CameraId, GroundOf]) -> None:
        """Pass on a processed frame. Called in the line's thread."""
        camera = sight.look.frame.stamp.camera
        names = self.line.class_names(camera)
        self.chronicle.see(sight, names, self.clock.now(), grounds.get(camera))
        if self.memory is not None:
            self.memory.see(sight.look, names)
        self.heard(sight)

    def hear(self, events: tuple[Event, ...]) -> None:
        """Pass on events, to the store before anybody else. Called in the linker's thread."""
        if self.memory is not None:
            self.memory.hear(events)
        self.chronicle.hear(events)
        self.events(events)


@contextmanager
def live_site(
    site: Site | Written,
    *,
    lossless: bool = False,
    store: str | None = None,
    heard: Heard = nobody,
    events: Callable[[tuple[Event, ...]], None] = no_events,
    watching: ReaderParams | None = None,
    stream: Callable[[Camera, Playing], Callable[[], Stream]] = make_stream,
) -> Iterator[LiveStation]:
    """Run a site until the block ends. All models are read before the first camera is.

    Args:
        site: the site; where it comes from a file (`Written`), it can be changed while it runs.
        lossless: process every frame of every file, as fast as the machine can.
        store: address of a store to use instead of the site's.
        heard: called with each processed frame, in the line's thread.
        events: called with the linker's events, in its thread.
        watching: how cameras are read.
        stream: makes a function that connects to a camera.

    Raises:
        SourceError: a source of no known kind.
        ModelError: a model cannot be read.
        InputError: a parameter, layout or topology that does not fit.
        JobError: its store cannot be reached or written.
    """
    written, site = (site, site.site) if isinstance(site, Written) else (None, site)
    ground, chronicle = make_topology(site), Chronicle()
    # Cameras are processed in parallel already; more threads of OpenCV's would only spin.
    with ONE_THREAD, ExitStack() as ends:
        memory = memory_of(site, store, ends, lossless=lossless)
        known = Recalled(Registry(limits_of(site))) if memory is None else memory.recalled
        clock = SiteClock(known.gone)
        line = Line(site.cameras, (site.live or Live()).fps, after=numbers_after(site, known))
        listeners = Listeners(line, clock, chronicle, memory, heard=heard, events=events)
        playing = playing_of(site, clock, lossless=lossless)
        linker = None if site.linker is None else make_linker(ground, site.linker, known)
        running = LiveSite(
            intake_of(site, clock, lossless=lossless),
            line,
            Showing([], params=showing_params(site, clock, lossless=lossless)),
            connections={CameraId(each.name): stream(each, playing) for each in site.cameras},
            params=run_params(site, ground, watching, lossless=lossless),
            linking=None if linker is None else Linking(linker, listeners.hear),
            hearers=Hearers(
                seen=lambda sight: listeners.see(sight, running.grounds),
                gathered=nobody if memory is None else memory.gather,
                turned=chronicle.turn,
            ),
        )
        shown = MediaClock(lambda: running.tick.until) if lossless else clock
        station = SiteStation(site.site, shown, running, chronicle, make_embedder(site.embedder))
        station = replace(station, changes=upkeep_of(written, station, playing))
        if memory is not None:
            memory.tell(station)
        ends.enter_context(running)
        yield station


def upkeep_of(written: Written | None, station: LiveStation, playing: Playing) -> SiteUpkeep | None:
    """What changes the site while it runs; None where it does not come from a file."""
    if written is None:
        return None
    changing = Changing(station.running, written.site, playing)
    return SiteUpkeep(written, changing, Hearing(station.now, station.chronicle.note))


def memory_of(site: Site, store: str | None, ends: ExitStack, *, lossless: bool) -> Memory | None:
    """What keeps the site in its store; None where it has none."""
    named = None if site.store is None else site.store.get_secret_value()
    url = store or named
    if url is None:
        return None
    return ends.enter_context(Memory(url, site, limits_of(site), lossless=lossless))


def limits_of(site: Site) -> RegistryParams:
    """The limits of the site's registry of identities."""
    return RegistryParams(memory=(site.linker or Linker()).memory, most_overlap=0.0)


def numbers_after(site: Site, known: Recalled) -> dict[CameraId, int]:
    """The highest track id of each camera so far."""
    cameras = [CameraId(each.name) for each in site.cameras]
    return {each: known.last_tracklet_id(each) for each in cameras}


def intake_of(site: Site, clock: SiteClock, *, lossless: bool) -> Intake:
    """The input of its line."""
    interval = (site.linker or Linker()).interval
    params = clock_params(site.live or Live())
    return Intake(clock, params, lossless=lossless, interval=interval)


def run_params(
    site: Site, ground: Ground, watching: ReaderParams | None, *, lossless: bool
) -> RunParams:
    """The `RunParams` of a site."""
    return RunParams(
        interval=(site.linker or Linker()).interval,
        lossless=lossless,
        watching=watching or ReaderParams(),
        grounds=grounds_of(ground, site.linker),
    )


def playing_of(site: Site, clock: SiteClock, *, lossless: bool) -> Playing:
    """How the files among its sources are played."""
    loop = site.live is not None and site.live.loop and not lossless
    return Playing(clock=clock, pace=Pace(clock.now), loop=loop, lossless=lossless)


def make_linker(ground: Ground, linker: Linker, known: Recalled | None = None) -> LiveLinker:
    """The linker of a site, going on from what was recalled."""
    if known is None:
        return LiveLinker(ground.topology, linker, linker.live)
    seen = known.sightings
    before = () if seen is None else seen.cameras
    made = LiveLinker(widened(ground.topology, before), linker, linker.live, known.registry)
    if seen is not None and len(seen):
        made.restore(of_cameras(summed_up(seen, float(seen.end.max())), made.cameras))
    return made


def clock_params(live: Live) -> ClockParams:
    """How the cameras are kept in step."""
    return ClockParams(fps=live.fps, max_skew=live.max_skew, stall_after=live.stall_after)


def showing_params(site: Site, clock: SiteClock, *, lossless: bool) -> ShowingParams:
    """How pictures are drawn: with the date, or in a lossless run with media time."""
    serve = site.serve or Serve()
    began = 0.0 if lossless else clock.began.timestamp()
    return ShowingParams(quality=serve.jpeg_quality, annotate=AnnotateParams(began=began))
