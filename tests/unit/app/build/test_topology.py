"""A site's words on its topology, as values; and what linking will rest on."""

from pathlib import Path

import pytest

from camweave.app.build.topology import basis, make_topology
from camweave.app.site.load import parse_site
from camweave.app.site.model import Site
from camweave.core.errors import InputError
from camweave.formats.layout import Clock

LAYOUT = """\
fps
10 10
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
TOPOLOGY = """\
transitions: {cam_a/exit -> cam_b: [4, 9]}
homographies: {cam_b: [[0.1, 0, 0], [0, 0.1, 0], [0, 0, 1]]}
strict: true
"""
HOMOGRAPHY = "0.01 0 0\n0 0.01 0\n0 0.001 1\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "layout.txt").write_text(LAYOUT)
    (tmp_path / "topology.yaml").write_text(TOPOLOGY)
    (tmp_path / "a.txt").write_text(HOMOGRAPHY)
    return tmp_path


def site(folder: Path, linker: str = "", a: str = "", b: str = "") -> Site:
    text = (
        "site: s\ncameras:\n"
        f"  - {{name: cam_a, source: a.mp4{a}}}\n  - {{name: cam_b, source: b.mp4{b}}}\n"
        f"linker: {{{linker}}}\n"
    )
    return parse_site(text, "s.yaml", folder, {})


def test_a_layout_gives_windows_and_clocks(folder: Path) -> None:
    ground = make_topology(site(folder, "layout: layout.txt, strict: true"))
    (edge,) = ground.topology.transitions
    assert (edge.source, edge.target, edge.least, edge.most) == ("cam_a", "cam_b", 4, 9)
    assert ground.topology.strict
    assert dict(ground.clocks) == {"cam_a": Clock(1, 0), "cam_b": Clock(2, 1.5)}


def test_a_clock_is_set_in_one_place(folder: Path) -> None:
    with pytest.raises(
        InputError, match=r"camera cam_b: offset is 3 s in the site file and 1\.5 s"
    ):
        make_topology(site(folder, "layout: layout.txt", b=", offset: 3"))
    make_topology(site(folder, "layout: layout.txt", a=", offset: 3"))  # the layout says nothing


def test_a_layout_of_another_size_is_refused(folder: Path) -> None:
    text = "site: s\ncameras: [{name: a, source: a.mp4}]\nlinker: {layout: layout.txt}\n"
    with pytest.raises(InputError, match=r"layout\.txt: 2 cameras, where the site has 1 \(a\)"):
        make_topology(parse_site(text, "s.yaml", folder, {}))


def test_a_topology_file_may_name_the_zones_of_the_site(folder: Path) -> None:
    zone = ", zones: {exit: [[0, 0], [9, 0], [9, 9]]}"
    topology = make_topology(site(folder, "topology: topology.yaml", a=zone)).topology
    assert topology.transitions[0].exit_zone == "exit"
    assert [each.name for each in topology.zones] == ["exit"]
    assert topology.strict
    with pytest.raises(InputError, match=r"topology\.yaml:1:15: .*no zone 'exit'"):
        make_topology(site(folder, "topology: topology.yaml"))


def test_calibrations_come_from_their_files_and_from_the_topology(folder: Path) -> None:
    a = ", homography: a.txt, zones: {exit: [[0, 0], [9, 0], [9, 9]]}"
    ground = make_topology(site(folder, "topology: topology.yaml", a=a))
    assert sorted(ground.calibrations) == ["cam_a", "cam_b"]
    assert ground.topology.homographies["cam_b"][0, 0] == 0.1  # type: ignore[index]  # one there is
    with pytest.raises(InputError, match="camera cam_b: a homography in the topology and one in"):
        make_topology(site(folder, "topology: topology.yaml", a=a, b=", homography: a.txt"))


def test_a_singular_homography_is_refused_with_its_file(folder: Path) -> None:
    (folder / "a.txt").write_text("1 1 1 1 1 1 0 0 1\n")
    with pytest.raises(InputError, match=r"a\.txt: homography: singular"):
        make_topology(site(folder, a=", homography: a.txt"))


def test_what_linking_rests_on_is_said(folder: Path) -> None:
    bare = make_topology(site(folder))
    assert basis(bare, looks=True).startswith("appearance alone")
    assert basis(bare, looks=False).startswith("times alone")
    windows = make_topology(site(folder, "layout: layout.txt"))
    assert basis(windows, looks=True) == "windows (1 between 2 cameras), appearance"
    both = make_topology(site(folder, "", a=", homography: a.txt", b=", homography: a.txt"))
    assert basis(both, looks=False) == (
        "places on the ground (2 cameras calibrated); no appearance, as nothing is embedded"
    )
