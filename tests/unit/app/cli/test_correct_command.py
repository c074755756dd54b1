"""Identities corrected by hand: kept, obeyed, and taken back."""

import json
from pathlib import Path

import pytest
from tests.unit.app.cli.small_site import (
    Command,
    assert_one_line,
    looks,
    tracklets,
    write_site,
)

import camweave as api
from camweave.core.frame import CameraId
from camweave.core.identities import TrackletKey
from camweave.core.tracks import UNLINKED
from camweave.core.wishes import Lock, Merge, TakeBack
from camweave.formats.identities import read_identities
from camweave.formats.journal import read_journal
from camweave.formats.mot import read_mot
from camweave.formats.tracklets import write_tracklets

FAR = "transitions: {cam_a -> cam_b: [900, 901]}, linkage: average"
NEAR = "transitions: {cam_a -> cam_b: [5, 30]}, linkage: average"
Who = dict[str, int]  # CAMERA:TRACKLET to global id


@pytest.fixture
def linked(camweave: Command, tmp_path: Path) -> Path:
    """Two cameras, linked; no window lets anybody through, so that all are by themselves."""
    a = tracklets("cam_a", (0, 5), (3, 9), looks=looks(0, 1))
    b = tracklets("cam_b", (15, 18), (17, 24), looks=looks(0, 1))
    for each in (a, b):
        write_tracklets(tmp_path / each.camera / "tracklets_refined.npz", each)
    write_site(tmp_path, FAR)
    assert camweave("link", tmp_path / "site.yaml", "-o", tmp_path).status == 0
    assert len(set(who(tmp_path).values())) == 4
    return tmp_path


def who(folder: Path) -> Who:
    found = read_identities(folder / "identities.json").identities
    rows = zip(found.camera.tolist(), found.tracklet_id.tolist(), found.identity, strict=True)
    return {f"{found.cameras[c]}:{k}": int(i) for c, k, i in rows if i != UNLINKED}


def test_who_is_merged_is_one_in_every_later_pass(camweave: Command, linked: Path) -> None:
    before = who(linked)
    one, other = before["cam_a:1"], before["cam_b:2"]
    done = camweave("correct", linked, "merge", one, other, "--by", "ann", "--json")
    assert done.status == 0, done
    (told,) = json.loads(done.out)["corrections"]
    assert (told["kind"], told["who"]) == ("merge", "ann")
    assert {**before, "cam_b:2": one} == who(linked)
    assert set(read_mot(linked / "mtmc" / "cam_b.txt").object_id.tolist()) == {
        one,
        before["cam_b:1"],
    }
    table = read_identities(linked / "identities.json")
    assert table.aliases == {one: (other,)}
    assert "hand" in {link.how for link in table.identities.links}
    assert camweave("link", linked / "site.yaml", "-o", linked, "--force").status == 0
    assert {**before, "cam_b:2": one} == who(linked)


def test_an_undo_gives_back_the_very_identities_that_were(camweave: Command, linked: Path) -> None:
    before = who(linked)
    assert camweave("correct", linked, "merge", before["cam_a:1"], before["cam_b:1"]).status == 0
    one = who(linked)["cam_a:1"]
    assert camweave("correct", linked, "split", one, "cam_b:1").status == 2  # held together
    assert camweave("correct", linked, "merge", before["cam_a:2"], before["cam_b:2"]).status == 0
    assert len(set(who(linked).values())) == 2
    for _ in range(2):
        assert camweave("correct", linked, "undo").status == 0
    assert who(linked) == before
    assert camweave("correct", linked, "list").out == "no correction stands\n"
    assert camweave("link", linked / "site.yaml", "-o", linked, "--force").status == 0
    assert who(linked) == before


def test_who_is_split_off_stays_so(camweave: Command, linked: Path) -> None:
    write_site(linked, NEAR)
    assert camweave("link", linked / "site.yaml", "-o", linked, "--force").status == 0
    joined = who(linked)
    assert joined["cam_a:1"] == joined["cam_b:1"]
    assert camweave("correct", linked, "split", joined["cam_a:1"], "cam_b:1").status == 0
    apart = who(linked)
    assert apart["cam_a:1"] == joined["cam_a:1"] != apart["cam_b:1"]
    assert camweave("link", linked / "site.yaml", "-o", linked, "--force").status == 0
    assert who(linked) == apart
    locked = ("lock", "cam_a:1", "cam_b:1", "--together")
    assert_one_line(camweave("correct", linked, *locked), "are held apart by correction")


def test_a_folder_that_was_corrected_is_not_up_to_date(camweave: Command, linked: Path) -> None:
    again = ("link", linked / "site.yaml", "-o", linked)
    assert camweave(*again).out.startswith("up to date")
    lock = ("lock", "cam_a:1", "cam_b:1", "--together", "--no-relink")
    assert camweave("correct", linked, *lock).status == 0
    assert len(set(who(linked).values())) == 4  # not yet
    assert not camweave(*again).out.startswith("up to date")
    assert who(linked)["cam_a:1"] == who(linked)["cam_b:1"]
    assert camweave(*again).out.startswith("up to date")


def test_what_cannot_be_is_refused_and_changes_nothing(camweave: Command, linked: Path) -> None:
    ids = who(linked)
    for words, told in (
        (("merge", ids["cam_a:1"], ids["cam_a:2"]), "were both seen by cam_a from 3 to 5 s"),
        (("lock", "cam_a:1", "cam_a:2", "--together"), "were both seen by cam_a from 3 to 5 s"),
        (("merge", 1, 99), "identity 99 was never given out"),
        (("merge", 1), "expected: merge A B"),
        (("merge", 1, "two"), "expected a number, got 'two'"),
        (("split", 1, "cam_a"), "expected CAMERA:TRACKLET, as gate:12, got 'cam_a'"),
        (("lock", "cam_a:1", "cam_b:1"), "--together or --apart"),
        (("lock", "cam_a:1", "cam_z:1", "--apart"), "cam_z/1 is of no identity"),
        (("undo",), "no correction stands"),
        (("undo", 7, "--apart"), "are for lock"),
        (("unmerge", 1, 2), "no such action 'unmerge' (did you mean 'merge'?)"),
    ):
        assert_one_line(camweave("correct", linked, *words), told)
    assert not (linked / "corrections.jsonl").exists()
    assert who(linked) == ids
    assert_one_line(camweave("correct", linked / "cam_a", "undo"), "link first")


def test_corrections_of_tracklets_that_were_made_anew_bind_nobody(
    camweave: Command, linked: Path
) -> None:
    ids = who(linked)
    assert camweave("correct", linked, "merge", ids["cam_a:1"], ids["cam_b:1"]).status == 0
    anew = tracklets("cam_b", (11, 14), (19, 24), looks=looks(2, 1))
    write_tracklets(linked / "cam_b" / "tracklets_refined.npz", anew)
    done = camweave("link", linked / "site.yaml", "-o", linked, "--json")
    assert done.status == 0, done
    (note,) = [each for each in json.loads(done.out)["notes"] if "made anew" in each]
    assert "is of cam_b/1" in note
    assert camweave("correct", linked, "list").out == "no correction stands\n"
    now = who(linked)
    assert now["cam_a:1"] == ids["cam_a:1"]
    assert now["cam_b:1"] not in ids.values()


def test_python_corrects_as_the_command_line_does(linked: Path) -> None:
    ids = who(linked)
    key = TrackletKey(CameraId("cam_a"), 1), TrackletKey(CameraId("cam_b"), 1)
    stand = api.correct(linked, Lock(one=key[0], other=key[1], together=True))
    (number,) = stand
    with pytest.raises(api.InputError, match="are one identity already"):
        api.correct(linked, Merge(ids["cam_a:1"], ids["cam_b:1"]))
    api.link(linked / "site.yaml", out=linked)
    assert who(linked)["cam_b:1"] == ids["cam_a:1"]
    assert api.correct(linked, TakeBack(number), site=linked / "site.yaml") == {}
    assert who(linked) == ids
    kinds = [event.kind for event in read_journal(linked / "corrections.jsonl").events]
    assert [kind for kind in kinds if kind in {"corrected", "undone"}] == ["corrected", "undone"]


def test_numbers_stay_when_all_is_linked_another_way(camweave: Command, linked: Path) -> None:
    ids = who(linked)
    write_site(linked, NEAR)
    assert camweave("link", linked / "site.yaml", "-o", linked).status == 0
    joined = who(linked)
    assert joined["cam_a:1"] == joined["cam_b:1"] == ids["cam_a:1"]
    assert read_identities(linked / "identities.json").aliases[ids["cam_a:1"]] == (ids["cam_b:1"],)
    write_site(linked, FAR)
    assert camweave("link", linked / "site.yaml", "-o", linked).status == 0
    parted = who(linked)
    assert parted["cam_a:1"] == ids["cam_a:1"]
    assert parted["cam_b:1"] not in ids.values()  # an alias is never given to anybody else
