"""How a role fares at its broker and in its work, in numbers for those who watch over machines."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from camweave.app.jobs.roles.linking_run import LinkingRun
from camweave.app.jobs.roles.patience import Patience
from camweave.app.runtime.figures import of_stages
from camweave.broker.broker import Broker
from camweave.broker.client import Waiting
from camweave.broker.depths import depths
from camweave.broker.errors import BrokerError
from camweave.broker.health import Health
from camweave.broker.topology import FOLLOWERS, Topology
from camweave.core.frame import CameraId
from camweave.core.station import Figure
from camweave.linking.registry.registry import Registry

Oldest: TypeAlias = Callable[[CameraId, int], float]

OF_HEALTH: Final[tuple[tuple[str, str, Callable[[Health], float]], ...]] = (
    ("broker_connected", "1 while there is a connection to RabbitMQ.", lambda h: h.connected),
    ("broker_connections_total", "Connections that were made.", lambda h: h.connections),
    ("broker_healed_total", "Of these, given up because nothing came.", lambda h: h.healed),
    ("broker_sent_total", "Messages that RabbitMQ has confirmed.", lambda h: h.numbers.sent),
    ("broker_dropped_total", "Messages let go for newer ones, live.", lambda h: h.numbers.dropped),
    ("broker_taken_total", "Messages that were taken.", lambda h: h.numbers.taken),
    ("broker_dead_total", "Of these, put to the dead letters.", lambda h: h.numbers.dead),
    ("broker_unsent", "Messages that wait here to be sent.", lambda h: h.numbers.waiting),
    ("broker_unconfirmed", "Messages sent and not confirmed.", lambda h: h.numbers.unconfirmed),
    ("broker_unconfirmed_seconds", "Since when nothing is confirmed.", lambda h: h.numbers.oldest),
    ("broker_in_hand", "Messages taken that wait for their turn.", lambda h: h.numbers.ready),
)


def of_broker(health: Health, site: str) -> Iterator[Figure]:
    """Its connection, and what goes by it."""
    for name, words, value in OF_HEALTH:
        yield Figure(name=name, help=words, value=float(value(health)), labels=(("site", site),))


def of_patience(patience: Patience, site: str) -> Iterator[Figure]:
    """Whether it can work."""
    labels = (("site", site),)
    told = "1 while the work waits for a store, or a file, that is not there."
    yield Figure(name="held_up", help=told, value=bool(patience.trouble), labels=labels)
    told = "How often the work had to wait for one."
    yield Figure(name="hold_ups_total", help=told, value=patience.troubles, labels=labels)


def of_linking(site: str, run: LinkingRun, registry: Registry) -> Iterator[Figure]:
    """How the linking of a run goes."""
    labels = (("site", site),)
    for name, words, value in (
        ("linker_passes_total", "Instants that were linked.", run.instants),
        ("events_total", "Events that became known.", run.events),
        ("identities_given_total", "Ids given out, before this start too.", registry.next_id - 1),
    ):
        yield Figure(name=name, help=words, value=value, labels=labels)
    yield from of_stages(run.watch, labels)


@dataclass(frozen=True, slots=True)
class Queues:
    """What waits on the broker for a site."""

    broker: Broker
    topology: Topology
    cameras: Sequence[CameraId]
    oldest: Oldest | None = None  # s that the oldest of so many frames of a camera waits

    def figures(self) -> Iterator[Figure]:
        """How much waits in each queue, and who takes it; nothing while the broker is away."""
        kinds = self._kinds()
        found = self._look(tuple(kinds))
        site = ("site", self.topology.site)
        labels = {name: (site, ("kind", kinds[name]), ("queue", name)) for name in found}
        told = "Messages that wait in a queue."
        for name, each in found.items():
            yield Figure(name="queue_messages", help=told, value=each.messages, labels=labels[name])
        told = "Who takes from a queue; of a camera's frames, one at a time does."
        for name, each in found.items():
            value = each.consumers
            yield Figure(name="queue_consumers", help=told, value=value, labels=labels[name])
        told = "How long the oldest frame that waits in a queue is on its way."
        for name, age in self._ages(found).items():
            yield Figure(name="queue_oldest_seconds", help=told, value=age, labels=labels[name])

    def _kinds(self) -> dict[str, str]:
        """Each queue, and what it is for."""
        topology = self.topology
        frames = {each.name: "frames" for each in topology.partition_queues(self.cameras)}
        results = {topology.follower(role).name: "results" for role in FOLLOWERS}
        return frames | results | {topology.dead.name: "dead", topology.workers.name: "workers"}

    def _look(self, queues: Sequence[str]) -> Mapping[str, Waiting]:
        if not self.broker.connected:
            return {}
        try:
            return depths(self.broker, queues)
        except BrokerError:
            return {}

    def _ages(self, found: Mapping[str, Waiting]) -> dict[str, float]:
        """S of the queues that are a camera's own."""
        if self.oldest is None or self.topology.partitions:
            return {}
        queues = zip(self.topology.partition_queues(self.cameras), self.cameras, strict=True)
        return {
            queue.name: self.oldest(camera, found[queue.name].messages)
            for queue, camera in queues
            if queue.name in found
        }
