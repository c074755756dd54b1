"""What is lost when parts die: nothing. `make faults`, or `python -m benchmarks.faults FAULT ...`.

A lossless run of a small recorded world over a real RabbitMQ and a real store is harmed at a
moment that chance chooses, again and again; what is stored in the end is compared, row by row and
event by event, with what one process makes of the same world. The same `--seed`, the same moments.
"""

import argparse
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Final

from tests.support import faults as kinds
from tests.support.faults import PROMISES, Fault
from tests.support.postgres import Postgres

from benchmarks.faults_stage import Asked, Kind, Outcome, Stage, outcomes, staged
from benchmarks.faults_watchdog import watchdog_seconds
from benchmarks.table import Table

WATCHDOG: Final = "watchdog"


def server_killed(stage: Stage, _: float) -> Fault:
    """PostgreSQL."""
    return kinds.postgres_killed(stage.postgres)


def servers_disk_full(stage: Stage, _: float) -> Fault:
    """PostgreSQL's."""
    server: Postgres = stage.postgres
    return kinds.disk_full(stage.servers_disk, server)


KINDS: Final[Mapping[str, Kind]] = {
    "worker kill -9": Kind(fault=lambda *_: kinds.worker_killed),
    "broker kill -9": Kind(fault=lambda *_: kinds.broker_killed, alone=True),
    "PostgreSQL kill -9": Kind(fault=server_killed, kept="postgresql", alone=True),
    "linker kill -9": Kind(fault=lambda *_: kinds.linker_killed),
    "publisher kill -9": Kind(fault=lambda *_: kinds.publisher_killed),
    "network pause": Kind(fault=lambda _, pause: kinds.network_paused(pause), sleeps=True),
    "disk full, SQLite": Kind(
        fault=lambda stage, _: kinds.disk_full(stage.files_disk), kept="sqlite", alone=True
    ),
    "disk full, PostgreSQL": Kind(fault=servers_disk_full, kept="postgresql", alone=True),
    "two workers at once": Kind(fault=lambda *_: kinds.two_at_once),
    "a worker sleeps": Kind(fault=lambda *_: kinds.slept_too_long, sleeps=True),
    "store locked for 8 s": Kind(fault=lambda *_: kinds.store_locked, kept="sqlite", sleeps=True),
    "broker's disk full": Kind(fault=lambda *_: kinds.broker_short_of("disk"), alone=True),
    "broker's memory full": Kind(fault=lambda *_: kinds.broker_short_of("memory"), alone=True),
    "poison": Kind(fault=lambda *_: kinds.poisoned, spoils=True),
}


def main() -> None:
    """Print the counts, and the seconds beside what is promised."""
    names, asked = parse()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # and so end what was started
    print(f"seed {asked.seed}: {asked.rounds} trials of each fault", flush=True)
    began, found = time.monotonic(), {}
    watched: dict[str, float] = {}
    with staged() as stage:
        for name in names:
            if name == WATCHDOG:
                watched = watchdog_seconds(stage.node)
            elif "disk full, PostgreSQL" in name and stage.servers_disk is None:
                print(f"{name}: left out, only root can mount a small disk", file=sys.stderr)
            else:
                found[name] = tried(stage, name, asked)
    minutes = (time.monotonic() - began) / 60
    print(f"\n{counts(found).markdown()}\n\n{seconds(found, watched).markdown()}")
    print(f"\n{minutes:.1f} min, {os.cpu_count()} cores, seed {asked.seed}")
    sys.exit(any(not each.well for trials in found.values() for each in trials))


def tried(stage: Stage, name: str, asked: Asked) -> list[Outcome]:
    """All trials of one fault, each told as it ends."""
    found = []
    for turn, outcome in enumerate(outcomes(stage, name, KINDS[name], asked)):
        print(f"{name} {turn}: {outcome}", file=sys.stderr, flush=True)
        found.append(outcome)
    return found


def parse() -> tuple[Sequence[str], Asked]:
    """The command line: which faults, and how they are tried."""
    known = [*KINDS, WATCHDOG]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=__doc__)
    parser.add_argument("fault", nargs="*", help=f"which: {', '.join(known)}; default all")
    parser.add_argument("--rounds", type=int, default=20, help="trials of each [%(default)s]")
    parser.add_argument("--seed", type=int, help="of the moments [from the clock]")
    parser.add_argument("--pause", type=float, default=30.0, help="s of silence [%(default)g]")
    parser.add_argument("--beside", type=int, default=3, help="trials at a time [%(default)s]")
    parser.add_argument(
        "--keep", type=Path, help="folder for what roles said in trials that broke a promise [none]"
    )
    told = parser.parse_args()
    for name in told.fault:
        if name not in known:
            parser.error(f"no fault {name!r}; there are {', '.join(known)}")
    seed = int(time.time()) % 100_000 if told.seed is None else told.seed
    return told.fault or known, Asked(
        rounds=told.rounds, seed=seed, pause=told.pause, beside=told.beside, keep=told.keep
    )


def counts(found: Mapping[str, Sequence[Outcome]]) -> Table:
    """What was lost, in all trials of each fault together."""
    rows = []
    for name, trials in found.items():
        v = [each.verdict for each in trials if each.verdict is not None]
        sums = [
            sum(each.rows for each in v),
            sum(each.lost for each in v),
            sum(each.doubled for each in v),
            sum(each.renumbered for each in v),
            sum(each.frames_lost for each in v),
            sum(each.repeated for each in v),
            sum(not each.events for each in v),
            sum(each.astray for each in v),
            len(trials) - len(v),
        ]
        rows.append([name, str(len(trials)), *(f"{each:,}" for each in sums)])
    return Table(
        "Faults in a lossless run, against the same run undisturbed",
        (
            "fault", "trials", "rows", "lost", "doubled", "another id", "results lost",
            "results told twice", "other events", "astray", "no end",
        ),
        rows,
        [
            "Results that are told twice are dropped by whoever listens.",
            "Astray: frames wrongly among the dead letters, or wrongly not.",
        ],
    )  # fmt: skip


def seconds(found: Mapping[str, Sequence[Outcome]], watched: Mapping[str, float]) -> Table:
    """How long it took, beside what is promised."""
    rows = []
    for promise, most in PROMISES.items():
        took = [t.seconds[promise] for each in found.values() for t in each if promise in t.seconds]
        took += [watched[promise]] if promise in watched else []
        if took:
            kept = sum(each <= most for each in took)
            cells = f"{most:g}", f"{median(took):.2f}", f"{max(took):.2f}", f"{kept}/{len(took)}"
            rows.append([promise, *cells])
    return Table("Seconds", ("what", "promised", "median", "most", "kept"), rows)


if __name__ == "__main__":
    main()
