"""The stages of one camera: each file is made once, and again when something is new."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from camweave.formats.detections import read_detections
from camweave.formats.tracklets import read_tracklets

Command = Callable[..., Any]  # what the fixture `camweave` gives


@pytest.fixture(scope="module")
def stages(camweave: Command, world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Detections with looks, tracklets, embedded and refined ones of one video."""
    folder = tmp_path_factory.mktemp("stages")
    for step in steps(world, folder):
        done = camweave(*step)
        assert done.status == 0, done
    return folder


def steps(world: Path, folder: Path) -> list[tuple[object, ...]]:
    """Every stage's command line."""
    video, raw = world / "cam_a.mp4", folder / "tracklets_raw.npz"
    embedded = folder / "tracklets.npz"
    return [
        ("detect", video, "-o", folder / "detections_raw.npz", "--embedder", "histogram"),
        ("track", folder / "detections_raw.npz", "-o", raw),
        ("embed", video, raw, "-o", embedded),
        ("refine", embedded, "-o", folder / "tracklets_refined.npz"),
    ]


def test_each_stage_writes_its_file_and_its_timing(stages: Path) -> None:
    for name in ("detections_raw", "tracklets_raw", "tracklets", "tracklets_refined"):
        assert (stages / f"{name}.npz").exists()
        timing = json.loads((stages / f"{name}_timing.json").read_text())
        assert timing["frames"] == 45
        assert timing["seconds"] >= timing["seconds_without_io"] > 0


def test_detections_carry_what_they_look_like(stages: Path) -> None:
    log = read_detections(stages / "detections_raw.npz")
    assert log.embedding is not None
    assert np.count_nonzero(log.embedding.any(axis=1)) > 0.9 * len(log)


def test_at_most_ten_crops_of_a_tracklet_are_embedded_and_the_file_says_which(
    stages: Path,
) -> None:
    tracklets = read_tracklets(stages / "tracklets.npz")
    look = tracklets.appearance
    assert look is not None
    assert 1 <= np.diff(look.offsets).max() <= 10
    raw = read_tracklets(stages / "tracklets_raw.npz")
    np.testing.assert_array_equal(raw.xyxy, tracklets.xyxy)


def test_what_is_up_to_date_is_not_made_again(camweave: Command, world: Path, stages: Path) -> None:
    for step in steps(world, stages):
        out = Path(str(step[-1] if step[-2] == "-o" else step[3]))
        before = out.stat().st_mtime_ns
        done = camweave(*step, "--json")
        assert (done.status, done.err) == (0, ""), done
        said = json.loads(done.out)
        assert said["up_to_date"] is True
        assert str(out) in said.values()
        assert out.stat().st_mtime_ns == before


def test_texts_are_written_of_what_is_up_to_date(camweave: Command, stages: Path) -> None:
    track = ("track", stages / "detections_raw.npz", "-o", stages / "tracklets_raw.npz")
    done = camweave(*track, "--mot", stages / "a.txt")
    assert done.out.startswith("up to date")
    assert len((stages / "a.txt").read_text().splitlines()) > 10


@pytest.mark.parametrize("kind", ["weave", "sort", "ocsort", "deepsort", "botsort"])
def test_every_tracker_follows_the_same_detections(
    camweave: Command, stages: Path, tmp_path: Path, kind: str
) -> None:
    found, out = stages / "detections_raw.npz", tmp_path / "t.npz"
    done = camweave("track", found, "-o", out, "--tracker", kind, "--json")
    assert done.status == 0, done
    assert json.loads(done.out)["tracker"] == kind
    assert len(read_tracklets(out)) > 3


def test_every_change_of_a_refinement_is_told(
    camweave: Command, stages: Path, tmp_path: Path
) -> None:
    out, changes = tmp_path / "r.npz", tmp_path / "changes.jsonl"
    done = camweave("refine", stages / "tracklets.npz", "-o", out, "--changes", changes, "--json")
    report = json.loads(done.out)
    told = [json.loads(line) for line in changes.read_text().splitlines()]
    kinds = [each["change"] for each in told]
    assert kinds.count("joined") == report["joins"]
    assert kinds.count("split") == report["splits"]
    assert kinds.count("dropped") == report["dropped"]
    assert report["tracklets"] == len(read_tracklets(out))


def test_a_batch_is_the_same_as_its_stages(
    camweave: Command, results: Path, stages: Path, tmp_path: Path
) -> None:
    camera = results / "cam_a"
    for name in ("tracklets_raw.npz", "tracklets.npz", "tracklets_refined.npz"):
        ours, theirs = read_tracklets(camera / name), read_tracklets(stages / name)
        np.testing.assert_array_equal(ours.xyxy, theirs.xyxy)
        if name != "tracklets_raw.npz":
            assert ours.appearance is not None
            assert theirs.appearance is not None
            np.testing.assert_array_equal(ours.appearance.embedding, theirs.appearance.embedding)
    last = ("refine", stages / "tracklets.npz", "-o", stages / "tracklets_refined.npz")
    camweave(*last, "--mot", tmp_path / "a.txt")
    assert (tmp_path / "a.txt").read_text() == (camera / "mot.txt").read_text()


def test_a_batch_by_looks_embeds_what_its_tracker_asks_for(
    camweave: Command, world: Path, tmp_path: Path
) -> None:
    """What the tracker was told travels with the detections: tracking them again gives the same."""
    site = tmp_path / "site.yaml"
    site.write_text(
        "site: s\ncameras:\n"
        f"  - {{name: cam_a, source: {world / 'cam_a.mp4'}}}\n"
        "embedder: histogram\ntracker: deepsort\nrefine: null\n"
    )
    done = camweave("batch", site, "-o", tmp_path / "out", "--json")
    assert done.status == 0, done
    camera = tmp_path / "out" / "cam_a"
    again = camweave(
        *(
            "track",
            camera / "detections_raw.npz",
            "-o",
            tmp_path / "t.npz",
            "--tracker",
            "deepsort",
        ),
        *("--mot", tmp_path / "a.txt"),
    )
    assert again.status == 0, again
    assert (tmp_path / "a.txt").read_text() == (camera / "mot.txt").read_text()
    assert not (camera / "tracklets_refined.npz").exists()
