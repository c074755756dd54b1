"""Who is who through a broker, workers and a store is exactly who is who in one process."""

import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event as Flag

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
from tests.support.walk import CAMERAS, COATS, HEIGHT, WIDTH, endless

from camweave.app.jobs.live.place import Look
from camweave.app.jobs.roles.hearing import Hearing, heard
from camweave.app.jobs.roles.joining import joined
from camweave.app.jobs.roles.notices import notice_of
from camweave.app.jobs.roles.reaching import broker_at, sites_of
from camweave.app.jobs.roles.resuming import run_in
from camweave.app.site.written import Written
from camweave.broker.dead_letters import letters
from camweave.broker.depths import depths
from camweave.broker.log_reader import LogReader
from camweave.broker.publisher import Publisher
from camweave.broker.sites import announce
from camweave.broker.topology import Topology, key
from camweave.core.errors import InputError, JobError
from camweave.core.events import Created, Event
from camweave.formats.messages.ends import EndOfStream, pack_end
from camweave.formats.messages.events import WhoIsWho, read_events
from camweave.formats.messages.packed import Address, Packed, kind_of
from camweave.formats.messages.results import Found, pack_found
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
        ids = [each.identity for each in store.identities(run.site)]
        assert ids == [*range(1, len(COATS) + 1)]


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


def count(file: Path, site: str, run: str = "one") -> int:
    """How many events there are."""
    try:
        return len(events_in(store_of(file), site, run))
    except InputError:
        time.sleep(0.1)
        return 0


def test_each_recording_of_a_site_is_linked_from_nothing(
    node: Node, site: str, file: Path, expected: Embedded
) -> None:
    with open_store(store_of(file)) as store:
        known = tuple(expected.events)
        store.write(Batch(run=store.begin_run(site, "live"), events=known))
        store.write(Batch(run=store.begin_run(f"{site}/before", "before"), events=known[:3]))
    linker = Linker(node, site)
    with working(node):
        published(node, file)
        assert linker.wait().identities == len(COATS)
    assert events_in(store_of(file), site) == expected.events
    with open_store(store_of(file), read_only=True) as store:
        (run,) = (each for each in store.runs() if each.name == "one")
    assert run.recorded
    assert time.time() - run.began < 600  # so that `prune` does not take it for old


@pytest.mark.parametrize("waiting", [False, True], ids=["started then", "waiting beside it"])
def test_live_who_was_known_before_the_linker_was_killed_has_the_same_id_after_it(
    node: Node, site: str, file: Path, expected: Embedded, *, waiting: bool
) -> None:
    half = len(expected.looks) // 2  # six are known then, and three of them in view
    with process(node, "link-live", "--site", site) as first, results_of(node, file) as told:
        until(lambda: linker_listens(node, site), within=SOON)
        beside = Linker(node, site) if waiting else None
        told(expected.looks[:half])
        until(lambda: kept(file, site) >= 6, within=SOON)
        first.kill()
        first.wait()
        second = beside or Linker(node, site)
        told(expected.looks[half:])
        told(None)
        until(lambda: second.error is not None or all_left(file, site), within=SOON)
        second.stop.set()
        second.wait()
    with open_store(store_of(file), read_only=True) as store:
        ways = [store.journey(site, each.identity) for each in store.identities(site)]
    assert [[visit.camera for visit in way] for way in ways] == [[*CAMERAS]] * len(COATS)


def test_live_one_that_waits_beside_another_ends_when_it_is_asked_to(
    node: Node, site: str, file: Path
) -> None:
    with open_store(store_of(file)) as store, store.claim(site), results_of(node, file):
        second = Linker(node, site)
        time.sleep(1)
        second.stop.set()
        assert not second.wait().over


def test_live_a_result_that_nobody_can_read_is_put_aside_and_the_rest_is_linked(
    node: Node, site: str, file: Path, expected: Embedded
) -> None:
    topology = Topology(site=site, lossless=False)
    newer = Packed("newer", {"schema": "camweave.found/9", "site": site, "run": "live"}, b"?")
    linker = Linker(node, site)
    with results_of(node, file) as told, broker_at(node.url) as broker:
        until(lambda: linker_listens(node, site), within=SOON)
        with Publisher(broker, topology.results.name, topology.following()) as results:
            results.publish(newer, "west.found")
            assert results.flush(SOON)
        told(expected.looks)
        until(lambda: count(file, site, "live") > 8, within=SOON)
        assert [each.id for each in letters(broker, topology)] == ["newer"]
        assert "newer camweave" in letters(broker, topology)[0].reason
    linker.stop.set()
    linker.wait()


def test_a_log_that_has_let_go_of_its_beginning_is_told_of(
    node: Node, site: str, file: Path, expected: Embedded
) -> None:
    topology = Topology(site=site, lossless=True)
    with (
        broker_at(node.url) as broker,
        results_of(node, file, run="one", lossless=True) as told,
        sites_of(broker) as sites,
    ):
        told(expected.looks[:12])
        hearing = Hearing(joined(sites, site))
        with (
            LogReader(broker, topology, start=6) as read,
            pytest.raises(JobError, match="has let go of its beginning"),
        ):
            next(heard(hearing, read, "it", between=lambda: None, stop=Flag()))


@contextmanager
def results_of(
    node: Node, file: Path, *, run: str = "live", lossless: bool = False
) -> Iterator[Callable[[Sequence[Look] | None], None]]:
    """What sends looks at a site as a worker does; None: all its cameras have ended."""
    written = Written.read(file)
    address = Address(written.site.site, run)
    topology = Topology(site=address.site, lossless=lossless)
    with (
        broker_at(node.url) as broker,
        Publisher(broker, topology.results.name, topology.following()) as results,
    ):
        notice = notice_of(
            written, address, lossless=lossless, began=datetime.now(UTC), topology=topology
        )
        announce(broker, notice)

        def tell(looks: Sequence[Look] | None) -> None:
            for look in looks or ():
                found = Found(
                    address, (WIDTH, HEIGHT), look.detections, look.tracks, ("person",), True
                )
                results.publish(pack_found(found), key(look.frame.stamp.camera, "found"))
            for camera in CAMERAS if looks is None else ():
                end = EndOfStream(address, camera, 0, 0, "over")
                results.publish(pack_end(end), key(camera, "end"))
            assert results.flush(SOON)

        yield tell


def linker_listens(node: Node, site: str) -> bool:
    """Whether a live site's linker has a queue by now."""
    queue = Topology(site=site, lossless=False).follower("linker").name
    with broker_at(node.url) as broker:
        return queue in depths(broker, [queue])


def kept(file: Path, site: str) -> int:
    """How many are known by their looks, too."""
    with open_store(store_of(file), read_only=True) as store:
        run = run_in(store, Address(site, "live"))
        known = len(store.identities(site))
        return 0 if run is None or not len(store.tracklets(run.id)) else known


def all_left(file: Path, site: str) -> bool:
    """Whether everybody was seen in the last camera, and left it."""
    with open_store(store_of(file), read_only=True) as store:
        ways = [store.journey(site, each.identity) for each in store.identities(site)]
        last = [visit for way in ways for visit in way if visit.camera == CAMERAS[-1]]
        return len(last) == len(COATS) and not any(visit.growing for visit in last)


def test_live_what_was_said_holds_and_numbers_go_on_when_all_roles_start_again(
    node: Node, site: str, file: Path
) -> None:
    first = watched(node, site, endless(file))
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


def starts(file: Path, site: str) -> int:
    """How often the live run was begun and every camera looked at since."""
    try:
        with open_store(store_of(file), read_only=True) as store:
            run = run_in(store, Address(site, "live"))
            if run is None or len(run.cameras) < len(CAMERAS):
                return 0
            last = [store.last_frame(run.id, each.name) for each in run.cameras]
            return min(0 if stamp is None else stamp.epoch + 1 for stamp in last)
    except InputError:
        return 0


def watched(node: Node, site: str, file: Path) -> list[Event]:
    """Publish it live for a while, with a worker and a linker; all events so far.

    It goes on until every camera was looked at, and the linker found something.
    """
    linker, events, times = Linker(node, site), count(file, site, "live"), starts(file, site)

    def enough() -> bool:
        found = count(file, site, "live") > events + 8 and starts(file, site) > times
        return found or bool(linker.error)

    with working(node), process(node, "publish", file) as publisher:
        until(enough, within=SOON)
        publisher.send_signal(signal.SIGINT)
        publisher.wait()
        linker.stop.set()
        linker.wait()
    return events_in(store_of(file), site, "live")
