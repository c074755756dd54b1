"""A video of what a store has, and of the file that was watched."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.support.results import picture
from tests.support.stored import tracks
from tests.support.videos import frames_in

from camweave.core.events import Confirmed, Created, Event, Linked, Span
from camweave.core.frame import CameraId
from camweave.core.identities import TrackletKey
from camweave.core.tracks import GlobalId, Tracks
from camweave.sinks.colours import id_colour
from camweave.sinks.video_file import VideoFile
from camweave.store.store import open_store
from camweave.store.values import Batch, Camera

GATE = CameraId("gate")
FPS = 10.0


def seen(index: int) -> Tracks:
    """Track 1 of the gate, where it stands."""
    told = tracks("gate", index, 1)
    box = np.array([[60, 40, 120, 150]], np.float32)
    return Tracks(told.stamp, told.track_id, box, told.score, told.class_id, told.detection)


def stored(folder: Path, *indices: int) -> str:
    """The address of a store of these frames, in which track 1 is identity 5."""
    who = GlobalId(5)
    span = Span(TrackletKey(GATE, 1), 0.0, 1.0)
    events: tuple[Event, ...] = (
        Created(seq=1, time=1.0, identity=who),
        Linked(seq=2, time=1.0, identity=who, span=span),
        Confirmed(seq=3, time=1.0, identity=who),
    )
    url = f"sqlite:///{folder / 'yard.db'}"
    with open_store(url) as store:
        camera = Camera(name=GATE, width=320, height=192, fps=FPS, class_names=("person",))
        run = store.begin_run("yard", "r1", began=0.0, cameras=[camera])
        store.write(Batch.of(run, [seen(index) for index in indices]))
        store.write(Batch(run=run, events=events))
    return url


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Twenty frames of the gate."""
    with VideoFile(tmp_path / "recording.mp4", fps=FPS) as film:
        for index in range(20):
            film.add(picture(index), index / FPS)
    return tmp_path / "recording.mp4"


def compiled(*arguments: object) -> "subprocess.CompletedProcess[str]":
    program = str(Path(sys.executable).with_name("camweave"))
    command = [program, "compile", "gate", *map(str, arguments)]
    bare = {name: value for name, value in os.environ.items() if name != "CAMWEAVE_BROKER"}
    return subprocess.run(command, env=bare, capture_output=True, text=True, check=False)


def test_the_rows_of_the_store_stand_on_the_pictures_of_the_file(
    tmp_path: Path, recording: Path
) -> None:
    url, film = stored(tmp_path, *range(20)), tmp_path / "out" / "gate.mp4"
    done = compiled("--store", url, "--source", recording, "-o", film, "--json")
    assert done.returncode == 0, done.stderr
    (told,) = json.loads(done.stdout)["videos"]
    assert (told["frames"], told["seconds"], told["lacking"]) == (20, 1.9, "")
    shown = frames_in(film)
    assert np.allclose([at for at, _ in shown], np.arange(20) / FPS, atol=1e-4)
    edge: Any = shown[10][1][100, 60].astype(int)
    assert np.abs(edge - id_colour(5)).max() < 60


def test_frames_that_the_store_has_not_are_told(tmp_path: Path, recording: Path) -> None:
    url, film = stored(tmp_path, *range(7), *range(9, 16)), tmp_path / "gate.mp4"
    asked = ["--store", url, "--source", recording, "-o", film]
    done = compiled(*asked)
    assert (done.returncode, film.exists()) == (1, False)
    assert "gate: 2 frames are not in the store, the first is frame 7; --partial" in done.stderr
    done = compiled(*asked, "--partial")
    assert done.returncode == 0, done.stderr
    assert "6 frames of the file are not in the store" in done.stdout
    assert len(frames_in(film)) == 14


def test_what_is_no_camera_of_the_store_is_refused_in_a_line(
    tmp_path: Path, recording: Path
) -> None:
    url = stored(tmp_path, *range(3))
    program = str(Path(sys.executable).with_name("camweave"))
    asked = [program, "compile", "gat", "--store", url, "--source", str(recording), "-o", "x.mp4"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "no camera 'gat' (did you mean 'gate'?)" in done.stderr
