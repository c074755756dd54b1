"""The live linker under load: time of a linking pass, and memory over a simulated day.

`python -m benchmarks.live_linking day HOURS` is the day, in a process of its own.
"""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import numpy as np

from benchmarks.live_quality import live_quality_table
from benchmarks.peers.environment import run_module
from benchmarks.table import Table
from camweave.core.arrays import F32, F64, I64
from camweave.core.frame import CameraId
from camweave.core.sightings import Crops, Paths, Sightings
from camweave.core.topology import Topology, Transition
from camweave.linking.live.live import LiveLinker
from camweave.linking.live.params import LiveParams
from camweave.linking.live.snapshot import Snapshot

CAMERAS = 50
LIVE = 500  # tracks at a time
STAY = 20.0  # s in view
GALLERY = 20_000  # identities
DIMENSION = 256
CROPS = 8
PASSES = 600
HOURS = 24
MIB = 1 << 20


@dataclass(frozen=True)
class Load:
    """A made-up site: so many live tracks, each for `STAY` s, some of them seen before."""

    cameras: int = CAMERAS
    live: int = LIVE
    dimension: int = DIMENSION
    back: float = 0.7  # share of those who come that were seen in the camera before
    travel: float = 15.0  # s between two cameras, about
    seed: int = 1

    @property
    def names(self) -> tuple[CameraId, ...]:
        """The cameras, in a ring."""
        return tuple(CameraId(f"c{n:02d}") for n in range(self.cameras))

    @property
    def topology(self) -> Topology:
        """Each camera's objects go on to the next."""
        n = self.names
        ways = tuple(
            Transition(source=n[k], target=n[(k + 1) % len(n)], least=5.0, most=40.0)
            for k in range(len(n))
        )
        return Topology(cameras=n, transitions=ways)


class Stream:
    """Tracklet-level streams of all cameras: what their `Growing`s would hand over."""

    def __init__(self, load: Load) -> None:
        self.load, self._rng = load, np.random.default_rng(load.seed)
        self._next = np.ones(load.cameras, np.int64)
        self._rows: list[tuple[int, int, float, F32]] = []  # camera, id, begin, look
        self._coming: list[tuple[float, int, F32]] = []  # when, camera, look

    def snapshots(self, time: float, interval: float) -> list[Snapshot]:
        """One of each camera, at `time`."""
        ended = [row for row in self._rows if time - row[2] > STAY]
        self._rows = [row for row in self._rows if time - row[2] <= STAY]
        for camera, _, _, look in ended:
            if self._rng.random() < self.load.back:
                when = time + self.load.travel * np.exp(self._rng.normal(0, 0.25))
                self._coming.append((when, (camera + 1) % self.load.cameras, look))
        due = [each for each in self._coming if each[0] <= time]
        self._coming = [each for each in self._coming if each[0] > time]
        for when, camera, look in due:
            self._enter(camera, when, look)
        fresh = self._rng.poisson((1 - self.load.back) * self.load.live / STAY * interval)
        for _ in range(fresh if len(self._rows) else self.load.live):
            spread = STAY if not due and fresh == 0 else interval
            self._enter(
                int(self._rng.integers(self.load.cameras)),
                time - self._rng.uniform(0, spread),
                self._somebody(),
            )
        by_camera: list[list[tuple[int, float, F32, bool]]] = [[] for _ in range(self.load.cameras)]
        for over, rows in ((False, self._rows), (True, ended)):
            for camera, number, begin, look in rows:
                by_camera[camera].append((number, begin, look, over))
        return [
            self._snapshot(c, sorted(own, key=lambda row: row[0]), time)
            for c, own in enumerate(by_camera)
        ]

    def _enter(self, camera: int, begin: float, look: F32) -> None:
        self._rows.append((camera, int(self._next[camera]), begin, look))
        self._next[camera] += 1

    def _somebody(self) -> F32:
        look = self._rng.normal(size=self.load.dimension).astype(np.float32)
        return look / np.linalg.norm(look)

    def _snapshot(
        self, camera: int, own: Sequence[tuple[int, float, F32, bool]], time: float
    ) -> Snapshot:
        n = len(own)
        counts = np.array([min(int((time - row[1]) * 4) + 1, CROPS) for row in own], np.int64)
        owner = np.repeat(np.arange(n), counts)
        looks = np.array([row[2] for row in own], np.float32).reshape(n, self.load.dimension)
        crops = looks[owner] + self._rng.normal(
            0, 0.5 / np.sqrt(self.load.dimension), (len(owner), self.load.dimension)
        ).astype(np.float32)
        crops /= np.linalg.norm(crops, axis=1, keepdims=True)
        begin = np.array([row[1] for row in own], np.float64)
        end = np.array([time - 1.0 if row[3] else time for row in own], np.float64)
        boxes = np.tile(np.array([100, 100, 160, 240], np.float32), (n, 1))
        s = Sightings(
            cameras=(self.load.names[camera],),
            size=np.array([[1280, 720]]),
            camera=np.zeros(n, np.int64),
            tracklet_id=np.array([row[0] for row in own], np.int64),
            class_id=np.zeros(n, np.int32),
            begin=begin,
            end=np.maximum(end, begin),
            frames=np.full(n, 20),
            entry=boxes,
            exit=boxes,
            entry_motion=np.zeros((n, 2), np.float32),
            exit_motion=np.zeros((n, 2), np.float32),
            crops=_crops(counts, crops, begin[owner]),
            paths=Paths(np.zeros(n + 1, np.int64), np.empty(0), np.empty((0, 2)), np.empty(0)),
        )
        return Snapshot(time, s, np.array([row[3] for row in own], np.bool_))


def _crops(counts: I64, embedding: F32, time: F64) -> Crops:
    return Crops(
        offsets=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        time=time,
        frame=np.zeros(len(time), np.int64),
        embedding=embedding,
        quality=np.full(len(time), 0.8, np.float32),
    )


def live_linking_table() -> list[Table]:
    """The time of a pass, how ids behave, then the day."""
    return [pass_table(), live_quality_table(), day_table()]


def pass_table() -> Table:
    """Milliseconds of a pass, once the gallery is full."""
    load, live = Load(back=0.2), LiveParams(memory=1e6)
    linker, stream, step = LiveLinker(load.topology, live=live), Stream(load), 0
    while len(linker.gallery.held) < GALLERY:
        step += 1
        linker.link(stream.snapshots(step * 4.0, 4.0), step * 4.0)
    taken, begin = [], step * 4.0
    for k in range(1, PASSES + 1):
        time = begin + k * live.interval
        snapshots = stream.snapshots(time, live.interval)
        start = process_time()
        linker.link(snapshots, time)
        taken.append((process_time() - start) * 1e3)
    tracks = sum(map(len, linker.gallery.live.values()))
    quantiles = [f"{np.quantile(taken, q):.1f}" for q in (0.5, 0.9, 0.99, 1.0)]
    return Table(
        "A live linking pass, ms of CPU time",
        ("cameras", "live tracks", "identities", "median", "90 %", "99 %", "longest"),
        [[str(CAMERAS), str(tracks), f"{len(linker.gallery.held):,}", *quantiles]],
        [f"{PASSES} passes of {live.interval} s, {DIMENSION}-d; learning and repairs included."],
    )


def day_table() -> Table:
    """Memory over a day."""
    marks = [json.loads(line) for line in run_module(
        "ours", "benchmarks.live_linking", "day", str(HOURS)
    ).splitlines()]  # fmt: skip
    rows = [
        [
            f"{m['hours']:.0f}",
            f"{m['resident'] / MIB:.0f}",
            str(m["identities"]),
            str(m["slots"]),
            f"{m['median']:.1f}",
            f"{m['late']:.1f}",
        ]
        for m in marks
    ]
    return Table(
        "A simulated day of live linking",
        ("hours", "MiB resident", "identities remembered", "tracklet slots", "ms, median", "99 %"),
        rows,
        ["Six cameras, 12 live tracks, memory 10 minutes, linked every 2 s, a lesson a minute."],
    )


def day(hours: int) -> Iterator[dict[str, float]]:
    """Link for so many hours of media; at each eighth, what is held and what a pass took."""
    load = Load(cameras=6, live=12, dimension=64)
    linker = LiveLinker(
        load.topology, live=LiveParams(memory=600.0, interval=2.0, learn_every=60.0)
    )
    stream, steps = Stream(load), int(hours * 3600 / 2.0)
    taken: list[float] = []
    for step in range(1, steps + 1):
        snapshots, start = stream.snapshots(step * 2.0, 2.0), process_time()
        linker.link(snapshots, step * 2.0)
        taken.append((process_time() - start) * 1e3)
        if step % (steps // 8) == 0:
            median, late = np.quantile(taken, (0.5, 0.99)).tolist()
            taken.clear()
            yield {
                "hours": step * 2.0 / 3600,
                "resident": _resident(),
                "identities": len(linker.gallery.held),
                "slots": len(linker.gallery.tracklets),
                "median": median,
                "late": late,
            }


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    for mark in day(int(sys.argv[2])):
        print(json.dumps(mark), flush=True)
