"""Who is who in all cameras, as a user finds it out: from tracklets to scores."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from camweave.formats.identities import read_identities
from camweave.formats.layout import read_layout
from camweave.formats.learned import read_learned
from camweave.formats.mot import read_mot
from camweave.formats.topology import read_topology
from camweave.formats.tracklets import read_tracklets

Command = Callable[..., Any]  # what the fixture `camweave` gives
CAMERAS = [f"cam_{number:02}" for number in range(1, 5)]


@pytest.fixture(scope="module")
def city(camweave: Command, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up city of four cameras as recorded tracklets: site, topology and truth."""
    folder = tmp_path_factory.mktemp("city")
    done = camweave(
        "simulate", "city", "--recorded", "-o", folder, "--cameras", 4, "--tracklets", 240, "--json"
    )
    assert done.status == 0, done
    assert json.loads(done.out)["cameras"] == CAMERAS
    return folder


@pytest.fixture(scope="module")
def linked(camweave: Command, city: Path) -> dict[str, Any]:
    """What `link` says of the city."""
    done = camweave("link", city / "site.yaml", "-o", city, "--json")
    assert done.status == 0, done
    report: dict[str, Any] = json.loads(done.out)
    return report


def test_identities_are_shared_across_cameras(linked: dict[str, Any]) -> None:
    assert linked["across_cameras"] > 10
    assert linked["identities"] < linked["tracklets"]
    assert linked["links"]
    assert linked["notes"][0].startswith("linking rests on places on the ground (4 cameras")


def test_a_result_that_is_up_to_date_is_not_made_again(
    camweave: Command, city: Path, linked: dict[str, Any]
) -> None:
    assert linked
    again = camweave("link", city / "site.yaml", "-o", city)
    assert again.out == f"up to date: {city / 'identities.json'}\n"
    anew = camweave("link", city / "site.yaml", "-o", city, "--force", "--json")
    assert json.loads(anew.out)["up_to_date"] is False


def test_no_row_is_lost_and_no_id_stands_twice_in_a_frame(
    city: Path, linked: dict[str, Any]
) -> None:
    assert linked
    for camera in CAMERAS:
        before = read_tracklets(city / camera / "tracklets_refined.npz")
        after = read_mot(city / camera / "mtmc.txt")
        assert len(after) == len(before.frame)
        assert len(np.unique(np.stack([after.frame, after.object_id]), axis=1).T) == len(after)
        joint = city / "mtmc" / f"{camera}.txt"
        assert joint.read_bytes() == (city / camera / "mtmc.txt").read_bytes()


def test_the_identities_file_gives_the_evidence_of_every_link(
    city: Path, linked: dict[str, Any]
) -> None:
    table = read_identities(city / "identities.json")
    assert len(table.identities) == linked["tracklets"]
    assert len(table.identities.links) == sum(linked["links"].values())
    followers = [link for link in table.identities.links if link.how == "follows"]
    assert followers
    assert all(np.isfinite(link.evidence) for link in followers)


def test_all_cameras_are_scored_as_one(
    camweave: Command, city: Path, linked: dict[str, Any]
) -> None:
    assert linked
    scored = camweave("evaluate", "--truth", city / "truth", "--result", city / "mtmc", "--json")
    assert scored.status == 0, scored
    across = json.loads(scored.out)["across_cameras"]
    assert across["idf1"] > 0.6
    assert {"idp", "idr", "hota", "ass_a"} <= set(across)
    table = camweave("evaluate", "--truth", city / "truth", "--result", city / "mtmc")
    assert "across cameras  IDF1" in table.out
    alone = camweave(
        "evaluate", "--truth", city / "truth", "--result", city / "mtmc", "--no-across", "--json"
    )
    assert json.loads(alone.out)["across_cameras"] is None


def test_tracklets_may_be_given_one_by_one_and_their_order_changes_nothing(
    camweave: Command, city: Path, linked: dict[str, Any], tmp_path: Path
) -> None:
    assert linked
    given = [f"{camera}={city / camera / 'tracklets_refined.npz'}" for camera in CAMERAS]
    pairs = [word for pair in reversed(given) for word in ("-t", pair)]
    done = camweave("link", city / "site.yaml", *pairs, "-o", tmp_path, "--json")
    assert done.status == 0, done
    for camera in CAMERAS:
        ours, theirs = (folder / "mtmc" / f"{camera}.txt" for folder in (tmp_path, city))
        assert ours.read_bytes() == theirs.read_bytes()


def test_what_was_learned_can_be_used_in_both_forms(
    camweave: Command, city: Path, tmp_path: Path
) -> None:
    done = camweave("learn", city / "site.yaml", "-o", city, "--json")
    assert done.status == 0, done
    report = json.loads(done.out)
    topology = read_topology(city / "topology.learned.yaml")
    assert list(topology.cameras) == CAMERAS
    assert len(topology.transitions) == len(report["transitions"]) > 0
    assert read_layout(city / "layout.learned.txt").cameras == topology.cameras
    learned = read_learned(city / "learned.json")
    assert [each.camera for each in learned.clocks] == CAMERAS
    assert list(learned.notes) == report["not_learned"]
    text = (city / "site.yaml").read_text()
    for written in ("topology: topology.learned.yaml", "layout: layout.learned.txt"):
        site = city / "other.yaml"
        site.write_text(text.replace("topology: topology.yaml", written))
        pairs = [f"-t{each}={city / each / 'tracklets_refined.npz'}" for each in CAMERAS]
        again = camweave("link", site, *pairs, "-o", tmp_path / written[:3], "--json")
        assert again.status == 0, again
        assert json.loads(again.out)["across_cameras"] > 10


def test_in_shadow_it_is_learned_and_nothing_is_linked_by_it(
    camweave: Command, city: Path, tmp_path: Path
) -> None:
    text = (city / "site.yaml").read_text()
    (city / "bare.yaml").write_text(text.partition("linker:")[0])
    pairs = [f"-t{each}={city / each / 'tracklets_refined.npz'}" for each in CAMERAS]
    for learn in ("shadow", "off"):
        out = tmp_path / learn
        done = camweave("link", city / "bare.yaml", *pairs, "-o", out, "--set", f"learn={learn}")
        assert done.status == 0, done
    for camera in CAMERAS:
        shadow, off = (tmp_path / learn / "mtmc" / f"{camera}.txt" for learn in ("shadow", "off"))
        assert shadow.read_bytes() == off.read_bytes()
    assert read_topology(tmp_path / "shadow" / "topology.learned.yaml").transitions
    assert not (tmp_path / "off" / "topology.learned.yaml").exists()


def test_what_is_learned_is_told_as_a_table(camweave: Command, city: Path, tmp_path: Path) -> None:
    pairs = [f"-t{each}={city / each / 'tracklets_refined.npz'}" for each in CAMERAS]
    done = camweave("learn", city / "bare.yaml", *pairs, "-o", tmp_path)
    assert done.status == 0, done
    head, *rows = done.out.splitlines()
    assert head.split() == ["from", "->", "to", "least", "s", "most", "s", "passages", "origin"]
    assert any(row.startswith("cam_") and row.endswith("learned") for row in rows)
    assert "no views were laid over each other" in done.out


def test_a_window_that_is_locked_stays(camweave: Command, city: Path, tmp_path: Path) -> None:
    text = (city / "topology.yaml").read_text().splitlines()
    first = next(at for at, line in enumerate(text) if "->" in line)
    edge = text[first].split('"')[1]
    text[first] = f'  "{edge}": {{window: [3.25, 400.5], locked: true}}'
    (city / "locked.yaml").write_text("\n".join(text) + "\n")
    site = (city / "site.yaml").read_text().replace("topology.yaml", "locked.yaml")
    (city / "with_lock.yaml").write_text(site)
    pairs = [f"-t{each}={city / each / 'tracklets_refined.npz'}" for each in CAMERAS]
    done = camweave("learn", city / "with_lock.yaml", *pairs, "-o", tmp_path)
    assert done.status == 0, done
    learned = read_topology(tmp_path / "topology.learned.yaml").transitions
    (kept,) = [each for each in learned if each.locked]
    assert (kept.least, kept.most) == (3.25, 400.5)


def test_every_linkage_links(camweave: Command, city: Path, tmp_path: Path) -> None:
    pairs = [f"-t{each}={city / each / 'tracklets_refined.npz'}" for each in CAMERAS]
    for linkage in ("single", "complete", "average", "mean"):
        done = camweave(
            *("link", city / "site.yaml", *pairs, "-o", tmp_path / linkage, "--json"),
            *("--set", f"linkage={linkage}"),
        )
        assert done.status == 0, done
        assert json.loads(done.out)["across_cameras"] > 0
