"""The last that a run's log has: what somebody is shown who comes when the run is over."""

from collections.abc import Iterator
from time import monotonic
from typing import Final

from camweave.broker.broker import Broker
from camweave.broker.client import Taken
from camweave.broker.depths import depths
from camweave.broker.errors import BrokerError
from camweave.broker.log_reader import LogReader
from camweave.broker.topology import Topology
from camweave.formats.messages import ends, events, results

MESSAGES: Final = 400  # at the end of a log
RESTS: Final = 0.5  # s without another message: that was the last
WITHIN: Final = 3.0  # s; a run that goes on tells enough by itself


def tail_of(broker: Broker, topology: Topology, run: str) -> Iterator[Taken]:
    """Each camera's last picture, then their ends, then what the linker said last.

    Nothing where there is no log, or it cannot be asked.
    """
    last: dict[tuple[str, str], Taken] = {}
    try:
        for taken in _read(broker, topology):
            kind, camera = str(taken.headers.get("schema")), str(taken.headers.get("camera"))
            if taken.headers.get("run") == run:
                last[kind.partition("/")[0].removeprefix("camweave."), camera] = taken
    except BrokerError:  # it lets go of its oldest messages while we ask
        return
    for wanted in (results.KIND, ends.KIND, events.KIND):
        yield from (taken for (kind, _), taken in last.items() if kind == wanted)


def _read(broker: Broker, topology: Topology) -> Iterator[Taken]:
    """The end of the log, or more: how long it is, the broker counts now and then."""
    name, until = topology.log.name, monotonic() + WITHIN
    there = depths(broker, [name]).get(name)
    if there is None:
        return
    with LogReader(broker, topology, max(0, there.messages - MESSAGES)) as log:
        while monotonic() < until and (entry := log.take(RESTS)) is not None:
            yield entry[1]
