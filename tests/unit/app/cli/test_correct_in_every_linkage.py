"""What is said with `camweave correct` stands in `camweave link`, however that links."""

from pathlib import Path

import pytest
from tests.unit.app.cli.small_site import Command, assert_one_line, looks, tracklets, write_site

from camweave.core.tracks import UNLINKED
from camweave.formats.identities import read_identities
from camweave.formats.tracklets import write_tracklets
from camweave.linking.params import LINKAGES

every_linkage = pytest.mark.parametrize("linkage", LINKAGES)


def made(camweave: Command, folder: Path, linkage: str, window: str) -> None:
    """Two cameras that saw the same two objects, linked under one strict window."""
    a = tracklets("cam_a", (0, 5), (3, 9), looks=looks(0, 1))
    b = tracklets("cam_b", (15, 18), (17, 24), looks=looks(0, 1))
    for each in (a, b):
        write_tracklets(folder / each.camera / "tracklets_refined.npz", each)
    write_site(
        folder,
        f"transitions: {{cam_a -> cam_b: {window}}}, strict: true, linkage: {linkage}",
    )
    assert camweave("link", folder / "site.yaml", "-o", folder).status == 0


def who(folder: Path) -> dict[str, int]:
    found = read_identities(folder / "identities.json").identities
    rows = zip(found.camera.tolist(), found.tracklet_id.tolist(), found.identity, strict=True)
    return {f"{found.cameras[c]}:{k}": int(i) for c, k, i in rows if i != UNLINKED}


@every_linkage
def test_a_lock_together_beats_the_window_and_is_told_as_a_hands(
    camweave: Command, tmp_path: Path, linkage: str
) -> None:
    made(camweave, tmp_path, linkage, "[900, 901]")
    assert len(set(who(tmp_path).values())) == 4
    done = camweave("correct", tmp_path, "lock", "cam_a:1", "cam_b:2", "--together")
    assert done.status == 0, done
    for _ in range(2):
        found = who(tmp_path)
        assert found["cam_a:1"] == found["cam_b:2"]
        links = read_identities(tmp_path / "identities.json").identities.links
        assert [each.how for each in links] == ["hand"]
        assert camweave("link", tmp_path / "site.yaml", "-o", tmp_path, "--force").status == 0


@every_linkage
def test_a_split_is_held_and_its_contrary_refused_in_a_line(
    camweave: Command, tmp_path: Path, linkage: str
) -> None:
    made(camweave, tmp_path, linkage, "[5, 30]")
    whole = who(tmp_path)
    assert whole["cam_a:1"] == whole["cam_b:1"]
    done = camweave("correct", tmp_path, "split", whole["cam_a:1"], "cam_b:1")
    assert done.status == 0, done
    assert camweave("link", tmp_path / "site.yaml", "-o", tmp_path, "--force").status == 0
    before = who(tmp_path)
    assert before["cam_a:1"] != before["cam_b:1"]
    refused = camweave("correct", tmp_path, "lock", "cam_a:1", "cam_b:1", "--together")
    assert_one_line(refused, "cam_a")
    assert who(tmp_path) == before
