"""Frames of 60 kB through RabbitMQ to whoever looks at them, beside the bare client."""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Final

from tests.support.broker_parts import connected
from tests.support.rabbitmq import Node

from benchmarks.table import Table
from camweave.broker.consumer import Consumer
from camweave.broker.publisher import Publisher, PublisherParams
from camweave.broker.topology import Topology
from camweave.core.frame import CameraId, Stamp
from camweave.formats.messages.frames import SentFrame, pack_frame, read_frame
from camweave.formats.messages.packed import Address

CAMERA: Final = CameraId("gate")
SIZE: Final = 60_000  # bytes of a frame
FRAMES: Final = 1500  # in one run
ROUNDS: Final = 3
WINDOW: Final = 64  # messages that are not confirmed
PREFETCH: Final = 50  # of the bare client: more than ours needs
LEAST: Final = 0.6  # of the bare client's
PICTURE: Final = b"\xff\xd8\xff\xc0\0\x0b\x08\x01\x68\x02\x80" + bytes(SIZE - 13) + b"\xff\xd9"
WAYS: Final = {"bare": "bare aio-pika", "ours": "camweave"}


def broker_table(frames: int = FRAMES, rounds: int = ROUNDS) -> Table:
    """Frames/s from one publisher to one consumer, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder, Node(Path(folder), memory="2GB") as node:
        rows = [_row(node, mode, frames, rounds) for mode in ("lossless", "live")]
    return Table(
        f"Frames of {SIZE / 1000:.0f} kB: publisher, a queue of RabbitMQ, consumer",
        ("mode", *(f"{name}, frames/s" for name in WAYS.values()), "share", f"{LEAST:.0%} reached"),
        rows,
        [
            "Quorum queue, single active consumer, persistent, confirmed, acknowledged one by one: "
            f"both ways. Bare: window {WINDOW}, prefetch {PREFETCH}, one asyncio loop a process. "
            "Ours packs and reads every header, and bounds the queue. Live, of the frames that "
            "come: what is too much is dropped. Medians of rounds by turns."
        ],
    )


def _row(node: Node, mode: str, frames: int, rounds: int) -> list[str]:
    """One mode: both ways by turns."""
    rates: Mapping[str, list[float]] = {way: [] for way in WAYS}
    for turn in range(rounds):
        for way in WAYS:
            rates[way].append(
                _rate(node.port, way, f"{way} {mode} {turn}", mode=mode, frames=frames)
            )
    bare, ours = (median(rates[way]) for way in WAYS)
    share = median(own / its for own, its in zip(rates["ours"], rates["bare"], strict=True))
    reached = "yes" if share >= LEAST else "no"
    return [mode, f"{bare:.0f}", f"{ours:.0f}", f"{share:.2f}", reached]


def _rate(port: int, way: str, site: str, *, mode: str, frames: int) -> float:
    """Frames/s that the consumer gets."""
    command = [sys.executable, "-m", "benchmarks.broker", way, str(port), site, mode, str(frames)]
    with (
        subprocess.Popen([*command, "take"], stdout=subprocess.PIPE, text=True) as taking,
        subprocess.Popen([*command, "send"], stdin=subprocess.PIPE) as sending,
    ):
        assert taking.stdout is not None
        assert sending.stdin is not None
        taking.stdout.readline()  # it is there
        sending.stdin.close()
        rate = float(taking.stdout.readline())
        sending.terminate()
    return rate


class Clock:
    """Counts what comes, from the first on."""

    def __init__(self, frames: int) -> None:
        self._left, self._frames, self._began = frames, frames, 0.0

    def tick(self) -> bool:
        """One came; whether that is all."""
        self._began = self._began or time.perf_counter()
        self._left -= 1
        if not self._left:
            print((self._frames - 1) / (time.perf_counter() - self._began), flush=True)
        return not self._left


def take_ours(node: "At", topology: Topology, frames: int) -> None:
    """What a worker does before it looks."""
    clock, queues = Clock(frames), topology.partition_queues([CAMERA])
    with (
        connected(node) as broker,
        Consumer(broker, topology, queues, topology.declaration([CAMERA])) as consumer,
    ):
        print("there", flush=True)
        for delivery in consumer:
            read_frame(delivery.headers, delivery.body)
            delivery.ack()
            if clock.tick():
                return


def send_ours(node: "At", topology: Topology, frames: int) -> None:
    """What publishes an encoded frame; live, at the rate that the broker takes."""
    params = PublisherParams(lossless=topology.lossless)
    address, name = Address(topology.site, "run"), topology.frames.name
    declaration, lanes = topology.declaration([CAMERA]), topology.frame_lanes([CAMERA])
    with (
        connected(node) as broker,
        Publisher(broker, name, declaration, params, lanes=lanes) as publisher,
    ):
        sys.stdin.read()
        for index in range(frames if topology.lossless else 100 * frames):
            while not topology.lossless and publisher.numbers().waiting >= WINDOW // 2:
                time.sleep(0.001)
            sent = SentFrame(address, Stamp(index / 25, CAMERA, index), (640, 360), "jpeg", PICTURE)
            publisher.publish(pack_frame(sent), CAMERA)
        publisher.flush()


async def take_bare(node: "At", topology: Topology, frames: int) -> None:
    """The shortest way there is: a callback that acknowledges."""
    import aio_pika

    connection = await aio_pika.connect(node.url)
    channel = await connection.channel()
    await channel.set_qos(prefetch_count=PREFETCH)
    (queue,) = topology.partition_queues([CAMERA])
    made = await channel.declare_queue(queue.name, durable=True, arguments=dict(queue.settings))
    clock, done = Clock(frames), asyncio.Event()

    async def came(message: aio_pika.abc.AbstractIncomingMessage) -> None:
        await message.ack()
        if clock.tick():
            done.set()

    await made.consume(came)
    print("there", flush=True)
    await done.wait()
    await connection.close()


async def send_bare(node: "At", topology: Topology, frames: int) -> None:
    """As many at once as the window holds."""
    import aio_pika

    connection = await aio_pika.connect(node.url)
    channel = await connection.channel(publisher_confirms=True)
    (queue,) = topology.partition_queues([CAMERA])
    room, tasks = asyncio.Semaphore(WINDOW), set()

    async def send(index: int) -> None:
        message = aio_pika.Message(PICTURE, delivery_mode=2, headers={"frame": index})
        await channel.default_exchange.publish(message, queue.name)
        room.release()

    sys.stdin.read()
    for index in range(frames if topology.lossless else 100 * frames):
        await room.acquire()
        task = asyncio.create_task(send(index))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)
    await connection.close()


class At:
    """A node that somebody else runs."""

    def __init__(self, port: int) -> None:
        self.url = f"amqp://guest:guest@127.0.0.1:{port}/"


def main(way: str, port: str, site: str, mode: str, *rest: str) -> None:
    """One of the two processes of a run."""
    node, topology = At(int(port)), Topology(site=site, lossless=mode == "lossless")
    frames, part = int(rest[0]), rest[1]
    match way, part:
        case "ours", "take":
            take_ours(node, topology, frames)
        case "ours", _:
            send_ours(node, topology, frames)
        case _, "take":
            asyncio.run(take_bare(node, topology, frames))
        case _:
            asyncio.run(send_bare(node, topology, frames))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(*sys.argv[1:])
    else:
        print(broker_table().markdown())
