"""Who is who through a broker, workers and a store is exactly who is who in one process."""

import signal
import time
from pathlib import Path

import numpy as np
import pytest
from tests.support.rabbitmq import Node
from tests.support.roles import (
    SOON,
    Embedded,
    Linker,
    events_in,
    process,
    published,
    store_of,
    stored,
    working,
)
from tests.support.waiting import until
from tests.support.walk import COATS

from camweave.app.jobs.roles.reaching import broker_at
from camweave.app.jobs.roles.resuming import run_in
from camweave.broker.log_reader import LogReader
from camweave.broker.topology import Topology
from camweave.core.errors import InputError
from camweave.core.events import Created, Event
from camweave.formats.messages.events import WhoIsWho, read_events
from camweave.formats.messages.packed import Address, kind_of
from camweave.store.store import open_store
from camweave.store.values import Batch


def told(node: Node, site: str) -> list[WhoIsWho]:
    """All that a site's linker has said so far, from the log."""
    found = []
    with (
        broker_at(node.url) as broker,
        LogReader(broker, Topology(site=site, lossless=True)) as log,
    ):
        while (entry := log.take(1.0)) is not None:
            if kind_of(entry[1].headers) == "events":
                found.append(read_events(entry[1].headers, entry[1].body))
    return found


def test_identities_on_postgresql_are_those_of_one_process_and_everybody_is_told(
    node: Node, site: str, on_postgres: tuple[Path, str], expected: Embedded
) -> None:
    file, store_url = on_postgres
    linker = Linker(node, site)
    with working(node, 2):
        published(node, file)
        done = linker.wait()
    assert done.over
    assert done.frames == expected.frames
    assert done.identities == len(COATS)
    assert events_in(store_url, site) == expected.events
    said = told(node, site)
    assert [event for each in said for event in each.events] == expected.events
    assert [each.over for each in said] == [False] * (len(said) - 1) + [True]
    with open_store(store_url, read_only=True) as store:
        run = run_in(store, Address(site, "one"))
        assert run is not None
        tracklets = store.tracklets(run.id)
        assert len(tracklets) == 3 * len(COATS)
        assert (tracklets.crops.offsets[1:] > tracklets.crops.offsets[:-1]).all()
        assert [each.identity for each in store.identities(site)] == [*range(1, len(COATS) + 1)]


def test_a_worker_and_the_linker_are_killed_and_identities_are_the_same(
    node: Node, site: str, file: Path, expected: Embedded
) -> None:
    with process(node, "link-live", "--site", site) as first, process(node, "work") as worker:
        published(node, file)
        until(lambda: count(file, site) > 5, within=SOON)
        first.send_signal(signal.SIGKILL)
        worker.send_signal(signal.SIGKILL)
        first.wait()
    before = count(file, site)
    with working(node):
        done = Linker(node, site).wait()
    assert 0 < before < len(expected.events)
    assert before <= done.repeated
    assert events_in(store_of(file), site) == expected.events
    assert stored(store_of(file), site) == expected.rows


def count(file: Path, site: str) -> int:
    """How many events there are."""
    try:
        return len(events_in(store_of(file), site))
    except InputError:
        time.sleep(0.1)
        return 0


def test_a_recording_is_not_mixed_with_another_run_of_its_site(
    node: Node, site: str, file: Path, expected: Embedded
) -> None:
    with open_store(store_of(file)) as store:
        store.write(Batch(run=store.begin_run(site, "before"), events=tuple(expected.events)))
    linker = Linker(node, site)
    with working(node):
        published(node, file)
        with pytest.raises(InputError, match="linked from nothing"):
            linker.wait()


def test_live_what_was_said_holds_and_numbers_go_on_when_all_roles_start_again(
    node: Node, site: str, file: Path
) -> None:
    first = watched(node, site, file)
    again = watched(node, site, file)
    assert len(again) > len(first) > 0
    assert again[: len(first)] == first
    created = [event.identity for event in again if isinstance(event, Created)]
    assert len(set(created)) == len(created)
    with open_store(store_of(file), read_only=True) as store:
        run = run_in(store, Address(site, "live"))
        assert run is not None
        rows = store.tracks(run.id, run.cameras[0].name)
        assert set(rows.epoch.tolist()) == {0, 1}
        ids = [set(rows.track_id[rows.epoch[rows.frame_of_row] == epoch]) for epoch in (0, 1)]
        assert not ids[0] & ids[1]
        assert (np.diff(rows.time) > 0).all()


def watched(node: Node, site: str, file: Path) -> list[Event]:
    """Publish it live for a while, with a worker and a linker; all events so far."""
    linker, before = Linker(node, site), count(file, site)
    with working(node), process(node, "publish", file) as publisher:
        until(lambda: linker.error is not None or count(file, site) > before + 8, within=SOON)
        publisher.send_signal(signal.SIGINT)
        publisher.wait()
        linker.stop.set()
        linker.wait()
    return events_in(store_of(file), site)
