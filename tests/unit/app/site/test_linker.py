"""The linker's section and the cameras' zones: what they mean, and what is said when wrong."""

from pathlib import Path

import pytest

from camweave.app.site.linker import Linker
from camweave.app.site.load import parse_site
from camweave.app.site.model import Site
from camweave.core.errors import SiteError
from camweave.core.frame import CameraId
from camweave.core.topology import Transition, Zone
from camweave.linking.params import LinkParams

A, B = CameraId("cam_a"), CameraId("cam_b")
CAMERAS = """\
site: s
cameras:
  - name: cam_a
    source: a.mp4
    zones: {exit: {ways: exit, outline: [[0, 0], [9, 0], [9, 9]]}}
  - name: cam_b
    source: b.mp4
"""
FOLDER = Path("/sites")


def read(linker: str) -> Site:
    return parse_site(CAMERAS + linker, "s.yaml", FOLDER, {})


def refusals(linker: str) -> list[str]:
    with pytest.raises(SiteError) as caught:
        read(linker)
    return str(caught.value).splitlines()


def test_without_a_word_a_site_is_linked_as_usual() -> None:
    linker = read("").linker
    assert linker == Linker()
    assert isinstance(linker, LinkParams)
    assert linker.linkage == "path"


def test_linking_can_be_left_out() -> None:
    assert read("linker: null\n").linker is None


def test_the_linkers_own_parameters_stand_beside_the_sites() -> None:
    linker = read(
        "linker: {linkage: mean, min_similarity: 0.4, learn: shadow, memory: 60}\n"
    ).linker
    assert linker == Linker(linkage="mean", min_similarity=0.4, learn="shadow", memory=60)


def test_transitions_and_zones_become_values() -> None:
    site = read(
        "linker: {transitions: {cam_a/exit -> cam_b: [8, 12], cam_b -> cam_a: [1, .inf]}}\n"
    )
    assert site.linker is not None
    assert site.linker.transitions == (
        Transition(source=A, target=B, least=8, most=12, exit_zone="exit"),
        Transition(source=B, target=A, least=1, most=float("inf")),
    )
    outline = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0))
    assert site.cameras[0].zones == (Zone(camera=A, name="exit", outline=outline, ways="exit"),)
    assert site.cameras[1].zones == ()


def test_files_of_a_topology_begin_at_the_site() -> None:
    linker = read("linker: {layout: maps/layout.txt}\n").linker
    assert linker is not None
    assert linker.layout == FOLDER / "maps" / "layout.txt"


def test_a_site_with_a_topology_can_be_reported() -> None:
    site = read("linker: {transitions: {cam_a/exit -> cam_b: [8, 12]}}\n")
    told = site.model_dump(mode="json")
    assert told["linker"]["transitions"][0]["exit_zone"] == "exit"
    assert told["cameras"][0]["zones"][0]["name"] == "exit"


# What stands in the section, the column, and what is said.
WRONG = {
    "an unknown key": (
        "linkag: path",
        "10: linker.linkag: unknown key (did you mean 'linkage'?)",
    ),
    "a linkage": ("linkage: avg", "10: linker.linkage: expected one of path, single, complete,"),
    "a likeness": ("min_similarity: 7", "10: linker.min_similarity: expected a cosine, -1 to 1"),
    "a switch": ("learn: yes", "10: linker.learn: expected one of on, shadow, off, got 'yes'"),
    "a number": (
        "interval: 5s",
        "10: linker.interval: expected a number of seconds, got '5s'; write 5",
    ),
    "an interval of nothing": ("interval: 0", "10: linker.interval: expected more than 0 s"),
    "an endless memory": ("memory: .inf", "10: linker.memory: expected more than 0 s, got inf"),
    "two topologies": (
        "layout: l.txt, topology: t.yaml",
        "1: linker: give layout or topology, not both",
    ),
    "a camera": (
        "transitions: {cam_a -> cam_c: [1, 2]}",
        "24: linker.transitions.cam_a -> cam_c: no camera 'cam_c' in this site (did you mean",
    ),
    "a zone": (
        "transitions: {cam_a/exot -> cam_b: [1, 2]}",
        "24: linker.transitions.cam_a/exot -> cam_b: camera cam_a has no zone 'exot' (did you",
    ),
    "a window": (
        "transitions: {cam_a -> cam_b: [3, 2]}",
        "24: linker.transitions.cam_a -> cam_b: least (3 s) is more than most (2 s)",
    ),
    "a list of transitions": (
        "transitions: [1]",
        "10: linker.transitions: expected a mapping of edges, got a list of 1",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_told_once_with_its_place(name: str) -> None:
    written, message = WRONG[name]
    lines = refusals(f"linker: {{{written}}}\n")
    assert len(lines) == 1, lines
    assert lines[0].startswith(f"s.yaml:8:{message}")


@pytest.mark.parametrize(
    ("zone", "message"),
    [
        ("gate: [[0, 0], [1, 1]]", "cameras[0].zones.gate: expected an outline of 3 corners"),
        (
            "gate: {outlin: 1}",
            "cameras[0].zones.gate.outlin: unknown key (did you mean 'outline'?)",
        ),
        ("a b: [[0, 0], [1, 0], [1, 1]]", "cameras[0].zones.a b: a zone's name is 1 to 64 of"),
    ],
)
def test_a_zone_that_is_none_is_told_with_its_place(zone: str, message: str) -> None:
    text = CAMERAS.replace("exit: {ways: exit, outline: [[0, 0], [9, 0], [9, 9]]}", zone)
    with pytest.raises(SiteError) as caught:
        parse_site(text, "s.yaml", FOLDER, {})
    lines = str(caught.value).splitlines()
    assert all(line.startswith("s.yaml:5:") for line in lines)
    assert any(message in line for line in lines)
