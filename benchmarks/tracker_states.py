"""What a worker's camera costs the store with every frame: bytes and CPU, of trackers side by side.

`python -m benchmarks.tracker_states [FRAMES]`: 20 people, whose looks have 512 numbers each.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Final

import numpy as np
import psycopg
import pytest
from tests.support.postgres import Postgres

from benchmarks.store import cpu_with, servers_of
from benchmarks.table import Table
from camweave.core.detections import Detections
from camweave.core.frame import CameraId, Stamp
from camweave.core.remembered import Remembered
from camweave.core.stages import Tracker
from camweave.core.tracks import Tracks
from camweave.formats.remembered import packed
from camweave.store.store import Store, open_store
from camweave.store.values import Batch, CameraState, RunId
from camweave.tracking.botsort import BotSort
from camweave.tracking.bytetrack import ByteTrack
from camweave.tracking.deepsort import DeepSort

CAMERA: Final = CameraId("gate")
FPS: Final = 15.0
PEOPLE: Final = 20
NUMBERS: Final = 512
FRAMES: Final = 100
FILLING: Final = 420  # frames until everybody has all the looks that are kept: 100, each 0.2 s
TRACKERS: Final[dict[str, Callable[[], Tracker]]] = {
    "bytetrack": lambda: ByteTrack(fps=FPS),
    "botsort": lambda: BotSort(fps=FPS),
    "deepsort": lambda: DeepSort(fps=FPS),
}


class Writer:
    """Writes a camera's states, each with its frame's rows, and tells what that takes."""

    def __init__(self, store: Store, run: RunId, *, whole: bool) -> None:
        """`whole`: looks are part of the state, as all else."""
        self._store, self._run, self._whole = store, run, whole
        self._last: CameraState | None = None
        self._written = 0

    def write(self, tracks: Tracks, known: Remembered) -> int:
        """Write one; bytes of its values."""
        looks = known.looks
        if self._whole and looks:
            one = {**known.arrays, "looks": np.array([*looks.values()])}
            known, looks = Remembered(known.kind, known.version, one), {}
        state = CameraState(
            camera=CAMERA,
            epoch=0,
            frame=tracks.stamp.index,
            version=1,
            state=packed({"tracker": known}),
            looks=looks,
            after=self._last,
        )
        self._store.write(Batch.of(self._run, [tracks], state))
        before = self._last.looks if self._last is not None else {}
        fresh = sum(look.nbytes for at, look in looks.items() if before.get(at) is not look)
        self._last = replace(state, after=None)
        return len(state.state) + fresh


def frames(tracker: Tracker, count: int) -> Iterator[Detections]:
    """People who walk to and fro side by side; only looks that the tracker wants are there."""
    rng = np.random.default_rng(0)
    faces = rng.normal(size=(PEOPLE, NUMBERS))
    for index in range(count):
        left = 100.0 * np.arange(PEOPLE) + 15 * np.sin(index / 20 + np.arange(PEOPLE))
        corner = np.stack([left, np.full(PEOPLE, 50.0)], 1) + rng.normal(0, 0.5, (PEOPLE, 2))
        boxes = np.hstack([corner, corner + np.array([40, 100])]).astype(np.float32)
        stamp = Stamp(index / FPS, CAMERA, index)
        bare = Detections(
            stamp, boxes, np.full(PEOPLE, 0.9, np.float32), np.zeros(PEOPLE, np.int32)
        )
        looks = (faces + rng.normal(0, 0.2, faces.shape)).astype(np.float32)
        looks /= np.linalg.norm(looks, axis=1, keepdims=True)
        looks[~tracker.wants(bare)] = 0
        yield replace(bare, embedding=looks)


def measured(url: str, kind: str, count: int) -> list[tuple[str, ...]]:
    """A row of the table for each way in which this tracker's state can be written."""
    tracker = TRACKERS[kind]()
    ways = {"looks apart": False} if kind == "bytetrack" else {"whole": True, "looks apart": False}
    took = dict.fromkeys(ways, (0, 0.0, 0))
    with open_store(url) as store:
        writers = {
            way: Writer(store, store.begin_run("site", f"{kind} {way}"), whole=whole)
            for way, whole in ways.items()
        }
        for index, seen in enumerate(frames(tracker, FILLING + count)):
            tracks = tracker.update(seen)
            if index < FILLING - 1:
                continue
            for way, writer in writers.items():
                servers, began = servers_of(url), log_of(url)
                cpu = cpu_with(servers)
                size = writer.write(tracks, tracker.remembered())
                if index >= FILLING:
                    spent, logged = cpu_with(servers) - cpu, log_of(url) - began
                    values, seconds, log = took[way]
                    took[way] = (values + size, seconds + spent, log + logged)
    return [
        (
            "SQLite" if url.startswith("sqlite") else "PostgreSQL",
            f"{kind}, {way}" if len(ways) > 1 else kind,
            f"{values / count:,.0f}",
            f"{log / count:,.0f}" if log else "",
            f"{seconds / count * 1e3:.2f}",
        )
        for way, (values, seconds, log) in took.items()
    ]


def log_of(url: str) -> int:
    """Bytes that PostgreSQL has written ahead so far; SQLite does not say."""
    if url.startswith("sqlite"):
        return 0
    with closing(psycopg.connect(url)) as connection:
        ((place,),) = connection.execute("SELECT pg_current_wal_lsn() - '0/0'").fetchall()
        return int(place)


def tracker_states_table(count: int = FRAMES) -> Table:
    """Both engines, each tracker after another."""
    rows: list[tuple[str, ...]] = []
    with tempfile.TemporaryDirectory() as folder:
        for kind in TRACKERS:
            rows += measured(f"sqlite:///{folder}/{kind}.db", kind, count)
    try:
        with Postgres(durable=True) as server:
            for kind in TRACKERS:
                rows += measured(server.fresh(kind), kind, count)
    except pytest.skip.Exception as missing:
        print(f"\ntracker states: {missing}", file=sys.stderr)
    return Table(
        f"A camera's state after every frame: {PEOPLE} tracks, looks of {NUMBERS} numbers",
        ("store", "tracker", "bytes a frame", "of its log", "CPU ms a frame"),
        rows,
        [
            f"{FPS:.0f} frames/s, a transaction each, its rows included; CPU: what is remembered, "
            "packed and written, the server's included. *whole*: all looks are written with every "
            "frame; *looks apart*: those that are new, as workers do. By turns, frame by frame."
        ],
    )


if __name__ == "__main__":
    print(tracker_states_table(*map(int, sys.argv[1:])).markdown())
