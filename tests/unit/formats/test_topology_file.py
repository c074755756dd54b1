"""The topology file: read whole, refused with its lines, written back the same."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camweave.core.errors import FileFormatError, InputError
from camweave.core.frame import CameraId
from camweave.core.topology import Origin, Topology, Transition, Zone
from camweave.formats.topology import (
    format_topology,
    parse_topology,
    read_topology,
    write_topology,
)

A, B, C = (CameraId(name) for name in ("cam_a", "cam_b", "cam_c"))
GATE = Zone(camera=B, name="gate", outline=((0, 300), (80, 300), (80, 720)))
TEXT = """\
cameras: [cam_a, cam_b]
transitions:
  cam_a/exit -> cam_b/gate: [8, 12.5]
  cam_b -> cam_a: {window: [-2, .inf], origin: learned, samples: 14, locked: true}
zones:
  cam_a: {exit: {ways: exit, outline: [[0, 1], [5, 1], [5, 9]], origin: learned, samples: 30}}
  cam_b: {gate: [[0, 300], [80, 300], [80, 720]]}
homographies:
  cam_a: [[0.01, 0, -3], [0, 0.02, -5], [0, 0.001, 1]]
"""


def refusals(text: str, cameras: tuple[CameraId, ...] | None = None) -> list[str]:
    with pytest.raises(FileFormatError) as caught:
        parse_topology(text, "t.yaml", cameras=cameras)
    return str(caught.value).splitlines()


def test_all_of_it_is_read() -> None:
    topology = parse_topology(TEXT, "t.yaml")
    assert topology.cameras == (A, B)
    assert topology.transitions == (
        Transition(source=A, target=B, least=8, most=12.5, exit_zone="exit", entry_zone="gate"),
        Transition(
            source=B, target=A, least=-2, most=np.inf, origin="learned", samples=14, locked=True
        ),
    )
    assert topology.zones[1] == GATE
    assert topology.zones[0].ways == "exit"
    assert topology.homographies[A][0].tolist() == [0.01, 0, -3]
    assert not topology.strict


def test_an_arrow_with_two_heads_is_both_ways() -> None:
    zones = "zones: {a: {x: [[0,0],[1,0],[1,1]]}}"
    topology = parse_topology(f"transitions: {{a/x <-> b: [1, 2]}}\n{zones}", "t")
    there, back = topology.transitions
    assert (there.source, there.exit_zone, there.target, there.entry_zone) == ("a", "x", "b", None)
    assert (back.source, back.exit_zone, back.target, back.entry_zone) == ("b", None, "a", "x")


def test_without_a_list_the_cameras_are_those_it_names() -> None:
    assert parse_topology("transitions: {b -> a: [1, 2], b -> c: [1, 2]}", "t").cameras == (
        "b",
        "a",
        "c",
    )


def test_a_return_to_the_same_camera_is_a_transition() -> None:
    assert parse_topology("transitions: {a -> a: [60, 600]}", "t").transitions[0].least == 60


WRONG = {
    "nothing in it": ("", "t.yaml:1:1: expected transitions, zones or homographies, got nothing"),
    "an unknown key": ("zone: {}\n", "t.yaml:1:1: zone: unknown key (did you mean 'zones'?)"),
    "an edge that is none": (
        "transitions: {cam_a => cam_b: [1, 2]}",
        "t.yaml:1:15: transitions.cam_a => cam_b: expected `camera -> camera`",
    ),
    "a window that ends before it begins": (
        "transitions: {cam_a -> cam_b: [9, 2]}",
        "t.yaml:1:15: transitions.cam_a -> cam_b: least (9 s) is more than most (2 s)",
    ),
    "a window of three": (
        "transitions: {cam_a -> cam_b: [1, 2, 3]}",
        "t.yaml:1:15: transitions.cam_a -> cam_b: expected [least, most] in seconds, got [1, 2, 3]",
    ),
    "a window of words": (
        "transitions: {cam_a -> cam_b: [8s, 12s]}",
        't.yaml:1:15: transitions.cam_a -> cam_b: expected [least, most] in seconds, got ["8s", ',
    ),
    "no window": (
        "transitions: {cam_a -> cam_b: {locked: true}}",
        "t.yaml:1:15: transitions.cam_a -> cam_b: expected [least, most] in seconds, got null",
    ),
    "a word that is none": (
        "transitions: {cam_a -> cam_b: {window: [1, 2], origin: lerned}}",
        "t.yaml:1:48: transitions.cam_a -> cam_b.origin: expected one of drawn, learned, "
        "got 'lerned' (did you mean 'learned'?)",
    ),
    "fewer than no samples": (
        "transitions: {cam_a -> cam_b: {window: [1, 2], samples: -1}}",
        "t.yaml:1:48: transitions.cam_a -> cam_b.samples: expected a whole number, got -1",
    ),
    "a camera that the site has not": (
        "transitions: {cam_a -> cam_d: [1, 2]}",
        "t.yaml:1:15: transitions.cam_a -> cam_d: no camera 'cam_d' in this site (did you mean",
    ),
    "a zone that nobody drew": (
        "transitions: {cam_a/exxit -> cam_b: [1, 2]}\nzones: {cam_a: {exit: [[0,0],[1,0],[1,1]]}}",
        "t.yaml:1:15: transitions.cam_a/exxit -> cam_b: camera cam_a has no zone 'exxit' (did you",
    ),
    "one edge twice": (
        "transitions: {cam_a <-> cam_b: [1, 2], cam_b -> cam_a: [1, 2]}",
        "t.yaml:1:1: transitions: cam_b -> cam_a: there are two windows for it",
    ),
    "a zone of two corners": (
        "zones: {cam_a: {x: [[0, 0], [1, 1]]}}",
        "t.yaml:1:17: zones.cam_a.x: expected an outline of 3 corners [x, y] in px, or more",
    ),
    "a zone on a line": (
        "zones: {cam_a: {x: [[0, 0], [1, 1], [2, 2]]}}",
        "t.yaml:1:17: zones.cam_a.x: the outline spans no area",
    ),
    "a camera missing": (
        "cameras: [cam_a, cam_b]\n",
        "t.yaml:1:1: cameras: camera 'cam_c' of the site is missing",
    ),
    "a camera too many": (
        "cameras: [cam_a, cam_b, cam_c, cam_d]\n",
        "t.yaml:1:1: cameras: camera 'cam_d' is missing from the site",
    ),
    "a singular homography": (
        "homographies: {cam_a: [[1, 1, 1], [1, 1, 1], [0, 0, 1]]}",
        "t.yaml:1:16: homographies.cam_a: homography: singular",
    ),
    "a homography of four numbers": (
        "homographies: {cam_a: [[1, 1], [1, 1]]}",
        "t.yaml:1:16: homographies.cam_a: expected three rows of three numbers",
    ),
    "zones that are a list": ("zones: [1]", "t.yaml:1:1: zones: expected a mapping of cameras"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_fault_is_told_with_its_place(name: str) -> None:
    text, message = WRONG[name]
    lines = refusals(text, cameras=(A, B, C))
    assert len(lines) == 1
    assert lines[0].startswith(message)


def test_all_faults_are_told_at_once() -> None:
    assert len(refusals("transitions: {a => b: 1, a -> b: 2}\nzone: 3\n")) == 3


def test_zones_of_the_site_can_be_named_and_are_kept() -> None:
    text = "transitions: {cam_a -> cam_b/gate: [1, 2]}"
    assert parse_topology(text, "t", cameras=(A, B), zones=[GATE]).zones == (GATE,)
    with pytest.raises(FileFormatError, match="no zone 'gate'"):
        parse_topology(text, "t", cameras=(A, B))


def test_a_zone_may_stand_in_site_and_topology_where_it_is_the_same() -> None:
    same = parse_topology(TEXT, "t", cameras=(A, B), zones=[GATE])
    assert sum(zone == GATE for zone in same.zones) == 1
    other = Zone(camera=B, name="gate", outline=((0, 0), (1, 0), (1, 1)))
    with pytest.raises(FileFormatError, match=r"zones\.cam_b\.gate: another zone of this name"):
        parse_topology(TEXT, "t", cameras=(A, B), zones=[other])


def test_the_file_is_one_that_people_can_edit(tmp_path: Path) -> None:
    write_topology(tmp_path / "t.yaml", parse_topology(TEXT, "t"), "learned\nyesterday")
    text = (tmp_path / "t.yaml").read_text()
    assert text.startswith("# learned\n# yesterday\ncameras: [cam_a, cam_b]\ntransitions:\n")
    assert '  "cam_a/exit -> cam_b/gate": [8, 12.5]\n' in text
    assert "    gate: [[0, 300], [80, 300], [80, 720]]\n" in text
    assert read_topology(tmp_path / "t.yaml").transitions == parse_topology(TEXT, "t").transitions


def test_what_no_file_can_hold_is_not_written(tmp_path: Path) -> None:
    edge = Transition(source=A, target=B, least=1, most=2)
    topology = Topology(cameras=(A, B), transitions=(edge, edge))
    with pytest.raises(InputError, match=r"cannot be written: .*duplicate key"):
        write_topology(tmp_path / "t.yaml", topology)
    assert not (tmp_path / "t.yaml").exists()


def test_a_topology_that_says_nothing_is_a_file_all_the_same() -> None:
    assert parse_topology(format_topology(Topology(cameras=(A,))), "t") == Topology(cameras=(A,))


finite = st.floats(-1e6, 1e6)
ORIGINS: tuple[Origin, ...] = ("drawn", "learned")
origins = st.sampled_from(ORIGINS)


@st.composite
def topologies(draw: st.DrawFn) -> Topology:
    zones = [
        Zone(
            camera=camera,
            name=name,
            outline=((0.0, 0.0), (draw(st.floats(1, 9)), 0.0), (1.0, draw(st.floats(1, 9)))),
            ways=draw(st.sampled_from(["entry", "exit", "both"])),
            origin=draw(origins),
            samples=draw(st.integers(0, 99)),
        )
        for camera in (A, B)
        for name in draw(st.sets(st.sampled_from(["gate", "no", "7"])).map(sorted))
    ]
    of = {camera: [None, *(z.name for z in zones if z.camera == camera)] for camera in (A, B, C)}
    ends = st.tuples(st.sampled_from([A, B, C]), st.integers(0, 9))
    edges = draw(st.sets(st.tuples(ends, ends), max_size=5).map(sorted))
    transitions = {}
    for (source, i), (target, j) in edges:
        least, most = sorted((draw(st.floats(allow_nan=False)), draw(st.floats(allow_nan=False))))
        leaving, entering = of[source][i % len(of[source])], of[target][j % len(of[target])]
        transitions[source, leaving, target, entering] = Transition(
            source=source,
            target=target,
            exit_zone=leaving,
            entry_zone=entering,
            least=least,
            most=most,
            origin=draw(origins),
            samples=draw(st.integers(0, 10**6)),
            locked=draw(st.booleans()),
        )
    matrix = np.array([[draw(st.floats(0.5, 2)), 0.1, draw(finite)], [0, 1 / 3, 2], [0, 0, 1]])
    return Topology(
        cameras=(A, B, C),
        transitions=tuple(transitions.values()),
        zones=tuple(zones),
        homographies={B: matrix},
        strict=draw(st.booleans()),
    )


@given(topologies())
def test_what_is_written_is_read_back_to_the_last_bit(topology: Topology) -> None:
    again = parse_topology(format_topology(topology, "a note"), "t")
    assert again.cameras == topology.cameras
    assert again.transitions == topology.transitions
    assert again.zones == topology.zones
    assert again.strict == topology.strict
    assert again.homographies[B].tobytes() == topology.homographies[B].tobytes()
