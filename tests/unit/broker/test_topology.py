"""What a site has on a broker: names that never meet, settings that old and new brokers take."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camweave.broker.topology import FOLLOWERS, Bounds, Queue, Topology, key, sites_stream
from camweave.core.errors import InputError
from camweave.core.frame import CameraId

CAMERAS = [CameraId("gate"), CameraId("yard")]


def every_queue(topology: Topology) -> list[Queue]:
    return [
        *topology.declaration(CAMERAS).queues,
        *(topology.follower(role) for role in FOLLOWERS),
        topology.viewer("1", key(CAMERAS[0])),
        topology.tries_of("x"),
    ]


def named(topology: Topology) -> set[str]:
    exchanges = {topology.frames.name, topology.results.name}
    return exchanges | {queue.name for queue in every_queue(topology)}


@given(st.text(min_size=1, max_size=30), st.text(min_size=1, max_size=30))
def test_no_two_sites_share_anything(one: str, other: str) -> None:
    if one != other:
        of_one = named(Topology(site=one, lossless=True))
        assert not of_one & named(Topology(site=other, lossless=True))


@given(st.text(min_size=1))
def test_names_are_such_as_brokers_take(site: str) -> None:
    for name in named(Topology(site=site, lossless=True)):
        assert re.fullmatch(r"[a-zA-Z0-9-_.:]{1,127}", name)


@pytest.mark.parametrize("site", ["a.frames", "a.results", "a", "a.b", "a%2Eb"])
def test_nor_where_one_is_named_like_a_part_of_another(site: str) -> None:
    others = {"a.frames", "a.results", "a", "a.b", "a%2Eb"} - {site}
    mine = named(Topology(site=site, lossless=True))
    assert all(not mine & named(Topology(site=other, lossless=True)) for other in others)


@pytest.mark.parametrize("partitions", [0, 4])
@pytest.mark.parametrize("lossless", [True, False])
def test_newer_brokers_take_every_queue_too(lossless: bool, partitions: int) -> None:
    topology = Topology(site="s", lossless=lossless, partitions=partitions)
    for queue in [*every_queue(topology), sites_stream()]:
        kind = queue.settings.get("x-queue-type", "classic")
        assert "x-queue-mode" not in queue.settings
        assert "x-max-priority" not in queue.settings
        assert kind != "quorum" or "x-delivery-limit" in queue.settings  # 4 would say 20


def test_lossless_frames_are_never_thrown_away_by_the_broker() -> None:
    topology = Topology(site="s", lossless=True)
    for queue in [*topology.partition_queues(CAMERAS), topology.follower("linker")]:
        assert not {"x-max-length", "x-message-ttl", "x-overflow"} & set(queue.settings)


def test_live_frames_are_bounded_and_grow_old() -> None:
    topology = Topology(site="s", lossless=False, bounds=Bounds(live=30, fresh=1.5))
    for queue in topology.partition_queues(CAMERAS):
        assert queue.settings["x-max-length"] == 30
        assert queue.settings["x-overflow"] == "drop-head"
        assert queue.settings["x-message-ttl"] == 1500
        assert "x-dead-letter-exchange" not in queue.settings  # else the dead would be buried twice


def test_each_camera_has_a_queue_of_its_own_unless_they_share_some() -> None:
    own = Topology(site="s", lossless=True)
    shared = Topology(site="s", lossless=True, partitions=8)
    assert [queue.name for queue in own.partition_queues(CAMERAS)] == [
        "camweave.s.frames.gate",
        "camweave.s.frames.yard",
    ]
    assert len(shared.partition_queues(CAMERAS)) == 8
    assert (own.frames.kind, shared.frames.kind) == ("direct", "x-consistent-hash")


def test_the_names_of_the_specification_can_be_had() -> None:
    topology = Topology(
        site="s", lossless=True, frame_queue="frame_queue", results_queue="results_queue"
    )
    assert topology.frames.name == "frame_queue"
    assert topology.partition_queues(CAMERAS)[0].name == "frame_queue.gate"
    assert topology.follower("linker").name == "results_queue.linker"


def test_a_site_needs_a_name() -> None:
    with pytest.raises(InputError):
        Topology(site="", lossless=True)
