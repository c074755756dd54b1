"""Old configuration files: every key is moved or refused by name, and the result is a site."""

from pathlib import Path
from typing import Any

import pytest

from camweave.app.jobs.convert.convert import Conversion, convert
from camweave.app.jobs.convert.fates import Refused
from camweave.app.jobs.convert.keys import KEYS, fate_of
from camweave.app.site.load import read_site
from camweave.app.site.model import Site
from camweave.core.errors import FileFormatError, SiteError
from camweave.detection.yolo import YoloParams
from camweave.tracking.params.bytetrack import ByteTrackParams

# Every key that the specification's documents and the programs behind them name.
NAMED = """
LIVE.TARGET_FPS LIVE.MAX_SKEW_TICKS LIVE.MAX_SKEW LIVE.STALL_SECONDS LIVE.MIN_TRACK_FRAMES
LIVE.CLUSTER_INTERVAL LIVE.MJPEG_PORT LIVE.LOOP_VIDEO LIVE.SLEEP_ON_EMPTY LIVE.FPS LIVE.PORT
LIVE.SIMILARITY_THRESHOLD LIVE.GLOBAL_FEATURE_EMA LIVE.MAX_INACTIVE_SECS
MTMC.CAMERA_LAYOUT MTMC.LINKAGE MTMC.MIN_SIM MTMC.PICKLED_TRACKLETS
EXPRESS.CAMERAS EXPRESS.CAMERAS[].video EXPRESS.CAMERAS[].name EXPRESS.CAMERAS[].detector
EXPRESS.CAMERAS[].tracked_classes EXPRESS.CAMERAS[].detection_mask
EXPRESS.CAMERAS[].zone_mask_dir EXPRESS.CAMERAS[].valid_zonepaths
EXPRESS.CAMERAS[].calibration EXPRESS.CAMERAS[].enable_alpr EXPRESS.FINAL_VIDEO_OUTPUT
MOT.VIDEO MOT.DETECTOR MOT.TRACKED_CLASSES MOT.TRACKER MOT.DETECTION_MASK MOT.MIN_FRAMES
MOT.REID_ONNX MOT.REID_TRT MOT.REID_FP16 MOT.REID_BATCHSIZE MOT.REID_MODEL_OPTS
MOT.REID_MODEL_CKPT MOT.STATIC_ATTRIBUTES MOT.DYNAMIC_ATTRIBUTES MOT.ATTRIBUTE_INFER_FP16
MOT.ATTRIBUTE_INFER_BATCHSIZE MOT.VALID_ZONEPATHS MOT.ZONE_MASK_DIR MOT.REFINE MOT.SHOW
MOT.ONLINE_VIDEO_OUTPUT MOT.VIDEO_OUTPUT MOT.FONT
SYSTEM.GPU_IDS SYSTEM.CFG_DIR SYSTEM.ROOT_DIR OUTPUT_DIR DEBUG_RUN FONTSIZE
EVAL.GROUND_TRUTHS EVAL.PREDICTIONS EVAL.MIN_IOU EVAL.IGNORE_FP EVAL.DROP_SINGLE_CAM
stage2_track.tracker.track_buffer stage2_track.tracker.track_thresh
stage2_track.tracker.match_thresh stage2_track.tracker.frame_rate stage2_track.tracker.mot20
stage2_track.params.track_thresh stage2_track.params.track_buffer
stage2_track.params.match_thresh stage2_track.params.min_hits stage2_track.verbose
stage2_track.input.detections_file stage2_track.output.tracklets_file
stage1_detect.detector.model_path stage1_detect.detector.confidence
stage1_detect.detector.device stage1_detect.detector.detect_only_humans
stage1_detect.detection_limit.method stage1_detect.detection_limit.max_count
stage1_detect.detection_limit.min_confidence stage1_detect.input.video_file
stage1_detect.input.max_frames stage1_detect.output.detections_file
stage0_normalize.enabled stage0_normalize.limits.max_duration_seconds
stage3a_analyze.input.tracklets_file stage3b_group.grouping.method
stage3c_rank.ranking.weights.duration stage4_generate_html.clustering.osnet_model
global.repo_root global.video_dir global.video_file global.verbose
pipeline.stages.stage0 pipeline.advanced.verbose
data.video_path rabbitmq.host rabbitmq.frame_queue rabbitmq.result_queue
model.path model.confidence_threshold model.iou_threshold
output.save_annotated_frames output.frames_dir output.database_path output.logs_path
output.annotated_video_path
"""

EXPRESS = """\
OUTPUT_DIR: output/s02
MOT:
  DETECTOR: yolov5x6
  TRACKER: bytetrack_iou
  TRACKED_CLASSES: [2, 5, 7]
  MIN_FRAMES: 7
  REID_ONNX: models/osnet.onnx
  STATIC_ATTRIBUTES:
    - color: models/color_svm.pkl
MTMC: {CAMERA_LAYOUT: layout.txt, LINKAGE: mean_feature, MIN_SIM: 0.45}
LIVE: {TARGET_FPS: 8, MAX_SKEW_TICKS: 2, STALL_SECONDS: 5.0, MIN_TRACK_FRAMES: 5,
       CLUSTER_INTERVAL: 10, MJPEG_PORT: 8081, LOOP_VIDEO: true, SLEEP_ON_EMPTY: 0.02}
EXPRESS:
  FINAL_VIDEO_OUTPUT: true
  CAMERAS:
    - {video: c006/vdo.avi, name: north gate, detection_mask: mask.jpg, tracked_classes: [0]}
    - {video: c007/vdo.avi, detector: best.pt, calibration: calibration.txt}
"""
LAYOUT = """\
# two cameras
fps
10 8
scales
1 2
offset
0 1.64
compatibility
0 1
1 0
dtmin
0 -5
2 0
dtmax
0 inf
30 0
"""
STAGED = """\
stage2_track:
  tracker: {track_buffer: 30, track_thresh: 0.5, match_thresh: 0.8, frame_rate: 25, mot20: false}
  verbose: false
"""
PIPELINE = """\
global:
  repo_root: /content/repo
  demo_data_dir: ${repo_root}/demo
  video_dir: ${demo_data_dir}/videos/
  video_file: nets.mp4
stage1_detect:
  detector: {model_path: '${repo_root}/yolov8s.pt', confidence: 0.3, detect_only_humans: true}
stage2_track:
  params: {track_thresh: 0.15, track_buffer: 50, match_thresh: 0.8, min_hits: 1}
"""
DISTRIBUTED = """\
data: {video_path: data/motorway.mp4}
rabbitmq: {host: rabbitmq, frame_queue: frame_queue, result_queue: result_queue}
model: {path: yolov8n.pt, confidence_threshold: 0.5, iou_threshold: 0.4}
output: {save_annotated_frames: true, frames_dir: f, database_path: output/tracks.db,
         logs_path: l.csv, annotated_video_path: output}
"""


def windows(site: Site) -> dict[str, tuple[float, float]]:
    """Least and most s of every edge."""
    assert site.linker is not None
    edges = site.linker.transitions or ()
    return {f"{each.source} -> {each.target}": (each.least, each.most) for each in edges}


def converted(folder: Path, text: str, name: str = "old.yaml") -> tuple[Conversion, Site]:
    (folder / name).write_text(text)
    conversion = convert(folder / name, folder / "site.yaml")
    return conversion, read_site(folder / "site.yaml")


def refusals(conversion: Conversion) -> dict[str, str]:
    return {each.key: each.note for each in conversion.accounts if not each.to}


@pytest.mark.parametrize("key", NAMED.split())
def test_every_key_of_the_documents_has_a_fate(key: str) -> None:
    assert fate_of(key) is not None


def test_the_table_knows_no_key_that_no_document_names() -> None:
    written = {key for key in KEYS if "*" not in key}
    assert written <= {*NAMED.split(), "MOT.CALIBRATION", "stage1_detect.confidence"} | {
        f"stage2_track.{place}.{key}"
        for place in ("tracker", "params")
        for key in (
            "track_thresh",
            "track_buffer",
            "match_thresh",
            "frame_rate",
            "mot20",
            "min_hits",
        )
    }


def test_a_refusal_says_why() -> None:
    assert all(fate.why for fate in KEYS.values() if isinstance(fate, Refused))


def test_an_express_run_becomes_a_site(tmp_path: Path) -> None:
    (tmp_path / "layout.txt").write_text(LAYOUT)
    conversion, site = converted(tmp_path, EXPRESS)
    north, other = site.cameras
    assert (north.name, other.name) == ("north_gate", "cam_1")
    assert (north.fps, other.fps, other.offset) == (10, 16, 1.64)
    assert north.mask == tmp_path / "mask.jpg"
    assert other.homography == tmp_path / "calibration.txt"
    assert isinstance(north.detector, YoloParams)
    assert isinstance(other.detector, YoloParams)
    assert north.detector.classes == ("person",)
    assert other.detector.classes == ("car", "bus", "truck")
    assert Path(other.detector.model).name == "best.onnx"
    assert site.linker is not None
    assert (site.linker.linkage, site.linker.min_similarity) == ("mean", 0.45)
    assert windows(site) == {
        "north_gate -> cam_1": (-5, float("inf")),
        "cam_1 -> north_gate": (2, 30),
    }
    assert site.live is not None
    assert (site.live.fps, site.live.max_skew, site.live.loop) == (8, 2, True)
    assert site.serve is not None
    assert site.serve.port == 8081
    assert refusals(conversion)["OUTPUT_DIR"]


def test_where_two_keys_mean_one_the_live_one_is_taken_and_the_other_told(tmp_path: Path) -> None:
    conversion, site = converted(tmp_path, EXPRESS)
    assert site.linker is not None
    assert site.linker.min_frames == 5
    assert "set by another key" in refusals(conversion)["MOT.MIN_FRAMES"]


def test_every_key_is_accounted_for_once_and_in_order(tmp_path: Path) -> None:
    conversion, _ = converted(tmp_path, EXPRESS)
    keys = [each.key for each in conversion.accounts]
    assert len(keys) == len(set(keys)) == 26
    assert keys[:2] == ["OUTPUT_DIR", "MOT.DETECTOR"]


def test_what_is_refused_stands_in_the_new_file_too(tmp_path: Path) -> None:
    conversion, _ = converted(tmp_path, EXPRESS)
    for key in refusals(conversion):
        assert f"#   {key}: " in conversion.text


def test_frames_become_seconds_at_the_files_own_rate(tmp_path: Path) -> None:
    _, site = converted(tmp_path, STAGED)
    assert site.tracker == ByteTrackParams(patience=1.2, high=0.5, match=0.8, fuse_score=True)


def test_the_pipelines_own_variables_are_filled_in(tmp_path: Path) -> None:
    _, site = converted(tmp_path, PIPELINE)
    assert site.cameras[0].source == "/content/repo/demo/videos/nets.mp4"
    assert isinstance(site.detector, YoloParams)
    assert str(site.detector.model) == "/content/repo/yolov8s.onnx"
    assert site.detector.classes == ("person",)
    assert site.tracker.patience == 2.0


def test_a_distributed_run_becomes_a_site(tmp_path: Path) -> None:
    conversion, site = converted(tmp_path, DISTRIBUTED)
    assert isinstance(site.detector, YoloParams)
    assert (site.detector.score, site.detector.nms) == (0.5, 0.4)
    assert site.store is not None
    assert site.store.get_secret_value() == f"sqlite:///{tmp_path}/output/tracks.db"
    assert "--broker" in refusals(conversion)["rabbitmq.host"]


def test_layout_text_alone_gives_rates_offsets_and_transitions(tmp_path: Path) -> None:
    _, site = converted(tmp_path, LAYOUT, "layout.txt")
    assert [camera.fps for camera in site.cameras] == [10, 16]
    assert site.linker is not None
    assert windows(site) == {
        "cam_0 -> cam_1": (-5, float("inf")),
        "cam_1 -> cam_0": (2, 30),
    }


def test_a_path_that_is_found_is_written_for_the_new_files_place(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "motorway.mp4").touch()
    (tmp_path / "old.yaml").write_text(DISTRIBUTED)
    convert(tmp_path / "old.yaml", tmp_path / "new" / "site.yaml")
    source = read_site(tmp_path / "new" / "site.yaml").cameras[0].source
    assert Path(source).resolve() == tmp_path / "data" / "motorway.mp4"


def test_a_tracker_by_looks_gets_somebody_who_looks(tmp_path: Path) -> None:
    _, site = converted(tmp_path, "MOT: {VIDEO: a.mp4, TRACKER: deepsort}\n")
    assert (site.tracker.kind, site.embedder.kind) == ("deepsort", "histogram")
    old = "MOT: {VIDEO: a.mp4, TRACKER: deepsort, REID_MODEL_CKPT: w/osnet.pth}\n"
    _, site = converted(tmp_path, old)
    assert site.embedder.kind == "reid"
    assert site.embedder.model == tmp_path / "w" / "osnet.onnx"


def test_an_unknown_tracker_is_told_and_bytetrack_written(tmp_path: Path) -> None:
    conversion, site = converted(tmp_path, "MOT: {VIDEO: a.mp4, TRACKER: centroid}\n")
    assert site.tracker.kind == "bytetrack"
    assert "unknown tracker 'centroid'; there are" in refusals(conversion)["MOT.TRACKER"]


@pytest.mark.parametrize(("switch", "refined"), [("true", True), ("false", False)])
def test_refining_is_a_switch(tmp_path: Path, switch: str, refined: bool) -> None:
    _, site = converted(tmp_path, f"MOT: {{VIDEO: a.mp4, REFINE: {switch}}}\n")
    assert (site.refine is not None) == refined


def test_an_unknown_key_is_told_and_not_swallowed(tmp_path: Path) -> None:
    conversion, _ = converted(tmp_path, "MOT: {VIDEO: a.mp4, WARP: 9}\n")
    assert "not a key" in refusals(conversion)["MOT.WARP"]


WRONG: dict[str, tuple[str, type[Exception], str]] = {
    "nothing of ours": ("a: 1\nb: 2\n", FileFormatError, "none of its keys"),
    "no yaml": ("MOT: [\n", FileFormatError, "not YAML"),
    "empty": ("", FileFormatError, "none of its keys"),
    "a value no site may have": ("MTMC: {MIN_SIM: 7}\n", SiteError, "linker.min_similarity"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_converted_is_refused_and_writes_nothing(tmp_path: Path, name: str) -> None:
    text, kind, message = WRONG[name]
    (tmp_path / "old.yaml").write_text(text)
    with pytest.raises(kind, match=message):
        convert(tmp_path / "old.yaml", tmp_path / "site.yaml")
    assert not (tmp_path / "site.yaml").exists()


BROKEN: dict[str, tuple[Any, Any, str]] = {
    "a short matrix": ("dtmin\n0 -5\n2 0\n", "dtmin\n0 -5\n", "dtmin: expected 2 rows of 2"),
    "a word": ("10 8", "10 eight", "layout.txt:3: expected numbers"),
    "too few offsets": ("0 1.64", "0", "offset: expected 2 numbers, got 1"),
    "a window that ends before it begins": ("30 0\n", "1 0\n", "camera 1 to 0: dtmin 2"),
    "a section missing": ("dtmax\n0 inf\n30 0\n", "", "section 'dtmax' is missing"),
    "no rate": ("10 8", "10 0", "must be more than 0"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_layout_says_what_is_wrong(tmp_path: Path, name: str) -> None:
    old, new, message = BROKEN[name]
    assert old in LAYOUT
    (tmp_path / "layout.txt").write_text(LAYOUT.replace(old, new))
    with pytest.raises(FileFormatError, match=message):
        convert(tmp_path / "layout.txt", tmp_path / "site.yaml")


def test_a_layout_of_other_cameras_is_refused(tmp_path: Path) -> None:
    (tmp_path / "layout.txt").write_text(LAYOUT)
    (tmp_path / "old.yaml").write_text(
        "MTMC: {CAMERA_LAYOUT: layout.txt}\nEXPRESS: {CAMERAS: [{video: a.mp4}]}\n"
    )
    with pytest.raises(FileFormatError, match="2 cameras, where EXPRESS has 1"):
        convert(tmp_path / "old.yaml", tmp_path / "site.yaml")


def test_a_layout_may_leave_out_the_scales(tmp_path: Path) -> None:
    _, site = converted(tmp_path, LAYOUT.replace("scales\n1 2\n", ""), "layout.txt")
    assert [camera.fps for camera in site.cameras] == [10, 8]
