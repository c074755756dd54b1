"""How old live results are when they come over RabbitMQ, where the detector cannot keep up.

`python -m benchmarks.broker_age [SECONDS]`
"""

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from threading import Event, Thread
from typing import Final

from tests.support.rabbitmq import Node

from benchmarks.broker_world import names, notice, sent, write_site
from benchmarks.scale import process
from benchmarks.table import Table
from camweave.app.jobs.roles.reaching import broker_at
from camweave.broker.consumer import Consumer
from camweave.broker.publisher import Publisher, PublisherParams
from camweave.broker.sites import announce
from camweave.broker.topology import Topology
from camweave.core.frame import CameraId
from camweave.formats.messages.frames import pack_frame
from camweave.formats.messages.results import stamp_of

SECONDS: Final = 20.0  # of which the second half counts
START: Final = 10.0  # s that a worker may take to begin
GLANCE: Final = 0.2  # s
SITE: Final = "age"


@dataclass(frozen=True, slots=True)
class Load:
    """What a worker is asked to do."""

    cameras: int
    fps: float  # of each camera
    takes: float  # s that its detector takes for a frame


LOADS: Final = (Load(4, 8, 0.02), Load(4, 8, 0.1), Load(2, 25, 0.1), Load(16, 8, 0.05))


@dataclass
class Heard:
    """Ages of results in s, in order of coming."""

    ages: list[float] = field(default_factory=list)

    def listen(self, results: Consumer, over: Event) -> None:
        """Note all that come, until it is over."""
        while not over.is_set():
            if (delivery := results.take(GLANCE)) is not None:
                self.ages.append(time.time() - stamp_of(delivery.headers)[1].time)
                delivery.ack()


def broker_age_table(seconds: float = SECONDS, loads: Sequence[Load] = LOADS) -> Table:
    """One worker under each load, at ease first."""
    rows = []
    for load in loads:
        with tempfile.TemporaryDirectory() as folder, Node(Path(folder), memory="2GB") as node:
            ages = heard(Path(folder), node, load, seconds)
        rows.append(
            (
                f"{load.cameras}",
                f"{load.fps:g}",
                f"{load.takes * 1e3:.0f}",
                f"{load.cameras * load.fps * load.takes:.1f}",
                f"{len(ages) / (seconds / 2):.1f}",
                f"{median(ages):.2f}",
                f"{quantiles(ages, n=20)[-1]:.2f}",
            )
        )
    return Table(
        "Age of live results over RabbitMQ, of one worker whose detector takes its time",
        ("cameras", "fps", "ms a frame", "load", "results/s", "median s", "95 % s"),
        rows,
        [
            "From the capture of a frame to its result at who follows results. *Load*: what the "
            "detector would need to see every frame; beyond 1 it cannot, and the frames that newer "
            "ones of their camera have overtaken by a quarter of a second are let go."
        ],
    )


def heard(folder: Path, node: Node, load: Load, seconds: float) -> list[float]:
    """Ages of the results of the second half."""
    cameras, topology, told = names(load.cameras), Topology(site=SITE, lossless=False), Heard()
    site, follower = folder / SITE, topology.follower("taker")
    site.mkdir()
    written = write_site(site, SITE, cameras, round(load.fps * (seconds + START)))
    with (
        broker_at(node.url) as sending,
        broker_at(node.url) as taking,
        Publisher(
            sending,
            topology.frames.name,
            topology.declaration(cameras),
            PublisherParams(lossless=False),
        ) as publisher,
        Consumer(taking, topology, [follower], topology.following(follower)) as results,
        ExitStack() as ends,
    ):
        announce(sending, notice(written, lossless=False))
        ends.enter_context(process("scale", "work", node.url, SITE, load.takes))
        over = Event()
        listening = Thread(target=told.listen, args=(results, over))
        listening.start()
        capture, warm = captures(publisher, cameras, load.fps), 0
        while not told.ages:
            next(capture)
        for index in range(round(seconds * load.fps)):
            next(capture)
            if index == round(seconds / 2 * load.fps):
                warm = len(told.ages)
        over.set()
        listening.join()
    return told.ages[warm:]


def captures(publisher: Publisher, cameras: Sequence[CameraId], fps: float) -> Iterator[int]:
    """A frame of each camera whenever it is time for one, for ever."""
    began = time.monotonic()
    for index in count():
        time.sleep(max(0.0, began + index / fps - time.monotonic()))
        for camera in cameras:
            publisher.publish(pack_frame(sent(SITE, camera, index, time.time())), camera)
        yield index


def main(*sizes: str) -> None:
    """Print the table."""
    print(broker_age_table(float(sizes[0]) if sizes else SECONDS).markdown())


if __name__ == "__main__":
    main(*sys.argv[1:])
