"""Videos from the log of results on a broker, while the run goes on or long after it.

As it is known in the end only who is who, the log is read twice: to its end, then once more for
the pictures. `as_shown` reads it once, and shows what was known when each frame came. So does a
live run, of which no log is kept: its results are taken as they come.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Final, TypeAlias

from camweave.app.jobs.roles.compile_film import Compiled, Film, check_cameras, frame_of
from camweave.app.jobs.roles.compile_ids import ids_of
from camweave.app.jobs.roles.compile_survey import Survey
from camweave.app.jobs.roles.compile_tail import Tail
from camweave.app.jobs.roles.figures import of_broker
from camweave.app.jobs.roles.notices import began_in, topology_in
from camweave.app.jobs.roles.reaching import entered
from camweave.app.runtime.progress import Progress, silent
from camweave.broker.broker import Broker
from camweave.broker.client import Taken
from camweave.broker.log_reader import LogReader
from camweave.core.errors import FileFormatError, JobError
from camweave.core.frame import CameraId, Stamp
from camweave.core.station import Figure
from camweave.formats.atomic import PartFile
from camweave.formats.messages.events import Shown
from camweave.formats.messages.packed import Address
from camweave.formats.messages.results import read_found
from camweave.formats.messages.sites import SiteNotice

log = logging.getLogger(__name__)

Films: TypeAlias = Mapping[CameraId, Film]

LOOK: Final = 0.5  # s between two looks whether somebody asked us to stop
PATIENCE: Final = 10.0  # s without news of it, after which a linker that never spoke is none
USUAL_FPS: Final = 25.0  # frames/s while unknown: tells how far apart key frames are, no more


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiling:
    """What is to be compiled, and how."""

    films: Mapping[CameraId, Path]  # where each camera's goes
    run: str | None = None  # None: the one that was announced last
    as_shown: bool = False  # with the ids known at each moment, not those of the end; live, always
    partial: bool = False  # although frames are missing
    patience: float = PATIENCE


class LogCompiler:
    """Compiles videos of one run of a site."""

    def __init__(
        self,
        broker: Broker,
        notice: SiteNotice,
        asked: Compiling,
        *,
        progress: Progress = silent,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`say` is told what is waited for.

        Raises:
            InputError: the site has no such camera.
        """
        check_cameras(notice, asked.films)
        self._broker, self._topology, self._asked = broker, topology_in(notice), asked
        self._progress, self._say = progress, say
        self.interrupted = False  # somebody ended it
        self._refused = False  # a message could not be read
        self._address = Address(notice.address.site, asked.run or notice.address.run)
        self._lossless = notice.lossless
        self._at_once = asked.as_shown or not notice.lossless
        self._linked = notice.sections.get("linker", "as usual") is not None
        # Media time is shown as such, as in a lossless run of one process.
        self._began = 0.0 if notice.lossless else began_in(notice)
        self._heard_of: Counter[CameraId] = Counter()  # frames
        self._drawn: Counter[CameraId] = Counter()

    def figures(self) -> Iterator[Figure]:
        """How it goes; any thread may ask."""
        yield from of_broker(self._broker.health(), self._address.site)
        for name, words, counts in (
            ("compile_heard_total", "Frames whose results were read.", self._heard_of),
            ("compile_drawn_total", "Frames that are in the video.", self._drawn),
        ):
            for camera in self._asked.films:
                labels = (("site", self._address.site), ("camera", camera))
                yield Figure(name=name, help=words, value=counts[camera], labels=labels)

    def compile(self, stop: Event) -> list[Compiled]:
        """Write the videos; what came of each.

        `stop`, set while a run is followed, ends that: what there is by then is drawn. Set while
        that is drawn, it ends the videos where they are.

        Raises:
            JobError: frames are missing, and that was not asked for; or the broker fails.
            OutputError: a video cannot be written.
            FileFormatError: a message cannot be read.
        """
        for path in self._asked.films.values():
            PartFile(path).drop()  # where it cannot be written we know it now, not after the run
        made = self._in_one_pass(stop) if self._at_once else self._in_two_passes(stop)
        self.interrupted = self.interrupted or stop.is_set()
        return made

    def _in_one_pass(self, stop: Event) -> list[Compiled]:
        survey = self._survey()
        with self._films({}) as films:
            for taken, stamp in self._followed(survey, stop):
                if stamp is not None:
                    shown = survey.shown if self._linked else None
                    self._draw(films[stamp.camera], taken, shown)
                    reel = survey.reels[stamp.camera]
                    self._progress(stamp.camera, reel.frames, reel.total)
            self._check(survey, interrupted=stop.is_set())
        return self._compiled(films, survey)

    def _in_two_passes(self, stop: Event) -> list[Compiled]:
        survey = self._survey()
        for _, stamp in self._followed(survey, stop):
            if stamp is not None:
                reel = survey.reels[stamp.camera]
                self._progress(f"{stamp.camera}: waiting", reel.frames, reel.total)
        self._check(survey, interrupted=stop.is_set())
        if stop.is_set():
            self._say("drawing what is there by now; Ctrl-C again ends that, too")
            stop.clear()
        who = {camera: survey.owners.of(camera) for camera in self._asked.films}
        shown = who if survey.told else None
        with self._films({camera: reel.fps for camera, reel in survey.reels.items()}) as films:
            for taken, stamp in self._again(survey, stop):
                self._draw(films[stamp.camera], taken, shown)
                total = survey.reels[stamp.camera].frames
                self._progress(stamp.camera, films[stamp.camera].frames, total)
        return self._compiled(films, survey)

    def _survey(self) -> Survey:
        return Survey(run=self._address.run, cameras=tuple(self._asked.films))

    def _followed(self, survey: Survey, stop: Event) -> Iterator[tuple[Taken, Stamp | None]]:
        """Messages of the log until all has ended that is asked for."""
        quiet = 0.0
        with self._reading() as reader:
            while not self._over(survey, quiet) and not stop.is_set():
                entry = reader.take(LOOK)
                if entry is None:
                    self._tell(survey, quiet)
                    quiet += LOOK
                    continue
                quiet, stamp = 0.0, self._heard(survey, *entry)
                if stamp is not None:
                    self._heard_of[stamp.camera] += 1
                yield entry[1], stamp

    @contextmanager
    def _reading(self, start: int | None = None) -> Iterator[LogReader | Tail]:
        """Results from a number on; live, from now on."""
        broker, topology = self._broker, self._topology
        reader: LogReader | Tail = LogReader(broker, topology, start)
        if not self._lossless:
            reader = Tail(broker, topology, self._asked.films)
        with entered(reader):
            yield reader

    def _again(self, survey: Survey, stop: Event) -> Iterator[tuple[Taken, Stamp]]:
        """The frames that were surveyed."""
        again = self._survey()
        if survey.begin is None:
            return
        with self._reading(survey.begin) as reader:
            while again.last < survey.last and not stop.is_set():
                entry = reader.take(LOOK)
                if entry is not None and (stamp := self._heard(again, *entry)) is not None:
                    yield entry[1], stamp

    def _over(self, survey: Survey, quiet: float) -> bool:
        """Whether nothing more is waited for."""
        if not survey.ended:
            return False
        known = self._at_once or not self._linked or survey.settled
        return known or (not survey.told and quiet >= self._asked.patience)

    def _tell(self, survey: Survey, quiet: float) -> None:
        """Say once in a silence what is waited for."""
        if not quiet < 2 * LOOK <= quiet + LOOK:
            return
        if survey.ended:
            self._say("waiting for the linker's last word (Ctrl-C: draw what is known by now)")
        elif survey.begin is None:
            self._say(f"run {self._address.run}: waiting for its first frame")

    def _heard(self, survey: Survey, number: int, taken: Taken) -> Stamp | None:
        try:
            return survey.hear(number, taken)
        except FileFormatError as error:
            self._refuse(error)
            return None

    def _refuse(self, error: FileFormatError) -> None:
        if not self._asked.partial:
            raise error
        if not self._refused:  # once; how many there were is told in the end
            log.warning("left out: %s", error)
        self._refused = True

    def _check(self, survey: Survey, *, interrupted: bool) -> None:
        """See that all frames are there, where none may be missing."""
        lacking = survey.lacking
        if not survey.frames and interrupted:
            raise KeyboardInterrupt
        if lacking and self._lossless and not interrupted and not self._asked.partial:
            told = "; ".join(f"{camera}: {lack}" for camera, lack in lacking.items())
            raise JobError(f"run {self._address.run}: {told} in the log; --partial takes the rest")

    @contextmanager
    def _films(self, fps: Mapping[CameraId, float | None]) -> Iterator[Films]:
        """The videos, finished when the block ends without an error."""
        with ExitStack() as opened:
            yield {
                camera: opened.enter_context(
                    Film(path, fps=fps.get(camera) or USUAL_FPS, began=self._began)
                )
                for camera, path in self._asked.films.items()
            }

    def _draw(self, film: Film, taken: Taken, shown: Shown | None) -> None:
        try:
            found = read_found(taken.headers, taken.body)
            frame = frame_of(found)
        except FileFormatError as error:
            self._refuse(error)
            return
        who = None if shown is None else ids_of(found.tracks, shown.get(frame.stamp.camera, {}))
        film.add(frame, found.tracks, who, found.class_names)
        self._drawn[frame.stamp.camera] += 1

    def _compiled(self, films: Films, survey: Survey) -> list[Compiled]:
        lacking = survey.lacking if self._lossless else {}
        for camera, film in films.items():
            known = survey.reels[camera].frames
            if film.frames < known:  # somebody ended it, or pictures were no pictures
                lacking.setdefault(camera, f"{known - film.frames} of {known} frames not drawn")
        return [film.compiled(camera, lacking.get(camera, "")) for camera, film in films.items()]
