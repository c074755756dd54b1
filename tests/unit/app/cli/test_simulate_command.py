"""`camweave simulate`: which worlds there are, and what they are asked for."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from camweave.app.site.load import read_site
from camweave.formats.mot import read_mot
from camweave.formats.topology import read_topology
from camweave.formats.tracklets import read_tracklets

Command = Callable[..., Any]  # what the fixture `camweave` gives


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["city"], "city is a made-up city, which is never rendered; add --recorded"),
        (["road", "--faults", "hard"], "--faults: only for a recorded world; add --recorded"),
        (["road", "--tracklets", "9"], "--tracklets: only for a recorded world"),
        (["city", "--recorded", "--faults", "hrd"], "no preset 'hrd' (did you mean 'hard'?)"),
        (["rod", "--recorded"], "no scenario 'rod' (did you mean 'road'?)"),
        (["road", "--recorded", "--tracklets", "9"], "--tracklets: only a city has as many"),
        (["city", "--recorded", "--cameras", "0"], "cameras: expected 1 to 1000, got 0"),
    ],
)
def test_what_there_is_not_is_one_line(
    camweave: Command, tmp_path: Path, options: list[str], told: str
) -> None:
    done = camweave("simulate", *options, "-o", tmp_path / "world")
    assert done.status == 2
    assert told in done.err
    assert len(done.err.splitlines()) == 1
    assert not (tmp_path / "world").exists()


def test_a_recorded_world_has_all_that_link_and_evaluate_want(
    camweave: Command, tmp_path: Path
) -> None:
    done = camweave("simulate", "road", "--recorded", "-o", tmp_path, "--seconds", 6, "--json")
    assert done.status == 0, done
    told = json.loads(done.out)
    site = read_site(told["site"])
    (camera,) = site.cameras
    assert camera.source.startswith("synthetic:road/")
    assert camera.homography == tmp_path / f"{camera.name}_homography.txt"
    assert site.linker is not None
    assert site.linker.topology is not None
    assert read_topology(site.linker.topology).cameras == (camera.name,)
    tracklets = read_tracklets(tmp_path / camera.name / "tracklets_refined.npz")
    assert len(tracklets) == told["tracklets"] > 0
    assert tracklets.appearance is not None
    assert len(read_mot(tmp_path / "truth" / f"{camera.name}.txt"))
