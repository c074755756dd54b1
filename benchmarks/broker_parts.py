"""The processes of a line over RabbitMQ: ours, and the shortest that promise the same.

    python -m benchmarks.broker_parts PART URL SITE MODE AHEAD CAMERAS FRAMES

A sender sends one frame for each byte of its input, for ever. A taker lets another one go for each
that comes. It says `there`; `first`, when one came; `warm`, when AHEAD came, as many as are under
way at once; and then how many of the next FRAMES came a second.
"""

import asyncio
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count, islice
from typing import Any, Final

from benchmarks.broker_world import names, picture, sent
from camweave.app.jobs.roles.reaching import broker_at
from camweave.broker.consumer import Consumer
from camweave.broker.log_reader import LogReader
from camweave.broker.publisher import Publisher, PublisherParams
from camweave.broker.topology import Queue, Topology, key
from camweave.core.frame import CameraId
from camweave.formats.messages.frames import pack_frame

BACK: Final = "BENCH_BACK"  # environment: the number of the file that is the sender's input
PREFETCH: Final = 50  # of the bare clients, of each queue: more than ours needs
READER: Final = "taker"  # whose queue holds a live run's results


@dataclass(frozen=True, slots=True)
class Run:
    """What one process is told."""

    url: str
    topology: Topology
    cameras: tuple[CameraId, ...]
    ahead: int
    frames: int

    @property
    def results(self) -> Queue:
        """Where results are taken from."""
        lossless = self.topology.lossless
        return self.topology.log if lossless else self.topology.follower(READER)

    def turns(self) -> Iterator[tuple[int, CameraId]]:
        """Frames to send: by turns, for ever."""
        return ((index, camera) for index in count() for camera in self.cameras)


class Clock:
    """Counts what comes once the line is warm, and lets another frame go for each."""

    def __init__(self, run: Run) -> None:
        self._came, self._warm, self._frames = 0, run.ahead, run.frames
        self._began, self._back = 0.0, int(os.environ[BACK])
        print("there", flush=True)

    def tick(self) -> bool:
        """One came; whether that is all."""
        os.write(self._back, b".")
        self._came += 1
        if self._came == 1:
            print("first", flush=True)
        if self._came == self._warm:
            self._began = time.perf_counter()
            print("warm", flush=True)
        over = self._came == self._warm + self._frames
        if over:
            print(self._frames / (time.perf_counter() - self._began), flush=True)
        return over


def send_ours(run: Run) -> None:
    """What publishes a frame that is encoded."""
    topology, site = run.topology, run.topology.site
    with (
        broker_at(run.url) as broker,
        Publisher(
            broker,
            topology.frames.name,
            topology.declaration(run.cameras),
            PublisherParams(lossless=topology.lossless),
            lanes=topology.frame_lanes(run.cameras),
        ) as publisher,
    ):
        turns = run.turns()
        while let_go := os.read(sys.stdin.fileno(), run.ahead):
            for index, camera in islice(turns, len(let_go)):
                publisher.publish(pack_frame(sent(site, camera, index)), camera)


def take_ours(run: Run) -> None:
    """What follows results: lossless by the log, as the compiler; live by a queue of its own."""
    topology, results = run.topology, run.results
    with broker_at(run.url) as broker:
        if topology.lossless:
            with LogReader(broker, topology) as log:
                clock = Clock(run)
                next(iter(0 for _ in log if clock.tick()))
            return
        with Consumer(broker, topology, [results], topology.following(results)) as consumer:
            clock = Clock(run)
            for delivery in consumer:
                delivery.ack()
                if clock.tick():
                    return


async def send_bare(run: Run) -> None:
    """Each as soon as it is let go."""
    import aio_pika

    connection = await aio_pika.connect(run.url)
    channel = await connection.channel(publisher_confirms=True)
    exchange = await channel.get_exchange(run.topology.frames.name, ensure=False)
    turns, tasks = run.turns(), set[asyncio.Task[None]]()

    async def send(index: int, camera: str) -> None:
        message = aio_pika.Message(picture(), delivery_mode=2, headers={"frame": index})
        await exchange.publish(message, camera)

    def let_go() -> None:
        for turn in islice(turns, len(os.read(sys.stdin.fileno(), run.ahead))):
            task = asyncio.create_task(send(*turn))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), let_go)
    await asyncio.Event().wait()


async def work_bare(run: Run) -> None:
    """Looks at nothing: sends every frame on, and acknowledges it when that has arrived."""
    import aio_pika

    connection = await aio_pika.connect(run.url)
    sending = await connection.channel(publisher_confirms=True)
    results = await sending.get_exchange(run.topology.results.name, ensure=False)
    of = {each.name: c for each, c in zip(_frame_queues(run), run.cameras, strict=True)}

    def sends_on(queue: str) -> Callable[[Any], Any]:
        to = key(of[queue], "found")

        async def came(message: aio_pika.abc.AbstractIncomingMessage) -> None:
            on = aio_pika.Message(message.body, delivery_mode=2, headers=message.headers)
            await results.publish(on, to)
            await message.ack()

        return came

    for queue in of:
        await _consume(connection, queue, sends_on(queue))
    print("there", flush=True)
    await asyncio.Event().wait()


async def take_bare(run: Run, queues: Mapping[str, Mapping[str, Any]]) -> None:
    """The shortest way there is: a callback that acknowledges."""
    import aio_pika

    connection = await aio_pika.connect(run.url)
    done = asyncio.Event()
    clock = Clock(run)

    async def came(message: aio_pika.abc.AbstractIncomingMessage) -> None:
        await message.ack()
        if clock.tick():
            done.set()

    for queue, arguments in queues.items():
        await _consume(connection, queue, came, arguments)
    await done.wait()
    await connection.close()


async def _consume(
    connection: Any,  # noqa: ANN401 - aio-pika's
    queue: str,
    came: Callable[[Any], Any],
    arguments: Mapping[str, Any] | None = None,
) -> None:
    channel = await connection.channel()
    await channel.set_qos(prefetch_count=PREFETCH)
    taken = await channel.get_queue(queue, ensure=False)
    await taken.consume(came, arguments=dict(arguments or {}))


def _frame_queues(run: Run) -> tuple[Queue, ...]:
    return run.topology.partition_queues(run.cameras)


def main(part: str, url: str, site: str, mode: str, *rest: str) -> None:
    """One of the processes of a run."""
    ahead, cameras, frames = map(int, rest)
    topology = Topology(site=site, lossless=mode == "lossless")
    run = Run(url, topology, names(cameras), ahead, frames)
    match part:
        case "send-ours":
            send_ours(run)
        case "take-ours":
            take_ours(run)
        case "send-bare":
            asyncio.run(send_bare(run))
        case "work-bare":
            asyncio.run(work_bare(run))
        case "take-bare":
            offset = {"x-stream-offset": "first"} if run.topology.lossless else {}
            asyncio.run(take_bare(run, {run.results.name: offset}))
        case "hop-bare":
            asyncio.run(take_bare(run, {each.name: {} for each in _frame_queues(run)}))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(*sys.argv[1:])
