"""Frames of 60 kB through publisher, worker and results over RabbitMQ, beside the bare client.

`python -m benchmarks.broker [FRAMES [ROUNDS]]`
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from select import select
from statistics import median
from typing import Final, TypeAlias

from tests.support.rabbitmq import Node

from benchmarks.broker_parts import BACK, READER
from benchmarks.broker_world import names, notice, picture, write_site
from benchmarks.processes import CAMWEAVE, cpu_of
from benchmarks.table import Table
from camweave.app.jobs.roles.reaching import broker_at
from camweave.broker.broker import Broker, declare
from camweave.broker.client import Wire
from camweave.broker.sites import announce
from camweave.broker.topology import Topology

CAMERAS: Final = 4
FRAMES: Final = 2000  # in one run
ROUNDS: Final = 3
AHEAD: Final = {"lossless": 150, "live": 32}  # frames of a camera under way; live, none is dropped
GLANCE: Final = 0.5  # s
LEAST: Final = 0.6  # of the bare clients'
WAYS: Final = {
    "hop": "bare, publisher to consumer",
    "bare": "bare, through a worker",
    "ours": "camweave",
}

Parts: TypeAlias = dict[str, subprocess.Popen[str]]


@dataclass(frozen=True, slots=True)
class Ran:
    """One run."""

    rate: float  # frames/s that the consumer gets
    cpu: dict[str, float]  # ms a frame: of each process


def broker_table(frames: int = FRAMES, rounds: int = ROUNDS) -> Table:
    """Frames/s from one publisher through one worker to one consumer, each in its own process."""
    with tempfile.TemporaryDirectory() as folder, Node(Path(folder), memory="2GB") as node:
        rows = [
            row
            for mode in ("lossless", "live")
            for row in _rows(Path(folder), node, mode, (frames, rounds))
        ]
    columns = ("frames/s", "of bare", "CPU of bare", "publisher", "worker", "consumer", "broker")
    return Table(
        f"Frames of {len(picture()) / 1000:.0f} kB of {CAMERAS} cameras over RabbitMQ, and CPU ms "
        "a frame of each part",
        ("mode", "way", *columns),
        rows,
        [
            "Quorum queues with a single active consumer, persistent, confirmed, acknowledged when "
            "what follows from it is confirmed: all ways. Results go to the log, a stream, or live "
            "to a quorum queue of the consumer's. *Bare*: aio-pika alone; its worker sends each "
            "frame on as it is. *camweave*: `camweave work` with recorded detections and "
            "ByteTrack, and SQLite flushed with every transaction. Each frame that comes out lets "
            f"the next one in: {AHEAD['lossless']} of a camera are under way, live "
            f"{AHEAD['live']}, of which no queue drops any. Aim: {LEAST:.0%} of bare through a "
            "worker. *CPU of bare*: the same by CPU time of all processes, which other users of "
            f"the machine disturb less. Medians of {rounds} rounds by turns."
        ],
    )


def _rows(folder: Path, node: Node, mode: str, size: tuple[int, int]) -> list[tuple[str, ...]]:
    """One mode: all ways by turns."""
    frames, rounds = size
    ran: dict[str, list[Ran]] = {way: [] for way in WAYS}
    for turn in range(rounds):
        for way in WAYS:
            line = Line(folder, node, f"{way}-{mode}-{turn}", mode=mode, frames=frames)
            ran[way].append(line.run(way))
    return [_row(mode, name, ran[way], ran["bare"]) for way, name in WAYS.items()]


def _row(mode: str, name: str, own: Sequence[Ran], bare: Sequence[Ran]) -> tuple[str, ...]:
    pairs = list(zip(own, bare, strict=True))
    share = median(each.rate / its.rate for each, its in pairs)
    by_cpu = median(sum(its.cpu.values()) / sum(each.cpu.values()) for each, its in pairs)
    parts = ("send", "work", "take", "broker")
    cpu = [
        f"{median(each.cpu[part] for each in own):.2f}" if part in own[0].cpu else ""
        for part in parts
    ]
    return (
        mode,
        name,
        f"{median(each.rate for each in own):.0f}",
        f"{share:.2f}",
        f"{by_cpu:.2f}",
        *cpu,
    )


class Line:
    """One run of one way, its processes and its queues."""

    def __init__(self, folder: Path, node: Node, site: str, *, mode: str, frames: int) -> None:
        self._node, self._site = node, site
        self._mode, self._frames = mode, frames
        self._folder = folder / site
        self._topology = Topology(site=site, lossless=mode == "lossless")

    def run(self, way: str) -> Ran:
        """Frames/s and CPU of one run."""
        with broker_at(self._node.url) as broker, ExitStack() as ends:
            self._declare(broker)
            if way == "ours":
                self._tell(broker)
            self._input, self._back = os.pipe()  # of the sender: a frame for each byte
            ends.callback(os.close, self._input)
            ends.callback(os.close, self._back)
            parts = {name: ends.enter_context(each) for name, each in self._parts(way).items()}
            for each in parts.values():
                ends.callback(each.kill)
            return self._ran(parts)

    def _ran(self, parts: Parts) -> Ran:
        taking = parts["take"]
        assert taking.stdout is not None
        for each in parts.values():
            if each.stdout is not None and each is not parts["send"]:
                each.stdout.readline()  # it is there
        while not select([taking.stdout], [], [], GLANCE)[0]:  # the worker begins
            self._let_go(CAMERAS)
        taking.stdout.readline()  # it has
        self._let_go(AHEAD[self._mode] * CAMERAS)
        taking.stdout.readline()  # it is warm
        before = self._cpu(parts)
        rate = float(taking.stdout.readline())
        after = self._cpu(parts)
        return Ran(
            rate, {name: (after[name] - before[name]) / self._frames * 1e3 for name in after}
        )

    def _let_go(self, frames: int) -> None:
        os.write(self._back, b"." * frames)

    def _cpu(self, parts: Parts) -> dict[str, float]:
        own = {name: cpu_of(each.pid) for name, each in parts.items()}
        return own | {"broker": cpu_of(int((self._folder.parent / "pid").read_text()))}

    def _parts(self, way: str) -> Parts:
        whose = "ours" if way == "ours" else "bare"
        found = {"send": self._part(f"send-{whose}")}
        if way == "ours":
            words = [str(CAMWEAVE), "work", "--broker", self._node.url, "--site", self._site]
            found["work"] = subprocess.Popen(words, text=True, stderr=subprocess.DEVNULL)
        elif way == "bare":
            found["work"] = self._part("work-bare")
        take = "hop-bare" if way == "hop" else f"take-{whose}"
        return found | {"take": self._part(take)}

    def _part(self, part: str) -> subprocess.Popen[str]:
        words = [sys.executable, "-m", "benchmarks.broker_parts", part, self._node.url, self._site]
        words += [self._mode, str(AHEAD[self._mode] * CAMERAS), str(CAMERAS), str(self._frames)]
        return subprocess.Popen(
            words,
            text=True,
            stdin=self._input,
            stdout=subprocess.PIPE,
            env=os.environ | {BACK: str(self._back)},
            pass_fds=[self._back],
        )

    def _declare(self, broker: Broker) -> None:
        topology, cameras = self._topology, names(CAMERAS)
        queues = () if topology.lossless else (topology.follower(READER),)

        async def declared(wire: Wire) -> None:
            channel = await wire.channel()
            await declare(channel, topology.declaration(cameras))
            await declare(channel, topology.following(*queues))

        broker.ask(declared)

    def _tell(self, broker: Broker) -> None:
        self._folder.mkdir()
        frames = 20 * self._frames // CAMERAS
        written = write_site(self._folder, self._site, names(CAMERAS), frames)
        announce(broker, notice(written, lossless=self._topology.lossless))


def main(*sizes: str) -> None:
    """Print the table."""
    print(broker_table(*map(int, sizes)).markdown())


if __name__ == "__main__":
    main(*sys.argv[1:])
