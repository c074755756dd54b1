"""One run of a small site over a broker and a store, all of its roles processes of their own.

Roles are forked off a process that has imported them: a killed one is back in a tenth of a second.
"""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from math import inf
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Final, Self

from tests.support.cable import Cable
from tests.support.poison import Spoilt, left_out, spoil
from tests.support.rabbitmq import Node
from tests.support.roles import Embedded, Row, events_in, stored
from tests.support.walk import CAMERAS, HEIGHT, WIDTH, frames_of, write_site

from camweave.app.jobs.roles.notices import STORE
from camweave.app.jobs.roles.reaching import broker_at
from camweave.app.jobs.roles.resuming import run_in
from camweave.broker.dead_letters import letters
from camweave.broker.erasing import erase
from camweave.broker.log_reader import LogReader
from camweave.broker.seen import Seen
from camweave.broker.topology import Topology
from camweave.core.errors import CamweaveError
from camweave.core.frame import CameraId
from camweave.formats.messages.packed import Address, kind_of
from camweave.formats.messages.results import read_found
from camweave.store.store import Store, open_store

RUN: Final = "one"
NOTHING: Final[Spoilt] = {}
PACE: Final = 60.0  # frames/s that the publisher's cable carries
FRAME: Final = WIDTH * HEIGHT * 3  # bytes
GLANCE: Final = 0.01  # s between two looks at the store
LONGEST: Final = 150.0  # s that a run may take, its fault included
WORKERS: Final = ("work 1", "work 2")
FORKING: Final = get_context("forkserver")
FORKING.set_forkserver_preload(
    [
        "camweave.app.cli.main",
        "camweave.app.jobs.roles.link_live",
        "camweave.app.jobs.roles.publish",
        "camweave.app.jobs.roles.work",
        "tests.support.harmed_run",
    ]
)


@dataclass(frozen=True, slots=True)
class Where:
    """Where a trial's site has its broker and its store."""

    folder: Path  # of its own
    films: Path
    node: Node
    store: str  # its address
    port: int | None = None  # of the store's server; None: it is a file

    @property
    def name(self) -> str:
        """The site's."""
        return self.folder.name


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is there after a run, against what there is without any fault."""

    rows: int  # that are expected
    lost: int
    doubled: int
    renumbered: int  # with another track id
    frames_lost: int  # of which nobody was told
    repeated: int  # results that came twice
    astray: int  # frames that are wrongly among the dead letters, or wrongly not
    events: bool  # are the same

    @property
    def well(self) -> bool:
        """Whether nothing is lost, doubled or another."""
        return self.events and not (
            self.lost or self.doubled or self.renumbered or self.frames_lost or self.astray
        )


class Role:
    """A role of a site that may be killed and started again."""

    def __init__(self, words: list[str], store: str, log: Path, spoilt: Spoilt) -> None:
        self._words, self._store, self.log, self._spoilt = words, store, log, spoilt
        self._process: ForkServerProcess | None = None

    def start(self) -> None:
        """Begin, or begin again."""
        given = (self._words, self._store, str(self.log), self._spoilt)
        self._process = FORKING.Process(target=perform, args=given)
        self._process.start()

    def kill(self) -> None:
        """End it without a goodbye."""
        if self._process is not None:
            self._process.kill()
            self._process.join()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It does not run, and does not know."""
        pid = self.pid
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    @property
    def pid(self) -> int:
        """The number of its process."""
        assert self._process is not None
        assert self._process.pid is not None
        return self._process.pid

    @property
    def status(self) -> int | None:
        """With what it ended; None: it runs."""
        return None if self._process is None else self._process.exitcode

    def said(self, words: str, after: int = 0) -> bool:
        """Whether it has said this, behind so many characters."""
        return words in self.log.read_text()[after:]


def perform(words: list[str], store: str, log: str, spoilt: Spoilt) -> None:
    """Be `camweave WORDS`, in a process of its own."""
    from camweave.app.cli.main import run

    os.environ[STORE] = store
    with open(log, "ab") as file:  # noqa: PTH123 - its number is what is needed
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    sys.stdin.close()
    if spoilt:
        spoil(spoilt)
    sys.exit(run(words))


class Trial:
    """A lossless run from its start to its end. Open it with `with`, harm it, `finish` it."""

    def __init__(
        self, where: Where, expected: Embedded, *, pace: float = PACE, spoilt: Spoilt = NOTHING
    ) -> None:
        """`expected` lacks the frames that are `spoilt`."""
        self.spoilt = spoilt
        self.where, self.name, self._expected = where, where.name, expected
        self._rate = pace * FRAME
        self._ends = ExitStack()
        self.cables: dict[str, list[Cable]] = {}  # to the broker, and to the store's server
        self.roles: dict[str, Role] = {}
        self._store: Store | None = None
        self._known: dict[CameraId, int] = {}

    def __enter__(self) -> Self:
        with ExitStack() as ends:
            file = write_site(self.where.folder, self.where.films, self.name)
            self._role(ends, "publish", str(file), "--lossless", "--run", RUN, "--codec", "raw")
            for worker in WORKERS:
                self._role(ends, worker, "--site", self.name)
            self._role(ends, "link-live", "--site", self.name)
            ends.callback(self._forget_store)
            self._ends = ends.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.close()

    def begin(self) -> None:
        """Start all roles."""
        for role in self.roles.values():
            role.start()

    @property
    def workers(self) -> list[Role]:
        """Those who work."""
        return [self.roles[each] for each in WORKERS]

    def until_stored(self, frames: int) -> None:
        """Wait until so many frames are in the store."""
        self.until(lambda: sum(self.stored().values()) >= frames)

    def until_moving(self, within: float = LONGEST) -> float:
        """Wait until every camera goes on that is not over; the s that took.

        Raises:
            TimeoutError: one does not.
        """
        before = self.stored()
        left = {c: count for c, count in before.items() if count < frames_of(c)}
        return self.until(lambda: all(self.stored()[c] > n for c, n in left.items()), within)

    def until(self, true: Callable[[], bool], within: float = LONGEST) -> float:
        """Wait until it is so; the s that took.

        Raises:
            TimeoutError: it does not become so.
        """
        began = time.monotonic()
        while not true():
            if time.monotonic() - began > within:
                raise TimeoutError(f"not so within {within:.0f} s; stored: {self.stored()}")
            time.sleep(GLANCE)
        return time.monotonic() - began

    def stored(self) -> Mapping[CameraId, int]:
        """How many frames of each camera are in the store, as far as can be seen."""
        try:
            if self._store is None:
                self._store = open_store(self.where.store, read_only=True, patience=0.0)
            run = run_in(self._store, Address(self.name, RUN))
            for camera in CAMERAS if run is not None else ():
                last = None if run is None else self._store.last_frame(run.id, camera)
                self._known[camera] = 0 if last is None else last.index + 1
        except CamweaveError:
            self._forget_store()
        return {camera: self._known.get(camera, 0) for camera in CAMERAS}

    @property
    def all_stored(self) -> bool:
        """Whether every frame is in the store."""
        return all(count >= frames_of(camera) for camera, count in self.stored().items())

    def events(self) -> int:
        """The number of the newest event in the store, as far as can be seen."""
        try:
            return len(events_in(self.where.store, self.name, RUN))
        except CamweaveError:
            return 0

    def finish(self) -> Verdict:
        """Wait for the end, and see what there is."""
        self.until(lambda: self.roles["link-live"].status == 0)
        self.until(lambda: self.roles["publish"].status == 0)
        for role in self.roles.values():
            role.kill()
        told, repeated, buried = self._told()
        rows, known = stored(self.where.store, self.name, RUN), set(self._expected.rows)
        found = {_place(row) for row in rows}
        return Verdict(
            rows=len(known),
            lost=len({_place(row) for row in known} - found),
            doubled=len(rows) - len(found),
            renumbered=len([row for row in rows if row not in known]),
            frames_lost=self._expected.frames - told,
            repeated=repeated,
            astray=len(buried ^ {f"{self.name}/{RUN}/{each}" for each in self.spoilt}),
            events=events_in(self.where.store, self.name) == self._expected.events,
        )

    def _told(self) -> tuple[int, int, set[str]]:
        """Of how many frames results came in order, how many came again, and the dead letters."""
        seen, told, topology = Seen(), 0, Topology(site=self.name, lossless=True)
        with broker_at(self.where.node.url) as broker:
            with LogReader(broker, topology) as log:
                while told < self._expected.frames and (entry := log.take(1.0)) is not None:
                    if kind_of(entry[1].headers) == "found":
                        told += seen.new(read_found(entry[1].headers, entry[1].body).stamp)
            buried = {each.id for each in letters(broker, topology)}
            erase(broker, topology, CAMERAS)
        return told, seen.repeated, buried

    def _role(self, ends: ExitStack, name: str, *words: str) -> None:
        where, rate = self.where, self._rate if name == "publish" else inf
        cable = ends.enter_context(Cable(where.node.port, rate=rate))
        url = where.node.url.replace(f":{where.node.port}/", f":{cable.port}/")
        self.cables[name], store = [cable], where.store
        if where.port is not None:
            cable = ends.enter_context(Cable(where.port))
            store = store.replace(f":{where.port}/", f":{cable.port}/")
            self.cables[name].append(cable)
        log, (command, *_) = where.folder / f"{name}.log", name.split()
        log.touch()
        made = self.roles[name] = Role([command, *words, "--broker", url], store, log, self.spoilt)
        ends.callback(made.kill)

    def _forget_store(self) -> None:
        if self._store is not None:
            self._store.close()
        self._store = None


def without(where: Where, expected: Embedded, spoilt: Spoilt) -> Embedded:
    """What comes of an undisturbed run in which these frames never were."""
    folder = where.folder.with_name(f"{where.name}_without")
    folder.mkdir()
    place = replace(where, folder=folder, store=f"sqlite:///{folder}/store.db", port=None)
    lacking = replace(expected, frames=expected.frames - len(spoilt))
    with Trial(place, lacking, pace=inf, spoilt=left_out(spoilt)) as trial:
        trial.begin()
        verdict = trial.finish()
    assert not verdict.frames_lost
    rows, events = stored(place.store, place.name, RUN), events_in(place.store, place.name, RUN)
    return replace(lacking, rows=rows, events=events)


def _place(row: Row) -> tuple[object, ...]:
    """What was seen, whatever track it is called."""
    camera, epoch, frame, time_, _, score, box = row
    return camera, epoch, frame, time_, score, box
