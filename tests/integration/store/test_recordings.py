"""Recordings that were linked, in a store: each run whole, with evidence and corrections."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.serving import SOON, serving
from tests.support.waiting import until
from tests.unit.app.cli.conftest import camweave
from tests.unit.app.cli.small_site import Command, looks, tracklets, write_site

from camweave.core.frame import CameraId
from camweave.core.identities import TrackletKey
from camweave.core.tracks import UNLINKED
from camweave.formats.identities import read_identities
from camweave.formats.tracklets import read_tracklets, write_tracklets
from camweave.store.rows import Rows
from camweave.store.store import Store, open_store

A = CameraId("cam_a")
__all__ = ["camweave"]  # a fixture
NEAR = "transitions: {cam_a -> cam_b: [5, 30]}, linkage: average"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    a = tracklets("cam_a", (0, 5), (3, 9), looks=looks(0, 1))
    b = tracklets("cam_b", (15, 18), (17, 24), looks=looks(0, 1))
    for each in (a, b):
        write_tracklets(tmp_path / each.camera / "tracklets_refined.npz", each)
    write_site(tmp_path, NEAR)
    return tmp_path / "site.yaml"


def is_told(store: Store, site: str, folder: Path) -> None:
    """The store tells of a site what the folder's file does."""
    table = read_identities(folder / "identities.json")
    found = table.identities
    linked = found.identity != UNLINKED
    told = {each.identity: each for each in store.identities(site)}
    assert sorted(told) == sorted(set(found.identity[linked].tolist()))
    assert {each.status for each in told.values()} == {"confirmed"}
    aliases = {each: one.aliases for each, one in told.items() if one.aliases}
    assert aliases == table.aliases
    links = [link for each in told for link in store.links(site, each)]
    assert sorted(links, key=repr) == sorted(found.links, key=repr)
    for each in told:
        rows = (found.identity == each).nonzero()[0].tolist()
        keys = {
            TrackletKey(found.cameras[found.camera[row]], int(found.tracklet_id[row]))
            for row in rows
        }
        visits = store.journey(site, each)
        assert {TrackletKey(visit.camera, visit.tracklet_id) for visit in visits} == keys
        assert all(len(store.path(site, visit)) for visit in visits)


def test_what_link_finds_is_in_the_store_with_its_evidence(
    camweave: Command, site: Path, url: str
) -> None:
    assert camweave("link", site, "-o", site.parent, "--store", url).status == 0
    with open_store(url, read_only=True) as store:
        (run,) = store.runs()
        assert run.site == f"s/{run.name}"
        is_told(store, run.site, site.parent)
        seen = tracklets("cam_a", (0, 5), (3, 9), looks=looks(0, 1))
        rows = store.tracks(run.id, A)
        assert rows.track_id.tolist() == Rows.recorded(seen).track_id.tolist()
        kept = store.tracklets(run.id)
        assert kept.crops.embedding.shape[1] == looks(0, 1).shape[1]
        assert [each.class_names for each in run.cameras] == [seen.class_names] * 2


def test_what_link_finds_can_be_looked_at(camweave: Command, site: Path, url: str) -> None:
    for camera in ("cam_a", "cam_b"):
        file = site.parent / camera / "tracklets_refined.npz"
        write_tracklets(file, replace(read_tracklets(file), class_names=("person",)))
    assert camweave("link", site, "-o", site.parent, "--store", url).status == 0
    table = read_identities(site.parent / "identities.json")
    wanted: dict[int, set[tuple[str, int]]] = {}
    for row, identity in enumerate(table.identities.identity.tolist()):
        camera = table.identities.cameras[table.identities.camera[row]]
        wanted.setdefault(identity, set()).add((camera, int(table.identities.tracklet_id[row])))
    with serving(None, store=url, site="s") as page:
        until(lambda: page.identities() == wanted, within=SOON)
        cards = page.get("/api/identities")
        assert {card["label"] for card in cards} == {"person"}
        assert any(page.links(cards).values())
        assert page.read("/readyz") == b"ready\n"


def test_what_people_say_of_a_recording_is_in_the_next_run_of_it(
    camweave: Command, site: Path, url: str
) -> None:
    folder = site.parent
    write_site(folder, NEAR.replace("[5, 30]", "[900, 901]"))  # all are by themselves
    assert camweave("link", site, "-o", folder).status == 0
    one, *_, other = read_identities(folder / "identities.json").identities.identity.tolist()
    site.write_text(f"{site.read_text()}store: '{url}'\n")
    assert camweave("link", site, "-o", folder).status == 0  # not up to date: the store has nothing
    assert camweave("correct", folder, "merge", one, other, "--by", "ann").status == 0
    with open_store(url, read_only=True) as store:
        first, second = (run.site for run in store.runs())
        assert not store.corrections(first)
        (said,) = store.corrections(second).values()
        assert (said.kind, said.who) == ("merge", "ann")
        assert store.resolve(second, other) == one
        is_told(store, second, folder)
        assert store.resolve(first, other) == other


def test_a_store_that_cannot_be_used_is_told_before_an_hour_of_work(
    camweave: Command, site: Path, tmp_path: Path
) -> None:
    done = camweave("batch", site, "-o", tmp_path / "out", "--store", "sqlite:////proc/no/a.db")
    assert done.status == 1
    assert "its folder cannot be made" in done.err
    assert not list((tmp_path / "out").glob("*/*"))
