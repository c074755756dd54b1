import json
from pathlib import Path

from camweave.formats.timing import Timing, timing_path, write_timing


def test_a_stage_says_its_rate_with_and_without_io(tmp_path: Path) -> None:
    path = timing_path(tmp_path / "tracklets_raw.npz")
    assert path == tmp_path / "tracklets_raw_timing.json"
    write_timing(
        path,
        Timing(
            stage="track", frames=2025, seconds=0.5, work_seconds=0.025, counts={"tracklets": 67}
        ),
    )
    report = json.loads(path.read_text())
    assert report["schema"] == "camweave.timing/1"
    assert (report["stage"], report["frames"], report["tracklets"]) == ("track", 2025, 67)
    assert report["frames_per_second"] == 4050
    assert report["frames_per_second_without_io"] == 81000
    assert set(report["versions"]) == {"camweave", "python", "numpy"}


def test_no_time_at_all_is_no_rate(tmp_path: Path) -> None:
    write_timing(tmp_path / "t.json", Timing(stage="track", frames=0, seconds=0, work_seconds=0))
    assert json.loads((tmp_path / "t.json").read_text())["frames_per_second"] is None
