"""The public face of the package: a few lines of Python do what the commands do."""

import subprocess
import sys
from pathlib import Path

import camweave


def test_a_few_lines_detect_track_draw_and_score_one_video(world: Path, tmp_path: Path) -> None:
    video, truth = world / "cam_a.mp4", world / "truth" / "cam_a.txt"

    detections = camweave.detect(video, detector=camweave.MotionParams())
    tracklets = camweave.track(detections)
    camweave.write_mot(tmp_path / "cam_a.txt", tracklets)
    camweave.annotate(video, tracklets, tmp_path / "cam_a.mp4")
    scores = camweave.evaluate(truth, tmp_path / "cam_a.txt")

    assert detections.frame_count == 45
    assert len(tracklets)
    assert "HOTA" in camweave.score_table(scores)
    with camweave.VideoSource(tmp_path / "cam_a.mp4", camera="a") as drawn:
        assert sum(1 for _ in drawn) == 45


def test_stages_can_be_taken_one_by_one(world: Path) -> None:
    detector, tracker = camweave.Motion(camweave.MotionParams()), camweave.ByteTrack(fps=15)
    seen = 0
    with camweave.VideoSource(world / "cam_a.mp4", camera="cam_a") as frames:
        for frame in frames:
            (detections,) = detector.detect([frame])
            seen += len(tracker.update(detections))
    assert seen


def test_a_site_runs_from_python(world: Path, tmp_path: Path) -> None:
    site = camweave.read_site(world / "site.yaml")
    reports = camweave.batch(site, tmp_path)
    assert [report.camera for report in reports] == ["cam_a", "cam_b"]
    assert all(report.error is None for report in reports)
    assert (tmp_path / "cam_b" / "mot.csv").exists()


def test_importing_the_package_imports_nothing_else() -> None:
    program = "import camweave, sys; print(len([m for m in sys.modules if 'numpy' in m]))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "0"
