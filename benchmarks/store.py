"""The store: rows a second while a reader queries, and a journey out of ten million rows.

`python -m benchmarks.store read URL` is the reader, in a process of its own.
"""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, TypeAlias

import numpy as np
import psycopg
import pytest
from tests.support.postgres import Postgres

from benchmarks.processes import cpu_of
from benchmarks.store_world import Busy
from benchmarks.table import Table
from camweave.core.frame import Stamp
from camweave.core.tracks import Tracks
from camweave.store.rows import Rows
from camweave.store.store import Store, open_store
from camweave.store.values import Batch, RunId

ROWS = 10_000_000
TURN = 10  # batches from one that the bare client writes, too, to the next
EVENTS = 5000  # written at once
ASKED = 50  # journeys
PIECE = 4 << 20  # bytes, about what a batch is on the disk
FLUSHES = 20

Columns: TypeAlias = list[list[Any]]
Writer: TypeAlias = Callable[[Columns], None]

TABLE = """CREATE TABLE point (camera INTEGER NOT NULL, epoch INTEGER NOT NULL,
frame BIGINT NOT NULL, track BIGINT NOT NULL, time DOUBLE PRECISION NOT NULL, x1 REAL NOT NULL,
y1 REAL NOT NULL, x2 REAL NOT NULL, y2 REAL NOT NULL, score REAL NOT NULL, class INTEGER NOT NULL,
PRIMARY KEY (camera, epoch, frame, track))"""
TYPES = ("int4", "int4", "int8", "int8", "float8", *["float4"] * 5, "int4")


@dataclass(frozen=True)
class Figures:
    """What came of one engine."""

    rate: float  # rows/s
    cpu: float  # rows per s of CPU, the server's included
    bare: float  # rows/s
    events: float  # events/s
    reads: int
    read_p95: float  # ms
    journey: float  # ms, median
    journey_p95: float  # ms
    path: float  # ms, with all boxes
    size: float  # bytes a row
    flush: float  # ms


def store_tables(rows: int = ROWS) -> Iterator[Table]:
    """Both engines, and what the bare clients do in the same run."""
    with tempfile.TemporaryDirectory() as folder, bare_sqlite(Path(folder, "bare.db")) as bare:
        yield table("SQLite", rows, figures(f"sqlite:///{folder}/store.db", rows, bare))
    try:
        with Postgres(durable=True) as server, bare_postgres(server.fresh("bare")) as bare:
            yield table("PostgreSQL", rows, figures(server.fresh("bench"), rows, bare))
    except pytest.skip.Exception as missing:
        print(f"\nstore: {missing}", file=sys.stderr)


def table(engine: str, rows: int, f: Figures) -> Table:
    """What is promised beside what came."""
    promised = 150_000 if engine == "SQLite" else 100_000
    return Table(
        f"The store on {engine}, {rows / 1e6:g} million rows of 16 cameras",
        ("figure", "promised", "measured"),
        [
            ("rows/s, durable, while a reader queries", f"{promised:,}", f"{f.rate:,.0f}"),
            ("rows per s of CPU, the server's included", "", f"{f.cpu:,.0f}"),
            ("rows/s of the bare client, in between", "", f"{f.bare:,.0f}"),
            ("events/s, folded", "", f"{f.events:,.0f}"),
            ("the reader: queries, p95 ms", "", f"{f.reads:,}, {f.read_p95:.1f}"),
            ("a journey, ms: median, p95", "50", f"{f.journey:.1f}, {f.journey_p95:.1f}"),
            ("a journey with its boxes, ms: median", "50", f"{f.path:.1f}"),
            ("bytes a row, indexes included", "", f"{f.size:.0f}"),
            (f"this disk: to flush {PIECE >> 20} MiB, ms", "", f"{f.flush:.1f}"),
        ],
    )


def figures(url: str, rows: int, bare: Writer) -> Figures:
    """Fill a store while somebody reads it, then ask it; now and then the bare client's turn."""
    world = Busy(rows=rows)
    with open_store(url) as store:
        run = store.begin_run(world.site, "run", began=0.0)
        store.write(Batch(run=run, rows=next(world.batches())))
        events = written_events(store, run, world)
        servers = servers_of(url)
        reader = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.store", "read", url],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert reader.stdout is not None
        reader.stdout.readline()  # it has begun
        took, cpu, bares = 0.0, 0.0, []
        for turn, batch in enumerate(world.batches()):  # the first is there: it changes nothing
            began, began_cpu = perf_counter(), cpu_with(servers)
            store.write(Batch(run=run, rows=batch))
            took, cpu = took + perf_counter() - began, cpu + cpu_with(servers) - began_cpu
            if turn % TURN == 1:
                bares.append(bare_rate(bare, batch))
        told = json.loads(reader.communicate("stop\n")[0])
        if url.startswith("postgresql"):
            store.vacuum()
        info = store.info()
        journeys, paths = asked(store, world)
    return Figures(
        rate=rows / took,
        cpu=rows / cpu,
        bare=len(bares) / sum(1 / each for each in bares),
        events=events,
        reads=len(told),
        read_p95=float(np.percentile(told, 95)),
        journey=float(np.median(journeys)),
        journey_p95=float(np.percentile(journeys, 95)),
        path=float(np.median(paths)),
        size=info.used / rows,
        flush=flushed(),
    )


def servers_of(url: str) -> list[int]:
    """The server's processes that work for the store; on SQLite there are none."""
    if url.startswith("sqlite"):
        return []
    with psycopg.connect(url) as connection:
        asked = "SELECT pid FROM pg_stat_activity WHERE application_name = 'camweave'"
        return [pid for (pid,) in connection.execute(asked)]


def cpu_with(servers: Sequence[int]) -> float:
    """S of CPU that we and these have used so far."""
    return process_time() + sum(map(cpu_of, servers))


def flushed() -> float:
    """Ms that the disk of temporary files takes for so much, written and flushed."""
    with tempfile.TemporaryFile() as file:
        began = perf_counter()
        for _ in range(FLUSHES):
            file.write(bytes(PIECE))
            file.flush()
            os.fsync(file.fileno())
        return (perf_counter() - began) / FLUSHES * 1e3


def written_events(store: Store, run: RunId, world: Busy) -> float:
    """Write who is who: events/s."""
    events = list(world.events())
    began = perf_counter()
    for start in range(0, len(events), EVENTS):
        store.write(Batch(run=run, events=tuple(events[start : start + EVENTS])))
    return len(events) / (perf_counter() - began)


def asked(store: Store, world: Busy) -> tuple[list[float], list[float]]:
    """Ms of journeys of identities from all over, without and with their boxes."""
    identities = [each.identity for each in store.identities(world.site)]
    journeys, paths = [], []
    for who in identities[:: max(len(identities) // ASKED, 1)]:
        began = perf_counter()
        visits = store.journey(world.site, who)
        journeys.append((perf_counter() - began) * 1e3)
        found = [store.path(world.site, visit) for visit in visits]
        paths.append((perf_counter() - began) * 1e3)
        assert all(len(each) == world.stay * world.fps for each in found[:-1])
    return journeys, paths


def read(url: str) -> None:
    """Ask for journeys and for a second of a camera until told to stop; ms of each query."""
    stop = threading.Event()

    def wait() -> None:
        sys.stdin.readline()
        stop.set()

    threading.Thread(target=wait, daemon=True).start()
    took = []
    with open_store(url, read_only=True) as store:
        run = store.runs()[0]
        rng = np.random.default_rng(2)
        print("reading", flush=True)
        while not stop.wait(0.02):
            began = perf_counter()
            store.journey(run.site, int(rng.integers(1, 1000)))
            store.tracks(run.id, run.cameras[int(rng.integers(16))].name, 2.0, 3.0)
            took.append((perf_counter() - began) * 1e3)
    print(json.dumps(took))


def columns_of(rows: Rows) -> Columns:
    """The columns that a bare client is given, as Python's objects."""
    of = rows.frame_of_row
    made = (rows.camera[of], rows.epoch[of], rows.frame[of], rows.track_id, rows.time[of])
    return [each.tolist() for each in (*made, *rows.xyxy.T, rows.score, rows.class_id)]


def bare_rate(write: Writer, rows: Rows) -> float:
    """Rows/s of a client that is given columns; making them does not count."""
    columns = columns_of(rows)
    began = perf_counter()
    write(columns)
    return len(rows) / (perf_counter() - began)


@contextmanager
def bare_sqlite(path: Path) -> Iterator[Writer]:
    """`sqlite3` and its executemany, with the store's promises."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(TABLE)

        def write(columns: Columns) -> None:
            connection.execute("BEGIN IMMEDIATE")
            into = f"INSERT INTO point VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 - our own
            connection.executemany(into, zip(*columns, strict=True))
            connection.execute("COMMIT")

        yield write


@contextmanager
def bare_postgres(url: str) -> Iterator[Writer]:
    """`psycopg` and its binary COPY, row by row."""
    with psycopg.connect(url) as connection:
        connection.execute(TABLE)
        connection.commit()

        def write(columns: Columns) -> None:
            with (
                connection.cursor() as cursor,
                cursor.copy("COPY point FROM STDIN (FORMAT BINARY)") as copy,
            ):
                copy.set_types(TYPES)
                for row in zip(*columns, strict=True):
                    copy.write_row(row)
            connection.commit()

        yield write


def gathered(seconds: int = 20) -> float:
    """Rows/s that `Rows.of` makes of tracks, as a line gives them."""
    rng = np.random.default_rng(3)
    told = [
        Tracks(
            stamp=Stamp(time=n / 25, camera=f"cam_{camera:02d}", index=n),  # type: ignore[arg-type]  # a name
            track_id=np.arange(10),
            xyxy=rng.random((10, 4), np.float32),
            score=rng.random(10, np.float32),
            class_id=np.zeros(10, np.int32),
            detection=np.arange(10),
        )
        for n in range(seconds * 25)
        for camera in range(16)
    ]
    began = perf_counter()
    rows = Rows.of(told)
    return len(rows) / (perf_counter() - began)


def main(arguments: Sequence[str]) -> None:
    """The reader, or the tables of so many rows."""
    match arguments:
        case ["read", url]:
            read(url)
        case [rows]:
            print(f"gathering: {gathered():,.0f} rows/s")
            for each in store_tables(int(rows)):
                print(f"\n{each.markdown()}", flush=True)
        case _:
            sys.exit("python -m benchmarks.store ROWS, or read URL")


if __name__ == "__main__":
    main(sys.argv[1:])
