"""A running site and its store: all that is seen is in it, and nothing that is seen waits."""

import logging
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event as Flag

import pytest
from tests.support.postgres import Postgres
from tests.support.waiting import until

from camweave.app.jobs.live.live_site import Sight
from camweave.app.jobs.live.start import live_site
from camweave.app.jobs.live.station import LiveStation
from camweave.app.site.load import read_site
from camweave.app.site.model import Site
from camweave.core.events import Event
from camweave.core.frame import CameraId
from camweave.core.tracks import Tracks
from camweave.store.rows import Rows
from camweave.store.store import Store, open_store
from camweave.store.values import Run

WEST, EAST = CameraId("west"), CameraId("east")
SITE = """
site: corner
cameras:
  - {name: west, source: "synthetic:plaza/cam_a?seconds=7&size=320x180"}
  - {name: east, source: "synthetic:plaza/cam_b?seconds=7&size=320x180", offset: 0.37}
detector: {kind: motion}
embedder: {kind: histogram, bands: 1}
live: {fps: 10, loop: true}
"""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    file = tmp_path / "site.yaml"
    file.write_text(SITE)
    return read_site(file)


@dataclass
class Seen:
    """What a run showed."""

    tracks: dict[CameraId, list[Tracks]] = field(default_factory=lambda: defaultdict(list))
    events: list[Event] = field(default_factory=list)
    stop: Flag = field(default_factory=Flag)

    def hear(self, sight: Sight) -> None:
        stamp = sight.look.frame.stamp
        self.tracks[stamp.camera].append(sight.look.tracks)


@contextmanager
def running(site: Site, url: str, seen: Seen, *, lossless: bool = False) -> Iterator[LiveStation]:
    with live_site(
        site, lossless=lossless, store=url, heard=seen.hear, events=seen.events.extend
    ) as station:
        yield station


def whole_run(site: Site, url: str) -> Seen:
    seen = Seen()
    with running(site, url, seen, lossless=True) as station:
        assert station.running.wait(250)
    return seen


def same(one: Rows, other: Rows) -> bool:
    names = ("epoch", "frame", "time", "offsets", "track_id", "xyxy", "score", "class_id")
    return all((getattr(one, name) == getattr(other, name)).all() for name in names)


def is_kept(seen: Seen, store: Store, run: Run) -> None:
    """All that was shown is in the store, and nothing else."""
    for camera, told in seen.tracks.items():
        assert same(store.tracks(run.id, camera), Rows.of(told))
    assert list(store.events(run.site)) == seen.events
    tracklets = store.tracklets(run.id)
    tracks = {(t.stamp.camera, n) for own in seen.tracks.values() for t in own for n in t.track_id}
    cameras = [tracklets.cameras[at] for at in tracklets.camera.tolist()]
    assert set(zip(cameras, tracklets.tracklet_id.tolist(), strict=True)) == tracks
    assert tracklets.crops.embedding.shape[0] > len(tracklets) / 2
    assert {each.width for each in run.cameras} == {320}
    assert all(each.class_names for each in run.cameras)


def test_recordings_of_one_site_are_each_kept_whole_under_ids_of_their_own(
    site: Site, url: str
) -> None:
    first, second = whole_run(site, url), whole_run(site, url)
    assert first.events == second.events
    with open_store(url, read_only=True) as store:
        runs = store.runs()
        assert [run.site for run in runs] == [f"corner/{run.name}" for run in runs]
        assert len({run.name for run in runs}) == 2
        for seen, run in zip((first, second), runs, strict=True):
            is_kept(seen, store, run)
            assert len(store.identities(run.site)) > 1


def watched(site: Site, url: str) -> int:
    """Watch it until somebody is known, and somebody seen; how many were known before."""
    seen = Seen()
    with running(site, url, seen) as station:
        known = len(station.identities())
        until(lambda: bool(station.identities()), within=30)
        until(lambda: any(map(len, seen.tracks[WEST])), within=30)
    return known


def test_a_site_that_is_watched_goes_on_in_one_run(site: Site, url: str) -> None:
    assert watched(site, url) == 0
    assert watched(site, url) > 0  # people are told of who is known
    with open_store(url, read_only=True) as store:
        (run,) = store.runs()
        assert (run.site, run.name) == ("corner", "live")
        rows = store.tracks(run.id, WEST)
        assert set(rows.epoch.tolist()) == {0, 1}
        first, second = (rows.track_id[rows.epoch[rows.frame_of_row] == each] for each in (0, 1))
        assert not set(first.tolist()) & set(second.tolist())
        assert rows.time[rows.epoch == 1].min() > rows.time[rows.epoch == 0].max()


def test_the_picture_goes_on_while_the_store_is_away_and_nothing_is_lost(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    with Postgres() as server:
        seen = Seen()
        with running(site, server.url, seen) as station:
            until(lambda: bool(station.identities()), within=30)
            server.kill()
            before = len(seen.tracks[WEST])
            until(lambda: len(seen.tracks[WEST]) > before + 20, within=30)
            until(lambda: figure(station, "store_up") == 0, within=10)
            server.start()
            until(lambda: figure(station, "store_up") == 1, within=15)
        with open_store(server.url, read_only=True) as store:
            (run,) = store.runs()
            for camera, told in seen.tracks.items():
                assert same(store.tracks(run.id, camera), Rows.of(told))
            told_events = [each for each in store.events("corner") if each.seq <= len(seen.events)]
            assert told_events == seen.events
    said = [each for each in caplog.records if "store" in each.getMessage()]
    assert [each.levelno for each in said] == [logging.ERROR, logging.WARNING]


def figure(station: LiveStation, name: str) -> float:
    return next(each.value for each in station.figures() if each.name == name)
