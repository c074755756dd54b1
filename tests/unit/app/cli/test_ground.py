"""Calibrated views that overlap: what of the ground linking goes by."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from camweave.formats.detections import write_detections
from camweave.formats.identities import read_identities
from camweave.formats.tracklets import read_tracklets, write_tracklets
from camweave.sources.synthetic.recorded.recorded import record_detections
from camweave.sources.synthetic.scenarios import make_scenario

Command = Callable[..., Any]  # what the fixture `camweave` gives
FOLLOWED = "followed on the ground: "


@pytest.fixture(scope="module")
def square(camweave: Command, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A junction in four views, as `batch` would have left it without an embedder."""
    folder = tmp_path_factory.mktemp("square")
    done = camweave("simulate", "crossroad", "--recorded", "-o", folder, "--seconds", 8)
    assert done.status == 0, done
    for found in record_detections(make_scenario("crossroad", seconds=8.0, seed=1)):
        own = folder / found.log.camera
        write_detections(own / "detections_raw.npz", replace(found.log, embedding=None))
        seen = read_tracklets(own / "tracklets_refined.npz")
        write_tracklets(own / "tracklets_refined.npz", replace(seen, appearance=None))
    return folder


def linked(camweave: Command, folder: Path, ground: str) -> dict[str, Any]:
    done = camweave(
        *("link", folder / "site.yaml", "-o", folder, "--force", "--json"),
        *("--set", f"ground={ground}"),
    )
    assert done.status == 0, done
    report: dict[str, Any] = json.loads(done.out)
    return report


def told(report: dict[str, Any]) -> bool:
    return any(note.startswith(FOLLOWED) for note in report["notes"])


def test_without_looks_detections_are_followed_over_all_views(
    camweave: Command, square: Path
) -> None:
    auto = linked(camweave, square, "auto")
    assert told(auto)
    assert "hand" not in auto["links"]
    links = read_identities(square / "identities.json").identities.links
    assert [link for link in links if link.how == "overlap"]
    assert auto["links"] == linked(camweave, square, "follow")["links"]
    assert auto["across_cameras"] > 2


def test_ground_can_be_left_to_tracklets_or_out(camweave: Command, square: Path) -> None:
    group, off = linked(camweave, square, "group"), linked(camweave, square, "off")
    assert not told(group)
    assert group["notes"][0].startswith("linking rests on places on the ground (4 cameras")
    assert not told(off)
    assert "places on the ground" not in off["notes"][0]


def test_what_a_person_says_is_stronger_than_the_ground(camweave: Command, square: Path) -> None:
    linked(camweave, square, "follow")
    who = read_identities(square / "identities.json").identities
    link = next(each for each in who.links if each.how == "overlap")
    one, other = (f"{key.camera}:{key.tracklet_id}" for key in (link.one, link.other))
    identity = who.of(link.other.camera)[link.other.tracklet_id]
    done = camweave("correct", square, "split", identity, other, "--json")
    assert done.status == 0, done
    now = read_identities(square / "identities.json").identities
    home = now.of(link.one.camera)[link.one.tracklet_id]
    assert now.of(link.other.camera).get(link.other.tracklet_id) != home, (one, other)


def test_an_unknown_ground_is_refused(camweave: Command, square: Path) -> None:
    done = camweave("link", square / "site.yaml", "-o", square, "--set", "ground=floor")
    assert done.status == 2
    assert "ground: expected one of auto, follow, group, off" in done.err or "floor" in done.err
