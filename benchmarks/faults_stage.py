"""Servers, disks and a world for trials of faults, and the trials of one fault."""

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final, Literal

from tests.support.faults import PROMISES, Fault, Seconds
from tests.support.full_disk import MIB, small_disk
from tests.support.harmed_run import NOTHING, Trial, Verdict, Where, without
from tests.support.poison import chosen
from tests.support.postgres import Postgres
from tests.support.rabbitmq import Node
from tests.support.roles import Embedded, embedded
from tests.support.walk import film, write_site

FILES_DISK: Final = 64 * MIB
SERVERS_DISK: Final = 256 * MIB
SLEEPERS: Final = 8  # trials side by side, of those that do little but wait


@dataclass(slots=True)
class Stage:
    """What trials share: servers of our own, the world, and what one process makes of it."""

    folder: Path
    films: Path
    expected: Embedded
    node: Node
    postgres: Postgres
    files_disk: Path | None  # a small one, for stores that are files; only root can have it
    servers_disk: Path | None  # the same for PostgreSQL


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A fault, and how it is tried."""

    fault: Callable[[Stage, float], Fault]  # by where it strikes, and how long a pause is, s
    kept: Literal["either", "sqlite", "postgresql"] = "either"  # which stores, in turns
    alone: bool = False  # it harms what trials share
    sleeps: bool = False  # it does little but wait
    spoils: bool = False  # some of its frames are spoilt


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one trial."""

    verdict: Verdict | None  # None: it came to no end
    trouble: str  # why not
    seconds: Seconds

    @property
    def well(self) -> bool:
        """Whether it came to its end, and nothing was lost."""
        return self.verdict is not None and self.verdict.well

    @property
    def kept(self) -> bool:
        """Whether all that is promised was kept."""
        return self.well and all(took <= PROMISES[each] for each, took in self.seconds.items())

    def __str__(self) -> str:
        times = ", ".join(f"{value:.2f} s" for value in self.seconds.values())
        return f"{'well' if self.well else self.trouble or self.verdict}  {times}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How often, and how."""

    rounds: int
    seed: int
    pause: float  # s of silence
    beside: int  # trials side by side, where they do not harm each other
    keep: Path | None  # where what roles said is kept, of trials that broke a promise


@contextmanager
def staged() -> Iterator[Stage]:
    """A stage; small disks are there only for root, who can mount them."""
    with ExitStack() as ends:
        folder = Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="faults-")))
        folder.chmod(0o755)  # PostgreSQL may be another user's
        films, rabbit = folder / "films", folder / "rabbit"
        files_disk = servers_disk = None
        if os.getuid() == 0:
            files_disk = ends.enter_context(small_disk(folder / "files", FILES_DISK))
            servers_disk = ends.enter_context(small_disk(folder / "server", SERVERS_DISK))
        films.mkdir()
        rabbit.mkdir()
        film(films)
        yield Stage(
            folder=folder,
            films=films,
            expected=embedded(write_site(films, films, "expected")),
            node=ends.enter_context(Node(rabbit)),
            postgres=ends.enter_context(Postgres(durable=True, within=servers_disk)),
            files_disk=files_disk,
            servers_disk=servers_disk,
        )


def outcomes(stage: Stage, name: str, kind: Kind, asked: Asked) -> Iterator[Outcome]:
    """All trials of one fault, in turn."""
    fault = kind.fault(stage, asked.pause)

    def tried(turn: int) -> Outcome:
        kept = ("sqlite", "postgresql")[turn % 2] if kind.kept == "either" else kind.kept
        with _placed(stage, plain(f"{name} {turn}"), kept) as where:
            return _tried(where, stage.expected, fault, asked, spoils=kind.spoils)

    with ThreadPoolExecutor(1 if kind.alone else SLEEPERS if kind.sleeps else asked.beside) as pool:
        yield from pool.map(tried, range(asked.rounds))


def plain(name: str) -> str:
    """What a folder, a site and a schema may all be called.

    >>> plain("broker's disk full 3")
    'broker_s_disk_full_3'
    """
    return re.sub(r"\W+", "_", name.lower())


@contextmanager
def _placed(stage: Stage, name: str, kept: str) -> Iterator[Where]:
    """A place for a trial of its own, on one store or the other."""
    folder = stage.folder / name
    folder.mkdir()
    file = (stage.files_disk or folder) / f"{name}.db"
    server = kept == "postgresql"
    yield Where(
        folder=folder,
        films=stage.films,
        node=stage.node,
        store=stage.postgres.fresh(name) if server else f"sqlite:///{file}",
        port=stage.postgres.port if server else None,
    )
    for each in file.parent.glob(f"{file.name}*"):
        each.unlink()


def _tried(
    where: Where, expected: Embedded, fault: Fault, asked: Asked, *, spoils: bool
) -> Outcome:
    """One trial."""
    chance = Random(f"{asked.seed} {where.name}")  # noqa: S311 - to be had again
    seconds: Seconds = {}
    spoilt = chosen(chance) if spoils else NOTHING
    try:
        if spoilt:
            expected = without(where, expected, spoilt)
        with Trial(where, expected, spoilt=spoilt) as trial:
            trial.begin()
            seconds = fault(trial, chance)
            outcome = Outcome(trial.finish(), "", seconds)
    except Exception as error:  # the others go on
        outcome = Outcome(None, f"{type(error).__name__}: {error}", seconds)
    if asked.keep is not None and not outcome.kept:
        shutil.copytree(where.folder, asked.keep / where.name, dirs_exist_ok=True)
    return outcome
