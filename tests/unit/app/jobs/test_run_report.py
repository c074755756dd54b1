"""`run.json` says everything about a run but its secrets."""

import json
from pathlib import Path

from camweave.app.jobs.batch import CameraReport
from camweave.app.jobs.run_report import write_run_report
from camweave.app.site.load import parse_site

SITE = """\
site: s
cameras:
  - {name: a, source: 'rtsp://me:hunter2@10.0.0.1/1'}
serve: {token: hunter2}
store: postgresql://me:hunter2@db/x
"""


def test_the_report_holds_settings_and_no_secret(tmp_path: Path) -> None:
    site = parse_site(SITE, "s.yaml", tmp_path, {})
    report = CameraReport("a", error="rtsp://me:hunter2@10.0.0.1/1: no answer")
    write_run_report(tmp_path / "run.json", site, [report], seconds=1.0)
    text = (tmp_path / "run.json").read_text()
    assert "hunter2" not in text
    written = json.loads(text)
    assert written["cameras"]["a"]["error"] == "rtsp://me:***@10.0.0.1/1: no answer"
    assert written["site"]["cameras"][0]["tracker"]["high"] == 0.6


def test_a_number_without_bounds_is_still_json(tmp_path: Path) -> None:
    site = parse_site(
        "site: s\ncameras:\n  - {name: a, source: a.mp4}\ntracker: sort\n", "s", tmp_path, {}
    )
    write_run_report(tmp_path / "run.json", site, [], seconds=1.0)

    def refuse(word: str) -> None:
        raise AssertionError(word)

    json.loads((tmp_path / "run.json").read_text(), parse_constant=refuse)
