"""One worker against many: 16 cameras, a detector that takes 50 ms a frame, a real RabbitMQ.

`python -m benchmarks.scale [SECONDS TAKES [WORKERS ...]]`, and for a worker of it `work URL SITE
TAKES`. Where a machine has no time for eight, a detector that takes longer shows the same.
"""

import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.support.rabbitmq import Node
from tests.support.waiting import until

from benchmarks.broker_world import names, notice, write_site
from benchmarks.processes import cpu_of
from benchmarks.table import Table
from camweave.app.build import detectors
from camweave.app.cli.main import main as camweave
from camweave.app.jobs.roles.reaching import broker_at
from camweave.broker.broker import Broker
from camweave.broker.depths import depths
from camweave.broker.sites import announce
from camweave.broker.topology import Topology
from camweave.core.detections import Detections
from camweave.core.frame import Frame
from camweave.detection.recorded import Recorded

CAMERAS: Final = 16
WORKERS: Final = (1, 2, 4, 8)
TAKES: Final = 0.05  # s that the detector takes for a frame
SECONDS: Final = 20.0  # that are measured
START: Final = 240.0  # s in which so many workers have started on a busy machine
ROUNDS: Final = 4  # frames of every camera that show that all are worked on
GLANCE: Final = 0.05  # s between two looks into the store
AIM: Final = 7.5  # times one, of eight


class Slow(Recorded):
    """Detections that take their time, one frame after the other, as on a device of its own."""

    takes = TAKES

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        """One `Detections` per frame."""
        time.sleep(self.takes * len(frames))
        return super().detect(frames)


@dataclass(frozen=True, slots=True)
class Ran:
    """So many workers, when all have their share."""

    workers: int
    rate: float  # frames/s of all cameras together
    least: float  # frames/s of the slowest camera
    cpu: float  # ms of all workers' CPU a frame


def scale_table(
    seconds: float = SECONDS, takes: float = TAKES, counts: Sequence[int] = WORKERS
) -> Table:
    """Frames/s of so many workers, each run on its own."""
    with tempfile.TemporaryDirectory() as folder, Node(Path(folder), memory="2GB") as node:
        ran = [Trial(Path(folder), node, takes, count).ran(seconds) for count in counts]
    one = ran[0].rate / ran[0].workers
    return Table(
        f"{CAMERAS} cameras, a detector that takes {takes * 1e3:.0f} ms a frame",
        ("workers", "frames/s", "times one", "of no cost", "slowest camera", "CPU ms a frame"),
        [
            (
                f"{each.workers}",
                f"{each.rate:.1f}",
                f"{each.rate / one:.2f}",
                f"{each.rate * takes / each.workers:.3f}",
                f"{each.least:.2f}",
                f"{each.cpu:.2f}",
            )
            for each in ran
        ],
        [
            "`camweave work` with recorded detections that sleep, one frame after the other; "
            "frames of 60 kB from one publisher, lossless; one SQLite store, flushed with every "
            f"transaction. Over {seconds:.0f} s, when all workers are there and all cameras are "
            "worked on. *Of no cost*: of what the detector alone would allow. Aim: 8 workers "
            f"{AIM} times one."
        ],
    )


class Trial:
    """One run of so many workers."""

    def __init__(self, folder: Path, node: Node, takes: float, count: int) -> None:
        self._node, self._takes, self._count = node, takes, count
        self._site = f"scale-{count}"
        self._folder = folder / self._site
        self._store = self._folder / f"{self._site}.db"

    def ran(self, seconds: float) -> Ran:
        """What they do in so many seconds, once all cameras are worked on."""
        self._folder.mkdir()
        frames = round((seconds + START) / self._takes) * self._count
        written = write_site(self._folder, self._site, names(CAMERAS), frames // CAMERAS)
        with broker_at(self._node.url) as broker, ExitStack() as ends:
            announce(broker, notice(written, lossless=True))
            sending, sizes = ("send-ours", self._node.url, self._site), (CAMERAS, CAMERAS, frames)
            ends.enter_context(process("broker_parts", *sending, "lossless", *sizes))
            work = ("work", self._node.url, self._site, self._takes)
            workers = [ends.enter_context(process("scale", *work)) for _ in range(self._count)]
            until(lambda: self._all_there(broker), within=START)
            until(self._all_goes_on, within=START)
            assert all(each.poll() is None for each in workers), "a worker has ended"
            return self._watched([each.pid for each in workers], seconds)

    def _all_there(self, broker: Broker) -> bool:
        time.sleep(1)
        queue = Topology(site=self._site, lossless=True).workers.name
        found = depths(broker, [queue])
        return queue in found and found[queue].consumers == self._count

    def _all_goes_on(self) -> bool:
        """Whether every camera is worked on, as often as its share of the workers can."""
        if not self._store.exists():
            time.sleep(1)
            return False
        with self._reading() as reading:
            before = _counts(reading)
            time.sleep((ROUNDS + 1) * self._takes * CAMERAS / self._count)
            after = _counts(reading)
        went = [count - before.get(camera, 0) for camera, count in after.items()]
        return len(went) == CAMERAS and min(went) >= ROUNDS

    def _watched(self, workers: Sequence[int], seconds: float) -> Ran:
        """From one transaction to another, so long after it."""
        with self._reading() as reading:
            start, before = _next(reading)
            cpu, over = sum(map(cpu_of, workers)), start + seconds
            while (found := _next(reading))[0] < over:
                pass
            stop, after = found
        cpu = sum(map(cpu_of, workers)) - cpu
        done = [count - before[camera] for camera, count in after.items()]
        took = stop - start
        return Ran(len(workers), sum(done) / took, min(done) / took, cpu / sum(done) * 1e3)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(f"file:{self._store}?mode=ro", uri=True)) as reading:
            yield reading


def _next(reading: sqlite3.Connection) -> tuple[float, dict[int, int]]:
    """When the next frames are written, and how many of each camera there are then."""
    known = _counts(reading)
    while (found := _counts(reading)) == known:
        time.sleep(GLANCE)
    return time.perf_counter(), found


def _counts(reading: sqlite3.Connection) -> dict[int, int]:
    """Frames of each camera; none while the tables are being made."""
    try:
        asked = "SELECT camera_id, count(*) FROM frame GROUP BY camera_id"
        return dict(reading.execute(asked).fetchall())
    except sqlite3.OperationalError:
        return {}


@contextmanager
def process(module: str, *words: object) -> Iterator[subprocess.Popen[bytes]]:
    """A part of a benchmark, ended with the block."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *map(str, words)]
    with (
        Path("/dev/zero").open("rb") as endless,  # lets a sender send
        subprocess.Popen(command, stdin=endless, stderr=subprocess.DEVNULL) as started,
    ):
        try:
            yield started
        finally:
            started.kill()


def main(*words: str) -> None:
    """A worker, or the table."""
    match words:
        case ["work", url, site, takes]:
            Slow.takes = float(takes)
            vars(detectors)["Recorded"] = Slow  # the whole of the worker but for this is real
            camweave(["work", "--broker", url, "--site", site])
        case [seconds, takes, *counts]:
            many = [int(each) for each in counts] or WORKERS
            print(scale_table(float(seconds), float(takes), many).markdown())
        case _:
            print(scale_table().markdown())


if __name__ == "__main__":
    main(*sys.argv[1:])
