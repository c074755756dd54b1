"""What bad input gets from `link`: one line and status 2, or a stated rule."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.unit.app.cli.small_site import (
    LAYOUT,
    Command,
    assert_one_line,
    looks,
    tracklets,
    two_cameras,
    write_site,
)

from camweave.formats.mot import read_mot
from camweave.formats.topology import read_topology
from camweave.formats.tracklets import write_tracklets
from camweave.tracking.warm import compile_kernels


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Two cameras, two objects."""
    return two_cameras(tmp_path)


def link(camweave: Command, folder: Path, *more: object) -> Any:
    return camweave("link", folder / "site.yaml", "-o", folder, "--json", *more)


def test_a_good_site_is_linked(camweave: Command, site: Path) -> None:
    done = link(camweave, site)
    assert done.status == 0, done
    assert json.loads(done.out)["tracklets"] == 4


WRONG: dict[str, tuple[Callable[[Path], object], str]] = {
    "a camera more than the layout": (
        lambda site: write_site(site, "layout: layout.txt", "  - {name: cam_c, source: c.mp4}\n"),
        "layout.txt: 2 cameras, where the site has 3 (cam_a, cam_b, cam_c)",
    ),
    "a camera less than the layout": (
        lambda site: (site / "site.yaml").write_text(
            "site: s\ncameras:\n  - {name: cam_a, source: a.mp4}\nlinker: {layout: layout.txt}\n"
        ),
        "layout.txt: 2 cameras, where the site has 1 (cam_a)",
    ),
    "a camera that the layout does not name": (
        lambda site: (site / "layout.txt").write_text(f"# cameras: cam_a cam_z\n{LAYOUT}"),
        "layout.txt: camera 'cam_b' of the site is missing from the layout",
    ),
    "a layout of the wrong size": (
        lambda site: (site / "layout.txt").write_text(LAYOUT.replace("0 4\n4 0\n", "0 4\n")),
        "layout.txt:8: dtmin: expected 2 rows of 2 numbers, got 1 rows",
    ),
    "a window that ends before it begins": (
        lambda site: (site / "layout.txt").write_text(LAYOUT.replace("0 4\n", "0 40\n")),
        "layout.txt:9: camera 0 to 1: dtmin 40 is more than dtmax 30 (line 12)",
    ),
    "a window of the site that does": (
        lambda site: write_site(site, "transitions: {cam_a -> cam_b: [9, 4]}"),
        "linker.transitions.cam_a -> cam_b: least (9 s) is more than most (4 s)",
    ),
    "no such layout": (
        lambda site: write_site(site, "layout: gone.txt"),
        "gone.txt: no such file",
    ),
    "a topology of another site": (
        lambda site: [
            (site / "t.yaml").write_text("transitions: {north -> cam_b: [1, 2]}\n"),
            write_site(site, "topology: t.yaml"),
        ],
        "t.yaml:1:15: transitions.north -> cam_b: no camera 'north' in this site",
    ),
    "a singular homography": (
        lambda site: [
            (site / "h.txt").write_text("1 1 1\n1 1 1\n0 0 1\n"),
            write_site(site, "", "  - {name: cam_c, source: c.mp4, homography: h.txt}\n"),
        ],
        "h.txt: homography: singular",
    ),
    "embeddings of different dimensions": (
        lambda site: write_tracklets(
            site / "cam_b" / "tracklets_refined.npz",
            tracklets("cam_b", (15, 20), looks=looks(0, size=5)),
        ),
        "embeddings of ",
    ),
    "embeddings of no length": (
        lambda site: write_tracklets(
            site / "cam_b" / "tracklets_refined.npz",
            tracklets("cam_b", (15, 20), looks=looks(0) * 0),
        ),
        "tracklets_refined.npz: embeddings: row 0 has length 0; expected unit length",
    ),
    "embeddings of no numbers": (
        lambda site: write_tracklets(
            site / "cam_b" / "tracklets_refined.npz",
            tracklets("cam_b", (15, 20), looks=looks(0)[:, :0]),
        ),
        "tracklets_refined.npz: embeddings: expected vectors, found float32 (1, 0)",
    ),
    "tracklets that were cut short": (
        lambda site: (site / "cam_a" / "tracklets_refined.npz").write_bytes(b"PK\x03\x04cut"),
        "tracklets_refined.npz",
    ),
    "a clock that is set twice": (
        lambda site: [
            (site / "layout.txt").write_text(LAYOUT.replace("offset\n0 0", "offset\n0 2")),
            (site / "site.yaml").write_text(
                (site / "site.yaml").read_text().replace("b.mp4", "b.mp4, offset: 1")
            ),
        ],
        "camera cam_b: offset is 1 s in the site file and 2 s in ",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_one_line(camweave: Command, site: Path, name: str) -> None:
    spoil, told = WRONG[name]
    spoil(site)
    assert_one_line(link(camweave, site), told)
    assert not (site / "identities.json").exists()


@pytest.mark.parametrize(
    "name", [name for name in WRONG if not name.startswith(("embeddings", "tracklets"))]
)
def test_batch_refuses_a_wrong_site_before_any_work(
    camweave: Command, site: Path, name: str
) -> None:
    compile_kernels("bytetrack")  # else it says first that it will
    spoil, told = WRONG[name]
    spoil(site)
    assert_one_line(camweave("batch", site / "site.yaml", "-o", site / "out"), told)
    assert not list(site.glob("out/*"))


def test_options_that_are_wrong_are_one_line(camweave: Command, site: Path) -> None:
    file = site / "cam_a" / "tracklets_refined.npz"
    for options, told in (
        (["-t", f"cam_z={file}"], "no camera 'cam_z' in this site (did you mean 'cam_"),
        (["-t", f"cam_a={file}", "-t", f"cam_a={file}"], "-t: camera 'cam_a' comes twice"),
        (["-t", "cam_a"], "-t: expected CAMERA=TRACKLETS, got 'cam_a'"),
        (["-t", f"cam_b={file}"], "are those of camera cam_a; give -t cam_a="),
        (["--set", "linkage=avg"], "expected one of path, single, complete, average, mean"),
        (["--set", "windows=1"], "linker has no such parameter"),
    ):
        assert_one_line(link(camweave, site, *options), told)


def test_no_tracks_are_no_identities(camweave: Command, site: Path) -> None:
    for camera in ("cam_a", "cam_b"):
        write_tracklets(site / camera / "tracklets_refined.npz", tracklets(camera))
    done = link(camweave, site)
    assert done.status == 0, done
    report = json.loads(done.out)
    assert (report["identities"], report["tracklets"], report["links"]) == (0, 0, {})
    assert len(read_mot(site / "mtmc" / "cam_a.txt")) == 0


def test_one_camera_is_linked_with_itself(camweave: Command, site: Path) -> None:
    done = link(camweave, site, "-t", f"cam_a={site / 'cam_a' / 'tracklets_refined.npz'}")
    assert done.status == 0, done
    report = json.loads(done.out)
    assert report["across_cameras"] == 0
    assert "no tracklets of cam_b: left out" in report["notes"]


def test_no_result_of_an_earlier_run_stands_beside_the_new_ones(
    camweave: Command, site: Path
) -> None:
    assert link(camweave, site).status == 0
    assert (site / "mtmc" / "cam_b.txt").exists()
    link(camweave, site, "-t", f"cam_a={site / 'cam_a' / 'tracklets_refined.npz'}")
    assert (site / "mtmc" / "cam_a.txt").exists()
    assert not (site / "mtmc" / "cam_b.txt").exists()
    assert not (site / "cam_b" / "mtmc.csv").exists()


def test_a_window_of_a_camera_that_is_left_out_is_not_forgotten(
    camweave: Command, site: Path
) -> None:
    link(camweave, site, "-t", f"cam_a={site / 'cam_a' / 'tracklets_refined.npz'}")
    learned = read_topology(site / "topology.learned.yaml")
    assert [(each.source, each.target) for each in learned.transitions] == [
        ("cam_a", "cam_b"),
        ("cam_b", "cam_a"),
    ]


def test_clocks_that_are_days_apart_link_nothing_through_a_window(
    camweave: Command, site: Path
) -> None:
    days = 3 * 86400.0
    late = tracklets("cam_b", (days, days + 5), (days + 4, days + 9), looks=looks(0, 1))
    write_tracklets(site / "cam_b" / "tracklets_refined.npz", late)
    done = link(camweave, site)
    assert done.status == 0, done
    assert "follows" not in json.loads(done.out)["links"]


def test_who_spans_anothers_whole_life_in_one_camera_is_somebody_else(
    camweave: Command, site: Path
) -> None:
    both = tracklets("cam_a", (0, 20), (5, 9), looks=looks(0, 0))
    write_tracklets(site / "cam_a" / "tracklets_refined.npz", both)
    done = link(camweave, site)
    assert done.status == 0, done
    table = read_mot(site / "cam_a" / "mtmc.txt")
    in_frame = table.object_id[table.frame == 60]
    assert len(set(in_frame.tolist())) == 2


def test_a_tracklet_too_short_to_be_somebody_keeps_an_id_of_its_own(
    camweave: Command, site: Path
) -> None:
    short = tracklets("cam_a", (0, 5), (7, 7.2), looks=looks(0, 1))
    write_tracklets(site / "cam_a" / "tracklets_refined.npz", short)
    write_tracklets(
        site / "cam_b" / "tracklets_refined.npz", tracklets("cam_b", (15, 20), looks=looks(0))
    )
    done = link(camweave, site)
    assert done.status == 0, done
    assert json.loads(done.out)["unlinked"] == 1
    last = read_mot(site / "cam_a" / "mtmc.txt")
    assert last.object_id[-1] > json.loads(done.out)["identities"]


def test_tracklets_without_embeddings_are_linked_by_time_alone_and_it_says_so(
    camweave: Command, site: Path
) -> None:
    for camera, spans in (("cam_a", ((0, 5), (3, 9))), ("cam_b", ((15, 20), (19, 24)))):
        write_tracklets(site / camera / "tracklets_refined.npz", tracklets(camera, *spans))
    done = link(camweave, site)
    assert done.status == 0, done
    notes = json.loads(done.out)["notes"]
    assert any("no appearance, as nothing is embedded" in note for note in notes)


def test_some_tracklets_without_embeddings_are_told(camweave: Command, site: Path) -> None:
    write_tracklets(
        site / "cam_b" / "tracklets_refined.npz", tracklets("cam_b", (15, 20), (19, 24))
    )
    done = link(camweave, site)
    assert done.status == 0, done
    assert any("have no embedding" in note for note in json.loads(done.out)["notes"])


def test_a_thousand_tracklets_that_look_alike_are_linked_in_no_time(
    camweave: Command, site: Path
) -> None:
    spans = [(10.0 * n, 10.0 * n + 1) for n in range(500)]
    for camera, late in (("cam_a", 0.0), ("cam_b", 5.0)):
        shifted = [(begin + late, end + late) for begin, end in spans]
        same = looks(*[0] * 500)
        write_tracklets(
            site / camera / "tracklets_refined.npz", tracklets(camera, *shifted, looks=same)
        )
    done = link(camweave, site)
    assert done.status == 0, done
    assert json.loads(done.out)["tracklets"] == 1000


def test_a_journal_that_is_damaged_is_named(camweave: Command, site: Path) -> None:
    assert link(camweave, site).status == 0
    for action in (["lock", "cam_a:1", "cam_b:2", "--apart"], ["undo"]):
        assert camweave("correct", site, *action).status == 0
    journal = site / "corrections.jsonl"
    journal.write_text(journal.read_text().replace("corrected", "korrected"))
    assert_one_line(link(camweave, site), "corrections.jsonl:2: event: expected one of ")
    assert_one_line(camweave("correct", site, "list"), "corrections.jsonl:2: ")


def test_inputs_are_left_as_they_are(camweave: Command, site: Path) -> None:
    files = [site / camera / "tracklets_refined.npz" for camera in ("cam_a", "cam_b")]
    files += [site / "site.yaml", site / "layout.txt"]
    before = [file.read_bytes() for file in files]
    assert link(camweave, site).status == 0
    assert camweave("learn", site / "site.yaml", "-o", site).status == 0
    assert [file.read_bytes() for file in files] == before
