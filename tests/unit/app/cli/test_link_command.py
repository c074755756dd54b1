"""`camweave link`: what its options mean."""

from pathlib import Path

import pytest

from camweave.app.cli.link_command import tracklets_given, with_linker
from camweave.app.cli.linked import summary_lines
from camweave.app.site.load import parse_site
from camweave.core.errors import InputError


def test_each_camera_is_given_its_file() -> None:
    assert tracklets_given(["a=x.npz", "b=dir/y=1.npz"]) == {
        "a": Path("x.npz"),
        "b": Path("dir/y=1.npz"),
    }


@pytest.mark.parametrize("wrong", ["a", "a=", "=x.npz", ""])
def test_what_is_no_pair_is_refused(wrong: str) -> None:
    with pytest.raises(InputError, match="-t: expected CAMERA=TRACKLETS"):
        tracklets_given([wrong])


def test_a_camera_is_given_once() -> None:
    with pytest.raises(InputError, match="-t: camera 'a' comes twice"):
        tracklets_given(["a=x.npz", "a=y.npz"])


def test_settings_change_the_sites_linker_and_leave_the_rest() -> None:
    text = "site: s\ncameras: [{name: a, source: a.mp4}]\nlinker: {margin: 0.2}\n"
    site = parse_site(text, "s.yaml", Path("/s"), {})
    linker = with_linker(site, ["linkage=mean", "min_similarity=0.3"]).linker
    assert (linker.linkage, linker.min_similarity, linker.margin) == ("mean", 0.3, 0.2)
    with pytest.raises(InputError, match=r"--set linkag: linker has no such parameter \(did you"):
        with_linker(site, ["linkag=mean"])


def test_the_summary_reads_like_sentences() -> None:
    summary = {
        "cameras": 3, "identities": 5, "tracklets": 12, "across_cameras": 4, "unlinked": 1,
        "links": {"follows": 6, "fragment": 1}, "windows_drawn": 0, "windows_learned": 4,
        "notes": ["linking rests on appearance alone"],
    }  # fmt: skip
    assert summary_lines(summary) == [
        "identities  5 from 12 tracklets of 3 cameras; 4 seen by more than one",
        "links       6 follows, 1 fragment; 1 tracklet unlinked",
        "windows     0 given, 4 learned",
        "assumed     linking rests on appearance alone",
    ]
