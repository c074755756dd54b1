"""A fault in a run of real processes: in the end all is there as if nothing had been.

`python -m benchmarks.faults` tries each of them twenty times, and measures how long they last.
Workers and linkers are killed in `test_work` and `test_link_live`.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import TypeAlias

import pytest
from tests.support import faults
from tests.support.faults import Fault
from tests.support.harmed_run import Trial, Where
from tests.support.postgres import Postgres
from tests.support.rabbitmq import Node
from tests.support.roles import Embedded

PACE = 200.0  # frames/s that are published
PAUSE = 2.0  # s

OnServer: TypeAlias = Callable[[Postgres], Fault]


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A PostgreSQL that may be killed."""
    with Postgres(durable=True) as running:
        yield running


def harmed(where: Where, expected: Embedded, fault: Fault) -> None:
    """Run it, harm it, and see that nothing is lost, doubled or another."""
    with Trial(where, expected, pace=PACE) as trial:
        trial.begin()
        fault(trial, Random(7))  # noqa: S311 - the same moment each time
        verdict = trial.finish()
    assert verdict.well, verdict


@pytest.mark.parametrize(
    "fault",
    [
        faults.broker_killed,
        faults.publisher_killed,
        faults.network_paused(PAUSE),
        faults.disk_full(None),
    ],
    ids=["broker killed", "publisher killed", "network silent", "no room for files"],
)
def test_a_run_whose_store_is_a_file_loses_nothing(
    *, node: Node, tmp_path: Path, films: Path, expected: Embedded, fault: Fault
) -> None:
    where = Where(tmp_path, films, node, f"sqlite:///{tmp_path}/store.db")
    harmed(where, expected, fault)


@pytest.mark.parametrize(
    "fault",
    [faults.postgres_killed, lambda _: faults.two_at_once],
    ids=["server killed", "two workers at once"],
)
def test_a_run_whose_store_is_a_server_loses_nothing(
    *,
    node: Node,
    server: Postgres,
    tmp_path: Path,
    films: Path,
    expected: Embedded,
    fault: OnServer,
) -> None:
    store = server.fresh(tmp_path.name)
    harmed(Where(tmp_path, films, node, store, server.port), expected, fault(server))
