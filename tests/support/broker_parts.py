"""What tests of the broker have in common: small messages, and how to get on with a node."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Protocol

from camweave.app.jobs.roles.shift import PREFETCH
from camweave.broker.broker import Broker
from camweave.broker.consumer import Consumer, ConsumerParams
from camweave.broker.delivery import Delivery
from camweave.broker.depths import depths
from camweave.broker.params import params_of
from camweave.broker.publisher import Publisher, PublisherParams
from camweave.broker.topology import Topology
from camweave.core.backoff import Backoff
from camweave.core.frame import CameraId
from camweave.formats.messages.packed import Packed

QUICK = Backoff(first=0.1, quick=0.5)
SOON = 20.0  # s in which a busy machine has done what takes a moment


class Reachable(Protocol):
    """A node, whoever runs it."""

    @property
    def url(self) -> str:
        """Where it is."""


def connected(node: Reachable, *, patience: float = 0.0, **changes: Any) -> Broker:
    """A connection, not open yet, that tries again quickly."""
    params = replace(params_of(node.url), **{"heartbeat": 2, **changes})
    return Broker(params, QUICK, patience=patience)


def note(camera: CameraId, frame: int, body: bytes = b"x") -> Packed:
    """A small message in the place of a frame."""
    return Packed(f"{camera}/{frame}", {"camera": camera, "frame": frame}, body)


def publisher(broker: Broker, topology: Topology, cameras: Sequence[CameraId]) -> Publisher:
    """What sends frames of these cameras."""
    return Publisher(
        broker,
        topology.frames.name,
        topology.declaration(cameras),
        PublisherParams(lossless=topology.lossless, fresh=topology.bounds.fresh),
        lanes=topology.frame_lanes(cameras),
    )


def worker(
    broker: Broker, topology: Topology, cameras: Sequence[CameraId], **params: Any
) -> Consumer:
    """What takes frames of these cameras, as many as a worker does."""
    usual = PREFETCH["lossless" if topology.lossless else "live"]
    return Consumer(
        broker,
        topology,
        topology.partition_queues(cameras),
        topology.declaration(cameras),
        params=ConsumerParams(**{"prefetch": usual} | params),
    )


def place(delivery: Delivery) -> tuple[CameraId, int]:
    """Which camera's which frame it is."""
    return CameraId(delivery.headers["camera"]), int(delivery.headers["frame"])


def taken(consumer: Consumer, count: int) -> list[tuple[CameraId, int]]:
    """So many messages, each settled."""
    got: list[tuple[CameraId, int]] = []
    for _ in range(count):
        delivery = consumer.take(SOON)
        assert delivery is not None, f"only {len(got)} of {count} came"
        got.append(place(delivery))
        delivery.ack()
    return got


def frames_of(camera: CameraId, got: Iterable[tuple[CameraId, int]]) -> list[int]:
    """One camera's, in order of coming."""
    return [frame for of, frame in got if of == camera]


def waiting_in(broker: Broker, queue: str) -> int:
    """How many messages are ready in a queue."""
    return depths(broker, [queue])[queue].messages
