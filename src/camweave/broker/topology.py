"""What a site has on the broker: names and settings of exchanges and queues. Pure values.

For a site S and its cameras C, `camweave.S.` before each name:

    frames (exchange) ─C→ frames.C, a queue each; or ─hash of C→ frames.0 to frames.N-1
    results (topic)   ─C.KIND→ results.log (a stream, lossless); results.ROLE; a viewer's own
    linker.asks         what the site's linker is asked; answers.X, where X waits for an answer
    dead                what nobody could do anything with
    workers             counts who works: a queue that holds nothing
    try.*               counts the tries of a message that was taken and never finished

and `camweave.sites` for all sites: a stream of who there is. All settings are taken by RabbitMQ
3.10 and 4: nothing transient that is shared, no limits on a channel as a whole.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias
from urllib.parse import quote

from camweave.core.errors import InputError
from camweave.core.frame import CameraId

Setting: TypeAlias = str | int | bool
ExchangeKind: TypeAlias = Literal["direct", "topic", "x-consistent-hash"]

SITES: Final = "camweave.sites"
RETURNS: Final = 100  # deliveries after which the broker itself takes a message off a queue
NO_LIMIT: Final = 1_000_000_000  # of deliveries; RabbitMQ 4 would otherwise take 20
HOUR: Final = 3_600_000  # ms
SEGMENT: Final = 64 << 20  # bytes, of a stream's files
LONGEST: Final = 80  # characters of a part of a name: a whole one may have 127
FOLLOWERS: Final = ("linker", "store", "compiler", "server")


@dataclass(frozen=True, slots=True)
class Exchange:
    """Where messages are sent to."""

    name: str
    kind: ExchangeKind


@dataclass(frozen=True, slots=True)
class Queue:
    """Where messages wait, and for what."""

    name: str
    settings: Mapping[str, Setting]
    bindings: tuple[tuple[str, str], ...] = ()  # exchange, and the routing key it asks for
    exclusive: bool = False  # one connection's, gone with it


@dataclass(frozen=True, slots=True)
class Declaration:
    """What must be there before anything is sent or taken, in this order."""

    exchanges: tuple[Exchange, ...] = ()
    queues: tuple[Queue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much may wait, and for how long."""

    waiting: int = 256  # frames of a partition that wait, lossless: then the publisher does
    live: int = 50  # frames of a partition that are kept, live; older ones are dropped
    fresh: float = 2.0  # s that a frame is worth something, live
    results: int = 2048  # results that wait for a role, lossless: then the workers do
    dead: int = 1000  # messages that are kept for a person; older ones are dropped
    dead_bytes: int = 1 << 30
    sites_bytes: int = 64 << 20  # what the broker keeps of who there is
    log_bytes: int = 8 << 30  # of results that can be read again, lossless
    asked: float = 5.0  # s in which a linker answers; then nobody waits for it any more


@dataclass(frozen=True, slots=True)
class Lanes:
    """Which queues the messages of a key come to, and how many may wait in each."""

    of: Mapping[CameraId, tuple[str, ...]]
    others: tuple[str, ...]  # the queues of any other key
    most: int

    def queues(self, key: str) -> tuple[str, ...]:
        """Those of one key."""
        return self.of.get(CameraId(key), self.others)


@dataclass(frozen=True, slots=True, kw_only=True)
class Topology:
    """The exchanges and queues of one site.

    A camera's frames have a queue of their own. With `partitions` they share so many, by
    consistent hash (the broker needs its plugin): for sites of hundreds of cameras.
    """

    site: str
    lossless: bool
    partitions: int = 0
    frame_queue: str | None = None  # instead of camweave.SITE.frames
    results_queue: str | None = None  # instead of camweave.SITE.results
    bounds: Bounds = field(default_factory=Bounds)

    def __post_init__(self) -> None:
        if not self.site or not 0 <= self.partitions <= 1024:  # noqa: PLR2004 - queues a site has
            raise InputError("topology: expected a site's name, and 0 to 1024 partitions")

    def named(self, part: str) -> str:
        """The name of something of this site.

        >>> Topology(site="Gate 2.b", lossless=True).named("frames")
        'camweave.Gate:202:2Eb.frames'
        """
        return f"camweave.{plain(self.site)}.{part}"

    @property
    def frames(self) -> Exchange:
        """Where frames are sent to, under their camera's name."""
        kind: ExchangeKind = "x-consistent-hash" if self.partitions else "direct"
        return Exchange(self.frame_queue or self.named("frames"), kind)

    @property
    def results(self) -> Exchange:
        """Where results are sent to, under `key`."""
        return Exchange(self.results_queue or self.named("results"), "topic")

    @property
    def dead(self) -> Queue:
        """What nobody could do anything with."""
        settings: dict[str, Setting] = {
            "x-queue-type": "quorum",
            "x-max-length": self.bounds.dead,
            "x-max-length-bytes": self.bounds.dead_bytes,
            "x-overflow": "drop-head",
            "x-delivery-limit": NO_LIMIT,
        }
        return Queue(self.named("dead"), settings)

    @property
    def workers(self) -> Queue:
        """Nothing is ever sent here: who works takes from it, and is counted by that."""
        return Queue(self.named("workers"), {"x-queue-type": "classic"})

    def tries_of(self, message: str) -> Queue:
        """Holds as many messages as a message was tried."""
        settings: dict[str, Setting] = {"x-queue-type": "classic", "x-expires": HOUR}
        return Queue(self.named(f"try.{message}")[:255], settings)

    def declaration(self, cameras: Sequence[CameraId]) -> Declaration:
        """All that frames and results need: whoever comes first declares it."""
        queues = (self.dead, self.workers, *self._kept, *self.partition_queues(cameras))
        return Declaration((self.frames, self.results), queues)

    def following(self, *queues: Queue) -> Declaration:
        """All that somebody who sends or takes results needs."""
        return Declaration((self.results,), (self.dead, *self._kept, *queues))

    def frame_lanes(self, cameras: Sequence[CameraId]) -> Lanes:
        """Which queues a frame may come to, and how many may wait there."""
        queues = [queue.name for queue in self.partition_queues(cameras)]
        if self.partitions:
            return Lanes(dict.fromkeys(cameras, tuple(queues)), (), self.bounds.waiting)
        lanes = {camera: (name,) for camera, name in zip(cameras, queues, strict=True)}
        return Lanes(lanes, (), self.bounds.waiting)

    def result_lanes(self, roles: Sequence[str] = FOLLOWERS) -> Lanes:
        """Which queues a result comes to, where their roles have ever been there."""
        queues = tuple(self.follower(role).name for role in roles)
        return Lanes({}, queues, self.bounds.results)

    def partition_queues(self, cameras: Sequence[CameraId]) -> tuple[Queue, ...]:
        """Where frames wait for workers: of each queue, one worker takes at a time."""
        exchange, b = self.frames.name, self.bounds
        settings: dict[str, Setting] = {
            "x-queue-type": "quorum",
            "x-single-active-consumer": True,
        }
        if self.lossless:
            settings |= {
                "x-delivery-limit": RETURNS,
                "x-dead-letter-exchange": "",
                "x-dead-letter-routing-key": self.dead.name,
            }
        else:
            settings |= {
                "x-delivery-limit": NO_LIMIT,
                "x-max-length": b.live,
                "x-overflow": "drop-head",
                "x-message-ttl": round(1000 * b.fresh),
            }
        if self.partitions:
            keys = [(str(number), "10") for number in range(self.partitions)]
        else:
            keys = [(camera, camera) for camera in cameras]
        return tuple(
            Queue(f"{exchange}.{name}", settings, ((exchange, key),)) for name, key in keys
        )

    @property
    def log(self) -> Queue:
        """All results in order, to be read from the start or from any of them on, by anybody."""
        size = self.bounds.log_bytes
        settings: dict[str, Setting] = {
            "x-queue-type": "stream",
            "x-max-length-bytes": size,
            "x-stream-max-segment-size-bytes": min(SEGMENT, size // 8),
        }
        return Queue(f"{self.results.name}.log", settings, self._bound(()))

    @property
    def _kept(self) -> tuple[Queue, ...]:
        return (self.log,) if self.lossless else ()

    def follower(self, role: str, *keys: str) -> Queue:
        """A role's own copy of results, kept while the role is away; `keys` as in `key`."""
        settings: dict[str, Setting] = {"x-queue-type": "quorum", "x-delivery-limit": NO_LIMIT}
        if not self.lossless:
            settings |= {"x-max-length": self.bounds.live * 20, "x-overflow": "drop-head"}
        return Queue(f"{self.results.name}.{plain(role)}", settings, self._bound(keys))

    def viewer(self, name: str, *keys: str, most: int = 1) -> Queue:
        """A viewer's own: the newest message only, or so many, and gone with its connection."""
        settings: dict[str, Setting] = {"x-max-length": most, "x-overflow": "drop-head"}
        queue = f"{self.results.name}.viewer.{plain(name)}"
        return Queue(queue, settings, self._bound(keys), exclusive=True)

    @property
    def asks(self) -> Queue:
        """What the site's linker is asked, for as long as whoever asks waits for the answer."""
        settings: dict[str, Setting] = {
            "x-queue-type": "classic",
            "x-message-ttl": round(1000 * self.bounds.asked),
        }
        return Queue(self.named("linker.asks"), settings)

    def asking(self, *queues: Queue) -> Declaration:
        """All that somebody needs who asks the linker, or is it."""
        return Declaration(queues=(self.dead, self.asks, *queues))

    def answers(self, name: str) -> Queue:
        """Where somebody waits for answers; gone with its connection."""
        return Queue(self.named(f"answers.{plain(name)}"), {}, exclusive=True)

    def _bound(self, keys: Sequence[str]) -> tuple[tuple[str, str], ...]:
        return tuple((self.results.name, key) for key in keys or ("#",))


def plain(name: str) -> str:
    """The name with what a broker takes in one; no two become the same.

    >>> plain("gate"), plain("gate 2.b")
    ('gate', 'gate:202:2Eb')
    """
    text = quote(name, safe="").replace("%", ":").replace(".", ":2E").replace("~", ":7E")
    if len(text) <= LONGEST:
        return text
    return f"{text[: LONGEST // 2]}::{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def key(camera: CameraId | Literal["*"], kind: str = "*") -> str:
    """The routing key of results of a camera: `gate.found`, `gate.end`; `*` is any.

    >>> key(CameraId("gate"), "found")
    'gate.found'
    """
    return f"{camera}.{kind}"


def sites_stream(bounds: Bounds | None = None) -> Queue:
    """Who there is: sites tell here when they begin and when they change. Read from the start."""
    settings: dict[str, Setting] = {
        "x-queue-type": "stream",
        "x-max-length-bytes": (bounds or Bounds()).sites_bytes,
        "x-stream-max-segment-size-bytes": 4 << 20,
    }
    return Queue(SITES, settings)
