"""What linking takes: whose tracklets, from where, and on which clock."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from camweave.app.build.topology import make_topology
from camweave.app.jobs.link_inputs import files_of, last_stage, notes_on, read_all
from camweave.app.site.load import parse_site
from camweave.app.site.model import Site
from camweave.core.errors import InputError
from camweave.core.frame import CameraId
from camweave.core.tracks import Tracklets
from camweave.formats.tracklets import write_tracklets

LAYOUT = """\
fps
10 12
scales
1 2
offset
0 1.5
compatibility
0 1
0 0
dtmin
0 4
0 0
dtmax
0 9
0 0
"""


def site(folder: Path, rest: str = "") -> Site:
    text = (
        "site: s\ncameras:\n  - {name: cam_a, source: a.mp4}\n  - {name: cam_b, source: b.mp4}\n"
        f"{rest}\n"
    )
    return parse_site(text, "s.yaml", folder, {})


def tracklets(camera: str) -> Tracklets:
    return Tracklets(
        camera=CameraId(camera),
        fps=10,
        width=64,
        height=48,
        tracklet_id=np.array([1]),
        class_id=np.zeros(1, np.int32),
        offsets=np.array([0, 2]),
        frame=np.array([0, 10]),
        time=np.array([0.0, 1.0]),
        xyxy=np.array([[1, 2, 3, 4]] * 2, np.float32),
        score=np.ones(2, np.float32),
        detection=np.zeros(2, np.int64),
    )


@pytest.mark.parametrize(
    ("rest", "name"),
    [
        ("", "tracklets_refined.npz"),
        ("refine: null\nembedder: histogram", "tracklets.npz"),
        ("refine: null", "tracklets_raw.npz"),
    ],
)
def test_batch_is_known_by_what_it_makes_last(tmp_path: Path, rest: str, name: str) -> None:
    made = site(tmp_path, rest)
    assert last_stage(made.cameras[0], made) == name


def test_what_batch_left_is_taken_where_nothing_is_given(tmp_path: Path) -> None:
    write_tracklets(tmp_path / "cam_b" / "tracklets_refined.npz", tracklets("cam_b"))
    given = files_of(site(tmp_path), None, tmp_path)
    assert given == {"cam_b": tmp_path / "cam_b" / "tracklets_refined.npz"}


def test_nothing_to_link_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cam_a/tracklets_refined\.npz: no such file\. Run `camw"):
        files_of(site(tmp_path), {}, tmp_path)
    with pytest.raises(InputError, match="nothing to link"):
        files_of(site(tmp_path), None, None)


def test_a_camera_that_the_site_has_not_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no camera 'cam_q' in this site \(did you mean 'cam_"):
        files_of(site(tmp_path), {"cam_q": "x.npz"}, None)


def test_tracklets_take_the_sites_name_for_their_camera(tmp_path: Path) -> None:
    ground = make_topology(site(tmp_path))
    (known,) = read_all({"cam_a": tracklets("street_1")}, ground)
    assert known.camera == "cam_a"


def test_another_cameras_tracklets_are_refused(tmp_path: Path) -> None:
    ground = make_topology(site(tmp_path))
    with pytest.raises(InputError, match=r"camera cam_a: .* are those of camera cam_b"):
        read_all({"cam_a": tracklets("cam_b")}, ground)


def test_a_layouts_clock_is_put_on_the_tracklets_and_they_stay_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "layout.txt").write_text(LAYOUT)
    plan = site(tmp_path, "linker: {layout: layout.txt}")
    ground, given = make_topology(plan), tracklets("cam_b")
    (known,) = read_all({"cam_b": given}, ground)
    assert known.time.tolist() == [1.5, 2.0]
    assert given.time.tolist() == [0.0, 1.0]


def test_what_a_user_should_know_is_told(tmp_path: Path) -> None:
    (tmp_path / "layout.txt").write_text(LAYOUT)
    plan = site(tmp_path, "linker: {layout: layout.txt}")
    ground = make_topology(plan)
    (note, rate) = notes_on(plan, ground, [tracklets("cam_b")])
    assert note == "no tracklets of cam_a: left out"
    assert rate.startswith("camera cam_b: the layout says 12 frames/s, the recording 10")
    assert notes_on(plan, ground, [tracklets("cam_a"), replace(tracklets("cam_b"), fps=12)]) == []


def test_a_camera_without_a_window_is_told(tmp_path: Path) -> None:
    text = (
        "site: s\ncameras: [{name: a, source: a.mp4}, {name: b, source: b.mp4}, "
        "{name: c, source: c.mp4}]\nlinker: {transitions: {a -> b: [1, 2]}}\n"
    )
    plan = parse_site(text, "s.yaml", tmp_path, {})
    known = [tracklets(name) for name in "abc"]
    assert notes_on(plan, make_topology(plan), known) == ["no window leads to c or from there"]
