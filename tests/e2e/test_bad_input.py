"""What goes wrong is one line, the right status, and nothing half-written."""

import gzip
import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import which
from typing import Any

import numpy as np
import pytest

Command = Callable[..., Any]  # what the fixtures `camweave` and `interrupted` give


def leftovers(folder: Path) -> list[Path]:
    """Files that should not have outlived their run."""
    return list(folder.rglob("*.part"))


def make_zero(folder: Path) -> Path:
    (folder / "zero.mp4").touch()
    return folder / "zero.mp4"


def make_text(folder: Path) -> Path:
    (folder / "words.mp4").write_text("this is not a video\n" * 100)
    return folder / "words.mp4"


def make_missing(folder: Path) -> Path:
    return folder / "nope.mp4"


def make_empty_folder(folder: Path) -> Path:
    (folder / "images").mkdir()
    return folder / "images"


@pytest.mark.parametrize("make", [make_zero, make_text, make_missing, make_empty_folder])
def test_a_source_that_is_none_is_refused(
    camweave: Command, tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    source = make(tmp_path)
    done = camweave("detect", source, "-o", tmp_path / "x.npz", "--json")
    assert_one_line(done, 2, source.name)
    assert not (tmp_path / "x.npz").exists()


def test_an_output_that_cannot_be_written_is_status_1(
    camweave: Command, world: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    done = camweave("detect", world / "cam_a.mp4", "-o", tmp_path / "file" / "x.npz")
    assert_one_line(done, 1, "cannot write")


def test_a_batch_folder_that_cannot_be_made_is_told_before_the_work(
    camweave: Command, world: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    done = camweave("batch", world / "site.yaml", "-o", tmp_path / "file" / "out")
    assert_one_line(done, 1, "cannot write")


@pytest.mark.skipif(which("prlimit") is None, reason="no prlimit, which makes files end early")
def test_a_disk_that_is_full_leaves_no_half_file(camweave: Command, tmp_path: Path) -> None:
    """A limit on the size of files fails like a full disk: in the middle of a write."""
    out = tmp_path / "world"
    done = camweave(
        "simulate", "road", "-o", out, "--seconds", 2, "--size", "320x180", largest_file=20_000
    )
    assert_one_line(done, 1, "cannot write")
    assert [path for path in out.rglob("*") if path.is_file()] == []


def test_detections_of_a_future_version_are_refused(camweave: Command, tmp_path: Path) -> None:
    np.savez(
        tmp_path / "d.npz",
        schema=np.array("camweave.detections/9"),
        frame_numbers=np.zeros(0, np.int64),
    )
    done = camweave("track", tmp_path / "d.npz", "-o", tmp_path / "t.npz")
    assert_one_line(done, 2, "d.npz")


def test_detections_with_pickles_are_refused(camweave: Command, tmp_path: Path) -> None:
    np.savez(tmp_path / "d.npz", frame_numbers=np.array([{"a": 1}], object))
    done = camweave("track", tmp_path / "d.npz", "-o", tmp_path / "t.npz", "--fps", 25)
    assert_one_line(done, 2, "d.npz")


def test_a_bad_line_of_text_is_named(camweave: Command, tmp_path: Path) -> None:
    (tmp_path / "det.txt").write_text("1,-1,10,10,20,40,0.9\n2,-1,ten,10,20,40,0.9\n")
    done = camweave("track", tmp_path / "det.txt", "-o", tmp_path / "t.npz", "--fps", 25)
    assert_one_line(done, 2, "det.txt:2")


def test_text_without_a_rate_asks_for_it(camweave: Command, tmp_path: Path) -> None:
    (tmp_path / "det.txt").write_text("1,-1,10,10,20,40,0.9\n")
    done = camweave("track", tmp_path / "det.txt", "-o", tmp_path / "t.npz")
    assert_one_line(done, 2, "--fps")


KITTI_LINE = "0 1 Car 0 0 -1 1 2 3 4 -1 -1 -1 -1000 -1000 -1000 -10 0.5"
TABLE = "frame,x1,y1,x2,y2\n0,1,2,3,4\n"
OTHERS = {
    "a KITTI line with too few columns": (
        "det.txt",
        f"{KITTI_LINE}\n0 1 Car 0 0 -1 1 2 3 4\n",
        "det.txt:2: expected 17 or 18 columns as KITTI's tracking labels, found 10",
    ),
    "COCO JSON that is not a list": (
        "found.json",
        '{"images": [], "annotations": []}',
        "found.json: expected a list of results, found an object with images, annotations",
    ),
    "COCO JSON that was cut": (
        "found.json",
        '[{"image_id": 0, "bbox": [1, 2,',
        "found.json:1: cut short; expected a list of COCO results",
    ),
    "a COCO entry without a box": (
        "found.json",
        '[{"image_id": 0}]',
        "found.json: entry 1: bbox: expected [x, y, w, h], found None",
    ),
    "a table without boxes": (
        "found.csv",
        "frame,score\n0,0.5\n",
        "found.csv:1: no columns for a box: x1,y1,x2,y2, or x,y,w,h; the header is 'frame,score'",
    ),
    "a table with a word for a number": (
        "found.csv",
        f"{TABLE}1,1,2,three,4\n",
        "found.csv:3: x2: expected a number, found 'three'",
    ),
    "a file that is nothing of all this": ("notes.txt", "hello\n", "notes.txt:1: expected frame"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_detections_of_others_are_refused_by_line_or_entry(
    camweave: Command, tmp_path: Path, name: str
) -> None:
    file, text, says = OTHERS[name]
    (tmp_path / file).write_text(text)
    done = camweave("track", tmp_path / file, "-o", tmp_path / "t.npz", "--fps", 25)
    assert_one_line(done, 2, says)
    assert not (tmp_path / "t.npz").exists()


def test_packed_text_that_was_cut_is_refused(camweave: Command, tmp_path: Path) -> None:
    packed = gzip.compress("".join(f"{at},-1,1,2,3,4,0.5\n" for at in range(1, 999)).encode())
    (tmp_path / "det.txt.gz").write_bytes(packed[: len(packed) // 2])
    done = camweave("track", tmp_path / "det.txt.gz", "-o", tmp_path / "t.npz", "--fps", 25)
    assert_one_line(done, 2, "det.txt.gz: cut short or damaged")


def some_detections(path: Path, **more: Any) -> Path:
    """Two boxes in each of two frames."""
    np.savez(
        path,
        frame_numbers=np.array([0, 0, 1, 1]),
        bboxes=np.array([[0, 0, 9, 20], [50, 0, 60, 20]] * 2),
        confidences=np.full(4, 0.9),
        **more,
    )
    return path


LOOKS = {
    "of two lengths": (
        np.array([[1.0], [0.6, 0.8], [1.0], [1.0]], object),
        "embeddings: holds pickled Python objects, which can run code (rows of different lengths",
    ),
    "that are not of length 1": (np.full((4, 2), 2.0), "embeddings: row 0 has length 2.828"),
    "with a hole": (
        np.array([[1, 0], [np.nan, 0], [1, 0], [1, 0]]),
        "embeddings: row 1 is [nan, 0.0]: not a finite number",
    ),
    "of too few rows": (np.eye(3), "embeddings: expected floats (4, -1), found float64 (3, 3)"),
}


@pytest.mark.parametrize("name", LOOKS)
def test_embeddings_that_cannot_be_are_refused(
    camweave: Command, tmp_path: Path, name: str
) -> None:
    looks, says = LOOKS[name]
    file = some_detections(tmp_path / "d.npz", embeddings=looks)
    done = camweave("track", file, "-o", tmp_path / "t.npz", "--fps", 25)
    assert_one_line(done, 2, f"d.npz: {says}")


def test_a_tracker_by_looks_without_looks_says_what_to_do(
    camweave: Command, tmp_path: Path
) -> None:
    file = some_detections(tmp_path / "d.npz")
    done = camweave("track", file, "-o", tmp_path / "t.npz", "--fps", 25, "--tracker", "deepsort")
    assert_one_line(done, 2, "d.npz: the tracker deepsort needs embeddings")
    assert "detect with --embedder, or choose another --tracker" in done.err


def test_a_parameter_that_the_tracker_has_not_is_named(camweave: Command, tmp_path: Path) -> None:
    file = some_detections(tmp_path / "d.npz")
    done = camweave("track", file, "-o", tmp_path / "t.npz", "--fps", 25, "--set", "patiense=2")
    says = "--set patiense: bytetrack has no such parameter (did you mean 'patience'?)"
    assert_one_line(done, 2, says)


def test_motion_of_a_shorter_recording_is_refused(camweave: Command, tmp_path: Path) -> None:
    file = some_detections(tmp_path / "d.npz")
    (tmp_path / "gmc.txt").write_text("0 1 0 0 0 1 0\n")
    out = tmp_path / "t.npz"
    done = camweave("track", file, "-o", out, "--fps", 25, "--camera-motion", tmp_path / "gmc.txt")
    assert_one_line(done, 2, "gmc.txt: ends after 1 frames, of 2 in the recording")


def test_a_video_that_ends_before_its_tracklets_is_told(
    camweave: Command, world: Path, tmp_path: Path
) -> None:
    """The rule: what was seen is embedded, and a warning says how much was not."""
    lines = [f"{at},-1,{at},20,30,60,0.9\n" for at in range(1, 61)]  # the video has 45
    (tmp_path / "det.txt").write_text("".join(lines))
    raw, out = tmp_path / "t.npz", tmp_path / "e.npz"
    done = camweave("track", tmp_path / "det.txt", "-o", raw, "--fps", 15)
    assert done.status == 0, done
    done = camweave("embed", world / "cam_a.mp4", raw, "-o", out, "--json")
    assert done.status == 0, done
    assert "ends after 45 frames, the tracklets go on to frame 59" in done.err
    report = json.loads(done.out)
    assert report["crops"] > 0
    assert report["crops_missing"] > 0


def test_refine_takes_tracklets_only(camweave: Command, tmp_path: Path) -> None:
    file = some_detections(tmp_path / "d.npz", schema=np.array("camweave.detections/1"))
    done = camweave("refine", file, "-o", tmp_path / "r.npz")
    assert_one_line(done, 2, "expected schema camweave.tracklets/1, found 'camweave.detections/1'")


def test_a_wrong_site_lists_every_problem_with_its_line(camweave: Command, tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text(
        "site: s\ncameras:\n  - {name: a, source: a.mp4, ofset: 1}\n"
        "tracker: {patience: 30 frames}\n"
    )
    done = camweave("check", site)
    assert done.status == 2
    assert done.err.splitlines() == [
        f"{site}:3:30: cameras[0].ofset: unknown key (did you mean 'offset'?)",
        f"{site}:4:11: tracker.patience: expected a number of seconds, got '30 frames'; "
        "divide by the rate: 30 frames at 25 per second are 1.2",
    ]


def test_check_opens_everything_and_lists_what_fails(
    camweave: Command, world: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site.yaml"
    site.write_text(
        "site: s\ncameras:\n"
        f"  - {{name: good, source: {world / 'cam_a.mp4'}}}\n"
        "  - {name: gone, source: gone.mp4}\n"
        "  - {name: live, source: 'rtsp://me:hunter2@10.0.0.1/1'}\n"
        "  - {name: net, source: gone.mp4, detector: {kind: yolo, model: gone.onnx}}\n"
        "  - {name: look, source: gone.mp4, embedder: {kind: reid, model: gone.onnx}}\n"
        "  - {name: move, source: gone.mp4, camera_motion: {kind: file, path: gone.txt}}\n"
        "embedder: histogram\n"
    )
    done = camweave("check", site)
    assert done.status == 2
    wrong = [line for line in done.out.splitlines() if line.startswith("--")]
    assert len(wrong) == 8, done
    assert "ok  embedder histogram" in done.out
    assert "hunter2" not in done.out + done.err


def test_one_camera_that_fails_does_not_stop_the_others_and_those_are_linked(
    camweave: Command, world: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site.yaml"
    site.write_text(
        "site: s\ncameras:\n"
        "  - {name: gone, source: gone.mp4}\n"
        f"  - {{name: good, source: {world / 'cam_a.mp4'}}}\n"
    )
    done = camweave("batch", site, "-o", tmp_path / "out", "--json")
    assert done.status == 1
    assert done.err.splitlines()[-1].startswith("camweave: camera gone: ")
    told = json.loads(done.out)
    reports = {each["camera"]: each for each in told["cameras"]}
    assert reports["gone"]["error"]
    assert reports["good"]["frames"] == 45
    assert told["linking"]["error"] is None
    assert "no tracklets of gone: left out" in told["linking"]["summary"]["notes"]
    out = tmp_path / "out"
    assert (out / "good" / "mot.txt").exists()
    assert [path.name for path in (out / "mtmc").iterdir()] == ["good.txt"]
    run = json.loads((out / "run.json").read_text())
    assert "gone.mp4" in run["cameras"]["gone"]["error"]


def test_a_model_that_is_none_is_refused(camweave: Command, world: Path, tmp_path: Path) -> None:
    model = tmp_path / "model.onnx"
    model.write_text("not a model")
    done = camweave("detect", world / "cam_a.mp4", "-o", tmp_path / "x.npz", "--model", model)
    assert_one_line(done, 2, "model.onnx")


def test_weights_of_pytorch_are_refused_with_the_way_out(
    camweave: Command, world: Path, tmp_path: Path
) -> None:
    model = tmp_path / "best.pt"
    model.write_bytes(b"PK\x03\x04")
    done = camweave("detect", world / "cam_a.mp4", "-o", tmp_path / "x.npz", "--model", model)
    assert_one_line(done, 2, "export")


@pytest.fixture(scope="module")
def road(camweave: Command, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world that takes a while to work on."""
    folder = tmp_path_factory.mktemp("road")
    done = camweave("simulate", "road", "-o", folder, "--seconds", 20, "--size", "320x180")
    assert done.status == 0, done
    return folder


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_leaves_nothing_half_written(
    interrupted: Command, road: Path, tmp_path: Path, by: int
) -> None:
    out = tmp_path / "out"
    done = interrupted(
        "batch", road / "site.yaml", "-o", out, "--video", when=lambda: at_work(out), by=by
    )
    assert_one_line(done, 130, "interrupted")
    assert not leftovers(out)
    assert not list(out.rglob("*.mp4"))


def at_work(out: Path) -> bool:
    """Whether some of the video is on the disk already."""
    return any(path.stat().st_size > 0 for path in out.rglob("*.part"))


def assert_one_line(done: Any, status: int, word: str) -> None:
    lines = [line for line in done.err.splitlines() if "first run on this machine" not in line]
    assert done.status == status, done
    assert len(lines) == 1, done
    assert lines[0].startswith("camweave: "), done
    assert word in lines[0], done
    assert done.out == "", done
