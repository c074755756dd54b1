"""`camweave demo`: a small world, filmed, followed and linked while it is watched; and scored."""

from collections.abc import Callable
from contextlib import ExitStack, nullcontext, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Final

from camweave.app.jobs.demo.films import Films
from camweave.app.jobs.demo.known_world import KnownWorld
from camweave.app.jobs.demo.scoring import DemoScores, scored
from camweave.app.jobs.demo.shown import Shown
from camweave.app.jobs.demo.small_site import FPS, LAP, write_small_site
from camweave.app.jobs.demo.studio import Studio
from camweave.app.jobs.live.live import (
    Run,
    startup_objects_frozen,
    summed_up,
)
from camweave.app.jobs.live.live_site import Heard, Sight, nobody
from camweave.app.jobs.live.serving import served
from camweave.app.jobs.live.start import live_site
from camweave.app.jobs.live.station import LiveStation
from camweave.app.jobs.roles.serve_where import serve_section
from camweave.app.site.load import read_site
from camweave.app.site.model import Site
from camweave.core.errors import JobError
from camweave.core.identities import TrackletKey
from camweave.core.station import Card
from camweave.core.tracks import UNLINKED
from camweave.sources.synthetic.plan import CLASS_NAMES
from camweave.web.server import WebServer

PORTS: Final = range(8080, 8100)  # the first of them that is free
LOOK: Final = 0.2  # s between two looks at how it goes
PATIENCE: Final = 120.0  # s until there is a picture


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoParams:
    """What is shown, and for how long."""

    seconds: float | None = None  # from the first picture on; None: until somebody ends it
    cameras: int = 4
    seed: int = 1
    port: int | None = None  # None: one that is free


@dataclass(frozen=True, slots=True, kw_only=True)
class Demonstration:
    """What came of it."""

    site: Path  # its file
    url: str
    run: Run
    first_across: float | None  # s from the first picture to the first identity in two cameras
    films: tuple[Path, ...] = ()  # where it was known how long it would last, as the scores
    scores: DemoScores | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is said while it goes on."""

    serving: Callable[[str], None] = lambda _: None  # where it is to be seen
    across: Callable[[Card, float], None] = lambda *_: None  # the first one in two cameras, after s
    scoring: Callable[[], None] = lambda: None  # the pictures are over


def demo(
    out: str | Path, params: DemoParams | None = None, told: Told | None = None
) -> Demonstration:
    """Show the small world with its dashboard; what there is to keep is left in the folder `out`.

    Where `seconds` are said, each camera is filmed, and what was shown is scored against the
    exact truth. Interrupted, it ends at once and is not scored.

    Raises:
        InputError: a number out of its range.
        OutputError: a file could not be written.
        JobError: it cannot be served, or no camera shows anything.
    """
    p, say = params or DemoParams(), told or Told()
    small = write_small_site(Path(out), seconds=p.seconds or LAP, cameras=p.cameras, seed=p.seed)
    world, shown = KnownWorld(), Shown()
    site = looked_at_by(world, read_site(small.file))
    films = None if p.seconds is None else Films(Path(out), fps=FPS, class_names=CLASS_NAMES)
    began, first_across, interrupted = monotonic(), None, False
    with ExitStack() as ends:
        studio = ends.enter_context(Studio(small.world, world))
        ends.enter_context(films or nullcontext())
        station = ends.enter_context(
            live_site(site, heard=hearer(shown, films), stream=studio.stream)
        )
        url = opened(ends, station, site, p.port).url
        ends.enter_context(startup_objects_frozen())
        say.serving(url)
        try:
            first_across = watched(station, p.seconds, say)
        except KeyboardInterrupt:
            interrupted = True
        run = replace(summed_up(station, monotonic() - began), interrupted=interrupted)
    done = Demonstration(site=small.file, url=url, run=run, first_across=first_across)
    if films is None or interrupted:
        return done
    say.scoring()
    scores = scored(world, shown, partial(owner, station), Path(out))
    return replace(done, films=films.made, scores=scores)


def looked_at_by(world: KnownWorld, site: Site) -> Site:
    """The same site with this detector, for all of its cameras."""
    cameras = [camera.model_copy(update={"detector": world}) for camera in site.cameras]
    return site.model_copy(update={"cameras": cameras})


def hearer(shown: Shown, films: Films | None) -> Heard:
    """Who hears of every picture: nobody where nothing is kept."""
    if films is None:
        return nobody

    def hear(sight: Sight) -> None:
        shown.hear(sight)
        films.hear(sight)

    return hear


def opened(ends: ExitStack, station: LiveStation, site: Site, port: int | None) -> WebServer:
    """The dashboard, at this port, or at the first of the usual ones that is free.

    Raises:
        JobError: it cannot listen there.
    """
    for each in PORTS if port is None else ():
        with suppress(JobError):
            return ends.enter_context(served(station, serve_section(site.serve, port=each)))
    return ends.enter_context(served(station, serve_section(site.serve, port=port or 0)))


def watched(station: LiveStation, seconds: float | None, say: Told) -> float | None:
    """Let it run for so long after its first picture, or for ever; when somebody was known again.

    Raises:
        JobError: there is no picture after `PATIENCE`.
    """
    began, first, across = monotonic(), None, None
    while not station.running.wait(LOOK):
        now = monotonic()
        if first is None:
            if any(each.looked for each in station.cameras()):
                first = now
            elif now - began > PATIENCE:
                raise JobError(f"no picture after {PATIENCE:.0f} s: {station.trouble()}")
            continue
        if across is None and (card := known_again(station)) is not None:
            across = round(now - first, 1)
            say.across(card, across)
        if seconds is not None and now - first > seconds:
            break
    return across


def known_again(station: LiveStation) -> Card | None:
    """An identity that was seen in two cameras."""
    return next((card for card in station.identities() if len(card.cameras) > 1), None)


def owner(station: LiveStation, key: TrackletKey) -> int:
    """Who a tracklet is, as far as is known by now."""
    with station.chronicle.open() as known:
        found = known.book.owner(key)
    return UNLINKED if found is None else found
