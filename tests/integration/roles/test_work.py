"""Frames through a real broker and workers to a real store: what is there in the end is exact."""

import json
import signal
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from tests.support.rabbitmq import Node
from tests.support.roles import (
    LOSSLESS,
    SOON,
    Embedded,
    all_ended,
    embedded,
    listening,
    process,
    published,
    store_of,
    stored,
    working,
)
from tests.support.waiting import until
from tests.support.walk import CAMERAS, frames_of, write_site

from camweave.app.build.sources import make_source
from camweave.app.jobs.roles.bench import Bench
from camweave.app.jobs.roles.joining import joined
from camweave.app.jobs.roles.notices import site_in, store_in
from camweave.app.jobs.roles.patience import Patience
from camweave.app.jobs.roles.reaching import broker_at, sites_of
from camweave.broker.dead_letters import letters
from camweave.broker.publisher import Publisher, Sent
from camweave.broker.topology import Topology
from camweave.core.frame import CameraId, Frame
from camweave.detection.recorded import RecordedParams
from camweave.formats.messages.packed import HeaderValue, Packed
from camweave.store.store import open_store

WHOLE = {camera: [*range(frames_of(camera)), -1] for camera in CAMERAS}


def once(heard: dict[CameraId, list[int]]) -> dict[CameraId, list[int]]:
    """What is left when nobody is told of what came before."""
    return {camera: list(dict.fromkeys(own)) for camera, own in heard.items()}


def test_two_workers_find_what_one_process_finds_and_tell_each_frame_once_in_order(
    node: Node, site: str, file: Path, expected: Embedded
) -> None:
    with listening(node, site) as ear:
        with working(node, 2) as done:
            assert sum(published(node, file).sent.values()) == expected.frames
            all_ended(ear, len(CAMERAS))
        assert ear.heard == WHOLE
        assert ear.pictures == expected.frames
    assert stored(store_of(file), site) == expected.rows
    assert sum(each.frames[site] for each in done) == expected.frames


@pytest.mark.parametrize("tracker", ["weave", "deepsort"])
def test_a_worker_that_is_killed_in_the_middle_loses_nothing_and_its_tracks_go_on(
    node: Node, site: str, file: Path, films: Path, *, tracker: str
) -> None:
    (file.parent / "alone").mkdir()
    alone = write_site(file.parent / "alone", films, "walk")
    for each in (file, alone):
        each.write_text(each.read_text().replace("{kind: weave}", tracker))
    expected = embedded(alone)
    with listening(node, site) as ear, process(node, "work", "--site", site) as first:
        published(node, file)
        until(lambda: sum(map(len, ear.heard.values())) > 60, within=SOON)
        first.send_signal(signal.SIGKILL)
        first.wait()
        before = sum(map(len, ear.heard.values()))
        with working(node) as done:
            all_ended(ear, len(CAMERAS))
        assert before < expected.frames
        assert once(ear.heard) == WHOLE
    assert stored(store_of(file), site) == expected.rows
    assert done[0].frames[site] < expected.frames


def test_frames_that_are_sent_again_change_nothing(
    node: Node, site: str, file: Path, expected: Embedded
) -> None:
    with listening(node, site) as ear:
        published(node, file)  # as if it had been killed when all was sent, and nothing done
        with working(node) as done:
            again = published(node, file)
            until(lambda: sum(own.count(-1) for own in ear.heard.values()) == 6, within=SOON)
            assert published(node, file).skipped == expected.frames
            until(lambda: sum(own.count(-1) for own in ear.heard.values()) == 9, within=SOON)
        assert once(ear.heard) == WHOLE
    assert stored(store_of(file), site) == expected.rows
    assert done[0].repeated == sum(again.sent.values()) - again.skipped


def test_results_that_somebody_who_died_had_not_sent_are_told_by_the_next(
    node: Node, site: str, file: Path, expected: Embedded
) -> None:
    published(node, file)
    die_before_telling(node, site, frames=3)
    with listening(node, site) as ear:
        with working(node) as done:
            all_ended(ear, len(CAMERAS))
        assert ear.heard == WHOLE
        assert ear.pictures == expected.frames
    assert done[0].repeated == 3
    assert done[0].frames[site] == expected.frames - 3
    assert stored(store_of(file), site) == expected.rows


def die_before_telling(node: Node, site: str, frames: int) -> None:
    """Work on a camera's first frames and write what is found, and no more than that."""
    with broker_at(node.url) as broker, sites_of(broker) as sites:
        notice = joined(sites, site)
    found = site_in(notice).cameras[0].detector
    assert isinstance(found, RecordedParams)
    film = str(Path(found.path).with_suffix(".mp4"))
    with (
        open_store(store_in(site_in(notice))) as store,
        make_source(film) as source,
    ):
        bench = Bench(site_in(notice), notice.address, store, Patience("test", Event()))
        for frame, _ in zip(source, range(frames), strict=False):
            west = Frame(replace(frame.stamp, camera=CAMERAS[0]), frame.image)
            held = bench.hold(west, "mine")
            (result,) = bench.keep([*bench.look([west]).notes.values()])
            held.out.append((held.at, result, Sent(result, "west.found", 0.0, keep=True)))


def test_what_is_no_frame_of_the_site_is_put_aside_with_the_reason_and_the_rest_goes_on(
    node: Node, site: str, file: Path, expected: Embedded
) -> None:
    topology = Topology(site=site, lossless=True)
    declared = topology.declaration(CAMERAS)
    headers: dict[str, HeaderValue] = {
        "schema": "camweave.frame/1", "site": site, "run": "one", "camera": "west", "epoch": 0,
        "frame": 0, "time": 0.0, "width": 160, "height": 120, "codec": "jpeg",
    }  # fmt: skip
    bad = [
        Packed("1", headers, b"not a picture"),
        Packed("2", headers, b""),
        Packed("3", {**headers, "schema": "camweave.frame/2"}, b"\xff\xd8"),
        Packed("4", {**headers, "camera": "nowhere", "codec": "raw"}, bytes(160 * 120 * 3)),
        Packed("5", {**headers, "site": "another", "codec": "raw"}, bytes(160 * 120 * 3)),
        Packed("6", {}, b"?"),
        Packed("7", {**headers, "width": 40, "codec": "raw"}, bytes(40 * 120 * 3)),
    ]
    with (
        broker_at(node.url) as broker,
        Publisher(broker, topology.frames.name, declared) as sender,
        listening(node, site) as ear,
    ):
        for each in bad:
            sender.publish(each, "west")
        with working(node) as done:
            published(node, file)
            all_ended(ear, len(CAMERAS))
        found = {each.id: each.reason for each in letters(broker, topology)}
        assert ear.heard == WHOLE
    assert sorted(found) == [each.id for each in bad]
    assert "no JPEG" in found["1"]
    assert "empty" in found["2"]
    assert "newer camweave" in found["3"]
    assert "not one of site" in found["4"]
    assert "of site another" in found["5"]
    assert "InputError" in found["7"]  # its detector knows no such picture, in three tries
    assert done[0].refused == len(bad)
    assert stored(store_of(file), site) == expected.rows


def test_a_store_that_cannot_be_written_to_yet_is_waited_for_and_nothing_is_lost(
    node: Node, site: str, file: Path
) -> None:
    blocked = file.parent / "walk.db"
    blocked.write_bytes(b"this is no database" * 100)
    with listening(node, site) as ear, working(node):
        published(node, file, replace(LOSSLESS, run=None))
        assert not ear.heard
        blocked.unlink()
        all_ended(ear, len(CAMERAS))
        assert ear.heard == WHOLE


def test_a_worker_ends_soon_and_cleanly_when_it_is_asked_to(node: Node) -> None:
    with process(node, "work", "--json", "--site", "none") as worker:
        assert worker.stderr is not None
        assert "working for" in worker.stderr.readline()
        worker.send_signal(signal.SIGTERM)
        out, _ = worker.communicate(timeout=SOON)
        assert worker.returncode == 130
        assert json.loads(out)["frames"] == {}
