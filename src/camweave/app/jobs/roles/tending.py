"""What a person does with a site's queues: look, read dead letters, put them back, erase all."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from camweave.app.jobs.roles.joining import joined
from camweave.app.jobs.roles.notices import topology_in
from camweave.app.jobs.roles.reaching import broker_at, sites_of
from camweave.broker import erasing
from camweave.broker.broker import Broker
from camweave.broker.client import Waiting
from camweave.broker.dead_letters import Letter, discard, letters, put_back
from camweave.broker.depths import depths
from camweave.broker.sites import announce
from camweave.broker.topology import FOLLOWERS, Topology
from camweave.core.errors import InputError
from camweave.formats.messages.sites import SiteNotice


@dataclass(frozen=True, slots=True)
class Tended:
    """A site on a broker, while somebody looks after it."""

    broker: Broker
    notice: SiteNotice

    @property
    def topology(self) -> Topology:
        """Its exchanges and queues."""
        return topology_in(self.notice)

    def depths(self) -> Mapping[str, Waiting]:
        """What waits in each of its queues, and how many take from it."""
        declared = self.topology.declaration(self.notice.names).queues
        followers = [self.topology.follower(role) for role in FOLLOWERS]
        return depths(self.broker, [each.name for each in (*declared, *followers)])

    def letters(self) -> list[Letter]:
        """Its dead letters, the oldest first."""
        return letters(self.broker, self.topology)

    def put_back(self, ids: Collection[str]) -> int:
        """Put dead letters back, none named: all; how many those were.

        Raises:
            InputError: there is none of these.
        """
        return self._chosen(put_back(self.broker, self.topology, ids or None), ids)

    def discard(self, ids: Collection[str]) -> int:
        """Throw dead letters away, none named: all; how many those were.

        Raises:
            InputError: there is none of these.
        """
        return self._chosen(discard(self.broker, self.topology, ids or None), ids)

    def erase(self) -> None:
        """Delete its queues with all that waits there; roles are told that it is over."""
        announce(self.broker, replace(self.notice, over=True))
        erasing.erase(self.broker, self.topology, self.notice.names)

    def _chosen(self, count: int, ids: Collection[str]) -> int:
        if ids and not count:
            told = ", ".join(ids)
            raise InputError(f"site {self.notice.address.site}: no dead letter is called {told}")
        return count


@contextmanager
def tended(url: str | None, site: str | None) -> Iterator[Tended]:
    """A site on a broker: the one that is named, or the only one there.

    Raises:
        BrokerError: the broker is not to be had.
        InputError: there is no such site, or there are several and none is named.
    """
    with broker_at(url, patience=0.0) as broker, sites_of(broker) as sites:
        yield Tended(broker, joined(sites, site, patience=0.0))
