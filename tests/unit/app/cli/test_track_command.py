"""`camweave track` makes its result once, and again when something is new."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from camweave.app.cli.main import run
from camweave.formats.tracklets import read_tracklets

Output = pytest.CaptureFixture[str]


@pytest.fixture
def found(tmp_path: Path) -> Path:
    """Someone who walks to the right for twenty frames."""
    lines = [f"{at},-1,{10 + at},20,30,60,0.9\n" for at in range(1, 21)]
    (tmp_path / "det.txt").write_text("".join(lines))
    os.utime(tmp_path / "det.txt", (1e9, 1e9))
    return tmp_path / "det.txt"


def track(found: Path, capsys: Output, *more: object) -> str:
    """What the command says, on the one line that counts."""
    out = found.with_name("t.npz")
    assert run(["track", str(found), "-o", str(out), "--fps", "25", *map(str, more)]) == 0
    return capsys.readouterr().out.splitlines()[0]


def test_the_same_command_again_does_nothing(found: Path, capsys: Output) -> None:
    out = found.with_name("t.npz")
    assert track(found, capsys) == f"1 tracklets from 20 of 20 detections in 20 frames -> {out}"
    made = out.stat().st_mtime_ns
    assert track(found, capsys) == f"up to date: {out}"
    assert json.loads(track(found, capsys, "--json")) == {
        "up_to_date": True,
        "tracklets_file": str(out),
    }
    assert out.stat().st_mtime_ns == made


@pytest.mark.parametrize(
    "more", [("--force",), ("--set", "patience=2"), ("--tracker", "botsort"), ("--camera", "b")]
)
def test_whoever_wants_something_else_gets_it(
    found: Path, capsys: Output, more: tuple[str, ...]
) -> None:
    track(found, capsys)
    assert track(found, capsys, *more).startswith("1 tracklets from")


def test_a_newer_input_is_tracked_again(found: Path, capsys: Output) -> None:
    track(found, capsys)
    later = found.with_name("t.npz").stat().st_mtime + 5
    os.utime(found, (later, later))
    assert track(found, capsys).startswith("1 tracklets from")


def test_texts_are_written_of_what_is_up_to_date(found: Path, capsys: Output) -> None:
    track(found, capsys)
    text = found.with_name("a.txt")
    assert track(found, capsys, "--mot", text).startswith("up to date")
    assert len(text.read_text().splitlines()) == 20


def test_camera_motion_of_a_file_goes_to_the_tracker(found: Path, capsys: Output) -> None:
    motion = found.with_name("gmc.txt")
    motion.write_text("".join(f"{at} 1 0 0 0 1 0\n" for at in range(20)))
    assert track(found, capsys, "--tracker", "botsort", "--camera-motion", motion)
    assert len(read_tracklets(found.with_name("t.npz"))[0]) == 20
    assert "up to date" in track(found, capsys, "--tracker", "botsort", "--camera-motion", motion)
    assert np.all(read_tracklets(found.with_name("t.npz")).class_id == 0)
