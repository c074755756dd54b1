"""Results and sites through a real broker: everybody hears everything that is theirs."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from tests.support.broker_parts import SOON, frames_of, note, taken
from tests.support.waiting import until

from camweave.broker.broker import Broker
from camweave.broker.consumer import Consumer, ConsumerParams
from camweave.broker.errors import BrokerError
from camweave.broker.log_reader import LogReader
from camweave.broker.publisher import Publisher, PublisherParams
from camweave.broker.sites import Sites, announce
from camweave.broker.topology import Bounds, Queue, Topology, key
from camweave.core.frame import CameraId
from camweave.formats.messages.packed import Address
from camweave.formats.messages.sites import SiteNotice

GATE, YARD = CameraId("gate"), CameraId("yard")


def follow(broker: Broker, topology: Topology, queue: Queue, prefetch: int = 8) -> Consumer:
    params = ConsumerParams(prefetch=prefetch)
    return Consumer(broker, topology, [queue], topology.following(queue), params=params)


def results(broker: Broker, topology: Topology, roles: Sequence[str] = ()) -> Publisher:
    return Publisher(
        broker,
        topology.results.name,
        topology.following(*(topology.follower(role) for role in roles)),
        PublisherParams(lossless=topology.lossless),
        lanes=topology.result_lanes(),
    )


def test_every_role_sees_every_result_and_a_viewer_the_newest_of_its_camera(
    broker: Broker, site: str
) -> None:
    topology = Topology(site=site, lossless=True)
    linker, compiler = topology.follower("linker"), topology.follower("compiler", key(GATE))
    viewer = topology.viewer("7", key(GATE, "found"))
    with (
        results(broker, topology, ["linker"]) as sender,
        follow(broker, topology, linker) as all_of_it,
        follow(broker, topology, compiler) as gate,
        follow(broker, topology, viewer, prefetch=1) as window,
    ):
        for index in range(30):
            for camera in (GATE, YARD):
                sender.publish(note(camera, index), key(camera, "found"))
        sender.publish(note(GATE, 30), key(GATE, "end"))
        assert sender.flush(SOON)
        got = taken(all_of_it, 61)
        assert frames_of(GATE, got) == list(range(31))
        assert frames_of(YARD, got) == list(range(30))
        assert taken(gate, 31) == [(GATE, index) for index in range(31)]
        shown = frames_of(GATE, taken(window, 2))
        assert shown == [0, 29]  # the first was taken at once; of the others, the newest
        assert window.take(0.1) is None


def test_results_of_nobody_are_no_trouble_and_a_role_that_is_away_misses_none(
    broker: Broker, site: str
) -> None:
    topology = Topology(site=site, lossless=True)
    with results(broker, topology, ["store"]) as sender:
        for index in range(5):
            sender.publish(note(GATE, index), key(GATE, "found"))
        assert sender.flush(SOON)
    with follow(broker, topology, topology.follower("store")) as store:
        assert frames_of(GATE, taken(store, 5)) == list(range(5))


def test_live_results_that_nobody_wants_are_no_trouble(broker: Broker, site: str) -> None:
    topology = Topology(site=site, lossless=False)
    with results(broker, topology) as sender:
        for index in range(5):
            sender.publish(note(GATE, index), key(GATE, "found"))
        assert sender.flush(SOON)
    assert broker.health().connections == 1


def test_who_joins_later_hears_of_every_site_and_of_what_changes(broker: Broker, site: str) -> None:
    def notice(name: str, run: str, *, over: bool = False) -> SiteNotice:
        began, cameras = "2026-11-22T01:00:00Z", [{"name": "gate"}]
        return SiteNotice(Address(name, run), True, began, cameras, {}, over)

    one, two, gone = (f"{site} {name}" for name in ("one", "two", "gone"))
    for name, run in ((one, "r1"), (two, "r1"), (one, "r2"), (gone, "r1")):
        announce(broker, notice(name, run))
    announce(broker, notice(gone, "r1", over=True))
    with Sites(broker) as sites:
        until(lambda: {one, two} <= sites.known.keys(), within=SOON)
        until(lambda: sites.known[one].address.run == "r2", within=SOON)
        until(lambda: gone not in sites.known, within=SOON)
        heard = sites.count
        announce(broker, notice(two, "r5"))
        assert sites.wait(heard, SOON) > heard
        assert sites.known[two].address.run == "r5"


def test_results_wait_with_the_workers_while_a_role_does_not_keep_up(
    broker: Broker, site: str
) -> None:
    topology = Topology(site=site, lossless=True, bounds=Bounds(results=10))
    linker = topology.follower("linker")
    with results(broker, topology, ["linker"]) as sender:
        for index in range(40):
            sender.publish(note(GATE, index), key(GATE, "found"))
        assert not sender.flush(0.5)
        assert sender.numbers().sent == 10
        with follow(broker, topology, linker) as slow:
            assert frames_of(GATE, taken(slow, 40)) == list(range(40))


def test_the_log_is_read_from_its_start_or_from_anywhere_and_nobody_takes_it_away(
    broker: Broker, site: str
) -> None:
    topology = Topology(site=site, lossless=True)
    with results(broker, topology) as sender:
        for index in range(250):
            sender.publish(note(GATE, index), key(GATE, "found"))
        assert sender.flush(SOON)
        with (
            LogReader(broker, topology) as all_of_it,
            LogReader(broker, topology, 240) as end,
            LogReader(broker, topology, datetime.now(UTC) - timedelta(hours=1)) as today,
        ):
            assert read(all_of_it, 250) == read(today, 250) == [(n, n) for n in range(250)]
            assert read(end, 10) == [(n, n) for n in range(240, 250)]
            assert end.take(0.1) is None
            sender.publish(note(GATE, 250), key(GATE, "found"))
            assert read(end, 1) == read(all_of_it, 1) == [(250, 250)]
    with LogReader(broker, topology, 249) as later:
        assert read(later, 2) == [(249, 249), (250, 250)]


def test_a_log_that_no_longer_goes_back_so_far_says_so(broker: Broker, site: str) -> None:
    topology = Topology(site=site, lossless=True, bounds=Bounds(log_bytes=4 << 20))
    with results(broker, topology) as sender:
        for index in range(300):
            sender.publish(note(GATE, index, bytes(50_000)), key(GATE, "found"))
        assert sender.flush(SOON)
    with (
        LogReader(broker, topology, 0) as reader,
        pytest.raises(BrokerError, match=r"begins at message \d+: \d+ messages are gone"),
    ):
        read(reader, 1)
    with LogReader(broker, topology) as reader:
        first = read(reader, 1)[0][1]
        assert 100 < first < 299
        rest = read(reader, 299 - first)  # their numbers rise, with gaps where files of it begin
        assert [frame for _, frame in rest] == list(range(first + 1, 300))


def test_a_log_is_read_on_over_a_lost_connection(broker: Broker, site: str) -> None:
    topology = Topology(site=site, lossless=True)
    with results(broker, topology) as sender, LogReader(broker, topology) as reader:
        for index in range(300):
            sender.publish(note(GATE, index), key(GATE, "found"))
        assert sender.flush(SOON)  # else some would be sent, and be in the log, twice
        assert read(reader, 20) == [(n, n) for n in range(20)]
        assert broker._wire is not None
        broker.call(partial(broker._wire.give_up, "for the test"))
        until(lambda: broker.health().connections == 2, within=SOON)
        assert read(reader, 280) == [(n, n) for n in range(20, 300)]
        assert reader.take(0.2) is None


def read(reader: LogReader, count: int) -> list[tuple[int, int]]:
    """So many messages: their numbers in the log, and what they say."""
    got: list[tuple[int, int]] = []
    for _ in range(count):
        entry = reader.take(SOON)
        assert entry is not None, f"only {len(got)} of {count} came"
        got.append((entry[0], int(entry[1].headers["frame"])))
    return got
