"""What befalls a run: each fault strikes when as many frames are stored as chance has it."""

import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from itertools import chain
from pathlib import Path
from random import Random
from typing import Final, TypeAlias

from tests.support.broker_alarm import Resource
from tests.support.full_disk import filled, no_room
from tests.support.harmed_run import WORKERS, Trial
from tests.support.poison import DEADLY, LIMIT
from tests.support.postgres import Postgres

Seconds: TypeAlias = Mapping[str, float]
"""How long it took, by the name of a promise."""
Fault: TypeAlias = Callable[[Trial, Random], Seconds]

EARLIEST, LATEST = 5, 200  # frames in the store when it strikes
ALARM: Final = (1.0, 3.0)  # s that the broker takes nothing
AWAY: Final = (0.0, 2.0)  # s that what was killed is away
HELD: Final = 8.0  # s that somebody else holds the store
LOCKED: Final = 30.0  # s after which what does not go on is locked
PROMISES: Final = {
    "rows flow after the broker accepts (F10)": 5.0,
    "another worker has taken over (F11)": 5.0,
    "a silent peer is known to be dead (F12)": 25.0,
    "rows flow after the silence (F12)": 5.0,
    "rows flow after the broker's disk alarm (F13)": 2.0,
    "rows flow after the broker's memory alarm (F13)": 2.0,
    "rows flow after the store was locked (F15)": 5.0,
    "rows flow after the disk was full (F16)": 5.0,
    "rows flow after PostgreSQL accepts (F17)": 5.0,
    "nobody takes: watchdog (F29)": 30.0,
    "nothing comes: watchdog (F29)": 30.0,
}


def struck(trial: Trial, chance: Random) -> None:
    """Wait for the moment."""
    trial.until_stored(chance.randint(EARLIEST, LATEST))
    time.sleep(chance.uniform(0.0, 0.05))  # in the middle of whatever is going on


def worker_killed(trial: Trial, chance: Random) -> Seconds:
    """One of two workers: the other goes on with its cameras."""
    struck(trial, chance)
    worker = chance.choice(trial.workers)
    worker.kill()
    moving = trial.until_moving()
    worker.start()
    return {"another worker has taken over (F11)": moving}


def broker_killed(trial: Trial, chance: Random) -> Seconds:
    """The broker, and its connections."""
    struck(trial, chance)
    trial.where.node.kill()
    time.sleep(chance.uniform(*AWAY))
    trial.where.node.start()
    return {"rows flow after the broker accepts (F10)": trial.until_moving()}


def postgres_killed(server: Postgres) -> Fault:
    """All of its processes."""

    def strike(trial: Trial, chance: Random) -> Seconds:
        struck(trial, chance)
        server.kill()
        time.sleep(chance.uniform(*AWAY))
        server.start()
        return {"rows flow after PostgreSQL accepts (F17)": trial.until_moving()}

    return strike


def linker_killed(trial: Trial, chance: Random) -> Seconds:
    """The linker, in the middle of its events."""
    trial.until(lambda: trial.events() > 0)
    struck(trial, chance)
    linker = trial.roles["link-live"]
    linker.kill()
    time.sleep(chance.uniform(*AWAY))
    linker.start()
    return {}


def publisher_killed(trial: Trial, chance: Random) -> Seconds:
    """The publisher, which goes on under the same name."""
    struck(trial, chance)
    publisher = trial.roles["publish"]
    publisher.kill()
    time.sleep(chance.uniform(*AWAY))
    publisher.start()
    return {}


def network_paused(pause: float) -> Fault:
    """Nothing arrives anywhere, and no connection is closed."""

    def strike(trial: Trial, chance: Random) -> Seconds:
        struck(trial, chance)
        measured: dict[str, float] = {}
        with ExitStack() as silence:
            began = time.monotonic()
            running = [role for role in trial.roles.values() if role.status is None]
            said = {role: len(role.log.read_text()) for role in running}
            for cable in chain.from_iterable(trial.cables.values()):
                silence.enter_context(cable.silent())
            while time.monotonic() - began < pause:
                time.sleep(0.1)
                if not measured and all(each.said("broker: ", said[each]) for each in said):
                    took = time.monotonic() - began
                    measured["a silent peer is known to be dead (F12)"] = took
        return {**measured, "rows flow after the silence (F12)": trial.until_moving()}

    return strike


def two_at_once(trial: Trial, chance: Random) -> Seconds:
    """A worker stops, loses its cameras to another and goes on, as if it had them."""
    struck(trial, chance)
    own = chance.choice(WORKERS)
    to_broker = trial.cables[own][0]
    with to_broker.silent():
        with trial.roles[own].frozen():
            to_broker.pull()  # the broker gives its queues to the other
            measured = _moving("another worker has taken over (F11)", trial, LOCKED)
        time.sleep(chance.uniform(0.2, 2.0))  # both of them write
    return measured


def slept_too_long(trial: Trial, chance: Random) -> Seconds:
    """The same, found out by the broker alone: the worker does not answer its heartbeats."""
    struck(trial, chance)
    promise = "a silent peer is known to be dead (F12)"
    with chance.choice(trial.workers).frozen():
        return _moving(promise, trial, PROMISES[promise] + LOCKED)


def _moving(promise: str, trial: Trial, within: float) -> Seconds:
    """How long until all cameras go on while a worker stands still.

    Where it stands in the middle of a transaction, a store that is a file is locked by it.
    """
    try:
        return {promise: trial.until_moving(within)}
    except TimeoutError:
        if trial.where.port is not None:
            raise
        return {}


def disk_full(disk: Path | None, server: Postgres | None = None) -> Fault:
    """The disk of the store; None: its roles may let no file grow."""

    def strike(trial: Trial, chance: Random) -> Seconds:
        struck(trial, chance)
        pids = [role.pid for role in (*trial.workers, trial.roles["link-live"])]
        with filled(disk) if disk is not None else no_room(pids):
            full = "the disk is full" if disk is not None else "disk I/O error"
            trial.until(lambda: trial.all_stored or any(each.said(full) for each in trial.workers))
            time.sleep(chance.uniform(*AWAY))
        if server is not None and not server.running:
            server.start()
        return {"rows flow after the disk was full (F16)": trial.until_moving()}

    return strike


def store_locked(trial: Trial, chance: Random) -> Seconds:
    """Somebody else holds the file, and writes nothing."""
    struck(trial, chance)
    with closing(sqlite3.connect(trial.where.store.removeprefix("sqlite:///"))) as other:
        other.isolation_level = None
        other.execute("PRAGMA busy_timeout = 10000")
        other.execute("BEGIN IMMEDIATE")
        time.sleep(HELD)
        other.execute("ROLLBACK")
    return {"rows flow after the store was locked (F15)": trial.until_moving()}


def broker_short_of(resource: Resource) -> Fault:
    """The broker believes that it has none left, and takes nothing."""

    def strike(trial: Trial, chance: Random) -> Seconds:
        with ExitStack() as until_ready:
            until_ready.enter_context(trial.cables["publish"][0].silent())  # else it is too late
            with trial.where.node.alarm(resource) as alarm:
                until_ready.close()
                struck(trial, chance)
                alarm.begin()
                time.sleep(chance.uniform(*ALARM))
                alarm.end()
                took = trial.until_moving()
        return {f"rows flow after the broker's {resource} alarm (F13)": took}

    return strike


def poisoned(trial: Trial, _: Random) -> Seconds:
    """Of what is spoilt workers die, and are started again, until it is put aside."""
    deaths, most = 0, LIMIT * sum(body == DEADLY for body in trial.spoilt.values())

    def over() -> bool:
        nonlocal deaths
        for worker in trial.workers:
            if worker.status is not None:
                deaths += 1
                worker.start()
        return trial.roles["link-live"].status == 0

    trial.until(over)
    assert deaths <= most, f"{deaths} workers died of what {most} may die of"
    return {}
