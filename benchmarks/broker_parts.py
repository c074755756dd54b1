"""The processes of a line over RabbitMQ: ours, and the shortest that promise the same.

    python -m benchmarks.broker_parts PART URL SITE MODE CAMERAS FRAMES

A sender begins when its input ends. A taker says `there`, `first` when the first frame comes, and
then how many came a second.
"""

import asyncio
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from benchmarks.broker_world import names, picture, sent
from camweave.app.jobs.roles.reaching import broker_at
from camweave.broker.consumer import Consumer
from camweave.broker.log_reader import LogReader
from camweave.broker.publisher import Publisher, PublisherParams
from camweave.broker.topology import Queue, Topology, key
from camweave.core.frame import CameraId
from camweave.formats.messages.frames import pack_frame

WINDOW: Final = 64  # messages that are not confirmed
PREFETCH: Final = 50  # of the bare clients, of each queue: more than ours needs
READER: Final = "taker"  # whose queue holds a live run's results
LIVE: Final = 100  # times as many frames are sent live, as most are dropped


@dataclass(frozen=True, slots=True)
class Run:
    """What one process is told."""

    url: str
    topology: Topology
    cameras: tuple[CameraId, ...]
    frames: int

    @property
    def results(self) -> Queue:
        """Where results are taken from."""
        lossless = self.topology.lossless
        return self.topology.log if lossless else self.topology.follower(READER)

    @property
    def sends(self) -> int:
        """Frames that are sent, at most."""
        return self.frames * (1 if self.topology.lossless else LIVE)


class Clock:
    """Counts what comes, from the first on."""

    def __init__(self, frames: int) -> None:
        self._left, self._frames, self._began = frames, frames, 0.0
        print("there", flush=True)

    def tick(self) -> bool:
        """One came; whether that is all."""
        if not self._began:
            self._began = time.perf_counter()
            print("first", flush=True)
        self._left -= 1
        if not self._left:
            print((self._frames - 1) / (time.perf_counter() - self._began), flush=True)
        return self._left <= 0


def send_ours(run: Run) -> None:
    """What publishes a frame that is encoded; live, at the rate that the broker takes."""
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
        sys.stdin.read()
        for index in range(run.sends // len(run.cameras)):
            while not topology.lossless and publisher.numbers().waiting >= WINDOW // 2:
                time.sleep(0.001)
            for camera in run.cameras:
                publisher.publish(pack_frame(sent(site, camera, index)), camera)
        publisher.flush()


def take_ours(run: Run) -> None:
    """What follows results: lossless by the log, as the compiler; live by a queue of its own."""
    topology, results = run.topology, run.results
    with broker_at(run.url) as broker:
        if topology.lossless:
            with LogReader(broker, topology) as log:
                clock = Clock(run.frames)
                next(iter(0 for _ in log if clock.tick()))
            return
        with Consumer(broker, topology, [results], topology.following(results)) as consumer:
            clock = Clock(run.frames)
            for delivery in consumer:
                delivery.ack()
                if clock.tick():
                    return


async def send_bare(run: Run) -> None:
    """As many at once as the window holds."""
    import aio_pika

    connection = await aio_pika.connect(run.url)
    channel = await connection.channel(publisher_confirms=True)
    exchange = await channel.get_exchange(run.topology.frames.name, ensure=False)
    room, tasks = asyncio.Semaphore(WINDOW), set()

    async def send(index: int) -> None:
        message = aio_pika.Message(picture(), delivery_mode=2, headers={"frame": index})
        await exchange.publish(message, run.cameras[index % len(run.cameras)])
        room.release()

    sys.stdin.read()
    for index in range(run.sends):
        await room.acquire()
        task = asyncio.create_task(send(index))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)
    await connection.close()


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
    clock = Clock(run.frames)

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
    cameras, frames = map(int, rest)
    run = Run(url, Topology(site=site, lossless=mode == "lossless"), names(cameras), frames)
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
