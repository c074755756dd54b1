"""The site file: what it means, and what is said when it is wrong."""

from pathlib import Path

import pytest

from camweave.app.site.load import parse_site, read_site
from camweave.app.site.model import Site
from camweave.core.errors import SiteError
from camweave.core.frame import CameraId
from camweave.core.topology import Transition
from camweave.detection.camera_motion import FileMotionParams
from camweave.detection.yolo import YoloParams
from camweave.refinement.params import RefineParams
from camweave.tracking.bytetrack import ByteTrackParams

GOOD = """\
site: crossroad
cameras:
  - name: cam_a
    source: videos/cam_a.mp4
    offset: 0.0
    mask: masks/cam_a.png
    homography: cam_a.txt
  - name: cam_b
    source: rtsp://admin:pass/word@10.0.0.7/live
    fps: 7
    tracker: {patience: 2}
detector: {kind: yolo, model: yolox_nano.onnx, classes: [person], score: 0.1, nms: 0.65}
embedder: {kind: reid, model: osnet.onnx}
tracker: {kind: bytetrack, high: 0.6, low: 0.1, match: 0.8, patience: 1.0}
linker:
  linkage: average
  min_similarity: 0.5
  min_frames: 5
  interval: 0.5
  margin: 0.05
  memory: 3600
  transitions: {"cam_a -> cam_b": [8, 12]}
live: {fps: 8, max_skew: 1, stall_after: 5.0, loop: true}
serve: {host: 127.0.0.1, port: 8080, token: null, jpeg_quality: 80}
store: sqlite:///camweave.db
"""
SMALLEST = "site: s\ncameras:\n  - {name: a, source: a.mp4}\n"
FOLDER = Path("/sites")


def read(text: str, **environment: str) -> Site:
    return parse_site(text, "site.yaml", FOLDER, environment)


def wrong(old: str, new: str, **environment: str) -> list[str]:
    """What is said of the good file with one thing changed."""
    assert old in GOOD
    with pytest.raises(SiteError) as caught:
        read(GOOD.replace(old, new), **environment)
    return str(caught.value).splitlines()


def test_a_whole_site_is_read() -> None:
    site = read(GOOD)
    a, b = site.cameras
    assert (a.name, a.source, a.mask) == (
        "cam_a",
        "/sites/videos/cam_a.mp4",
        Path("/sites/masks/cam_a.png"),
    )
    assert (b.fps, b.offset) == (7.0, 0.0)
    assert site.linker is not None
    edge = Transition(source=CameraId("cam_a"), target=CameraId("cam_b"), least=8.0, most=12.0)
    assert site.linker.transitions == (edge,)
    assert site.live is not None
    assert site.live.loop


def test_the_smallest_site_needs_a_name_and_a_source() -> None:
    camera = read(SMALLEST).cameras[0]
    assert camera.detector.kind == "motion"
    assert camera.tracker == ByteTrackParams()
    assert camera.embedder.kind == "none"


def test_a_camera_without_a_stage_has_its_sites() -> None:
    camera = read(GOOD).cameras[0]
    assert isinstance(camera.detector, YoloParams)
    assert str(camera.detector.model) == "/sites/yolox_nano.onnx"


def test_a_camera_changes_only_the_keys_it_names() -> None:
    tracker = read(GOOD.replace("high: 0.6", "high: 0.7")).cameras[1].tracker
    assert isinstance(tracker, ByteTrackParams)
    assert (tracker.patience, tracker.high) == (2.0, 0.7)


def test_a_camera_that_names_a_kind_begins_anew() -> None:
    tracker = (
        read(
            GOOD.replace("{patience: 2}", "{kind: bytetrack, patience: 2}").replace(
                "high: 0.6", "high: 0.7"
            )
        )
        .cameras[1]
        .tracker
    )
    assert tracker == ByteTrackParams(patience=2)


def test_one_word_is_a_kind() -> None:
    assert read(SMALLEST + "detector: hog\n").cameras[0].detector.kind == "hog"


def test_a_usb_camera_is_a_number() -> None:
    assert read(SMALLEST.replace("a.mp4", "0")).cameras[0].source == "0"


@pytest.mark.parametrize(
    "source", ["rtsp://h/1", "http://h/1", "synthetic:plaza/a", "/dev/video0", "/abs/a.mp4"]
)
def test_addresses_and_whole_paths_stay_as_they_are(source: str) -> None:
    assert read(SMALLEST.replace("a.mp4", source)).cameras[0].source == source


def test_a_value_comes_from_the_environment() -> None:
    site = read(SMALLEST + "serve: {port: ${PORT}, token: '${WORD}'}\n", PORT="99", WORD="4711")
    assert site.serve is not None
    assert site.serve.port == 99
    assert site.serve.token is not None
    assert site.serve.token.get_secret_value() == "4711"


def test_secrets_do_not_show_when_a_site_is_printed() -> None:
    site = read(SMALLEST + "serve: {token: hush}\nstore: postgresql://u:hush@h/d\n")
    assert "hush" not in repr(site)


CASES = {
    "a camera's key": (
        "offset: 0.0",
        "ofset: 0.0",
        "site.yaml:5:5: cameras[0].ofset: unknown key (did you mean 'offset'?)",
    ),
    "a tracker's key": (
        "patience: 1.0",
        "patiense: 1.0",
        "site.yaml:14:61: tracker.patiense: unknown key (did you mean 'patience'?)",
    ),
    "a top key": (
        "linker:",
        "linkers:",
        "site.yaml:15:1: linkers: unknown key (did you mean 'linker'?)",
    ),
    "frames": (
        "patience: 1.0",
        "patience: 30 frames",
        "site.yaml:14:61: tracker.patience: expected a number of seconds, got '30 frames'; "
        "divide by the rate: 30 frames at 25 per second are 1.2",
    ),
    "milliseconds": (
        "patience: 1.0",
        "patience: 1500ms",
        "site.yaml:14:61: tracker.patience: expected a number of seconds, got '1500ms'; write 1.5",
    ),
    "a word for a number": (
        "high: 0.6",
        "high: much",
        "site.yaml:14:28: tracker.high: expected a number, got 'much'",
    ),
    "a quoted number": (
        "min_frames: 5",
        "min_frames: '5'",
        "site.yaml:18:3: linker.min_frames: expected a whole number, got '5'",
    ),
    "an unknown camera": (
        "cam_a -> cam_b",
        "cam_a -> cam_c",
        "site.yaml:22:17: linker.transitions.cam_a -> cam_c: no camera 'cam_c' in this site "
        "(did you mean 'cam_b'?)",
    ),
    "an arrow": (
        "cam_a -> cam_b",
        "cam_a => cam_b",
        "site.yaml:22:17: linker.transitions.cam_a => cam_b: expected `camera -> camera` or "
        "`camera <-> camera`",
    ),
    "a window": (
        "[8, 12]",
        "[12, 8]",
        "site.yaml:22:17: linker.transitions.cam_a -> cam_b: least (12 s) is more than most (8 s)",
    ),
    "an unknown tracker": (
        "kind: bytetrack",
        "kind: deep_sort",
        "site.yaml:14:11: tracker.kind: unknown tracker 'deep_sort' (did you mean 'deepsort'?)",
    ),
    "another tracker's key": (
        "kind: bytetrack, high: 0.6, low: 0.1, match: 0.8",
        "kind: sort, high: 0.6",
        "site.yaml:14:23: tracker.high: unknown key; known here: ",
    ),
    "an embedder's key": (
        "model: osnet.onnx",
        "model: osnet.onnx, modl: 1",
        "site.yaml:13:43: embedder.modl: unknown key (did you mean 'model'?)",
    ),
    "a refinement's key": (
        "linker:\n",
        "refine: {fil: 2}\nlinker:\n",
        "site.yaml:15:10: refine.fil: unknown key (did you mean 'fill'?)",
    ),
    "what refinement refuses": (
        "linker:\n",
        "refine: {fill: -2}\nlinker:\n",
        "site.yaml:15:10: refine.fill: expected 0 or more, got -2",
    ),
    "refinement in frames": (
        "linker:\n",
        "refine: {fill: 30 frames}\nlinker:\n",
        "site.yaml:15:10: refine.fill: expected a number of seconds, got '30 frames'",
    ),
    "a motion that is neither seen nor read": (
        "linker:\n",
        "camera_motion: flows\nlinker:\n",
        "site.yaml:15:1: camera_motion: unknown camera_motion 'flows' (did you mean 'flow'?)",
    ),
    "what the motion refuses": (
        "linker:\n",
        "camera_motion: {kind: flow, width: 1}\nlinker:\n",
        "site.yaml:15:29: camera_motion.width: expected 64 px or more",
    ),
    "an unknown detector": (
        "kind: yolo",
        "kind: yolov8",
        "site.yaml:12:12: detector.kind: unknown detector 'yolov8' (did you mean 'yolo'?)",
    ),
    "a linkage": (
        "linkage: average",
        "linkage: avg",
        "site.yaml:16:3: linker.linkage: expected one of path, single, complete, average, mean, "
        "got 'avg' (did you mean 'average'?)",
    ),
    "an open door": (
        "host: 127.0.0.1",
        "host: 0.0.0.0",
        "site.yaml:24:9: serve.host: 0.0.0.0 serves other machines: set serve.token, "
        "or serve.open: true",
    ),
    "yes for true": (
        "loop: true",
        "loop: yes",
        "site.yaml:23:47: live.loop: expected true or false, got 'yes'",
    ),
    "too much": (
        "port: 8080",
        "port: 99999",
        "site.yaml:24:26: serve.port: expected a number, at most 65535, got 99999",
    ),
    "one for a list": (
        "classes: [person]",
        "classes: person",
        "site.yaml:12:48: detector.classes: expected a list, got 'person'",
    ),
    "a missing source": (
        "    source: videos/cam_a.mp4\n",
        "",
        "site.yaml:3:5: cameras[0].source: is missing",
    ),
    "a camera's own mistake": (
        "tracker: {patience: 2}",
        "tracker: {patience: 2, foo: 1}",
        "site.yaml:11:28: cameras[1].tracker.foo: unknown key; known here: ",
    ),
    "what the stage refuses": ("low: 0.1", "low: 0.9", "site.yaml:14:39: tracker.low: "),
}


@pytest.mark.parametrize("name", CASES)
def test_a_mistake_is_told_once_with_its_line_and_what_was_meant(name: str) -> None:
    old, new, message = CASES[name]
    lines = wrong(old, new)
    assert lines[0].startswith(message), lines
    assert len(lines) == 1, lines


def test_tracklets_are_refined_unless_that_is_switched_off() -> None:
    assert read(SMALLEST).refine == RefineParams()
    assert read(SMALLEST + "refine: {fill: 2}\n").refine == RefineParams(fill=2)
    assert read(SMALLEST + "refine: null\n").refine is None


def test_a_cameras_motion_file_lies_beside_the_site() -> None:
    site = read(SMALLEST + "camera_motion: {kind: file, path: gmc.txt}\n")
    assert site.cameras[0].camera_motion == FileMotionParams(path=FOLDER / "gmc.txt")


def test_every_tracker_can_be_had() -> None:
    kinds = ("bytetrack", "weave", "sort", "ocsort", "botsort")
    assert [read(SMALLEST + f"tracker: {kind}\n").tracker.kind for kind in kinds] == [*kinds]
    site = read(SMALLEST + "tracker: deepsort\nembedder: histogram\n")
    assert site.cameras[0].tracker.kind == "deepsort"


def test_a_tracker_by_looks_needs_an_embedder() -> None:
    needs = "deepsort needs an embedder: reid, or histogram"
    with pytest.raises(SiteError) as caught:
        read(SMALLEST + "tracker: {kind: deepsort}\n")
    assert str(caught.value) == f"site.yaml:4:1: tracker: {needs}"
    with pytest.raises(SiteError) as caught:
        read(SMALLEST.replace("a.mp4", "a.mp4, tracker: deepsort"))
    assert str(caught.value) == f"site.yaml:3:30: cameras[0].tracker: {needs}"


@pytest.mark.parametrize("name", ["cam/a", "../a", "a b", "x" * 65, "ä"])
def test_a_camera_is_called_what_a_folder_can_be_called(name: str) -> None:
    with pytest.raises(SiteError, match=r"cameras\[0\]\.name: expected 1 to 64 of A-Z a-z"):
        read(SMALLEST.replace("name: a", f"name: '{name}'"))


def test_two_cameras_of_one_name_are_told_apart_by_their_lines() -> None:
    with pytest.raises(SiteError, match="'A' is taken by the camera on line 3"):
        read(SMALLEST + "  - {name: A, source: b.mp4}\n")


def test_a_camera_whose_change_makes_no_sense_with_its_site_is_told() -> None:
    with pytest.raises(SiteError, match=r"cameras\[0\]\.tracker") as caught:
        read(SMALLEST.replace("a.mp4", "a.mp4, tracker: {high: 0.05}") + "tracker: {low: 0.2}\n")
    assert len(str(caught.value).splitlines()) == 1


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    with pytest.raises(SiteError) as caught:
        read("cameras:\n  - {name: a b, sauce: x}\ntracker: {high: x}\nfoo: 1\n")
    lines = str(caught.value).splitlines()
    assert [line.split(": ")[1] for line in lines] == [
        "site",
        "cameras[0].source",
        "cameras[0].name",
        "cameras[0].sauce",
        "tracker.high",
        "foo",
    ]


@pytest.mark.parametrize("text", ["", "- a\n", "just words\n"])
def test_a_file_that_is_no_mapping_says_what_a_site_file_is(text: str) -> None:
    with pytest.raises(SiteError, match=r"site\.yaml:1:1: expected a mapping of keys"):
        read(text)


def test_a_site_without_cameras_is_none() -> None:
    with pytest.raises(SiteError, match="cameras: lists no camera"):
        read("site: s\ncameras: []\n")


def test_layout_and_transitions_are_one_too_many() -> None:
    linker = "linker: {layout: l.txt, transitions: {}}\n"
    with pytest.raises(SiteError, match="give layout or transitions, not both"):
        read(SMALLEST + linker)


def test_a_value_from_the_environment_is_named_and_not_shown() -> None:
    lines = wrong("port: 8080", "port: ${PORT}", PORT="hunter2")
    assert lines == ["site.yaml:24:26: serve.port: expected a whole number, got ${PORT}"]


def test_a_password_in_an_address_is_not_shown() -> None:
    lines = wrong("store: sqlite:///camweave.db", "stor: sqlite://u:hunter2@h/x")
    assert "hunter2" not in "".join(lines)


def test_a_file_is_read_and_its_paths_begin_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(SMALLEST)
    assert read_site(path).cameras[0].source == str(tmp_path / "a.mp4")


def test_a_camera_says_which_of_its_detections_are_kept() -> None:
    text = "site: s\ncameras:\n  - {name: a, source: a.mp4, mask: m.png, keep: {min_height: 20}}\n"
    kept = parse_site(text, "site.yaml", Path("/home/me")).cameras[0].kept
    assert (kept.min_height, kept.mask) == (20.0, Path("/home/me/m.png"))
