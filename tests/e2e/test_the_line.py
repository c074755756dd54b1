"""Every command on the small world, as a user runs them one after the other."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from camweave.formats.detections import read_detections
from camweave.formats.mot import write_mot_truth
from camweave.formats.tracklets import load_tracklets
from camweave.sources.synthetic.scenarios import make_scenario
from camweave.sources.synthetic.source import SyntheticSource
from camweave.sources.video import VideoSource

BATCH_FILES = {
    "detections_raw.npz",
    "detections_raw_timing.json",
    "mot.csv",
    "mot.mp4",
    "mot.txt",
    "mtmc.csv",
    "mtmc.mp4",
    "mtmc.txt",
    "tracklets.npz",
    "tracklets_raw.npz",
    "tracklets_raw_timing.json",
    "tracklets_refined.npz",
    "tracklets_refined_timing.json",
    "tracklets_timing.json",
}
SITE_FILES = {
    "identities.json",
    "layout.learned.txt",
    "link.json",
    "mtmc",
    "run.json",
    "topology.learned.yaml",
}

Command = Callable[..., Any]  # what the fixtures `camweave` and `interrupted` give


def leftovers(folder: Path) -> list[Path]:
    """Files that should not have outlived their run."""
    return list(folder.rglob("*.part"))


def test_simulate_writes_a_site_and_its_truth(world: Path) -> None:
    names = {path.name for path in world.iterdir()}
    assert {"site.yaml", "topology.yaml", "cam_a.mp4", "cam_b.mp4", "truth"} <= names
    assert {path.name for path in (world / "truth").iterdir()} == {"cam_a.txt", "cam_b.txt"}
    assert not leftovers(world)


def test_the_same_seed_films_the_same(world: Path, tmp_path: Path) -> None:
    plaza = make_scenario("plaza", cameras=1, seconds=3.0, seed=1, size=(640, 360))
    again = SyntheticSource(plaza, "cam_a")
    write_mot_truth(tmp_path / "cam_a.txt", again.truth())
    first = (world / "truth" / "cam_a.txt").read_text()
    assert (tmp_path / "cam_a.txt").read_text() == first
    with again, VideoSource(world / "cam_a.mp4", camera="a") as filmed:
        pictures = [next(iter(frames)).image.astype(int) for frames in (again, filmed)]
    assert np.abs(pictures[0] - pictures[1]).mean() < 5  # what the encoder makes of it


def test_check_finds_the_site_good(camweave: Command, world: Path) -> None:
    done = camweave("check", world / "site.yaml")
    assert done.status == 0, done
    assert "camera cam_a" in done.out
    assert "640x360, 15 frames/s" in done.out
    assert "calibration cam_a" in done.out
    assert "rests on places on the ground (2 cameras calibrated), windows (" in done.out


def test_batch_writes_every_file_of_every_camera(results: Path) -> None:
    for camera in ("cam_a", "cam_b"):
        assert {path.name for path in (results / camera).iterdir()} == BATCH_FILES
    assert {path.name for path in results.iterdir()} == SITE_FILES | {"cam_a", "cam_b"}
    assert not leftovers(results)


def test_the_video_shows_every_frame(results: Path, world: Path) -> None:
    with (
        VideoSource(world / "cam_a.mp4", camera="a") as filmed,
        VideoSource(results / "cam_a" / "mot.mp4", camera="a") as drawn,
    ):
        pairs = list(zip(filmed, drawn, strict=True))
    assert len(pairs) == 45
    assert any(np.abs(a.image.astype(int) - b.image).max() > 60 for a, b in pairs)


def test_the_run_report_says_what_ran(results: Path) -> None:
    report = json.loads((results / "run.json").read_text())
    assert report["schema"] == "camweave.run/1"
    assert report["cameras"]["cam_a"]["frames"] == 45
    assert report["cameras"]["cam_a"]["error"] is None
    assert report["site"]["cameras"][0]["tracker"]["kind"] == "bytetrack"
    assert report["linking"]["error"] is None
    assert report["linking"]["summary"]["tracklets"] > 0
    assert "numpy" in report["versions"]


def test_every_tracked_box_points_at_its_detection(results: Path) -> None:
    detections = read_detections(results / "cam_a" / "detections_raw.npz")
    for tracklet in load_tracklets(results / "cam_a" / "tracklets_raw.npz"):
        rows = tracklet.detection_indices
        np.testing.assert_array_equal(detections.frame[rows], tracklet.frame_numbers)
        np.testing.assert_array_equal(detections.score[rows], tracklet.confidences)


def test_evaluate_scores_the_results_against_the_truth(
    camweave: Command, world: Path, results: Path
) -> None:
    done = camweave("evaluate", "--truth", world / "truth", "--result", results, "--json")
    assert done.status == 0, done
    scores = json.loads(done.out)
    assert set(scores["sequences"]) == {"cam_a", "cam_b"}
    assert 0 < scores["combined"]["hota"] < 1
    assert scores["across_cameras"] is None


def test_evaluate_prints_a_table_for_people(camweave: Command, world: Path, results: Path) -> None:
    done = camweave(
        "evaluate", "--truth", world / "truth", "--result", results, "--across", "--iou", "0.3"
    )
    assert done.status == 0, done
    assert "HOTA" in done.out
    assert "across cameras" in done.out


def test_the_truth_scores_itself_perfectly(camweave: Command, world: Path, tmp_path: Path) -> None:
    for truth in (world / "truth").iterdir():
        counted = [line for line in truth.read_text().splitlines() if line.split(",")[6] != "0"]
        (tmp_path / truth.name).write_text("\n".join(counted) + "\n")
    done = camweave(
        "evaluate", "--truth", world / "truth", "--result", tmp_path, "--across", "--json"
    )
    assert done.status == 0, done
    assert json.loads(done.out)["across_cameras"]["idf1"] == 1.0
